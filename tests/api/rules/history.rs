//! What is kept beside the log: values as they were before, and the log as people read it.

use serde_json::{Value, json};
use testkit::eventually;

use crate::support::{SOON, Team};

/// What an event replaced, as it is stored.
async fn before(team: &Team, version: u64) -> Value {
    let sql = team.cluster.database.sql().await;
    let query = "SELECT before FROM events WHERE project_id = $1 AND version = $2";
    let row = sql.query_one(query, &[&team.project, &(version as i64)]).await.expect("the event");
    row.get::<_, Option<String>>(0).map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_event_replaced_stands_beside_it_and_is_not_sent() {
    let team = Team::start(1).await;
    let api = team.owner();
    let change = |body: Value| {
        let (api, path) = (&api, team.task_path(""));
        async move { api.patch(&path, body).await.expect(200) }
    };
    change(json!({"config": {"colour": "red", "size": {"w": 1}}, "due_on": "2026-12-24"})).await;
    let changed =
        change(json!({"title": "Print", "due_on": null, "config": {"colour": null, "size": {"h": 2}}})).await;
    assert_eq!(
        before(&team, changed.version()).await,
        json!({"task": {"title": "Paint the door", "due_on": "2026-12-24",
                        "config": {"colour": "red", "size": {"h": null}}}})
    );
    let text = changed.events()[0].to_string();
    assert!(!text.contains("Paint the door") && !text.contains("before"), "{text}");
    let path = team.path(&format!("/members/{}", team.viewer.id));
    let promoted = api.patch(&path, json!({"role": "editor"})).await.expect(200);
    assert_eq!(before(&team, promoted.version()).await, json!({"role": "viewer"}));
    let made = api.post(&team.path("/tasks"), json!({"title": "Another"})).await.expect(201);
    assert_eq!(before(&team, made.version()).await, json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn activity_tells_who_changed_what_from_what_to_what_newest_first() {
    let team = Team::start(2).await;
    let (owner, editor) = (team.owner(), team.cluster.api(1, &team.editor));
    let moved = editor.patch(&team.task_path(""), json!({"status": "todo", "due_on": "2026-12-24"})).await;
    moved.expect(200);
    let comment = owner.post(&team.task_path("/comments"), json!({"body": "Why?"})).await.expect(201);
    let comment = comment.made("comment").id;
    owner
        .patch(&team.task_path(&format!("/comments/{comment}")), json!({"body": "Why not?"}))
        .await
        .expect(200);
    owner.create_task(team.project, "Another").await;
    let last = owner.delete(&team.path(&format!("/members/{}", team.viewer.id))).await.expect(200).version();

    let of_task = editor.get(&team.path(&format!("/activity?task={}", team.task))).await.expect(200).body;
    assert_eq!(of_task["version"], json!(last));
    let told: Vec<Value> = of_task["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| json!([item["type"], item["actor"], item["changes"], item["comment"]]))
        .collect();
    let change = |field: &str, from: Value, to: Value| json!({"field": field, "from": from, "to": to});
    let (olga, edgar) = (team.owner.id, team.editor.id);
    assert_eq!(
        told,
        [
            json!(["comment.updated", olga, [change("body", json!("Why?"), json!("Why not?"))], comment]),
            json!(["comment.added", olga, [change("body", json!(null), json!("Why?"))], comment]),
            json!([
                "task.updated",
                edgar,
                [
                    change("due_on", json!(null), json!("2026-12-24")),
                    change("status", json!("backlog"), json!("todo"))
                ],
                null
            ]),
            json!(["task.created", olga, [change("title", json!(null), json!("Paint the door"))], null]),
        ]
    );
    let by_number = editor.get(&team.path("/activity?task=1")).await.expect(200).body;
    assert_eq!(by_number, of_task);

    let mut versions = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = editor.get(&team.path(&format!("/activity?limit=3{cursor}"))).await.expect(200).body;
        versions
            .extend(page["items"].as_array().expect("items").iter().filter_map(|i| i["version"].as_u64()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(versions, (1..=last).rev().collect::<Vec<_>>());
    let newest = editor.get(&team.path("/activity?limit=1")).await.expect(200).body["items"][0].clone();
    assert_eq!(
        (&newest["user"], &newest["changes"][0]),
        (&json!(team.viewer.id), &change("role", json!("viewer"), json!(null)))
    );

    editor
        .get(&team.path(&format!("/activity?task={}", team.foreign_task)))
        .await
        .expect_problem(404, "not_found");
    team.stranger().get(&team.path("/activity")).await.expect_problem(404, "not_found");
    editor.get(&team.path("/activity?cursor=bm9wZQ")).await.expect_problem(400, "invalid_query");
    let of_other =
        editor.get(&team.path(&format!("/activity?limit=1&task={}", team.task))).await.expect(200).body;
    let foreign = of_other["next_cursor"].as_str().expect("there is more").to_owned();
    editor.get(&team.path(&format!("/activity?cursor={foreign}"))).await.expect_problem(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_not_there_yet_cannot_be_read() {
    let team = Team::start(1).await;
    let api = team.viewer();
    let head = team.digest().await.version;
    let old = api.get(&team.path("/snapshot?version=1")).await.expect(200);
    assert_eq!((&old.body["version"], &old.body["tasks"]), (&json!(1), &json!([])));
    let tag = old.header("etag").expect("a tag").to_owned();
    api.with_header("if-none-match", &tag).get(&team.path("/snapshot?version=1")).await.expect(304);
    let now = api.get(&team.path(&format!("/snapshot?version={head}"))).await.expect(200).body;
    assert_eq!(now, api.snapshot(team.project).await);
    for path in [format!("/snapshot?version={}", head + 1), format!("/diff?from=1&to={}", head + 1)] {
        let refused = api.get(&team.path(&path)).await.expect_problem(409, "resync");
        assert_eq!(refused.body["head"], json!(head));
    }
    for path in ["/snapshot?version=0", "/snapshot?version=x", "/diff?from=1", "/diff?from=0&to=1", "/diff"] {
        api.get(&team.path(path)).await.expect_problem(400, "invalid_query");
    }
    for path in ["/snapshot?version=1", "/diff?from=1&to=1"] {
        team.stranger().get(&team.path(path)).await.expect_problem(404, "not_found");
    }
    let nothing = api.get(&team.path("/diff?from=2&to=2")).await.expect(200).body["diff"].clone();
    let empty = json!({"project": [], "members": [], "tasks": {"added": [], "removed": [], "changed": []},
                       "dependencies": {"added": [], "removed": []}});
    assert_eq!(nothing, empty);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_races_with_an_edit_of_the_same_field_is_refused() {
    let team = Team::start(2).await;
    let (owner, editor) = (team.owner(), team.cluster.api(1, &team.editor));
    let first = owner.patch(&team.task_path(""), json!({"title": "Print"})).await.expect(200).version();
    let waiting = async |count: i64| {
        eventually("it to wait", SOON, || async { team.cluster.database.waiting_for_locks().await == count })
            .await
    };
    let lock = team.cluster.database.lock_project(team.project).await;
    let path = team.task_path("");
    let edit = tokio::spawn(async move { editor.patch(&path, json!({"title": "Polish"})).await });
    waiting(1).await;
    let (api, project) = (owner.clone(), team.project);
    let undo = json!([{"type": "event.undo", "version": first}]);
    let asked = undo.clone();
    let undoing = tokio::spawn(async move { api.commands(project, asked).await });
    waiting(2).await;
    lock.release().await;
    edit.await.expect("an answer").expect(200);
    let refused = undoing.await.expect("an answer").expect_problem(409, "undo_conflict");
    assert_eq!(refused.body["fields"], json!(["title"]));
    assert_eq!(team.task().await["title"], json!("Polish"));

    // Another field of the same task does not matter.
    owner.patch(&team.task_path(""), json!({"priority": "high"})).await.expect(200);
    let polished = json!([{"type": "event.undo", "version": first + 1}]);
    let undone = owner.idempotent("once").commands(team.project, polished.clone()).await.expect(200);
    let event = &undone.events()[0];
    assert_eq!((&event["type"], &event["undoes"]), (&json!("task.updated"), &json!(first + 1)));
    assert_eq!(event["data"]["set"], json!({"title": "Print"}));
    assert_eq!(team.task().await["priority"], json!("high"));
    let again = team.cluster.api(1, &team.owner).idempotent("once").commands(team.project, polished).await;
    assert_eq!(again.expect(200).events(), undone.events());
    owner.commands(team.project, undo).await.expect(200);
    assert_eq!(team.task().await["title"], json!("Paint the door"));
    let told = owner.get(&team.path("/activity?limit=1")).await.expect(200).body["items"][0].clone();
    assert_eq!(told["undoes"], json!(first));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dragged_card_is_put_back_where_it_stood() {
    let team = Team::start(2).await;
    let api = team.editor();
    let mut ids = vec![team.task];
    for title in ["Two", "Three", "Four"] {
        ids.push(api.create_task(team.project, title).await.id);
    }
    let ranks = async || {
        let snapshot = api.snapshot(team.project).await;
        let tasks = snapshot["tasks"].as_array().expect("tasks").clone();
        tasks
            .iter()
            .map(|task| (task["id"].to_string(), task["rank"].clone(), task["status"].clone()))
            .collect::<Vec<_>>()
    };
    let before = ranks().await;
    for change in
        [json!({"status": "done"}), json!({"after": ids[3]}), json!({"status": "todo", "before": ids[0]})]
    {
        let moved =
            api.post(&team.path(&format!("/tasks/{}/move", ids[1])), change).await.expect(200).version();
        assert_ne!(ranks().await, before);
        let undo = json!([{"type": "event.undo", "version": moved}]);
        team.cluster.api(1, &team.editor).commands(team.project, undo.clone()).await.expect(200);
        assert_eq!(ranks().await, before);
        api.commands(team.project, undo).await.expect_problem(409, "undo_conflict");
    }
    let refused = api.commands(team.project, json!([{"type": "event.undo", "version": 1}])).await;
    refused.expect_problem(422, "cannot_undo");
    let refused = api.commands(team.project, json!([{"type": "event.undo", "version": 10_000}])).await;
    refused.expect_problem(404, "event_not_found");
    let refused = team.viewer().commands(team.project, json!([{"type": "event.undo", "version": 4}])).await;
    refused.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_brings_back_subtasks_dependencies_and_labels() {
    let team = Team::start(2).await;
    let (api, other) = (team.editor(), team.cluster.api(1, &team.editor));
    let child = json!({"title": "Child", "parent": team.task});
    let child = api.post(&team.path("/tasks"), child).await.expect(201).made("task").id;
    let blocker = api.create_task(team.project, "Blocker").await.id;
    let undo = async |version: u64| {
        let commands = json!([{"type": "event.undo", "version": version}]);
        other.commands(team.project, commands).await.expect(200).version()
    };
    let edges = async || api.snapshot(team.project).await["dependencies"].clone();
    let edge = json!([{"type": "dependency.add", "task": child, "on": blocker}]);
    let added = api.commands(team.project, edge).await.expect(200).version();
    let with_edge = edges().await;
    let undone = undo(added).await;
    assert_eq!(edges().await, json!([]));
    undo(undone).await;
    assert_eq!(edges().await, with_edge);

    let before = api.snapshot(team.project).await;
    let deleted = api.delete(&team.task_path("")).await.expect(200).version();
    assert_eq!(edges().await, json!([]));
    let told = api.get(&team.path(&format!("/activity?task={child}&limit=1"))).await.expect(200).body;
    assert_eq!(
        told["items"][0]["version"],
        json!(deleted),
        "a deletion stands in the activity of all it took"
    );
    undo(deleted).await;
    let after = api.snapshot(team.project).await;
    assert_eq!((&after["tasks"], &after["dependencies"]), (&before["tasks"], &before["dependencies"]));

    let label = json!([{"type": "label.put", "key": "bug", "name": "Bug", "color": "#aa0000"}]);
    let put = api.commands(team.project, label).await.expect(200).version();
    undo(put).await;
    let labels = api.snapshot(team.project).await["project"]["labels"].clone();
    assert_eq!((&labels[0]["key"], &labels[0]["archived"]), (&json!("bug"), &json!(true)));
}

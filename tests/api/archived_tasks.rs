//! Archived tasks: off the board and out of lists, read-only at every address, found when asked for, brought back whole.

use serde_json::{Value, json};
use testkit::{Api, Uuid};

use crate::support::Team;

async fn titles(api: &Api, path: &str) -> Vec<String> {
    let list = api.get(path).await.expect(200).body;
    let items = list["items"].as_array().expect("items").iter();
    items.map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_task_is_out_of_board_counts_and_lists_and_comes_back_whole() {
    let team = Team::start(2).await;
    let (api, other) = (team.editor(), team.cluster.api(1, &team.owner));
    let below = json!({"title": "Sand it", "parent": team.task});
    let below = api.post(&team.path("/tasks"), below).await.expect(201).made("task").id;
    let waits = api.create_task(team.project, "Sell the door").await.id;
    api.put(&team.path(&format!("/tasks/{waits}/dependencies/{below}")), json!({})).await.expect(201);
    let before = other.get(&team.path("/snapshot")).await.expect(200).body;
    let archived = api.post(&team.task_path("/archive"), json!({})).await.expect(200);
    assert_eq!(archived.events()[0]["type"], "task.archived");
    assert_eq!(archived.events()[0]["data"]["tasks"], json!([team.task, below]));
    assert_eq!(archived.body["task"]["title"], "Paint the door");
    assert!(api.post(&team.task_path("/archive"), json!({})).await.expect(200).events().is_empty());
    let snapshot = other.get(&team.path("/snapshot")).await.expect(200).body;
    assert_eq!(snapshot["tasks"].as_array().map(Vec::len), Some(1));
    assert_eq!(snapshot["dependencies"], json!([]));
    assert_eq!(titles(&other, &team.path("/tasks")).await, ["Sell the door"]);
    let counts = &other.get("/projects").await.expect(200).body["items"][0]["task_counts"];
    assert_eq!(counts, &json!({"backlog": 1}));
    // What it waited for blocks it no more.
    api.patch(&team.path(&format!("/tasks/{waits}")), json!({"status": "done"})).await.expect(200);
    api.patch(&team.path(&format!("/tasks/{waits}")), json!({"status": "backlog"})).await.expect(200);
    let at = before["version"].as_u64().expect("a version");
    let past = other.get(&team.path(&format!("/snapshot?version={at}"))).await.expect(200).body;
    assert_eq!((&past["tasks"], &past["dependencies"]), (&before["tasks"], &before["dependencies"]));
    let back = other.post(&team.path(&format!("/tasks/{below}/unarchive")), json!({})).await.expect(200);
    assert_eq!(back.events()[0]["data"]["tasks"].as_array().map(Vec::len), Some(2));
    let after = other.get(&team.path("/snapshot")).await.expect(200).body;
    assert_eq!(after["dependencies"], before["dependencies"]);
    for task in before["tasks"].as_array().expect("tasks").iter().filter(|task| task["id"] != json!(waits)) {
        assert!(after["tasks"].as_array().expect("tasks").contains(task), "{task}");
    }
    let fold: Vec<domain::event::Event> = team
        .cluster
        .whole_log(team.project, &team.owner)
        .await
        .into_iter()
        .map(|event| serde_json::from_value(event).expect("an event"))
        .collect();
    let folded = domain::snapshot::Snapshot::fold(String::new(), &fold).expect("a fold");
    assert_eq!(domain::digest::of(&folded), team.digest().await.digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_task_is_read_and_followed_and_nothing_else() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path(""));
    let other = api.create_task(team.project, "Another").await.id;
    let said =
        api.post(&team.task_path("/comments"), json!({"body": "x"})).await.expect(201).made("comment").id;
    let comment = team.task_path(&format!("/comments/{said}"));
    let reaction = format!("{comment}/reactions/%F0%9F%91%8D");
    let before = api.get(&path).await.expect(200).body;
    assert_eq!((&before["archived_at"], &before["archived_by"]), (&Value::Null, &Value::Null));
    let event = api.post(&team.task_path("/archive"), json!({})).await.expect(200).events()[0].clone();
    let after = team.digest().await;
    let shown = team.viewer().get(&team.path("/tasks/1")).await.expect(200).body;
    assert_eq!((&shown["task"], &shown["archived_at"]), (&before["task"], &event["at"]));
    assert_eq!(shown["archived_by"], json!(team.editor.id));
    let list = team.viewer().get(&team.task_path("/comments")).await.expect(200);
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1));
    let log = team.viewer().get(&team.path(&format!("/activity?task={}", team.task))).await.expect(200);
    assert_eq!(log.body["items"][0]["type"], "task.archived");
    for refused in [
        api.patch(&path, json!({"title": "x"})).await,
        api.post(&team.task_path("/move"), json!({"status": "todo"})).await,
        api.post(&team.task_path("/comments"), json!({"body": "x"})).await,
        api.patch(&comment, json!({"body": "y"})).await,
        api.delete(&comment).await,
        api.put(&reaction, json!({})).await,
        api.put(&team.task_path(&format!("/dependencies/{other}")), json!({})).await,
        api.put(&team.path(&format!("/tasks/{other}/dependencies/{}", team.task)), json!({})).await,
        api.post(&team.path("/tasks"), json!({"title": "x", "parent": team.task})).await,
        api.patch(&team.path(&format!("/tasks/{other}")), json!({"parent": team.task})).await,
    ] {
        let problem = refused.expect_problem(422, "task_archived");
        assert_eq!(problem.body["task"], json!(team.task));
        assert!(problem.body["detail"].as_str().is_some_and(|detail| detail.contains("task.unarchive")));
    }
    team.unchanged(&after).await;
    let watch = json!([{"type": "task.watch", "task": team.task}]);
    team.viewer().commands(team.project, watch).await.expect(200);
    let watchers = team.viewer().get(&team.task_path("/watchers")).await.expect(200).body;
    assert!(watchers["items"].as_array().expect("items").contains(&json!({"user": team.viewer.id})));
    team.viewer().post(&team.task_path("/unarchive"), json!({})).await.expect_problem(403, "forbidden");
    let missing = team.path(&format!("/tasks/{}/archive", Uuid::new_v4()));
    api.post(&missing, json!({})).await.expect_problem(404, "task_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_and_the_bin_are_lists_apart_with_filters_orders_words_and_pages() {
    let team = Team::start(1).await;
    let api = team.editor();
    let label = json!({"name": "Wood", "color": "#336699"});
    team.owner().put(&team.path("/labels/wood"), label).await.expect(200);
    let mut made = Vec::new();
    for n in 1..=4 {
        let labels: &[&str] = if n < 3 { &["wood"] } else { &[] };
        let body = json!({"title": format!("Old door {n}"), "labels": labels, "status": "done"});
        made.push(api.post(&team.path("/tasks"), body).await.expect(201).made("task").id);
    }
    let (mut since, count) = (Value::Null, made.len());
    for id in &made[..3] {
        let event = api.post(&team.path(&format!("/tasks/{id}/archive")), json!({})).await.expect(200);
        since = event.events()[0]["at"].clone();
    }
    api.delete(&team.path(&format!("/tasks/{}", made[count - 1]))).await.expect(200);
    let list = |query: &'static str| {
        let (path, api) = (team.path(&format!("/tasks?{query}")), team.viewer());
        async move { titles(&api, &path).await }
    };
    let archived = ["Old door 1", "Old door 2", "Old door 3"];
    assert_eq!(list("archived=true").await, archived);
    assert_eq!(list("deleted=true").await, ["Old door 4"]);
    assert_eq!(list("").await, ["Paint the door"]);
    assert_eq!(list("archived=true&label=wood").await, archived[..2]);
    assert_eq!(list("deleted=true&label=wood").await, [""; 0]);
    assert_eq!(list("archived=true&status=done").await, archived);
    assert_eq!(list("archived=true&status=todo&label=wood").await, [""; 0]);
    assert_eq!(list("archived=true&sort=-number").await, ["Old door 3", "Old door 2", "Old door 1"]);
    assert_eq!(list("archived=true&q=%22door+2%22").await, ["Old door 2"]);
    assert_eq!(list("archived=true&q=old&sort=number").await, archived);
    assert_eq!(list("deleted=true&q=old").await, ["Old door 4"]);
    assert_eq!(list("q=old").await, [""; 0]);
    let since = since.as_str().expect("a time");
    let changed = team.path(&format!("/tasks?archived=true&updated_since={since}"));
    assert!(titles(&api, &changed).await.contains(&"Old door 3".to_owned()), "archived since");
    let first = api.get(&team.path("/tasks?archived=true&limit=2")).await.expect(200).body;
    assert_eq!(first["items"][0]["archived_by"], json!(team.editor.id));
    assert!(first["items"][0]["archived_at"].is_string());
    let cursor = first["next_cursor"].as_str().expect("another page");
    let next = team.path(&format!("/tasks?archived=true&limit=2&cursor={cursor}"));
    assert_eq!(titles(&api, &next).await, ["Old door 3"]);
    api.get(&team.path("/tasks?archived=true&deleted=true")).await.expect_problem(400, "invalid_query");
    let board = api.get(&team.path("/tasks")).await.expect(200).body;
    assert!(board["items"][0].get("archived_at").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_in_the_archive_comes_back_to_the_archive_and_each_step_is_undone() {
    let team = Team::start(1).await;
    let api = team.editor();
    let undo = async |version: u64| {
        let commands = json!([{"type": "event.undo", "version": version}]);
        api.commands(team.project, commands).await.expect(200)
    };
    let archived = api.post(&team.task_path("/archive"), json!({})).await.expect(200).version();
    let deleted = api.delete(&team.task_path("")).await.expect(200).version();
    api.get(&team.task_path("")).await.expect_problem(404, "not_found");
    api.post(&team.task_path("/unarchive"), json!({})).await.expect_problem(409, "task_deleted");
    assert_eq!(titles(&api, &team.path("/tasks?deleted=true")).await, ["Paint the door"]);
    assert_eq!(titles(&api, &team.path("/tasks?archived=true")).await, [""; 0]);
    let restored = undo(deleted).await;
    assert_eq!(
        restored.events()[0]["data"],
        json!({"task": team.task, "tasks": [], "archived": [team.task]})
    );
    assert_eq!(titles(&api, &team.path("/tasks?archived=true")).await, ["Paint the door"]);
    undo(restored.version()).await;
    api.post(&team.task_path("/restore"), json!({})).await.expect(200);
    undo(archived).await;
    assert_eq!(titles(&api, &team.path("/tasks")).await, ["Paint the door"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_only_archived_tasks_stand_in_may_go() {
    let team = Team::start(1).await;
    team.editor().post(&team.task_path("/archive"), json!({})).await.expect(200);
    let statuses = json!([{"key": "new", "name": "New", "category": "open"}]);
    team.owner().patch(&team.path(""), json!({"workflow": {"statuses": statuses}})).await.expect(200);
    let back = team.editor().post(&team.task_path("/unarchive"), json!({})).await.expect(200);
    assert_eq!(
        (&back.body["task"]["status"], &back.body["task"]["version"]),
        (&json!("new"), &json!(back.version()))
    );
}

/// An instance of the version before writes `deleted_version` alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_instance_restores_from_the_archive_is_on_the_board_and_goes_into_the_bin_as_any_other()
{
    let team = Team::start(1).await;
    let api = team.editor();
    api.post(&team.task_path("/archive"), json!({})).await.expect(200);
    let older = "UPDATE tasks SET deleted_version = NULL WHERE id = $1";
    team.cluster.database.sql().await.execute(older, &[&team.task]).await.expect("a restore");
    assert_eq!(api.get(&team.task_path("")).await.expect(200).body["archived_at"], Value::Null);
    api.delete(&team.task_path("")).await.expect(200);
    let back = api.post(&team.task_path("/restore"), json!({})).await.expect(200);
    assert_eq!(back.events()[0]["data"]["tasks"][0]["id"], json!(team.task));
    assert_eq!(titles(&api, &team.path("/tasks")).await, ["Paint the door"]);
}

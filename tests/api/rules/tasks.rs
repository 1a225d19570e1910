//! Tasks one at a time: creating, changing, moving, deleting, restoring; ids, numbers, tags.

use serde_json::{Value, json};
use testkit::{Answer, Uuid};

use crate::support::Team;

/// The ids of a status, in the order of their ranks.
async fn column(team: &Team, status: &str) -> Vec<Value> {
    let snapshot = team.owner().snapshot(team.project).await;
    let mut tasks: Vec<Value> = snapshot["tasks"].as_array().expect("tasks").clone();
    tasks.retain(|task| task["status"] == status);
    tasks.sort_by_key(|task| task["rank"].as_str().expect("a rank").to_owned());
    tasks.into_iter().map(|task| task["id"].clone()).collect()
}

fn task_of(answer: &Answer) -> &Value {
    &answer.body["task"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_task_is_whole_has_the_next_number_and_stands_last() {
    let team = Team::start(1).await;
    let body = json!({
        "title": "Order paint", "description": "**red**", "status": "todo", "priority": "high", "estimate": 3,
        "due_on": "2027-02-28", "assignees": [team.editor.id, team.owner.id], "config": {"a": {"b": null, "c": 1}},
    });
    let made = team.editor().post(&team.path("/tasks"), body).await.expect(201);
    let task = task_of(&made);
    let shown = team.viewer().get(&team.path("/tasks/2")).await.expect(200);
    assert_eq!(task_of(&shown), task);
    assert_eq!(
        (&task["number"], &task["version"], &task["created_by"]),
        (&json!(2), &json!(made.version()), &json!(team.editor.id))
    );
    assert_eq!(
        (&task["config"], &task["comment_count"], &task["parent"]),
        (&json!({"a": {"c": 1}}), &json!(0), &Value::Null)
    );
    let tag = format!("\"{}\"", made.version());
    assert_eq!((made.header("etag"), shown.header("etag")), (Some(tag.as_str()), Some(tag.as_str())));
    let location =
        format!("/api/v1{}", team.path(&format!("/tasks/{}", task["id"].as_str().expect("an id"))));
    assert_eq!(made.header("location"), Some(location.as_str()));
    let event = &made.events()[0];
    assert_eq!(
        (&event["type"], &event["at"], &event["actor"]),
        (&json!("task.created"), &task["created_at"], &json!(team.editor.id))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_choose_an_id_of_any_version_and_each_id_once() {
    let team = Team::start(1).await;
    for id in [
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "886313e1-3b8a-5372-9b90-0c9aee199e5d",
        "00000000-0000-0000-0000-000000000001",
    ] {
        let made =
            team.editor().post(&team.path("/tasks"), json!({"id": id, "title": "x"})).await.expect(201);
        assert_eq!(task_of(&made)["id"], id);
        team.owner()
            .post(&team.path("/tasks"), json!({"id": id, "title": "x"}))
            .await
            .expect_problem(409, "id_taken");
        // The same id in another project is another task.
        let elsewhere = format!("/projects/{}/tasks", team.foreign_project);
        team.stranger().post(&elsewhere, json!({"id": id, "title": "x"})).await.expect(201);
        team.editor().delete(&team.path(&format!("/tasks/{id}"))).await.expect(200);
        team.editor()
            .post(&team.path("/tasks"), json!({"id": id, "title": "x"}))
            .await
            .expect_problem(409, "id_taken");
    }
    let upper = "6FA459EA-EE8A-3CA4-894E-DB77E160355F";
    let made = team.editor().post(&team.path("/tasks"), json!({"id": upper, "title": "x"})).await.expect(201);
    assert_eq!(task_of(&made)["id"], upper.to_lowercase());
    for bad in [json!("x"), json!(7), json!(null), json!("6fa459eaee8a3ca4894edb77e160355e")] {
        let refused =
            team.editor().post(&team.path("/tasks"), json!({"id": bad, "title": "x"})).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_works_wherever_a_path_has_a_task() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), |rest: &str| team.path(&format!("/tasks/1{rest}")));
    assert_eq!(api.get(&path("")).await.expect(200).made("task").id, team.task);
    api.patch(&path(""), json!({"title": "By number"})).await.expect(200);
    api.post(&path("/move"), json!({"status": "todo"})).await.expect(200);
    let comment = api.post(&path("/comments"), json!({"body": "x"})).await.expect(201).made("comment").id;
    api.patch(&path(&format!("/comments/{comment}")), json!({"body": "y"})).await.expect(200);
    api.delete(&path(&format!("/comments/{comment}"))).await.expect(200);
    api.delete(&path("")).await.expect(200);
    api.post(&path("/restore"), json!({})).await.expect(200);
    assert_eq!(team.task().await["title"], "By number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_never_used_again() {
    let team = Team::start(1).await;
    let second = team.editor().create_task(team.project, "Two").await;
    team.editor().delete(&team.path(&format!("/tasks/{}", second.id))).await.expect(200);
    let third = team.editor().post(&team.path("/tasks"), json!({"title": "Three"})).await.expect(201);
    assert_eq!(task_of(&third)["number"], 3);
    team.editor().get(&team.path("/tasks/2")).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_carries_what_changed_and_merges_config() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path(""));
    api.patch(
        &path,
        json!({"config": {"a": {"x": 1, "y": 2}, "b": [1, 2]}, "due_on": "2027-01-01", "estimate": 5}),
    )
    .await
    .expect(200);
    let patch =
        json!({"title": "Paint the door", "config": {"a": {"x": null, "z": 3}, "b": 7}, "due_on": null});
    let changed = api.patch(&path, patch).await.expect(200);
    assert_eq!(task_of(&changed)["config"], json!({"a": {"y": 2, "z": 3}, "b": 7}));
    assert_eq!((&task_of(&changed)["due_on"], &task_of(&changed)["estimate"]), (&Value::Null, &json!(5)));
    let set = &changed.events()[0]["data"]["set"];
    assert_eq!(*set, json!({"config": {"a": {"x": null, "z": 3}, "b": 7}, "due_on": null}));
    let nothing = api.patch(&path, json!({"config": {"q": null}, "estimate": 5})).await.expect(200);
    assert_eq!((nothing.events().len(), nothing.version()), (0, changed.version()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_add_assignees_at_once_both_win() {
    let team = Team::start(2).await;
    let path = team.task_path("");
    let (one, two) = (team.cluster.api(0, &team.owner), team.cluster.api(1, &team.editor));
    let add = |id: Uuid| json!({"add": {"assignees": [id]}});
    let (first, second) =
        tokio::join!(one.patch(&path, add(team.owner.id)), two.patch(&path, add(team.viewer.id)));
    for answer in [first, second] {
        answer.expect(200);
    }
    let mut both = vec![json!(team.owner.id), json!(team.viewer.id)];
    both.sort_by_key(Value::to_string);
    assert_eq!(team.task().await["assignees"], json!(both));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_moved_below_one_or_above_one_or_to_the_end() {
    let team = Team::start(1).await;
    let mut ids = vec![team.task];
    for n in 1..5 {
        ids.push(team.editor().create_task(team.project, &format!("Task {n}")).await.id);
    }
    let moved = |n: usize, body: Value| {
        let path = team.path(&format!("/tasks/{}/move", ids[n]));
        let api = team.editor();
        async move { api.post(&path, body).await.expect(200) }
    };
    let order = |wanted: &[usize]| wanted.iter().map(|n| json!(ids[*n])).collect::<Vec<_>>();
    moved(4, json!({"after": ids[0]})).await;
    assert_eq!(column(&team, "backlog").await, order(&[0, 4, 1, 2, 3]));
    moved(3, json!({"before": ids[0]})).await;
    assert_eq!(column(&team, "backlog").await, order(&[3, 0, 4, 1, 2]));
    let version = moved(0, json!({})).await.version();
    assert_eq!(column(&team, "backlog").await, order(&[3, 4, 1, 2, 0]));
    for stays in [json!({}), json!({"after": ids[2]}), json!({"status": "backlog"}), json!({"after": ids[0]})]
    {
        assert_eq!(moved(0, stays).await.version(), version, "it stands there already");
    }
    let rank_only = team.editor().get(&team.path(&format!("/tasks/{}", ids[0]))).await.expect(200);
    assert_ne!(task_of(&rank_only)["version"], json!(version), "a new rank is no new version of the task");
    moved(1, json!({"status": "todo", "after": ids[2]})).await;
    moved(2, json!({"status": "todo", "before": ids[1], "after": Uuid::new_v4()})).await;
    assert_eq!(
        (column(&team, "todo").await, column(&team, "backlog").await),
        (order(&[2, 1]), order(&[3, 4, 0]))
    );
    let updated = team
        .editor()
        .patch(&team.path(&format!("/tasks/{}", ids[3])), json!({"status": "todo"}))
        .await
        .expect(200);
    assert!(updated.events()[0]["data"]["set"]["rank"].is_string());
    assert_eq!(
        column(&team, "todo").await,
        order(&[2, 1, 3]),
        "a new status puts it at the end of that column"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_task_changes_in_nothing_until_it_is_restored() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path(""));
    api.post(&team.task_path("/comments"), json!({"body": "x"})).await.expect(201);
    let before = team.task().await;
    let deleted = api.delete(&path).await.expect(200);
    assert_eq!(deleted.events()[0]["data"]["tasks"], json!([team.task]));
    let after = team.digest().await;
    api.get(&path).await.expect_problem(404, "not_found");
    api.patch(&path, json!({"title": "x"})).await.expect_problem(409, "task_deleted");
    api.post(&team.task_path("/move"), json!({"status": "todo"})).await.expect_problem(409, "task_deleted");
    api.post(&team.task_path("/comments"), json!({"body": "x"})).await.expect_problem(409, "task_deleted");
    let again = api.delete(&path).await.expect(200);
    assert_eq!((again.events().len(), again.version()), (0, deleted.version()), "it is deleted already");
    let command = json!({"type": "task.delete", "task": team.task});
    let again = api.post(&team.path("/commands"), json!({"commands": [command]})).await.expect(200);
    assert!(again.events().is_empty(), "in a batch too");
    team.unchanged(&after).await;
    api.post(&team.task_path("/restore"), json!({})).await.expect(200);
    assert_eq!(team.task().await, before, "whole, as it was");
    assert!(api.post(&team.task_path("/restore"), json!({})).await.expect(200).events().is_empty());
    api.post(&team.path(&format!("/tasks/{}/restore", Uuid::new_v4())), json!({}))
        .await
        .expect_problem(404, "task_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_guards_a_request_and_expect_a_command() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path(""));
    let tag = api.get(&path).await.expect(200).header("etag").expect("a tag").to_owned();
    let changed = api.if_match(&tag).patch(&path, json!({"title": "Two"})).await.expect(200);
    let current = changed.version();
    let refused =
        api.if_match(&tag).patch(&path, json!({"title": "Three"})).await.expect_problem(412, "stale");
    assert_eq!(refused.body["current"], current);
    let refused =
        api.patch(&path, json!({"title": "Three", "expect": current - 1})).await.expect_problem(409, "stale");
    assert_eq!(refused.body["current"], current);
    api.if_match("*").patch(&path, json!({"title": "Three", "expect": current})).await.expect(200);
    // Neither a rank nor a comment makes it stale.
    let tag = format!("\"{}\"", current + 1);
    api.create_task(team.project, "Another").await;
    api.post(&team.task_path("/move"), json!({})).await.expect(200);
    api.post(&team.task_path("/comments"), json!({"body": "x"})).await.expect(201);
    api.if_match(&tag).patch(&path, json!({"title": "Four"})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn drops_at_a_crowded_place_make_room_and_the_log_tells_the_same_order_as_the_tables() {
    let team = Team::start(2).await;
    let last = team.editor().create_task(team.project, "Last").await.id;
    let drop = async |count: usize, after: Uuid, before: Uuid, instance: usize| -> Vec<Uuid> {
        let made: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
        let create = |id: &Uuid| json!({"type": "task.create", "id": id, "title": "Dropped", "after": after, "before": before});
        let api = team.cluster.api(instance, &team.editor);
        api.commands(team.project, made.iter().map(create).collect()).await.expect(200);
        made
    };
    // A whole transaction of drops, then single ones that close in from both sides and read the crowd that is there.
    let mut newest_first = drop(500, team.task, last, 0).await;
    newest_first.reverse();
    let (mut above, mut below) = (vec![team.task], vec![newest_first[0]]);
    for number in 0..200 {
        let (after, before) = (above[above.len() - 1], below[below.len() - 1]);
        let made = drop(1, after, before, number % 2).await;
        if number % 2 == 0 { above.extend(made) } else { below.extend(made) }
    }
    below.reverse();
    let wanted: Vec<Uuid> =
        above.into_iter().chain(below).chain(newest_first.into_iter().skip(1)).chain([last]).collect();
    let snapshot = team.editor().snapshot(team.project).await;
    let mut tasks: Vec<&Value> = snapshot["tasks"].as_array().expect("tasks").iter().collect();
    tasks.sort_by_key(|task| task["rank"].as_str().expect("a rank"));
    let order: Vec<Uuid> =
        tasks.iter().map(|task| serde_json::from_value(task["id"].clone()).expect("an id")).collect();
    assert!(order == wanted, "another order than people made");
    let longest = tasks.iter().map(|task| task["rank"].as_str().map_or(0, str::len)).max();
    assert!(longest <= Some(36), "{longest:?} characters");
    let log = team.cluster.whole_log(team.project, &team.editor).await;
    assert!(
        log[log.len() - 200..].iter().any(|event| event["reranked"].is_array()),
        "no single drop made room"
    );
    let version = snapshot["version"].as_u64().expect("a version");
    let folded =
        team.editor().get(&team.path(&format!("/snapshot?version={version}"))).await.expect(200).body;
    assert!(folded["tasks"] == snapshot["tasks"], "the log tells another order");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_config_of_a_new_task_is_a_patch_of_nothing() {
    let team = Team::start(1).await;
    for (sent, kept) in [
        (json!({"a": null}), json!({})),
        (json!({"a": null, "b": {"c": null, "d": 1}}), json!({"b": {"d": 1}})),
        (json!({"a": [null, {"b": null}]}), json!({"a": [null, {"b": null}]})),
    ] {
        let answer = team.editor().post(&team.path("/tasks"), json!({"title": "x", "config": sent})).await;
        let answer = answer.expect(201);
        assert_eq!(answer.body["task"]["config"], kept, "{sent}");
        assert_eq!(answer.events()[0]["data"]["task"]["config"], kept, "{sent}");
    }
}

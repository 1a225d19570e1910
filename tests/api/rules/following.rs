//! What members follow: theirs alone, in a table, ended with the membership.

use crate::support::Team;
use serde_json::{Value, json};

async fn commanded(team: &Team, api: &testkit::Api, kind: &str) -> Value {
    let task = team.task().await["id"].clone();
    let answer = api.commands(team.project, json!([{"type": kind, "task": task}])).await.expect(200);
    answer.body["events"].clone()
}

/// Who follows the task, but for the owner, who made it.
async fn watchers(team: &Team) -> Value {
    let mut watchers = team.owner().get(&team.task_path("/watchers")).await.expect(200).body["items"].clone();
    watchers.as_array_mut().expect("items").retain(|watcher| watcher["user"] != json!(team.owner.id));
    watchers
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_task_is_listed_and_nothing_else_changes() {
    let team = Team::start(1).await;
    let (owner, viewer, before) = (team.owner(), team.viewer(), team.viewer().snapshot(team.project).await);
    owner.patch(&team.path(""), json!({"archived": true})).await.expect(200);
    let event = &commanded(&team, &viewer, "task.watch").await[0];
    assert_eq!((&event["type"], &event["actor"]), (&json!("task.watched"), &json!(team.viewer.id)));
    assert_eq!(commanded(&team, &viewer, "task.watch").await, json!([]), "it already is so");
    assert_eq!(watchers(&team).await, json!([{"user": team.viewer.id}]));
    let after = viewer.snapshot(team.project).await;
    assert_eq!((&after["tasks"], &after["members"]), (&before["tasks"], &before["members"]));
    let mine = team.path("/tasks?watching=true");
    assert_eq!(viewer.get(&mine).await.expect(200).body["items"], before["tasks"]);
    assert_eq!(team.editor().get(&mine).await.expect(200).body["items"], json!([]));
    commanded(&team, &viewer, "task.unwatch").await;
    assert_eq!(watchers(&team).await, json!([]));
    viewer.get(&team.path("/tasks/999/watchers")).await.expect(404);
    team.stranger().get(&team.task_path("/watchers")).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_for_people_tells_who_follows_a_task_only_when_asked() {
    let team = Team::start(1).await;
    commanded(&team, &team.editor(), "task.watch").await;
    let kinds = async |query: &str| -> Vec<Value> {
        let answer = team.viewer().get(&team.path(&format!("/activity{query}"))).await.expect(200);
        answer.body["items"].as_array().expect("items").iter().map(|item| item["type"].clone()).collect()
    };
    assert!(!kinds("").await.contains(&json!("task.watched")));
    assert_eq!(kinds("?watching=true").await[0], "task.watched");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_follows_ends_with_the_membership_in_the_same_batch_too() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), &team.editor);
    owner.meet(std::slice::from_ref(editor)).await;
    let elsewhere = team.editor().create_project("Elsewhere").await;
    team.editor().create_task(elsewhere, "Followed on").await;
    for title in ["Two", "Three"] {
        team.editor().create_task(team.project, title).await;
    }
    commanded(&team, &team.editor(), "task.watch").await;
    assert_eq!(watchers(&team).await, json!([{"user": editor.id}]));
    let followed = async || {
        let listed = team.editor().get("/me/watching").await.expect(200).body["items"].clone();
        listed.as_array().expect("items").iter().map(|item| item["task"]["title"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(followed().await.len(), 4);
    let again = json!([
        {"type": "member.remove", "user": editor.id},
        {"type": "member.add", "user": editor.id, "role": "editor"},
    ]);
    owner.commands(team.project, again).await.expect(200);
    assert_eq!(watchers(&team).await, json!([]));
    assert_eq!(followed().await, ["Followed on"]);
    commanded(&team, &team.editor(), "task.watch").await;
    assert_eq!(watchers(&team).await, json!([{"user": editor.id}]));
}

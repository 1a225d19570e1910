//! Why people are told.

use super::{assign, comment, inbox, told};
use crate::support::Team;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_assigned_mentioned_or_answered_is_told_and_nobody_of_their_own_doing() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), team.editor());
    assign(&owner, &team, team.editor.id).await;
    assert_eq!(told(&editor).await, [json!(["assigned", "Paint the door", 1])]);
    let first =
        comment(&editor, &team, &format!("<@{0}>, look; I am <@{1}>", team.viewer.id, team.editor.id)).await;
    assert_eq!(told(&team.viewer()).await, [json!(["mentioned", "Paint the door", 1])]);
    assert_eq!(told(&owner).await, [json!(["changed", "Paint the door", 1])], "who made the task follows it");
    let body = json!({"body": "Seen.", "reply_to": first});
    let reply = owner.post(&team.task_path("/comments"), body).await.expect(201).made("comment").id;
    let row = &inbox(&editor).await[0];
    assert_eq!((&row["cause"], &row["comment"]), (&json!("replied"), &json!(reply)));
    assert_eq!(row["actor"], json!(team.owner.id));
    assert_eq!(told(&owner).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_with_another_text_tells_only_whom_it_newly_mentions() {
    let team = Team::start(1).await;
    let id = comment(&team.owner(), &team, &format!("<@{}>", team.editor.id)).await;
    let text = format!("<@{}> and <@{}>", team.editor.id, team.viewer.id);
    team.owner().patch(&team.task_path(&format!("/comments/{id}")), json!({"body": text})).await.expect(200);
    assert_eq!(told(&team.editor()).await, [json!(["mentioned", "Paint the door", 1])]);
    assert_eq!(told(&team.viewer()).await, [json!(["mentioned", "Paint the door", 1])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_task_is_told_that_it_changed_but_not_where_its_card_stands() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), team.editor());
    let other = owner.create_task(team.project, "Another").await.id;
    editor.post(&team.task_path("/move"), json!({"after": other})).await.expect(200);
    assert_eq!(told(&owner).await, json!([]).as_array().expect("a list").clone());
    for body in [json!({"title": "Paint it"}), json!({"status": "in_progress"})] {
        editor.patch(&team.task_path(""), body).await.expect(200);
    }
    editor.put(&team.task_path(&format!("/dependencies/{other}")), json!({})).await.expect(201);
    assert_eq!(told(&owner).await, [json!(["changed", "Another", 1]), json!(["changed", "Paint it", 3])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_task_below_another_is_told_that_it_went_into_the_bin_with_it() {
    let team = Team::start(1).await;
    let body = json!({"title": "Below", "parent": team.task});
    let below = team.editor().post(&team.path("/tasks"), body).await.expect(201).made("task").id;
    team.owner().delete(&team.task_path("")).await.expect(200);
    assert_eq!(told(&team.editor()).await, [json!(["changed", "Below", 1])]);
    assert_eq!(inbox(&team.editor()).await[0]["task"]["deleted"], true);
    team.owner().post(&team.path(&format!("/tasks/{below}/restore")), json!({})).await.expect(200);
    assert_eq!(told(&team.editor()).await, [json!(["changed", "Below", 2])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_task_below_another_is_told_that_it_was_archived_with_it_and_finds_it_there() {
    let team = Team::start(1).await;
    let body = json!({"title": "Below", "parent": team.task});
    let below = team.editor().post(&team.path("/tasks"), body).await.expect(201).made("task").id;
    team.owner().post(&team.task_path("/archive"), json!({})).await.expect(200);
    assert_eq!(told(&team.editor()).await, [json!(["changed", "Below", 1])]);
    assert_eq!(inbox(&team.editor()).await[0]["task"]["deleted"], false);
    team.owner().delete(&team.task_path("")).await.expect(200);
    assert_eq!(told(&team.editor()).await, [json!(["changed", "Below", 2])]);
    assert_eq!(inbox(&team.editor()).await[0]["task"]["deleted"], true);
    for back in ["restore", "unarchive"] {
        team.owner().post(&team.path(&format!("/tasks/{below}/{back}")), json!({})).await.expect(200);
    }
    assert_eq!(told(&team.editor()).await, [json!(["changed", "Below", 4])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_assigned_to_an_open_task_is_told_that_what_it_waits_for_is_finished() {
    let team = Team::start(1).await;
    let owner = team.owner();
    let made = json!({"title": "Paint", "assignees": [team.editor.id, team.owner.id]});
    let paint = owner.post(&team.path("/tasks"), made).await.expect(201).made("task").id;
    let sand = owner.create_task(team.project, "Sand").await.id;
    let waits = team.path(&format!("/tasks/{paint}/dependencies/{sand}"));
    owner.put(&waits, json!({})).await.expect(201);
    let sand = team.path(&format!("/tasks/{sand}"));
    let finished =
        async || told(&team.editor()).await.iter().filter(|row| row[0] == "blocker_finished").count();
    owner.patch(&sand, json!({"status": "in_progress"})).await.expect(200);
    assert_eq!(finished().await, 0);
    owner.patch(&sand, json!({"status": "done"})).await.expect(200);
    assert!(told(&team.editor()).await.contains(&json!(["blocker_finished", "Paint", 1])));
    assert!(!told(&owner).await.iter().any(|row| row[0] == "blocker_finished"), "their own doing");
    owner.patch(&team.path(&format!("/tasks/{paint}")), json!({"status": "done"})).await.expect(200);
    for status in ["todo", "cancelled"] {
        owner.patch(&sand, json!({"status": status})).await.expect(200);
    }
    assert_eq!(
        told(&team.editor())
            .await
            .iter()
            .filter(|row| **row == json!(["blocker_finished", "Paint", 1]))
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_made_a_member_or_removed_is_told_and_of_a_project_that_ended_only_that() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), team.editor());
    assert!(inbox(&editor).await.is_empty(), "who accepts an invitation is not told of it");
    owner.meet(std::slice::from_ref(&team.editor)).await;
    owner.remove_member(team.project, &team.editor).await;
    owner.add_colleague(team.project, &team.editor, "editor").await;
    let row = &inbox(&editor).await[0];
    assert_eq!((&row["cause"], &row["project"]["name"]), (&json!("invited"), &json!("Shop")));
    assign(&owner, &team, team.editor.id).await;
    owner.remove_member(team.project, &team.editor).await;
    let rows = inbox(&editor).await;
    assert_eq!(rows.iter().map(|row| &row["cause"]).collect::<Vec<_>>(), ["assigned", "invited", "removed"]);
    for row in &rows {
        for hidden in ["project", "task", "comment", "version", "actor"] {
            assert_eq!(row[hidden], Value::Null, "{row}");
        }
    }
    assert!(inbox(&owner).await.is_empty(), "their own doing");
    team.viewer().delete(&team.path(&format!("/members/{}", team.viewer.id))).await.expect(200);
    assert!(inbox(&team.viewer()).await.is_empty(), "who leaves is not told of it");
    owner.delete(&team.path("")).await.expect(200);
    owner.add_colleague(owner.create_project("Other").await, &team.editor, "viewer").await;
    assert_eq!(inbox(&editor).await[0]["project"]["name"], "Other");
}

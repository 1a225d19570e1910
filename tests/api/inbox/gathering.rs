//! How what people are told is gathered, and what they do not want to hear of.

use super::{assign, comment, inbox, told};
use crate::support::Team;
use serde_json::{Value, json};
use testkit::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn one_batch_makes_one_row_for_each_person_and_task_with_the_most_direct_cause() {
    let team = Team::start(1).await;
    let (owner, task) = (team.owner(), team.task);
    team.editor().commands(team.project, json!([{"type": "task.watch", "task": task}])).await.expect(200);
    let mention = format!("<@{}>", team.editor.id);
    let batch = json!([
        {"type": "task.update", "task": task, "set": {"title": "Paint it"}},
        {"type": "task.update", "task": task, "add": {"assignees": [team.editor.id]}},
        {"type": "comment.add", "task": task, "body": mention},
        {"type": "task.update", "task": task, "set": {"title": "Paint it red"}},
    ]);
    let last = owner.commands(team.project, batch).await.expect(200).version();
    assert_eq!(told(&team.editor()).await, [json!(["mentioned", "Paint it red", 4])]);
    let row = &inbox(&team.editor()).await[0];
    assert_eq!(row["version"], json!(last - 1), "the event with that cause");
    assert!(row["comment"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cause_within_a_minute_makes_one_row_until_it_is_read_or_older() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), team.editor());
    for _ in 0..3 {
        comment(&editor, &team, "Again.").await;
    }
    assert_eq!(told(&owner).await, [json!(["changed", "Paint the door", 3])]);
    owner.post("/me/notifications/read", json!({"tasks": [team.task]})).await.expect(200);
    comment(&editor, &team, "Once more.").await;
    assert_eq!(
        told(&owner).await,
        [json!(["changed", "Paint the door", 1]), json!(["changed", "Paint the door", 3])]
    );
    let sql = team.cluster.database.sql().await;
    let older = "UPDATE notifications SET created_at = created_at - interval '61 seconds'";
    sql.batch_execute(older).await.expect("older");
    comment(&editor, &team, "Much later.").await;
    assert_eq!(told(&owner).await.len(), 3);
    assign(&editor, &team, team.owner.id).await;
    assert_eq!(told(&owner).await[0], json!(["assigned", "Paint the door", 1]), "another cause");
}

fn assigned(tasks: &[Uuid], user: Uuid) -> Value {
    let one = |task: &Uuid| json!({"type": "task.update", "task": task, "add": {"assignees": [user]}});
    tasks.iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tasks_in_one_transaction_are_one_row_of_the_project_and_nineteen_are_not() {
    let team = Team::start(1).await;
    let owner = team.owner();
    let tasks: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
    let create = |id: &Uuid| json!({"type": "task.create", "id": id, "title": "One of many"});
    owner.commands(team.project, tasks.iter().map(create).collect()).await.expect(200);
    owner.commands(team.project, assigned(&tasks, team.editor.id)).await.expect(200);
    assert_eq!(told(&team.editor()).await, [json!(["assigned", null, 20])]);
    assert_eq!(inbox(&team.editor()).await[0]["project"]["name"], "Shop");
    owner.commands(team.project, assigned(&tasks[1..], team.viewer.id)).await.expect(200);
    assert_eq!(told(&team.viewer()).await.len(), 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_task_or_project_tells_of_mentions_and_assignments_only() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), team.editor());
    let other = owner.create_task(team.project, "Another").await.id;
    let answered = comment(&owner, &team, "A question").await;
    let changes = async || {
        let reply = json!({"body": "An answer", "reply_to": answered});
        editor.post(&team.task_path("/comments"), reply).await.expect(201);
        for task in [team.task, other] {
            editor
                .patch(&team.path(&format!("/tasks/{task}")), json!({"estimate": rand(task)}))
                .await
                .expect(200);
        }
        owner.post("/me/notifications/read", json!({"up_to": 1_000_000})).await.expect(200);
        told(&owner).await.len()
    };
    owner.put(&format!("/me/mutes/{}", team.task), json!(null)).await.expect(204);
    assert_eq!(changes().await, 1, "of the task that is not muted");
    owner.put(&format!("/me/mutes/{}", team.project), json!(null)).await.expect(204);
    assert_eq!(changes().await, 1);
    comment(&editor, &team, &format!("<@{}>", team.owner.id)).await;
    assign(&editor, &team, team.owner.id).await;
    let causes: Vec<Value> = told(&owner).await.iter().map(|row| row[0].clone()).collect();
    assert_eq!(causes, ["assigned", "mentioned", "changed"]);
    let mutes = owner.get("/me/mutes").await.expect(200).body;
    assert_eq!(mutes["items"].as_array().expect("items").len(), 2);
    for target in [team.task, team.project] {
        owner.delete(&format!("/me/mutes/{target}")).await.expect(204);
    }
    assert_eq!(changes().await, 6, "an answer and two changes more");
    owner.put(&format!("/me/mutes/{}", team.foreign_task), json!(null)).await.expect(404);
    owner.put(&format!("/me/mutes/{}", Uuid::now_v7()), json!(null)).await.expect(404);
}

/// Another estimate each time.
fn rand(task: Uuid) -> u16 {
    use std::sync::atomic::{AtomicU16, Ordering};
    static LAST: AtomicU16 = AtomicU16::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + u16::from(task.as_bytes()[0] & 1)
}

//! Texts that were written before the analysis, or by an instance of the version before, are filled in while the instances serve.

use serde_json::json;
use testkit::wait::eventually;

use super::{all, filled, found, titles};
use crate::support::{SOON, Team};

const WORDS: &str = "SELECT string_agg(format('%s %s %s %s', task_id, kind, id, words), E'\\n' ORDER BY task_id, kind, id) \
    FROM words WHERE words <> ''";
/// As if the project were older than the analysis.
const FORGET: &str =
    "DELETE FROM words; INSERT INTO words_fills (project_id, searched) SELECT id, false FROM projects";

/// A project in which everything happened that changes what is found.
async fn lively(team: &Team) {
    let api = team.owner();
    api.put(&team.path("/labels/nd"), json!({"name": "Needs design", "color": "#ff0000"})).await.expect(200);
    api.put(&team.path("/fields/customer"), json!({"name": "Customer", "type": "text"})).await.expect(200);
    for n in 0..250 {
        let task =
            json!({"title": format!("Größe {n}"), "description": if n % 2 == 0 { "备忘录" } else { "" }});
        api.post(&team.path("/tasks"), task).await.expect(201);
    }
    let at = |n: usize| team.path(&format!("/tasks/{n}"));
    for (n, set) in [
        (2, json!({"title": "Other"})),
        (3, json!({"description": "Longer"})),
        (4, json!({"description": ""})),
        (5, json!({"labels": ["nd"]})),
        (6, json!({"assignees": [team.editor.id]})),
        (7, json!({"fields": {"customer": "Brightwater"}})),
    ] {
        api.patch(&at(n), set).await.expect(200);
    }
    for (n, body) in [(8, "One"), (9, "Two"), (10, "Three")] {
        api.post(&format!("{}/comments", at(n)), json!({"body": body})).await.expect(201);
    }
    let comments = api.get(&format!("{}/comments", at(8))).await.expect(200).body;
    let comment = comments["items"][0]["id"].as_str().expect("an id").to_owned();
    api.delete(&format!("{}/comments/{comment}", at(8))).await.expect(200);
    let comments = api.get(&format!("{}/comments", at(9))).await.expect(200).body;
    let comment = comments["items"][0]["id"].as_str().expect("an id").to_owned();
    api.patch(&format!("{}/comments/{comment}", at(9)), json!({"body": "Changed"})).await.expect(200);
    api.delete(&at(11)).await.expect(200);
    api.delete(&at(12)).await.expect(200);
    api.post(&format!("{}/restore", at(12)), json!({})).await.expect(200);
    api.post(&format!("{}/archive", at(13)), json!({})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filled_in_is_what_commands_write() {
    let team = Team::start(2).await;
    lively(&team).await;
    let sql = team.cluster.database.sql().await;
    let words = async || -> String { sql.query_one(WORDS, &[]).await.expect("words").get(0) };
    let written = words().await;
    sql.batch_execute(FORGET).await.expect("forgotten");
    filled(&team.cluster.database).await;
    assert!(written == words().await, "{written}\n\n{}", words().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn until_a_project_is_filled_its_search_reads_the_older_index() {
    let team = Team::start(1).await;
    let sql = team.cluster.database.sql().await;
    let lock = team.cluster.database.lock_project(team.project).await;
    // The older index has what was written while the analysis was not there.
    sql.batch_execute(FORGET).await.expect("forgotten");
    sql.batch_execute("UPDATE tasks SET title = title || ' soon'").await.expect("an older instance's change");
    assert_eq!(found(&team, "soon").await, ["Paint the door soon"]);
    let doctor = team.cluster.run(&["doctor"]).await;
    assert!(doctor.stdout.contains("are still to be analysed"), "{}", doctor.stdout);
    lock.release().await;
    filled(&team.cluster.database).await;
    assert_eq!(found(&team, "\"door soon\"").await, ["Paint the door soon"]);
    let doctor = team.cluster.run(&["doctor"]).await;
    assert!(doctor.stdout.contains("all texts are analysed"), "{}", doctor.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_on_a_project_that_is_not_filled_is_found_at_once() {
    let team = Team::start(1).await;
    let sql = team.cluster.database.sql().await;
    // The project with the smaller id is filled first, and the other one after it.
    let own = (team.project, team.editor());
    let other = (team.foreign_project, team.stranger());
    let (first, (second, api)) = if own.0 < other.0 { (own.0, other) } else { (other.0, own) };
    let lock = team.cluster.database.lock_project(first).await;
    sql.batch_execute(FORGET).await.expect("forgotten");
    api.create_task(second, "Oil the hinges").await;
    let path = format!("/projects/{second}/tasks?q=hinges");
    let found = async || titles(&all(&api, &path, 50).await);
    assert_eq!(found().await, ["Oil the hinges"]);
    lock.release().await;
    filled(&team.cluster.database).await;
    assert_eq!(found().await, ["Oil the hinges"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_instance_writes_is_filled_in() {
    let team = Team::start(2).await;
    let body = json!({"body": "First"});
    team.editor().post(&team.task_path("/comments"), body).await.expect(201);
    // It does not say that it analyses what it writes.
    let sql = team.cluster.database.sql().await;
    for (change, question, expected) in [
        ("UPDATE tasks SET title = 'Café/Bar' WHERE project_id = $1", "bar", 1),
        ("UPDATE tasks SET description = '备忘录需要' WHERE project_id = $1", "忘录", 1),
        ("UPDATE comments SET body = 'ZÜRICH' WHERE project_id = $1", "zurich", 1),
        ("UPDATE comments SET deleted = true WHERE project_id = $1", "zurich", 0),
    ] {
        sql.execute(change, &[&team.project]).await.expect("a change");
        eventually("the change to be found", SOON, || async {
            found(&team, question).await.len() == expected
        })
        .await;
    }
    // An instance of this version marks nothing: it could not write a mark here.
    filled(&team.cluster.database).await;
    sql.batch_execute("BEGIN; LOCK TABLE words_marks IN SHARE MODE").await.expect("no marks");
    let task = team.editor().create_task(team.project, "Its own").await;
    team.editor()
        .patch(&team.path(&format!("/tasks/{}", task.id)), json!({"title": "Own"}))
        .await
        .expect(200);
    team.editor().post(&team.task_path("/comments"), json!({"body": "Own"})).await.expect(201);
}

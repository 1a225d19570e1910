//! What is read, and pages.

use super::{assign, comment, inbox, page, unread};
use crate::support::{SOON, Team};
use serde_json::{Value, json};
use testkit::wait::eventually;
use testkit::{Api, User};

/// One row for each of some tasks of the team's owner, made by the editor.
async fn rows(team: &Team, tasks: usize) {
    for n in 0..tasks {
        let task = team.owner().create_task(team.project, &format!("Task {n}")).await.id;
        let path = team.path(&format!("/tasks/{task}"));
        team.editor().patch(&path, json!({"estimate": 1})).await.expect(200);
    }
}

async fn mark(api: &Api, body: Value) -> i64 {
    api.post("/me/notifications/read", body).await.expect(200).body["unread"].as_i64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_several_or_all_rows_are_marked_as_read_and_as_unread_again() {
    let team = Team::start(1).await;
    let owner = team.owner();
    rows(&team, 5).await;
    let ids: Vec<Value> = inbox(&owner).await.iter().map(|row| row["id"].clone()).collect();
    assert_eq!(unread(&owner).await, 5);
    assert_eq!(mark(&owner, json!({"ids": [ids[0], ids[1]]})).await, 3);
    assert_eq!(mark(&owner, json!({"ids": [ids[0]], "unread": true})).await, 4);
    assert_eq!(mark(&owner, json!({"up_to": ids[3]})).await, 2);
    let left = page(&owner, "?unread=true").await;
    let left: Vec<&Value> = left["items"].as_array().expect("items").iter().map(|row| &row["id"]).collect();
    assert_eq!(left, [&ids[0], &ids[2]]);
    assert_eq!(mark(&owner, json!({"up_to": ids[0]})).await, 0);
    comment(&team.editor(), &team, "Hello.").await;
    assert_eq!(unread(&owner).await, 1);
    assert_eq!(mark(&owner, json!({"tasks": [team.task]})).await, 0, "who opens a task has seen it");
    assert_eq!(
        mark(&team.editor(), json!({"ids": ids, "unread": true})).await,
        0,
        "nobody marks another's rows"
    );
    assert_eq!(unread(&owner).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unread_of_one_task_counts_once() {
    let team = Team::start(1).await;
    let owner = team.owner();
    assign(&team.editor(), &team, team.owner.id).await;
    comment(&team.editor(), &team, "Hello.").await;
    assert_eq!(inbox(&owner).await.len(), 2, "two causes are two rows");
    assert_eq!(unread(&owner).await, 1);
    rows(&team, 1).await;
    assert_eq!(unread(&owner).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_names_exactly_one_of_its_three_ways() {
    let team = Team::start(1).await;
    for (body, code) in [
        (json!({}), "missing"),
        (json!({"up_to": 1, "ids": [1]}), "invalid_value"),
        (json!({"ids": []}), "invalid_value"),
        (json!({"ids": vec![1; 201]}), "invalid_value"),
        (json!({"ids": ["x"]}), "invalid_type"),
        (json!({"tasks": ["x"]}), "invalid_value"),
        (json!({"up_to": 0}), "invalid_value"),
        (json!({"up_to": 1, "unread": null}), "invalid_type"),
        (json!({"up_to": 1, "all": true}), "unknown_field"),
    ] {
        let answer = team.owner().post("/me/notifications/read", body.clone()).await.expect(422);
        assert_eq!(answer.body["code"], code, "{body}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_comes_page_by_page_the_latest_first_and_by_project_and_cause() {
    let team = Team::start(1).await;
    let owner = team.owner();
    rows(&team, 5).await;
    let all = inbox(&owner).await;
    let (mut paged, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = page(&owner, &query).await;
        paged.extend(page["items"].as_array().expect("items").clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(paged, all);
    assert_eq!(all.iter().map(|row| row["task"]["title"].clone()).collect::<Vec<_>>()[0], "Task 4");
    let count = async |query: &str| page(&owner, query).await["items"].as_array().expect("items").len();
    assert_eq!(count(&format!("?project={}", team.project)).await, 5);
    assert_eq!(count(&format!("?project={}", team.foreign_project)).await, 0);
    assert_eq!(count("?cause=mentioned").await, 0);
    assert_eq!(count("?cause=mentioned&cause=changed").await, 5);
    for query in ["?cause=x", "?project=x", "?unread=1", "?cursor=x", "?limit=0", "?limit=2&cursor="] {
        owner.get(&format!("/me/notifications{query}")).await.expect(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_of_a_person_and_ninety_days_are_kept() {
    let mut team = Team::start(1).await;
    let sql = team.cluster.database.sql().await;
    let many = "INSERT INTO notifications (user_id, project_id, about, cause, version, count, actor, created_at, updated_at) \
        SELECT $1, $2, $3, 'changed', n, 1, $1, now(), now() - CASE WHEN n <= 20 THEN interval '91 days' ELSE interval '0' END \
        FROM generate_series(1, $4::bigint) n";
    for (user, rows) in [(&team.owner, 10_050_i64), (&team.stranger, 100)] {
        sql.execute(many, &[&user.id, &team.project, &team.task, &rows]).await.expect("rows");
    }
    // An instance sweeps when it starts.
    team.cluster.instances[0].kill();
    team.cluster.instances[0].restart().await;
    eventually("the rest to be deleted", SOON, || async {
        let left = "SELECT count(*), min(version) FROM notifications WHERE user_id = $1";
        let of = async |user: &User| -> (i64, i64) {
            let row = sql.query_one(left, &[&user.id]).await.expect("a count");
            (row.get(0), row.get(1))
        };
        (of(&team.owner).await, of(&team.stranger).await) == ((10_000, 51), (80, 21))
    })
    .await;
}

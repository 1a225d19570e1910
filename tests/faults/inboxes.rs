//! Many people who tell each other of things at once, in several projects and through several instances.

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Cluster, User, Uuid};

const PEOPLE: usize = 12;
const ROUNDS: usize = 10;

/// Mentions everybody in turn in both projects, and marks their own inbox as read meanwhile.
async fn mention(cluster: &Cluster, number: usize, user: &User, places: &[(Uuid, Uuid)], body: &str) {
    for round in 0..ROUNDS {
        let api = cluster.api((number + round) % cluster.instances.len(), user);
        let (project, task) = places[(number + round) % places.len()];
        let path = format!("/projects/{project}/tasks/{task}/comments");
        api.post(&path, json!({"body": body})).await.expect(201);
        let mark = json!({"up_to": 1_000_000, "unread": round % 3 == 0});
        api.post("/me/notifications/read", mark).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_mentions_everybody_is_told_once_and_nobody_waits_for_each_other_for_ever() {
    let mut cluster = Cluster::start(3).await;
    let people = cluster.users(PEOPLE).await;
    let owner = cluster.api(0, &people[0]);
    let mut places = Vec::new();
    for name in ["Shop", "Garden"] {
        let project = owner.create_project(name).await;
        for user in &people[1..] {
            owner.add_member(project, user, "editor").await;
        }
        places.push((project, owner.create_task(project, "Talk").await.id));
    }
    let body: String = people.iter().map(|user| format!("<@{}>", user.id)).collect();
    let talking =
        people.iter().enumerate().map(|(number, user)| mention(&cluster, number, user, &places, &body));
    join_all(talking).await;
    let sql = cluster.database.sql().await;
    let told = "SELECT coalesce(sum(count), 0)::bigint FROM notifications WHERE user_id = $1 AND cause = 'mentioned'";
    for user in &people {
        let told: i64 = sql.query_one(told, &[&user.id]).await.expect("a sum").get(0);
        assert_eq!(told, ((PEOPLE - 1) * ROUNDS) as i64, "{}", user.name);
    }
    // A connection tells what happened to it when it ends.
    for instance in &mut cluster.instances {
        instance.stop().await;
    }
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(sql.query_one(deadlocks, &[]).await.expect("a count").get::<_, i64>(0), 0);
}

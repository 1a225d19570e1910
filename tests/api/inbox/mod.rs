//! What people are told in the app: who, why, how it is gathered, and what they make of it.

mod causes;
mod following;
mod gathering;
mod marking;
mod mentions;
mod tokens;

use crate::support::Team;
use serde_json::{Value, json};
use testkit::{Api, Uuid};

/// The newest page of somebody's inbox, the latest first.
async fn inbox(api: &Api) -> Vec<Value> {
    page(api, "").await["items"].as_array().expect("items").clone()
}

async fn page(api: &Api, query: &str) -> Value {
    api.get(&format!("/me/notifications{query}")).await.expect(200).body
}

/// What stands in an inbox, as cause, title of the task and count, but for memberships.
async fn told(api: &Api) -> Vec<Value> {
    let rows = inbox(api).await.into_iter().filter(|row| row["cause"] != "invited");
    rows.map(|row| json!([row["cause"], row["task"]["title"], row["count"]])).collect()
}

async fn unread(api: &Api) -> i64 {
    page(api, "").await["unread"].as_i64().expect("a number")
}

async fn comment(api: &Api, team: &Team, body: &str) -> Uuid {
    let path = team.task_path("/comments");
    api.post(&path, json!({"body": body})).await.expect(201).made("comment").id
}

async fn assign(api: &Api, team: &Team, user: Uuid) {
    api.patch(&team.task_path(""), json!({"add": {"assignees": [user]}})).await.expect(200);
}

//! What is kept beside the log: values as they were before.

use serde_json::{Value, json};

use crate::support::Team;

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

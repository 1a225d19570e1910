//! `GET /instance`: what anybody may know before logging in.

use serde_json::json;
use testkit::{Cluster, Uuid};

use crate::support::Team;

#[tokio::test(flavor = "multi_thread")]
async fn anybody_learns_what_the_installation_offers_and_that_the_first_account_is_to_be_made() {
    let builder = Cluster::builder().env("LOCKSTEP_NAME", "Tea & Co.").env("LOCKSTEP_SIGNUP", "open");
    let cluster = builder.start().await;
    let api = cluster.instances[0].api();
    let before = api.get("/instance").await.expect(200).body;
    assert_eq!((&before["name"], &before["signup"]), (&json!("Tea & Co."), &json!("open")));
    assert_eq!((&before["sign_in"], &before["mail"]), (&json!(["password"]), &json!(false)));
    assert!(before["version"].is_string() && before["build"].is_string(), "{before}");
    assert_eq!(before["first_account"], json!(true));
    api.register("Ann").await;
    assert_eq!(api.get("/instance").await.expect(200).body["first_account"], json!(false));
    api.get("/instance?x=1").await.expect_problem(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_that_are_told_are_those_that_hold() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_BODY_BYTES", "204800")).await;
    let told = team.cluster.instances[0].api().get("/instance").await.expect(200).body["limits"].clone();
    let limit = |name: &str| told[name].as_u64().unwrap_or_else(|| panic!("no {name}: {told}")) as usize;
    assert_eq!(limit("body_bytes"), 204_800);
    let (api, tasks) = (team.editor(), team.path("/tasks"));
    for (most, field) in [("title_characters", "title"), ("description_bytes", "description")] {
        let body = |size: usize| {
            let mut body = json!({"title": "A task"});
            body[field] = json!("x".repeat(size));
            body
        };
        api.post(&tasks, body(limit(most))).await.expect(201);
        api.post(&tasks, body(limit(most) + 1)).await.expect(422);
    }
    let comment = |size: usize| json!({"body": "x".repeat(size)});
    api.post(&team.task_path("/comments"), comment(limit("comment_bytes"))).await.expect(201);
    api.post(&team.task_path("/comments"), comment(limit("comment_bytes") + 1)).await.expect(422);
    let watch = json!({"type": "task.watch", "task": team.task});
    let batch = |size: usize| json!(vec![watch.clone(); size]);
    api.commands(team.project, batch(limit("commands"))).await.expect(200);
    api.commands(team.project, batch(limit("commands") + 1)).await.expect_problem(422, "too_many_commands");
    let most = limit("page_items");
    api.get(&format!("{tasks}?limit={most}")).await.expect(200);
    api.get(&format!("{tasks}?limit={}", most + 1)).await.expect_problem(400, "invalid_query");
    let values = |count: usize| {
        let numbers: Vec<String> = (1..=count).map(|n| format!("number={n}")).collect();
        format!("{tasks}?{}", numbers.join("&"))
    };
    api.get(&values(limit("filter_values"))).await.expect(200);
    api.get(&values(limit("filter_values") + 1)).await.expect_problem(400, "invalid_query");
    let projects: Vec<Uuid> = (0..=limit("token_projects")).map(|_| Uuid::now_v7()).collect();
    let token = json!({"name": "a", "scope": "read", "projects": projects});
    api.post("/me/tokens", token).await.expect_problem(422, "invalid_value");
}

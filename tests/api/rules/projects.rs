//! A project's own fields, its archive and its bin.

use serde_json::{Value, json};
use testkit::{Api, Uuid};

use crate::support::Team;

async fn listed(api: &Api, query: &str) -> Vec<Value> {
    let list = api.get(&format!("/projects{query}")).await.expect(200).body;
    list["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_project_has_its_defaults_and_its_creator_as_owner() {
    let team = Team::start(1).await;
    let made = team.stranger().post("/projects", json!({"name": "Web shop"})).await.expect(201);
    let project = &made.body["project"];
    assert_eq!(
        (made.version(), &project["key"], &project["blocked_gate"]),
        (1, &json!("WS"), &json!("finish"))
    );
    let path = format!("/projects/{}", made.made("project").id);
    assert_eq!(made.header("location"), Some(format!("/api/v1{path}").as_str()));
    let keys: Vec<&str> = project["workflow"]["statuses"]
        .as_array()
        .expect("statuses")
        .iter()
        .filter_map(|s| s["key"].as_str())
        .collect();
    assert_eq!(keys, ["backlog", "todo", "in_progress", "in_review", "done", "cancelled"]);
    let shown = team.stranger().get(&path).await.expect(200);
    assert_eq!((&shown.body["role"], &shown.body["project"]), (&json!("owner"), project));
    let own_id = Uuid::new_v4();
    let chosen = team
        .stranger()
        .post("/projects", json!({"name": "x", "id": own_id, "key": "ABC123"}))
        .await
        .expect(201);
    assert_eq!((chosen.made("project").id, &chosen.body["project"]["key"]), (own_id, &json!("ABC123")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_makes_one_event_with_only_what_changed() {
    let team = Team::start(1).await;
    let before = team.digest().await;
    let change = json!({"name": "Shop", "description": "All of it"});
    let changed = team.owner().patch(&team.path(""), change.clone()).await.expect(200);
    assert_eq!(changed.version(), before.version + 1);
    assert_eq!(changed.events()[0]["data"], json!({"set": {"description": "All of it"}}));
    let again = team.owner().patch(&team.path(""), change).await.expect(200);
    assert_eq!((again.version(), again.events().len()), (before.version + 1, 0));
    for (field, value) in [
        ("key", json!("x")),
        ("name", json!("")),
        ("archived", json!(1)),
        ("blocked_gate", json!("never")),
        ("workflow", json!({"statuses": []})),
    ] {
        let refused = team.owner().patch(&team.path(""), json!({field: value})).await;
        assert_eq!(refused.status, 422, "{refused}");
        let pointer = refused.body["errors"][0]["pointer"].as_str().unwrap_or_default();
        assert!(pointer.starts_with(&format!("/{field}")), "{refused}");
    }
}

/// Proves A4.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_project_is_gone_for_all_until_its_owner_restores_it() {
    let team = Team::start(1).await;
    let before = team.digest().await;
    let deleted = team.owner().delete(&team.path("")).await.expect(200);
    for api in [team.owner(), team.editor()] {
        for path in ["", "/snapshot", "/events", "/digest", "/tasks/1"] {
            api.get(&team.path(path)).await.expect_problem(404, "not_found");
        }
        api.post(&team.path("/tasks"), json!({"title": "x"})).await.expect_problem(404, "not_found");
    }
    team.owner().delete(&team.path("")).await.expect_problem(404, "not_found");
    assert!(listed(&team.owner(), "").await.is_empty());
    assert_eq!(listed(&team.owner(), "?deleted=true").await, [json!(team.project)]);
    assert!(listed(&team.editor(), "?deleted=true").await.is_empty(), "the bin is the owner's");
    team.editor().post(&team.path("/restore"), json!({})).await.expect_problem(403, "forbidden");
    team.stranger().post(&team.path("/restore"), json!({})).await.expect_problem(404, "not_found");
    let restored = team.owner().post(&team.path("/restore"), json!({})).await.expect(200);
    assert_eq!((deleted.version(), restored.version()), (before.version + 1, before.version + 2));
    assert!(team.owner().post(&team.path("/restore"), json!({})).await.expect(200).events().is_empty());
    assert_eq!(team.task().await["title"], "Paint the door");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_project_is_read_only_and_hidden() {
    let team = Team::start(1).await;
    team.owner().patch(&team.path(""), json!({"archived": true})).await.expect(200);
    let before = team.digest().await;
    team.editor()
        .post(&team.path("/tasks"), json!({"title": "x"}))
        .await
        .expect_problem(422, "project_archived");
    team.owner().patch(&team.path(""), json!({"name": "x"})).await.expect_problem(422, "project_archived");
    let add = json!({"user": team.stranger.id, "role": "viewer"});
    team.owner().post(&team.path("/members"), add).await.expect_problem(422, "project_archived");
    team.unchanged(&before).await;
    assert!(listed(&team.viewer(), "").await.is_empty());
    assert_eq!(listed(&team.viewer(), "?archived=true").await, [json!(team.project)]);
    team.viewer().get(&team.path("/snapshot")).await.expect(200);
    team.owner().remove_member(team.project, &team.viewer).await;
    team.owner().patch(&team.path(""), json!({"archived": false})).await.expect(200);
    team.editor().create_task(team.project, "Goes on").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_in_use_cannot_go_and_a_deleted_task_does_not_hold_it() {
    let team = Team::start(1).await;
    let workflow = json!({"statuses": [{"key": "todo", "name": "Todo", "category": "open"}]});
    let refused = team.owner().patch(&team.path(""), json!({"workflow": workflow})).await;
    assert_eq!(refused.expect_problem(422, "status_in_use").body["statuses"], json!(["backlog"]));
    team.owner().delete(&team.task_path("")).await.expect(200);
    team.owner().patch(&team.path(""), json!({"workflow": workflow})).await.expect(200);
    let restored = team.owner().post(&team.task_path("/restore"), json!({})).await.expect(200);
    assert_eq!(restored.body["task"]["status"], "todo", "a status that is gone becomes the first one");
}

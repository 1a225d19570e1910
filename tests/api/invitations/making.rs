//! Who makes invitations, and what they may be.

use serde_json::json;

use super::invite;
use crate::support::Team;

#[tokio::test(flavor = "multi_thread")]
async fn only_owners_in_a_session_see_and_make_invitations() {
    let team = Team::start(1).await;
    let wanted = json!({"role": "viewer"});
    let path = team.path("/invitations");
    for (api, status, code) in [
        (team.editor(), 403, "forbidden"),
        (team.viewer(), 403, "forbidden"),
        (team.stranger(), 404, "not_found"),
        (team.cluster.instances[0].api(), 401, "unauthenticated"),
    ] {
        api.get(&path).await.expect_problem(status, code);
        api.post(&path, wanted.clone()).await.expect_problem(status, code);
    }
    let token = team.owner().post("/me/tokens", json!({"name": "x", "scope": "write"})).await.expect(201);
    let script = team.cluster.instances[0].api().with_token(token.body["secret"].as_str().expect("a secret"));
    script.post(&path, wanted.clone()).await.expect_problem(403, "session_required");
    script
        .post("/invitations/accept", json!({"token": "lsi_x"}))
        .await
        .expect_problem(403, "session_required");
    let mut foreign = wanted.clone();
    foreign["projects"] = json!([team.foreign_project]);
    team.owner().post(&path, foreign).await.expect_problem(422, "unknown_project");
    team.owner().patch(&team.path(""), json!({"archived": true})).await.expect(200);
    team.owner().post(&path, wanted).await.expect_problem(422, "project_archived");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_invitation_is_refused_with_a_pointer_for_each_field() {
    let team = Team::start(1).await;
    let bad = json!({
        "role": "admin", "email": "nobody", "projects": "all", "uses": 101, "expires_in_days": 31, "note": "x",
        "expires_at": "2020-01-01T00:00:00Z",
    });
    let refused =
        team.owner().post(&team.path("/invitations"), bad).await.expect_problem(422, "unknown_field");
    let errors = refused.body["errors"].as_array().expect("errors");
    let mut pointers: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
    pointers.sort_unstable();
    let all = ["/email", "/expires_at", "/expires_in_days", "/note", "/projects", "/role", "/uses"];
    assert_eq!(pointers, all);
    let several = json!({"role": "editor", "email": "ina@example.org", "uses": 2});
    team.owner().post(&team.path("/invitations"), several).await.expect_problem(422, "invalid_value");
    let both = json!({"role": "editor", "expires_at": "2020-01-01T00:00:00Z", "expires_in_days": 1});
    team.owner().post(&team.path("/invitations"), both).await.expect_problem(422, "invalid_value");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_has_at_most_a_hundred_open_invitations() {
    let team = Team::start(2).await;
    let other = team.owner().create_project("Other").await;
    let last = invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
    for _ in 0..98 {
        invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
    }
    let path = team.path("/invitations");
    let make = |n: usize| {
        let (api, path) = (team.cluster.api(n % 2, &team.owner), path.clone());
        async move { api.post(&path, json!({"role": "viewer"})).await.status }
    };
    let mut statuses = futures_util::future::join_all((0..4).map(make)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422]);
    let there = json!({"role": "viewer", "projects": [team.project]});
    let refused = team.owner().post(&format!("/projects/{other}/invitations"), there).await;
    refused.expect_problem(422, "too_many_invitations");
    team.owner().delete(&format!("{path}/{}", last.id)).await.expect(204);
    invite(&team.owner(), team.project, json!({"role": "viewer"})).await;
}

//! What an invitation shows before it is accepted, and which ones let nobody in.

use serde_json::json;
use testkit::Cluster;
use testkit::user::PASSWORD;

use super::{accept, address, invite, look, members, registration};
use crate::support::Team;

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_void_once_its_maker_owns_the_project_no_more() {
    let team = Team::start(1).await;
    team.owner()
        .patch(&team.path(&format!("/members/{}", team.editor.id)), json!({"role": "owner"}))
        .await
        .expect(200);
    let invited = invite(&team.editor(), team.project, json!({"role": "owner", "uses": 5})).await;
    look(&team.stranger(), &invited.token).await.expect(200);
    let holds = async || {
        let listed = team.owner().get(&team.path("/invitations")).await.expect(200).body;
        listed["items"][0]["holds"].clone()
    };
    assert_eq!(holds().await, json!(true));
    team.owner()
        .patch(&team.path(&format!("/members/{}", team.editor.id)), json!({"role": "editor"}))
        .await
        .expect(200);
    assert_eq!(holds().await, json!(false));
    let before = team.digest().await;
    look(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    let anybody = team.cluster.instances[0].api();
    anybody
        .post("/auth/register", registration("Ina", &invited.token))
        .await
        .expect_problem(410, "invitation_gone");
    team.unchanged(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_a_disabled_maker_lets_nobody_in() {
    let team = Team::start(1).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    assert!(team.cluster.run(&["user", "disable", &team.owner.email]).await.success);
    look(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_projects_those_that_are_deleted_or_archived_are_left_out() {
    let team = Team::start(1).await;
    let (second, third) =
        (team.owner().create_project("Second").await, team.owner().create_project("Third").await);
    let wanted = json!({"role": "viewer", "projects": [second, third], "uses": 5});
    let invited = invite(&team.owner(), team.project, wanted).await;
    team.owner().delete(&team.path("")).await.expect(200);
    team.owner().patch(&format!("/projects/{third}"), json!({"archived": true})).await.expect(200);
    let seen = look(&team.stranger(), &invited.token).await.expect(200).body;
    assert_eq!(seen["projects"], json!([{"name": "Second"}]));
    let joined = accept(&team.stranger(), &invited.token).await.expect(200).body;
    assert_eq!(
        (&joined["projects"][0]["id"], joined["projects"].as_array().map(Vec::len)),
        (&json!(second), Some(1))
    );
    team.owner().delete(&format!("/projects/{second}")).await.expect(200);
    let late = team.cluster.user("Lara").await;
    look(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    accept(&team.cluster.api(0, &late), &invited.token).await.expect_problem(410, "invitation_gone");
    team.owner().patch(&format!("/projects/{third}"), json!({"archived": false})).await.expect(200);
    accept(&team.cluster.api(0, &late), &invited.token).await.expect(200);
    assert_eq!(members(&team.owner(), third).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_an_invitation_changes_nothing() {
    let team = Team::start(1).await;
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let before = team.digest().await;
    let listed = team.owner().get(&team.path("/invitations")).await.expect(200).body;
    for _ in 0..15 {
        look(&team.cluster.instances[0].api(), &invited.token).await.expect(200);
        look(&team.stranger(), &invited.token).await.expect(200);
    }
    assert_eq!(team.owner().get(&team.path("/invitations")).await.expect(200).body, listed);
    assert_eq!(listed["items"][0]["uses"], json!(0));
    team.unchanged(&before).await;
    let sql = team.cluster.database.sql().await;
    let kept = sql.query("SELECT token_hash FROM invitations", &[]).await.expect("rows");
    let hash: Vec<u8> = kept[0].get(0);
    assert_eq!(hash.len(), 32, "only the hash is kept");
    assert!(!listed.to_string().contains(&invited.token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_or_expired_invitation_lets_nobody_in() {
    let team = Team::start(1).await;
    let revoked = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    let expired = invite(&team.owner(), team.project, json!({"role": "editor", "expires_in_days": 30})).await;
    let path = team.path(&format!("/invitations/{}", revoked.id));
    team.editor().delete(&path).await.expect_problem(403, "forbidden");
    team.stranger().delete(&path).await.expect_problem(404, "not_found");
    let elsewhere = format!("/projects/{}/invitations/{}", team.foreign_project, revoked.id);
    team.stranger().delete(&elsewhere).await.expect_problem(404, "not_found");
    team.owner().delete(&path).await.expect(204);
    team.owner().delete(&path).await.expect_problem(404, "not_found");
    let sql = team.cluster.database.sql().await;
    let expire = "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1";
    sql.execute(expire, &[&expired.id]).await.expect("an invitation that ended");
    let before = team.digest().await;
    for token in [&revoked.token, &expired.token] {
        look(&team.stranger(), token).await.expect_problem(410, "invitation_gone");
        accept(&team.stranger(), token).await.expect_problem(410, "invitation_gone");
        accept(&team.editor(), token).await.expect_problem(410, "invitation_gone");
    }
    team.unchanged(&before).await;
    assert_eq!(team.owner().get(&team.path("/invitations")).await.expect(200).body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_an_address_is_for_nobody_else() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SIGNUP", "invite")).await;
    let meant = address("Ina");
    let invited =
        invite(&team.owner(), team.project, json!({"role": "editor", "email": meant.to_uppercase()})).await;
    assert_eq!(look(&team.stranger(), &invited.token).await.expect(200).body["email"], json!(meant));
    accept(&team.stranger(), &invited.token).await.expect_problem(410, "invitation_gone");
    let anybody = team.cluster.instances[0].api();
    anybody
        .post("/auth/register", registration("Eve", &invited.token))
        .await
        .expect_problem(410, "invitation_gone");
    let mut right = registration("Ina", &invited.token);
    right["email"] = json!(meant);
    anybody.post("/auth/register", right).await.expect(201);
    let own =
        invite(&team.owner(), team.project, json!({"role": "editor", "email": team.stranger.email})).await;
    accept(&team.stranger(), &own.token).await.expect(200);
}

/// Row 56 of the bad inputs.
#[tokio::test(flavor = "multi_thread")]
async fn guessing_tokens_ends_soon_and_tells_nothing_about_addresses() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SIGNUP", "invite")).await;
    let anybody = team.cluster.instances[0].api();
    let mut told = Vec::new();
    for email in [&team.editor.email, "nobody@example.org"] {
        let body = json!({"email": email, "name": "Eve", "password": PASSWORD, "invitation": "lsi_guess"});
        let mut refused =
            anybody.post("/auth/register", body).await.expect_problem(410, "invitation_gone").body;
        refused.as_object_mut().expect("a problem").remove("request_id");
        told.push(refused);
    }
    assert_eq!(told[0], told[1]);
    for token in
        ["", "x", "lsp_x", "lsi_", &format!("lsi_{}", "A".repeat(43)), &format!("lsi_{}", "B".repeat(43))]
    {
        look(&anybody, token).await.expect_problem(410, "invitation_gone");
    }
    for _ in 0..2 {
        accept(&team.stranger(), "lsi_guess").await.expect_problem(410, "invitation_gone");
    }
    let invited = invite(&team.owner(), team.project, json!({"role": "editor"})).await;
    look(&anybody, &invited.token).await.expect_problem(429, "too_many_attempts");
    accept(&team.stranger(), &invited.token).await.expect_problem(429, "too_many_attempts");
    let registering = anybody.post("/auth/register", registration("Eve", &invited.token)).await;
    registering.expect_problem(429, "too_many_attempts");
}

//! What an administrator may do with accounts, and what not.

use serde_json::{Value, json};
use testkit::user::PASSWORD;
use testkit::{Api, Cluster, User};

/// Somebody who administers, somebody who does not, and the administrator's client.
async fn installation(cluster: &Cluster) -> (Api, User, User) {
    let api = cluster.instances[0].api();
    let (admin, ann) = (api.register("Olga").await, api.register("Ann").await);
    (cluster.api(0, &admin), admin, ann)
}

async fn listed(admin: &Api, user: &User) -> Value {
    let accounts = admin.get(&format!("/admin/accounts?q={}", user.email)).await.expect(200);
    accounts.body["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_all_accounts_page_by_page_and_nobody_else_does() {
    let cluster = Cluster::start(1).await;
    let (admin, olga, ann) = installation(&cluster).await;
    cluster.api(0, &ann).create_project("Shop").await;
    let first = admin.get("/admin/accounts?limit=1").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().expect("another page").to_owned();
    let second = admin.get(&format!("/admin/accounts?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!(
        (&first.body["items"][0]["id"], &second.body["items"][0]["id"]),
        (&json!(olga.id), &json!(ann.id))
    );
    assert_eq!(second.body["next_cursor"], Value::Null);
    let shown = listed(&admin, &ann).await;
    assert_eq!(
        (&shown["projects"], &shown["admin"], &shown["disabled_at"]),
        (&json!(1), &json!(false), &Value::Null)
    );
    assert!(shown["last_seen_at"].is_string() && !shown.to_string().contains("argon2"), "{shown}");
    let path = format!("/admin/accounts/{}", olga.id);
    let other = cluster.api(0, &ann);
    other.get("/admin/accounts").await.expect_problem(403, "admin_required");
    other.get("/admin/instance").await.expect_problem(403, "admin_required");
    let set = admin.get("/admin/instance").await.expect(200);
    assert_eq!(set.body["signup"], json!({"value": "open", "variable": "LOCKSTEP_SIGNUP"}));
    other.patch(&path, json!({"disabled": true})).await.expect_problem(403, "admin_required");
    other.delete(&format!("{path}/sessions")).await.expect_problem(403, "admin_required");
    other.post(&format!("{path}/reset"), json!({})).await.expect_problem(403, "admin_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_and_revokes_open_invitations() {
    let cluster = Cluster::start(1).await;
    let (admin, _, ann) = installation(&cluster).await;
    let own = cluster.api(0, &ann);
    let project = own.create_project("Shop").await;
    let path = format!("/projects/{project}/invitations");
    let made = own.post(&path, json!({"role": "editor"})).await.expect(201);
    let token = made.body["token"].clone();
    let open = admin.get("/admin/invitations").await.expect(200);
    let shown = &open.body["items"][0];
    assert_eq!((&shown["projects"][0]["name"], &shown["created_by"]), (&json!("Shop"), &json!(ann.id)));
    assert!(!open.body.to_string().contains("lsi_"), "{open}");
    let one = format!("/admin/invitations/{}", shown["id"].as_str().expect("an id"));
    own.delete(&one).await.expect_problem(403, "admin_required");
    admin.delete(&one).await.expect(204);
    admin.delete(&one).await.expect_problem(404, "not_found");
    own.post("/invitations/look", json!({"token": token})).await.expect_problem(410, "invitation_gone");
    assert_eq!(admin.get("/admin/invitations").await.expect(200).body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_no_member_of_projects() {
    let cluster = Cluster::start(1).await;
    let (admin, _, ann) = installation(&cluster).await;
    let project = cluster.api(0, &ann).create_project("Shop").await;
    admin.get(&format!("/projects/{project}")).await.expect_problem(404, "not_found");
    admin.get(&format!("/projects/{project}/snapshot")).await.expect_problem(404, "not_found");
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_with_its_tokens_and_back_without_them() {
    let cluster = Cluster::start(2).await;
    let (admin, olga, ann) = installation(&cluster).await;
    let own = cluster.api(1, &ann);
    let made = own.post("/me/tokens", json!({"name": "script", "scope": "read"})).await.expect(201);
    let script = own.with_token(made.body["secret"].as_str().expect("a secret"));
    let path = format!("/admin/accounts/{}", ann.id);
    admin.patch(&path, json!({"disabled": true})).await.expect(204);
    own.get("/me").await.expect_problem(401, "session_ended");
    script.get("/me").await.expect_problem(401, "invalid_token");
    admin.post(&format!("{path}/reset"), json!({})).await.expect_problem(404, "not_found");
    assert!(listed(&admin, &ann).await["disabled_at"].is_string());
    admin.patch(&path, json!({"disabled": false})).await.expect(204);
    cluster.instances[0].api().login(&ann).await;
    script.get("/me").await.expect_problem(401, "invalid_token");
    let himself = format!("/admin/accounts/{}", olga.id);
    admin.patch(&himself, json!({"disabled": true})).await.expect_problem(422, "own_account");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_ends_sessions_and_makes_links_to_new_passwords() {
    let cluster = Cluster::start(1).await;
    let (admin, _, ann) = installation(&cluster).await;
    let path = format!("/admin/accounts/{}", ann.id);
    admin.delete(&format!("{path}/sessions")).await.expect(204);
    cluster.api(0, &ann).get("/me").await.expect_problem(401, "session_ended");
    let made = admin.post(&format!("{path}/reset"), json!({})).await.expect(200);
    let (_, token) = made.body["link"].as_str().expect("a link").split_once("/reset#").expect("its secret");
    let api = cluster.instances[0].api();
    api.post("/auth/reset", json!({"token": token, "password": "another horse battery"})).await.expect(204);
    let login = |password: &str| api.post("/auth/login", json!({"email": ann.email, "password": password}));
    login(PASSWORD).await.expect_problem(401, "invalid_credentials");
    login("another horse battery").await.expect(200);
    let nobody = format!("/admin/accounts/{}/reset", testkit::Uuid::now_v7());
    admin.post(&nobody, json!({})).await.expect_problem(404, "not_found");
}

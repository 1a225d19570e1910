//! API tokens: what they may do, what they never may, and how they end.

use serde_json::{Value, json};
use testkit::{Api, Cluster, Recover, Socket, Uuid};

use crate::support::{SOON, Team};

/// A token of somebody: a client that uses it, and its id.
async fn token(own: &Api, body: Value) -> (Api, String) {
    let made = own.post("/me/tokens", body).await.expect(201);
    assert!(made.header("cache-control") == Some("no-store"), "{made}");
    let secret = made.body["secret"].as_str().expect("a secret");
    assert!(secret.starts_with("lsp_") && secret.len() == 47, "{}", secret.len());
    (own.with_token(secret), made.body["token"]["id"].as_str().expect("an id").to_owned())
}

fn secret_of(body: &Value) -> String {
    body["secret"].as_str().expect("a secret").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_over_http_socket_and_stream_and_its_name_stands_in_events() {
    let team = Team::start(2).await;
    let (script, _) = token(&team.owner(), json!({"name": "nightly", "scope": "write"})).await;
    let made = script.post(&team.path("/tasks"), json!({"title": "By a script"})).await.expect(201);
    assert_eq!(made.events()[0]["via"], json!("nightly"));
    let plain = team.owner().post(&team.path("/tasks"), json!({"title": "By hand"})).await.expect(201);
    assert!(plain.events()[0].get("via").is_none());
    let activity = team.viewer().get(&team.path("/activity?limit=2")).await.expect(200);
    assert_eq!(
        (&activity.body["items"][1]["via"], &activity.body["items"][0]["via"]),
        (&json!("nightly"), &Value::Null)
    );
    let made = team.owner().post("/me/tokens", json!({"name": "socket", "scope": "write"})).await.expect(201);
    let mut socket =
        Socket::connect(&team.cluster.instances[1].ws(), &secret_of(&made.body)).await.expect("connected");
    socket.subscribe(team.project, &Recover::No, 0).await.expect("subscribed");
    let command = json!({"type": "task.create", "title": "By a socket"});
    let asked = json!({"method": "commands", "data": {"project": team.project, "commands": [command]}});
    let answer = socket.call("rpc", asked).await.expect("an answer");
    assert_eq!(answer["data"]["events"][0]["via"], json!("socket"));
    let own_project = script.post("/projects", json!({"name": "Made by a script"})).await.expect(201);
    assert_eq!(own_project.events()[0]["via"], json!("nightly"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_only_read_changes_nothing_through_any_door() {
    let team = Team::start(1).await;
    let (reader, _) = token(&team.owner(), json!({"name": "report", "scope": "read"})).await;
    reader.get(&team.path("/tasks")).await.expect(200);
    let before = team.digest().await;
    let title = json!({"title": "No"});
    reader.post(&team.path("/tasks"), title.clone()).await.expect_problem(403, "insufficient_scope");
    reader.patch(&team.task_path(""), title).await.expect_problem(403, "insufficient_scope");
    reader.delete(&team.task_path("")).await.expect_problem(403, "insufficient_scope");
    reader.post("/projects", json!({"name": "No"})).await.expect_problem(403, "insufficient_scope");
    let made = team.owner().post("/me/tokens", json!({"name": "socket", "scope": "read"})).await.expect(201);
    let mut socket =
        Socket::connect(&team.cluster.instances[0].ws(), &secret_of(&made.body)).await.expect("connected");
    let command = json!({"type": "task.create", "title": "No"});
    let asked = json!({"method": "commands", "data": {"project": team.project, "commands": [command]}});
    let answer = socket.call("rpc", asked).await.expect("an answer");
    assert_eq!(
        (&answer["data"]["code"], &answer["data"]["status"]),
        (&json!("insufficient_scope"), &json!(403))
    );
    assert_eq!(team.digest().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_account_and_tokens_need_a_login() {
    let team = Team::start(1).await;
    let (script, id) = token(&team.owner(), json!({"name": "all", "scope": "write"})).await;
    let member = json!({"user": team.stranger.id, "role": "viewer"});
    script.post(&team.path("/members"), member).await.expect_problem(403, "session_required");
    script.get("/me/tokens").await.expect_problem(403, "session_required");
    script
        .post("/me/tokens", json!({"name": "b", "scope": "read"}))
        .await
        .expect_problem(403, "session_required");
    script.delete(&format!("/me/tokens/{id}")).await.expect_problem(403, "session_required");
    script.get("/me/sessions").await.expect_problem(403, "session_required");
    script.patch("/me", json!({"name": "Eve"})).await.expect_problem(403, "session_required");
    script.get("/me").await.expect(200);
    let before = team.digest().await;
    let commands = json!({"commands": [{"type": "member.update", "user": team.editor.id, "role": "owner"}]});
    script.post(&team.path("/commands"), commands).await.expect_problem(403, "session_required");
    let removed = team.owner().delete(&team.path(&format!("/members/{}", team.viewer.id))).await.expect(200);
    let undo = json!({"commands": [{"type": "event.undo", "version": removed.version()}]});
    script.post(&team.path("/commands"), undo).await.expect_problem(403, "session_required");
    assert_ne!(team.digest().await, before, "only the removal by hand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_some_projects_sees_and_makes_no_others() {
    let team = Team::start(1).await;
    let other = team.owner().create_project("Other").await;
    for project in [team.project, other] {
        let task = json!({"title": "Findable words", "assignees": [team.owner.id]});
        team.owner().post(&format!("/projects/{project}/tasks"), task).await.expect(201);
    }
    let (script, _) =
        token(&team.owner(), json!({"name": "one", "scope": "write", "projects": [other]})).await;
    let listed = script.get("/projects").await.expect(200);
    let ids: Vec<&Value> =
        listed.body["items"].as_array().expect("items").iter().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&json!(other)]);
    for path in ["/me/tasks", "/search?q=findable"] {
        let found = script.get(path).await.expect(200);
        let items = found.body["items"].as_array().expect("items");
        assert!(items.len() == 1 && items[0]["project"]["id"] == json!(other), "{path}: {found}");
        assert_eq!(
            team.owner().get(path).await.expect(200).body["items"].as_array().map(Vec::len),
            Some(2),
            "{path}"
        );
    }
    script.get(&team.path("")).await.expect_problem(404, "not_found");
    script.post(&team.path("/tasks"), json!({"title": "No"})).await.expect_problem(404, "not_found");
    script.get(&format!("/projects/{other}/snapshot")).await.expect(200);
    script.post("/projects", json!({"name": "No"})).await.expect_problem(403, "session_required");
    let limited = json!({"name": "two", "scope": "read", "projects": [other]});
    let secret = secret_of(&team.owner().post("/me/tokens", limited).await.expect(201).body);
    let mut socket = Socket::connect(&team.cluster.instances[0].ws(), &secret).await.expect("connected");
    let refused = socket.subscribe(team.project, &Recover::No, 0).await.expect_err("another project");
    assert_eq!(refused.refused_code(), Some(103));
    socket.subscribe(other, &Recover::No, 0).await.expect("its own project");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_never_does_more_than_its_owner_may_now() {
    let team = Team::start(1).await;
    let (script, _) = token(&team.editor(), json!({"name": "mine", "scope": "write"})).await;
    script.post(&team.path("/tasks"), json!({"title": "Still an editor"})).await.expect(201);
    let path = team.path(&format!("/members/{}", team.editor.id));
    team.owner().patch(&path, json!({"role": "viewer"})).await.expect(200);
    script.post(&team.path("/tasks"), json!({"title": "No"})).await.expect_problem(403, "forbidden");
    script.get(&team.path("/tasks")).await.expect(200);
    team.owner().delete(&path).await.expect(200);
    script.get(&team.path("/tasks")).await.expect_problem(404, "not_found");
    assert!(team.cluster.run(&["user", "disable", &team.editor.email]).await.success);
    script.get("/me").await.expect_problem(401, "invalid_token");
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_or_expired_token_is_refused_and_its_sockets_close_on_every_instance() {
    let cluster = Cluster::start(2).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let own = cluster.api(0, &ann);
    let made = own.post("/me/tokens", json!({"name": "socket", "scope": "read"})).await.expect(201);
    let secret = secret_of(&made.body);
    let mut sockets = Vec::new();
    for instance in &cluster.instances {
        sockets.push(Socket::connect(&instance.ws(), &secret).await.expect("connected"));
    }
    let mut staying = Socket::connect(&cluster.instances[1].ws(), &ann.token).await.expect("connected");
    let path = format!("/me/tokens/{}", made.body["token"]["id"].as_str().expect("an id"));
    own.delete(&path).await.expect(204);
    cluster.instances[1].api().with_token(&secret).get("/me").await.expect_problem(401, "invalid_token");
    for socket in &mut sockets {
        assert_eq!(socket.ended(SOON).await.code, Some(3500));
    }
    staying.call("unsubscribe", json!({"channel": "project:none"})).await.expect("still there");
    own.delete(&path).await.expect_problem(404, "not_found");
    let soon =
        r#"SELECT to_char(now() AT TIME ZONE 'UTC' + interval '2 s', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#;
    let soon = cluster.database.sql().await.query_one(soon, &[]).await.expect("a time").get::<_, String>(0);
    let body = json!({"name": "short", "scope": "read", "expires_at": soon});
    let made = own.post("/me/tokens", body).await.expect(201);
    let mut socket =
        Socket::connect(&cluster.instances[0].ws(), &secret_of(&made.body)).await.expect("connected");
    assert_eq!(socket.ended(SOON).await.code, Some(3005));
    let expired = cluster.instances[0].api().with_token(&secret_of(&made.body));
    // The socket ends in the second in which the token does.
    testkit::eventually("the token to end", SOON, || async { expired.get("/me").await.status == 401 }).await;
    expired.get("/me").await.expect_problem(401, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_listed_without_their_secret_and_with_their_last_use() {
    let cluster = Cluster::start(1).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let own = cluster.api(0, &ann);
    let (script, _) = token(&own, json!({"name": "script", "scope": "read"})).await;
    let listed = own.get("/me/tokens").await.expect(200);
    assert!(!listed.body.to_string().contains("lsp_"), "{listed}");
    assert_eq!(listed.body["items"][0]["last_used_at"], Value::Null);
    script.get("/me").await.expect(200);
    testkit::eventually("the use to be noted", SOON, || async {
        own.get("/me/tokens").await.expect(200).body["items"][0]["last_used_at"].is_string()
    })
    .await;
    let sessions = own.get("/me/sessions").await.expect(200);
    assert_eq!(sessions.body["items"].as_array().map(Vec::len), Some(1), "a token is no login: {sessions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_is_refused() {
    let cluster = Cluster::start(1).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let own = cluster.api(0, &ann);
    for wrong in [
        json!({"name": "", "scope": "read"}),
        json!({"name": "x".repeat(65), "scope": "read"}),
        json!({"name": "a", "scope": "admin"}),
        json!({"name": "a", "scope": "read", "projects": []}),
        json!({"name": "a", "scope": "read", "expires_at": "2020-01-01T00:00:00.000Z"}),
    ] {
        own.post("/me/tokens", wrong.clone()).await.expect(422);
    }
    let foreign = json!({"name": "a", "scope": "read", "projects": [Uuid::now_v7()]});
    own.post("/me/tokens", foreign).await.expect_problem(422, "unknown_project");
    for _ in 0..50 {
        own.post("/me/tokens", json!({"name": "a", "scope": "read"})).await.expect(201);
    }
    let one_more = json!({"name": "a", "scope": "read"});
    own.post("/me/tokens", one_more).await.expect_problem(422, "too_many_tokens");
    for wrong in ["lsp_", "lsp_short", &format!("lsp_{}", "a".repeat(43))] {
        own.with_token(wrong).get("/me").await.expect_problem(401, "invalid_token");
        let refused = Socket::connect(&cluster.instances[0].ws(), wrong).await.err().expect("no token");
        assert_eq!(refused.refused_code(), Some(101));
    }
}

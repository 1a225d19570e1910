//! Accounts and sessions: registering, logging in, refreshing, logging out, being disabled.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::user::PASSWORD;
use testkit::{Cluster, Socket};

use crate::refresh::{first, refresh, refresh_token};
use crate::support::SOON;

fn registration(email: &str) -> Value {
    json!({"email": email, "name": "Ann", "password": PASSWORD, "cookie": false})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_logs_in_on_every_instance_and_its_token_opens_http_and_socket() {
    let cluster = Cluster::start(2).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let again = cluster.instances[1].api().login(&ann).await;
    assert_eq!((again.id, again.session == ann.session), (ann.id, false));
    let me = cluster.api(1, &ann).get("/me").await.expect(200);
    assert_eq!(me.body["user"]["id"], json!(ann.id));
    assert!(me.body.to_string().find("password").is_none(), "{me}");
    Socket::connect(&cluster.instances[1].ws(), &ann.token).await.expect("a connection");
    let upper = json!({"email": ann.email.to_uppercase(), "password": PASSWORD, "cookie": false});
    cluster.instances[0].api().post("/auth/login", upper).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_one_account_even_if_both_ask_at_once() {
    let cluster = Cluster::start(2).await;
    let (one, two) = (cluster.instances[0].api(), cluster.instances[1].api());
    let body = registration("ann@example.org");
    let (one, two) = tokio::join!(one.post("/auth/register", body.clone()), two.post("/auth/register", body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = if one.status == 409 { one } else { two };
    refused.expect_problem(409, "email_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_account_is_refused_with_a_pointer_for_each_field() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let body = json!({"email": "nobody", "name": " ", "password": "short", "admin": true});
    let refused = api.post("/auth/register", body).await.expect_problem(422, "unknown_field");
    let errors = refused.body["errors"].as_array().expect("errors");
    let mut pointers: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/admin", "/email", "/name", "/password"]);
    assert!(!refused.body.to_string().contains("short"), "a password is never repeated: {refused}");
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_this_session_everywhere_and_no_other() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let elsewhere = api.login(&ann).await;
    let mut socket = Socket::connect(&cluster.instances[1].ws(), &ann.token).await.expect("a connection");
    for _ in 0..2 {
        api.post("/auth/logout", json!({"refresh_token": first(&ann)})).await.expect(204);
    }
    let other = cluster.api(1, &ann);
    other.get("/me").await.expect_problem(401, "session_ended");
    other.post("/projects", json!({"name": "x"})).await.expect_problem(401, "session_ended");
    refresh(&api, &first(&ann)).await.expect_problem(401, "session_ended");
    assert_eq!(socket.ended(SOON).await.code, Some(3500));
    assert!(Socket::connect(&cluster.instances[0].ws(), &ann.token).await.is_err());
    cluster.api(1, &elsewhere).get("/me").await.expect(200);
}

/// Proves A5.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_writes_nothing() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let own = api.with_token(&ann.token);
    let project = own.create_project("Shop").await;
    // The command waits for the lock when its session ends: it is judged after the lock.
    let lock = cluster.database.lock_project(project).await;
    let waiting = {
        let own = own.clone();
        tokio::spawn(
            async move { own.post(&format!("/projects/{project}/tasks"), json!({"title": "x"})).await },
        )
    };
    testkit::eventually("the command to wait", SOON, || async {
        cluster.database.waiting_for_locks().await == 1
    })
    .await;
    api.post("/auth/logout", json!({"refresh_token": first(&ann)})).await.expect(204);
    lock.release().await;
    waiting.await.expect("an answer").expect_problem(401, "session_ended");
    let again = api.login(&ann).await;
    assert_eq!(api.with_token(&again.token).digest(project).await.version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_is_as_the_operator_says() {
    for (mode, first, second) in [("open", 201, 201), ("invite", 201, 403), ("closed", 403, 403)] {
        let cluster = Cluster::builder().env("LOCKSTEP_SIGNUP", mode).start().await;
        let api = cluster.instances[0].api();
        for (email, expected) in [("one@example.org", first), ("two@example.org", second)] {
            let answer = api.post("/auth/register", registration(email)).await.expect(expected);
            assert!(expected == 201 || answer.body["code"] == "signup_closed", "{mode}: {answer}");
        }
        let made = cluster.run(&["user", "create", "--email", "made@example.org", "--name", "Made"]).await;
        assert!(made.success, "{made:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_invitation_only_one_of_two_first_accounts_is_made() {
    let cluster = Cluster::builder().instances(2).env("LOCKSTEP_SIGNUP", "invite").start().await;
    let asked = (0..6).map(|n| {
        let api = cluster.instances[n % 2].api();
        async move { api.post("/auth/register", registration(&format!("p{n}@example.org"))).await.status }
    });
    let mut statuses = futures_util::future::join_all(asked).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403, 403, 403, 403, 403]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_forgets_the_failed_logins_before_it() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    for _ in 0..2 {
        for _ in 0..9 {
            let wrong = json!({"email": ann.email, "password": "wrong"});
            api.post("/auth/login", wrong).await.expect_problem(401, "invalid_credentials");
        }
        api.login(&ann).await;
    }
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_at_once_and_back_when_enabled() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let own = cluster.api(0, &ann);
    let project = own.create_project("Shop").await;
    let mut socket = Socket::connect(&cluster.instances[1].ws(), &ann.token).await.expect("a connection");
    assert!(cluster.run(&["user", "disable", &ann.email]).await.success);
    own.get("/me").await.expect_problem(401, "session_ended");
    own.post(&format!("/projects/{project}/tasks"), json!({"title": "x"}))
        .await
        .expect_problem(401, "session_ended");
    assert_eq!(socket.ended(SOON).await.code, Some(3500));
    refresh(&api, &first(&ann)).await.expect_problem(401, "session_ended");
    let right = json!({"email": ann.email, "password": PASSWORD});
    api.post("/auth/login", right).await.expect_problem(403, "account_disabled");
    let wrong = json!({"email": ann.email, "password": "a wrong password"});
    api.post("/auth/login", wrong).await.expect_problem(401, "invalid_credentials");
    assert!(cluster.run(&["user", "enable", &ann.email]).await.success);
    own.get("/me").await.expect_problem(401, "session_ended");
    let again = api.login(&ann).await;
    cluster.api(1, &again).digest(project).await;
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_password_ends_the_sessions_and_is_the_only_one() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let made =
        api.with_token(&ann.token).post("/me/tokens", json!({"name": "script", "scope": "read"})).await;
    let secret = made.expect(201).body["secret"].as_str().expect("a secret").to_owned();
    let replaced = reset_token(&cluster, &ann.email).await;
    let token = reset_token(&cluster, &ann.email).await;
    let chosen = "another horse battery";
    let body = |token: &str| json!({"token": token, "password": chosen});
    api.post("/auth/reset", body(&replaced)).await.expect_problem(410, "link_gone");
    api.post("/auth/reset", json!({"token": token, "password": "short"})).await.expect(422);
    api.with_token(&ann.token).get("/me").await.expect(200);
    api.post("/auth/reset", body(&token)).await.expect(204);
    api.post("/auth/reset", body(&token)).await.expect_problem(410, "link_gone");
    api.with_token(&ann.token).get("/me").await.expect_problem(401, "session_ended");
    api.with_token(&secret).get("/me").await.expect_problem(401, "invalid_token");
    let old = json!({"email": ann.email, "password": PASSWORD});
    api.post("/auth/login", old).await.expect_problem(401, "invalid_credentials");
    let new = json!({"email": ann.email, "password": chosen, "cookie": false});
    api.post("/auth/login", new).await.expect(200);
}

/// The token of the link that the operator prints.
async fn reset_token(cluster: &Cluster, email: &str) -> String {
    let printed = cluster.run(&["user", "reset", email]).await;
    let (address, token) = printed.stdout.trim().split_once("/reset#").expect("a link");
    assert!(printed.success && address.starts_with("http"), "{printed:?}");
    token.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_new_password_ends_after_an_hour_and_with_the_account() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let body = |token: &str| json!({"token": token, "password": "another horse battery"});
    let token = reset_token(&cluster, &ann.email).await;
    let late = "UPDATE password_resets SET expires_at = now()";
    cluster.database.sql().await.execute(late, &[]).await.expect("an hour passes");
    api.post("/auth/reset", body(&token)).await.expect_problem(410, "link_gone");
    let token = reset_token(&cluster, &ann.email).await;
    assert!(cluster.run(&["user", "disable", &ann.email]).await.success);
    api.post("/auth/reset", body(&token)).await.expect_problem(410, "link_gone");
    assert!(!cluster.run(&["user", "reset", &ann.email]).await.success, "a disabled account gets no link");
    api.post("/auth/reset", body("lsx_nonsense")).await.expect_problem(410, "link_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_or_token_is_ever_logged() {
    let cluster = Cluster::builder().env("LOCKSTEP_LOG_FILTER", "debug").start().await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let refreshed = refresh(&api, &first(&ann)).await.expect(200);
    api.with_token(&ann.token).create_project("Very secret project").await;
    let said = |text: &str| cluster.instances[0].output.contains(text);
    testkit::eventually("the requests to be logged", Duration::from_secs(5), || async {
        said("/api/v1/projects")
    })
    .await;
    for secret in
        [PASSWORD, &first(&ann), &refresh_token(&refreshed), &ann.token, &ann.email, "Very secret project"]
    {
        assert!(!said(secret), "{secret} was logged");
    }
}

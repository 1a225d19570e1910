//! Refresh tokens: rotation with its grace, re-use, cookies.

use reqwest::Method;
use serde_json::json;
use testkit::user::PASSWORD;
use testkit::{Answer, Api, Cluster, Socket, User};

use crate::support::SOON;

pub async fn refresh(api: &Api, token: &str) -> Answer {
    api.post("/auth/refresh", json!({"refresh_token": token})).await
}

pub fn refresh_token(answer: &Answer) -> String {
    answer.body["refresh_token"].as_str().unwrap_or_else(|| panic!("a refresh token: {answer}")).to_owned()
}

/// The first token of a registration.
pub fn first(user: &User) -> String {
    user.refresh_token.clone().expect("a refresh token in the body")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_refresh_token_gets_its_unused_successor_again() {
    let cluster = Cluster::start(2).await;
    let ann = cluster.instances[0].api().register("Ann").await;
    let apis = [cluster.instances[0].api(), cluster.instances[1].api()];
    let spent = first(&ann);
    let rotations = futures_util::future::join_all((0..8).map(|n| refresh(&apis[n % 2], &spent))).await;
    let successor = refresh_token(&rotations[0]);
    assert_ne!(successor, spent);
    for rotation in rotations {
        assert_eq!(
            refresh_token(&rotation.expect(200)),
            successor,
            "tabs that refresh at once share a successor"
        );
    }
    let next = refresh(&apis[1], &successor).await.expect(200);
    apis[0].with_token(next.body["access_token"].as_str().expect("a token")).get("/me").await.expect(200);
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_spent_token_whose_successor_was_used_revokes_the_family() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let spent = first(&ann);
    let second = refresh_token(&refresh(&api, &spent).await.expect(200));
    let third = refresh_token(&refresh(&api, &second).await.expect(200));
    let mut socket = Socket::connect(&cluster.instances[1].ws(), &ann.token).await.expect("a connection");
    refresh(&cluster.instances[1].api(), &spent).await.expect_problem(401, "session_ended");
    refresh(&api, &third).await.expect_problem(401, "session_ended");
    api.with_token(&ann.token).get("/me").await.expect_problem(401, "session_ended");
    assert_eq!(socket.ended(SOON).await.code, Some(3500));
    api.login(&ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_token_after_its_grace_revokes_the_family() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let spent = first(&ann);
    let second = refresh_token(&refresh(&api, &spent).await.expect(200));
    let sql = cluster.database.sql().await;
    // The clock of the grace is Postgres': 31 seconds pass.
    let later =
        "UPDATE refresh_tokens SET rotated_at = rotated_at - interval '31 s' WHERE rotated_at IS NOT NULL";
    assert_eq!(sql.execute(later, &[]).await.expect("an update"), 1);
    refresh(&api, &spent).await.expect_problem(401, "session_ended");
    refresh(&api, &second).await.expect_problem(401, "session_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_refresh_token_is_401() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    for bad in ["", "x", "lsr_", "lsr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ann.token.as_str()] {
        refresh(&api, bad).await.expect_problem(401, "invalid_token");
    }
    api.post("/auth/refresh", json!({})).await.expect_problem(401, "unauthenticated");
    api.request(Method::POST, "/auth/refresh")
        .send()
        .await
        .map(|answer| assert_eq!(answer.status(), 401))
        .expect("an answer");
    refresh(&api, &first(&ann)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expired_is_over() {
    let cluster = Cluster::start(1).await;
    let api = cluster.instances[0].api();
    let ann = api.register("Ann").await;
    let sql = cluster.database.sql().await;
    sql.execute("UPDATE sessions SET expires_at = now()", &[]).await.expect("an update");
    api.with_token(&ann.token).get("/projects").await.expect_problem(401, "session_ended");
    refresh(&api, &first(&ann)).await.expect_problem(401, "session_ended");
}

/// The cookie that tells the page of a session.
fn known(answer: &Answer) -> String {
    let mut cookies =
        answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("ASCII"));
    cookies.next_back().expect("cookies").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_its_refresh_token_in_a_cookie_that_scripts_cannot_read() {
    for (url, secure) in [("http://127.0.0.1", false), ("https://lockstep.example.org", true)] {
        let cluster = Cluster::builder().env("LOCKSTEP_PUBLIC_URL", url).start().await;
        let api = cluster.instances[0].api();
        let body = json!({"email": "ann@example.org", "name": "Ann", "password": PASSWORD});
        let answer = api.post("/auth/register", body).await.expect(201);
        assert!(answer.body.get("refresh_token").is_none(), "{answer}");
        assert_eq!(
            (answer.header("cache-control"), answer.body["expires_in"].as_u64()),
            (Some("no-store"), Some(900))
        );
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        for flag in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=2592000"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
        assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        let known = known(&answer);
        for part in ["lockstep.known=1", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
            assert!(known.split("; ").any(|own| own == part), "{part}: {known}");
        }
        assert!(!known.contains("HttpOnly"), "the page's scripts see it: {known}");
        assert_eq!(known.contains("Secure"), secure, "{known}");
        let pair = cookie.split(';').next().expect("a pair");
        let page = api.with_header("cookie", pair);
        page.with_header("origin", "https://evil.example")
            .post("/auth/refresh", json!({}))
            .await
            .expect_problem(403, "origin_not_allowed");
        let refreshed = page.with_header("origin", url).post("/auth/refresh", json!({})).await.expect(200);
        let next = refreshed
            .header("set-cookie")
            .expect("the next cookie")
            .split(';')
            .next()
            .expect("a pair")
            .to_owned();
        let out = api.with_header("cookie", &next).post("/auth/logout", json!({})).await.expect(204);
        assert!(out.header("set-cookie").is_some_and(|gone| gone.contains("Max-Age=0")), "{out:?}");
        assert!(self::known(&out).contains("Max-Age=0"), "{out:?}");
        api.with_header("cookie", &next)
            .post("/auth/refresh", json!({}))
            .await
            .expect_problem(401, "session_ended");
    }
}

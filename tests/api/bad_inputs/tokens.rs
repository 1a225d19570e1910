//! Rows 1 to 6: who asks.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::token;

use super::{Row, row};
use crate::support::{Got, Team};

/// Any RSA public key: what an attacker knows.
const PUBLIC_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf\n-----END PUBLIC KEY-----\n";

pub fn rows(team: &Team, elsewhere: &str) -> Vec<Row> {
    let api = team.cluster.instances[0].api();
    let path = team.path("");
    let asked = |token: &str| api.with_token(token).request(Method::GET, &path);
    let mut rows = vec![
        row(1, "no token", api.request(Method::GET, &path), 401, "unauthenticated").and(challenged),
        row(
            1,
            "another scheme",
            api.with_header("authorization", "Basic eDp5").request(Method::GET, &path),
            401,
            "invalid_token",
        )
        .and(challenged),
        row(5, "a token of 64 KiB", asked(&"x".repeat(65_536)), 401, "invalid_token"),
        row(
            6,
            "a refresh token as access token",
            asked("lsr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            401,
            "invalid_token",
        ),
    ];
    for (number, what, token, code) in wrong_tokens(team, elsewhere) {
        rows.push(row(number, what, asked(&token), 401, code).and(challenged));
    }
    rows
}

fn challenged(got: &Got) -> bool {
    got.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer"))
}

type Wrong = (u32, String, String, &'static str);

fn wrong_tokens(team: &Team, elsewhere: &str) -> Vec<Wrong> {
    let (header, claims) = (token::header(), token::claims(team.owner.id, team.owner.session, token::TTL));
    let signed = |header: &Value, claims: &Value| token::sign(header, claims, token::SECRET.as_bytes());
    let mut wrong: Vec<Wrong> = vec![(2, "alg none".into(), unsigned(&claims), "invalid_token")];
    let hs256_by_public_key = token::sign(&header, &claims, PUBLIC_KEY);
    wrong.push((2, "HS256 with the public key".into(), hs256_by_public_key, "invalid_token"));
    for alg in ["none", "RS256", "HS512", "ES256", "hs256"] {
        wrong.push((
            2,
            format!("alg {alg}"),
            signed(&with(&header, "alg", json!(alg)), &claims),
            "invalid_token",
        ));
    }
    for (claim, value, code) in wrong_claims() {
        let what = format!("{claim} {}", value.as_ref().map_or("missing".to_owned(), Value::to_string));
        let claims = value.map_or_else(|| without(&claims, claim), |value| with(&claims, claim, value));
        wrong.push((3, what, signed(&header, &claims), code));
    }
    wrong.push((3, "typ JWT".into(), signed(&with(&header, "typ", json!("JWT")), &claims), "invalid_token"));
    for (name, value) in [
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("x' UNION SELECT 'secret")),
        ("jku", json!(elsewhere)),
        ("x5u", json!(elsewhere)),
        ("jwk", json!({"kty": "oct", "k": BASE64.encode(token::SECRET)})),
    ] {
        let token = signed(&with(&header, name, value.clone()), &claims);
        wrong.push((4, format!("{name} {value}"), token, "invalid_token"));
    }
    wrong
}

fn wrong_claims() -> Vec<(&'static str, Option<Value>, &'static str)> {
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    vec![
        ("exp", Some(json!((now + 600).to_string())), "invalid_token"),
        ("exp", None, "invalid_token"),
        ("exp", Some(json!(now - 7)), "token_expired"),
        ("nbf", Some(json!(now + 60)), "invalid_token"),
        ("aud", Some(json!("another")), "invalid_token"),
        ("iss", Some(json!("another")), "invalid_token"),
        ("sub", Some(json!("nobody")), "invalid_token"),
    ]
}

fn unsigned(claims: &Value) -> String {
    let header = json!({"alg": "none", "typ": "at+jwt"});
    format!("{}.{}.", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().expect("an object").remove(name);
    object
}

#[tokio::test(flavor = "multi_thread")]
async fn row_3_a_token_is_good_for_five_seconds_more() {
    let team = Team::start(1).await;
    let mut claims = token::claims(team.owner.id, team.owner.session, Duration::ZERO);
    let end = claims["exp"].as_i64().expect("a number") - 2;
    claims["exp"] = json!(end);
    let late = token::sign(&token::header(), &claims, token::SECRET.as_bytes());
    team.owner().with_token(&late).get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_7_a_token_in_a_url_is_refused_and_not_logged() {
    let team = Team::of(testkit::Cluster::builder().env("LOCKSTEP_LOG_FILTER", "debug")).await;
    for query in ["access_token=", "token=", "x="] {
        let path = format!("/me?{query}{}", team.owner.token);
        team.owner().get(&path).await.expect_problem(400, "token_in_url");
        team.cluster.instances[0].api().get(&path).await.expect_problem(400, "token_in_url");
    }
    let signature = team.owner.token.rsplit('.').next().expect("a token has three parts");
    assert!(!team.cluster.instances[0].output.contains(signature), "the token was logged");
}

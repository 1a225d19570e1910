//! Rows 2 to 6 of the bad inputs, as far as a token alone decides.

use super::*;
use serde_json::{Value, json};

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

fn tokens() -> Tokens {
    Tokens::new(SECRET, 900)
}

fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}

fn claims() -> Value {
    json!({
        "iss": "lockstep", "aud": "lockstep", "sub": Uuid::now_v7(), "sid": Uuid::now_v7(),
        "iat": now(), "nbf": now(), "exp": now() + 900,
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn own_header() -> Value {
    json!({"alg": "HS256", "typ": "at+jwt"})
}

fn signed(header: &Value, claims: &Value) -> String {
    let body = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
    let signature = derive(SECRET, body.as_bytes());
    format!("{body}.{}", BASE64.encode(signature))
}

fn verdict(header: &Value, claims: &Value) -> Result<Caller, TokenError> {
    tokens().verify(&signed(header, claims))
}

#[test]
fn an_issued_token_names_its_user_and_session() {
    let (user, sid) = (UserId::new(), Uuid::now_v7());
    let caller = tokens().verify(&tokens().issue(user, sid).expect("signed")).expect("valid");
    assert_eq!((caller.user, caller.sid), (user, sid));
    assert!((890..=901).contains(&(caller.expires_at - now() as i64)));
    assert!(
        verdict(&own_header(), &claims()).is_ok(),
        "the attacks below differ from a good one in one thing each"
    );
}

#[test]
fn another_algorithm_is_refused() {
    for alg in ["none", "None", "nOnE", "RS256", "ES256", "HS384", "HS512", "EdDSA", ""] {
        let header = json!({"alg": alg, "typ": "at+jwt"});
        assert_eq!(verdict(&header, &claims()), Err(TokenError::Invalid), "{alg}");
    }
    let unsigned = format!(
        "{}.{}.",
        BASE64.encode(r#"{"alg":"none","typ":"at+jwt"}"#),
        BASE64.encode(claims().to_string())
    );
    assert_eq!(tokens().verify(&unsigned), Err(TokenError::Invalid));
}

#[test]
fn a_header_that_would_choose_the_key_is_refused() {
    for (name, value) in [
        ("kid", json!("../../dev/null")),
        ("kid", json!("1' OR '1'='1")),
        ("jku", json!("https://evil.example/keys")),
        ("jwk", json!({"kty": "oct", "k": "AA"})),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AA"])),
        ("crit", json!(["exp"])),
    ] {
        let mut header = own_header();
        header[name] = value;
        assert_eq!(verdict(&header, &claims()), Err(TokenError::Invalid), "{name}");
    }
}

#[test]
fn a_wrong_or_missing_claim_is_refused() {
    for (name, value) in [
        ("exp", json!((now() + 900).to_string())),
        ("exp", json!(now() as f64 + 900.5)),
        ("exp", json!(-1)),
        ("exp", Value::Null),
        ("nbf", json!(now() + 60)),
        ("nbf", json!("0")),
        ("aud", json!("other")),
        ("aud", json!(["lockstep", "other"])),
        ("iss", json!("other")),
        ("iss", json!(["lockstep"])),
        ("sub", json!("nobody")),
        ("sid", Value::Null),
    ] {
        assert_eq!(verdict(&own_header(), &with(name, value)), Err(TokenError::Invalid), "{name}");
    }
    for name in ["exp", "nbf", "aud", "iss", "sub", "sid", "iat"] {
        let mut claims = claims();
        claims.as_object_mut().expect("an object").remove(name);
        assert_eq!(verdict(&own_header(), &claims), Err(TokenError::Invalid), "without {name}");
    }
}

#[test]
fn another_type_is_refused() {
    for typ in ["JWT", "refresh+jwt", "AT+JWT "] {
        assert_eq!(
            verdict(&json!({"alg": "HS256", "typ": typ}), &claims()),
            Err(TokenError::Invalid),
            "{typ}"
        );
    }
    assert_eq!(verdict(&json!({"alg": "HS256"}), &claims()), Err(TokenError::Invalid));
}

#[test]
fn a_token_ends_five_seconds_after_its_time() {
    assert!(verdict(&own_header(), &with("exp", json!(now() - 3))).is_ok());
    assert_eq!(verdict(&own_header(), &with("exp", json!(now() - 7))), Err(TokenError::Expired));
}

#[test]
fn a_changed_a_foreign_and_an_endless_token_are_refused() {
    let good = tokens().issue(UserId::new(), Uuid::now_v7()).expect("signed");
    let foreign = Tokens::new(b"another secret of thirty-two bytes", 900);
    assert_eq!(foreign.verify(&good), Err(TokenError::Invalid));
    let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
    parts[1] = BASE64.encode(claims().to_string());
    assert_eq!(tokens().verify(&parts.join(".")), Err(TokenError::Invalid));
    let mut long = claims();
    long["padding"] = json!("x".repeat(64 * 1024));
    assert_eq!(verdict(&own_header(), &long), Err(TokenError::Invalid));
    for junk in ["", ".", "..", "a.b.c", "eyJ", &good[..good.len() - 2]] {
        assert_eq!(tokens().verify(junk), Err(TokenError::Invalid), "{junk}");
    }
}

#[test]
fn the_key_of_refresh_tokens_depends_on_the_secret_and_signs_nothing() {
    assert_eq!(refresh_key(SECRET), refresh_key(SECRET));
    assert_ne!(refresh_key(SECRET), refresh_key(b"another secret of thirty-two bytes"));
    assert_ne!(refresh_key(SECRET).as_slice(), SECRET);
}

#[test]
fn a_refresh_token_is_no_access_token() {
    let token = engine::people::RefreshToken::random().expect("randomness");
    assert_eq!(tokens().verify(&token.expose()), Err(TokenError::Invalid));
}

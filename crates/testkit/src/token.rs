//! Access tokens signed with the tests' secret, right or wrong in any way a test asks for.
//!
//! RFC 7515 and 7519 by hand, because a JWT library refuses to make some of the wrong tokens. Tokens made without the
//! server's library also prove that the server accepts other makers' tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

/// `LOCKSTEP_TOKEN_SECRET` of every cluster.
pub const SECRET: &str = "testkit-secret-known-to-everybody-0123456789";

/// What a good token of 15 minutes lives, as the server's own do.
pub const TTL: Duration = Duration::from_secs(900);

/// The claims of a good token; change or remove what should be wrong before [`sign`].
pub fn claims(user: Uuid, session: Uuid, ttl: Duration) -> Value {
    let now = now();
    json!({
        "iss": "lockstep", "aud": "lockstep", "sub": user, "sid": session,
        "iat": now, "nbf": now, "exp": now + ttl.as_secs() as i64,
    })
}

/// The header of a good token.
pub fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "HS256"})
}

/// A good token.
pub fn mint(user: Uuid, session: Uuid, ttl: Duration) -> String {
    sign(&header(), &claims(user, session, ttl), SECRET.as_bytes())
}

/// A token that ended a minute ago.
pub fn expired(user: Uuid, session: Uuid) -> String {
    let mut claims = claims(user, session, Duration::ZERO);
    for (claim, age) in [("iat", 120), ("nbf", 120), ("exp", 60)] {
        claims[claim] = json!(now() - age);
    }
    sign(&header(), &claims, SECRET.as_bytes())
}

/// Any header and claims, HMAC-SHA256 with any key, whatever the header says.
pub fn sign(header: &Value, claims: &Value, key: &[u8]) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// What a token claims, unverified.
pub fn read(token: &str) -> Option<Value> {
    let part = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970").as_secs() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_rfc_7515_a_1() {
        // RFC 7515 appendix A.1 with its header and claims in their own spelling.
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .expect("the RFC's key is base64url");
        let signed = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                      eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
        mac.update(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        assert_eq!(signature, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn an_expired_token_says_so() {
        let (user, session) = (Uuid::new_v4(), Uuid::new_v4());
        let claims = read(&expired(user, session)).expect("a token can be read");
        assert!(claims["exp"].as_i64().expect("a number") < now());
        assert_eq!(claims["sub"], json!(user));
    }
}

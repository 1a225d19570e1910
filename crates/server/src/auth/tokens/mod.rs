//! Access tokens: who is asking. RFC 7519 with the profile of RFC 9068, HS256 only.
//!
//! A token that verifies says who somebody is and in which session; whether the session still stands is asked in Postgres
//! ([`engine::Caller`]), inside the transaction of what they do.

use crate::error::ApiError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::UserId;
use engine::Caller;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

const ISSUER: &str = "lockstep";
const AUDIENCE: &str = "lockstep";
const TYPE: &str = "at+jwt";
/// Clocks of instances may differ by so many seconds.
const LEEWAY: u64 = 5;
/// Longer ones are not looked at.
const LONGEST: usize = 8 * 1024;

/// Makes and verifies tokens.
pub struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    lifetime: u64,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is not valid")]
    Invalid,
    #[error("the token has expired")]
    Expired,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: u64,
    nbf: u64,
    exp: u64,
}

/// The only header we make, so the only one we take: anything else (`kid`, `jku`, `jwk`, `x5u`, `crit` …) is somebody's
/// attempt to choose the key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnHeader {
    alg: String,
    typ: String,
}

impl Tokens {
    /// Everything is derived from the one secret. `lifetime` in seconds.
    pub fn new(secret: &[u8], lifetime: u64) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            lifetime,
        }
    }

    /// Seconds an access token lives.
    pub fn lifetime(&self) -> u64 {
        self.lifetime
    }

    /// A new access token.
    ///
    /// # Errors
    /// 500 when signing fails, which it does not with an HMAC.
    pub fn issue(&self, user: UserId, sid: Uuid) -> Result<String, ApiError> {
        let now = jsonwebtoken::get_current_timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.0,
            sid,
            iat: now,
            nbf: now,
            exp: now + self.lifetime,
        };
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing);
        token.map_err(|error| ApiError::internal(error.to_string()))
    }

    /// Who a token names.
    ///
    /// # Errors
    /// [`TokenError::Expired`] only for one that was really ours.
    pub fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        if token.len() > LONGEST || !has_own_header(token) {
            return Err(TokenError::Invalid);
        }
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation);
        let claims = decoded.map_err(|error| {
            let expired = matches!(error.kind(), ErrorKind::ExpiredSignature);
            if expired { TokenError::Expired } else { TokenError::Invalid }
        })?;
        let claims = claims.claims;
        let expires_at = i64::try_from(claims.exp).map_err(|_| TokenError::Invalid)?;
        Ok(Caller::in_session(UserId(claims.sub), claims.sid, expires_at))
    }
}

fn has_own_header(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| BASE64.decode(part).ok());
    let header = header.and_then(|json| serde_json::from_slice::<OwnHeader>(&json).ok());
    header.is_some_and(|header| header.alg == "HS256" && header.typ == TYPE)
}

/// HMAC-SHA256 of `message`: a key of its own for each purpose.
fn derive(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize());
    mac.expect("HMAC takes keys of any length").into_bytes().into()
}

/// The key of refresh tokens' successors, derived from the one secret.
pub fn refresh_key(secret: &[u8]) -> [u8; 32] {
    derive(secret, b"lockstep refresh token successor v1")
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::new("invalid_token", "Log in again."),
            TokenError::Expired => Self::new("token_expired", "Get a new one with the refresh token."),
        }
    }
}

#[cfg(test)]
mod tests;

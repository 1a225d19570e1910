//! Refresh tokens: random, kept by us only as SHA-256.
//!
//! The successor of one is derived from it with a key, so a client that lost the answer of a rotation can be given the same
//! one again although we never stored it.

use super::error::PeopleError;
use super::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "lsr_";

/// A refresh token. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(Secret);

impl RefreshToken {
    /// The first of a family.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn random() -> Result<Self, PeopleError> {
        Secret::random().map(Self)
    }

    /// What a client presents.
    pub fn parse(text: &str) -> Option<Self> {
        Secret::parse(PREFIX, text).map(Self)
    }

    /// What a client gets.
    pub fn expose(&self) -> String {
        self.0.expose(PREFIX)
    }

    /// What we keep.
    pub fn hash(&self) -> [u8; 32] {
        self.0.hash()
    }

    /// The token that follows this one, always the same under a key.
    pub(super) fn successor(&self, key: &[u8; 32]) -> RefreshToken {
        let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(self.0.0).finalize());
        RefreshToken(Secret(mac.expect("HMAC takes keys of any length").into_bytes().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_refresh_token_has_one_successor() {
        let token = RefreshToken::random().expect("randomness");
        assert!(RefreshToken::parse(&token.expose()).as_ref() == Some(&token));
        let successor = token.successor(&KEY);
        assert!(successor == token.successor(&KEY) && successor != token);
        assert!(token.successor(&[8; 32]) != successor);
    }
}

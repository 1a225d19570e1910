//! Secrets that are shown once: 32 random bytes behind a prefix that says what they are for. Only their SHA-256 is kept.

use super::error::PeopleError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

/// 256 random bits. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(super) [u8; 32]);

/// What begins an API token.
pub const API_TOKEN: &str = "lsp_";
/// What begins the token of an invitation.
pub const INVITATION: &str = "lsi_";
/// What begins the token of a link to a new password.
pub const RESET: &str = "lsx_";

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`PeopleError::Defect`] when the system gives no randomness.
    pub(super) fn random() -> Result<Self, PeopleError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| PeopleError::Defect(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// What somebody presents. `None`: it is no secret of that kind.
    pub fn parse(prefix: &str, text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.strip_prefix(prefix)?).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What is shown once.
    pub fn expose(&self, prefix: &str) -> String {
        format!("{prefix}{}", BASE64.encode(self.0))
    }

    /// What is kept.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_prefix() {
        let secret = Secret::random().expect("randomness");
        let shown = secret.expose(API_TOKEN);
        assert!(Secret::parse(API_TOKEN, &shown).as_ref() == Some(&secret));
        assert!(Secret::parse(RESET, &shown).is_none() && Secret::parse(API_TOKEN, &shown[..40]).is_none());
    }
}

//! Passwords: argon2id with OWASP's parameters (19 MiB, two passes, one lane), away from the threads that own sockets.

use crate::error::ApiError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Hashes and verifies, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    wait: Duration,
    nobody: Arc<str>,
    runtime: Handle,
}

impl Passwords {
    /// # Errors
    /// When the system gives no randomness.
    pub fn new(at_once: usize, wait: Duration, runtime: Handle) -> anyhow::Result<Self> {
        let nobody = hash(b"the password of nobody").map_err(anyhow::Error::msg)?;
        Ok(Self { gate: Arc::new(Semaphore::new(at_once)), wait, nobody: nobody.into(), runtime })
    }

    /// The PHC string to keep for a password.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.run(move || hash(password.as_bytes())).await?.map_err(ApiError::internal)
    }

    /// True if the password is the one of `known`. Without one it takes the same time, and is false.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn verify(&self, password: String, known: Option<&str>) -> Result<bool, ApiError> {
        let somebody = known.is_some();
        let phc = known.unwrap_or(&self.nobody).to_owned();
        let equal = self.run(move || verify(password.as_bytes(), &phc)).await?;
        Ok(equal && somebody)
    }

    /// The permit goes along to the thread: a client that hangs up makes no room for another before its work is done.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let permit = tokio::time::timeout(self.wait, self.gate.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(ApiError::unavailable("too many passwords wait to be hashed"));
        };
        let working = self.runtime.spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        working.await.map_err(|error| ApiError::internal(error.to_string()))
    }
}

/// Blocking: some 20 ms and 19 MiB.
///
/// # Errors
/// When the system gives no randomness.
pub fn hash(password: &[u8]) -> Result<String, String> {
    let hash: PasswordHash = Argon2::default().hash_password(password).map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

fn verify(password: &[u8], phc: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|known| Argon2::default().verify_password(password, &known).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_with_the_recommended_cost() {
        let phc = hash(b"correct horse").expect("randomness");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(verify(b"correct horse", &phc) && !verify(b"wrong horse", &phc));
    }
}

//! Passwords: argon2id with OWASP's parameters (19 MiB, two passes, one lane), away from the threads that own sockets.
//!
//! A few threads do nothing else, each with memory of its own that it uses again and again. Left to argon2 and the
//! allocator, every hash would take 19 MiB anew and glibc would keep much of it (seen: 450 MB after 400 logins).

use super::error::PeopleError;
use super::opaque;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use store::users::{PASSWORD_RULE, User};
use tokio::sync::{Semaphore, oneshot};

type Memory = Vec<Block>;
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// What a comparison came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It is not the password.
    Wrong,
    /// The hash is of the one form (RFC 8265 OpaqueString).
    Normal,
    /// The hash is of the bytes as they were sent, which are not in that form.
    AsSent,
}

/// Hashes and verifies, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    jobs: mpsc::Sender<Job>,
    wait: Duration,
    nobody: Arc<str>,
}

impl Passwords {
    /// # Errors
    /// When the system gives no randomness, or no threads.
    pub fn new(at_once: usize, wait: Duration) -> anyhow::Result<Self> {
        let nobody = hash(b"the password of nobody", &mut Memory::new()).map_err(anyhow::Error::msg)?;
        let (jobs, todo) = mpsc::channel();
        let todo = Arc::new(Mutex::new(todo));
        for _ in 0..at_once {
            let todo = todo.clone();
            std::thread::Builder::new().name("passwords".to_owned()).spawn(move || work(&todo))?;
        }
        Ok(Self { gate: Arc::new(Semaphore::new(at_once)), jobs, wait, nobody: nobody.into() })
    }

    /// The PHC string to keep for a password.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn hash(&self, password: String) -> Result<String, PeopleError> {
        self.run(move |memory| hash(password.as_bytes(), memory)).await?.map_err(PeopleError::Defect)
    }

    /// Which form of the password is the one of `known`. It takes the same time for whatever account, and without one: the bytes
    /// as sent are always tried, and the one form too if it differs from them.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn verify(&self, sent: String, known: Option<&str>) -> Result<Match, PeopleError> {
        let somebody = known.is_some();
        let phc = known.unwrap_or(&self.nobody).to_owned();
        let normal = opaque::enforce(&sent);
        let is_normal = normal.as_ref() == Some(&sent);
        let tried = self.run(move |memory| {
            let as_sent = verify(sent.as_bytes(), &phc, memory);
            let other = normal.filter(|_| !is_normal);
            (as_sent, other.is_some_and(|normal| verify(normal.as_bytes(), &phc, memory)))
        });
        Ok(match tried.await? {
            (true, _) if somebody && is_normal => Match::Normal,
            (_, true) if somebody => Match::Normal,
            (true, _) if somebody => Match::AsSent,
            (true | false, _) => Match::Wrong,
        })
    }

    /// The hash to keep from now on, if the account's is of an older rule. It stays as it is for a password that the rule forbids.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn renewed(
        &self,
        known: &User,
        matched: Match,
        sent: &str,
    ) -> Result<Option<String>, PeopleError> {
        match (matched, opaque::enforce(sent)) {
            (Match::Normal, _) if known.password_rule != PASSWORD_RULE => {
                Ok(Some(known.password_hash.clone()))
            }
            (Match::AsSent, Some(normal)) => Ok(Some(self.hash(normal).await?)),
            (Match::Normal | Match::AsSent | Match::Wrong, _) => Ok(None),
        }
    }

    /// The permit travels to the thread, so a client that hangs up frees its place only when its hash is done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, PeopleError> {
        let permit = tokio::time::timeout(self.wait, self.gate.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(PeopleError::Unavailable("too many passwords wait to be hashed".to_owned()));
        };
        let (done, result) = oneshot::channel();
        let job = Box::new(move |memory: &mut Memory| {
            let _ = done.send(work(memory));
            drop(permit);
        });
        self.jobs.send(job).map_err(|_| PeopleError::Defect("nobody hashes passwords".to_owned()))?;
        result.await.map_err(|error| PeopleError::Defect(error.to_string()))
    }
}

/// One of the threads: until the last [`Passwords`] is gone.
fn work(todo: &Mutex<mpsc::Receiver<Job>>) {
    let mut memory = Memory::new();
    loop {
        let Ok(todo) = todo.lock() else { return };
        let Ok(job) = todo.recv() else { return };
        drop(todo);
        job(&mut memory);
    }
}

/// The PHC string to keep for a password, for the command line. Blocking: some 20 ms.
///
/// # Errors
/// When the system gives no randomness.
pub fn hash_now(password: &[u8]) -> Result<String, String> {
    hash(password, &mut Memory::new())
}

fn hash(password: &[u8], memory: &mut Memory) -> Result<String, String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| error.to_string())?;
    let hash = compute(&Argon2::default(), password, &salt, memory).map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

fn verify(password: &[u8], phc: &str, memory: &mut Memory) -> bool {
    PasswordHash::new(phc).is_ok_and(|known| matches(&known, password, memory).unwrap_or(false))
}

/// Compares in constant time ([`Output`] does).
fn matches(
    known: &PasswordHash,
    password: &[u8],
    memory: &mut Memory,
) -> argon2::password_hash::Result<bool> {
    let algorithm = Algorithm::try_from(known.algorithm.as_str())?;
    let version = known.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(known)?);
    let computed = compute(&argon2, password, known.salt.as_deref().unwrap_or_default(), memory)?;
    Ok(known.hash.is_some() && known.hash == computed.hash)
}

/// What `argon2`'s own `hash_password_with_salt` does, in memory that is kept.
fn compute(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    memory: &mut Memory,
) -> argon2::password_hash::Result<PasswordHash> {
    let params = argon2.params();
    memory.resize(params.block_count(), Block::default());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2.hash_password_into_with_memory(password, salt, &mut out, memory.as_mut_slice())?;
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(&out)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_with_the_recommended_cost() {
        let phc = hash_now(b"correct horse").expect("randomness");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let memory = &mut Memory::new();
        assert!(verify(b"correct horse", &phc, memory) && !verify(b"wrong horse", &phc, memory));
        assert!(
            !verify(b"", "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA", memory),
            "no hash, no entry"
        );
    }

    #[test]
    fn memory_that_was_used_before_changes_nothing() {
        use argon2::password_hash::{PasswordHasher, PasswordVerifier};
        let memory = &mut Memory::new();
        let first = hash(b"somebody else", memory).expect("randomness");
        let ours = hash(b"correct horse", memory).expect("randomness");
        let theirs: PasswordHash = Argon2::default().hash_password(b"correct horse").expect("randomness");
        assert!(
            verify(b"correct horse", &theirs.to_string(), memory)
                && !verify(b"correct horse", &first, memory)
        );
        let parsed = PasswordHash::new(&ours).expect("a PHC string");
        assert!(Argon2::default().verify_password(b"correct horse", &parsed).is_ok());
    }
}

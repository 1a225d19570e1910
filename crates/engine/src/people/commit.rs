//! What a failed COMMIT of a transaction means: it may have happened.

use super::error::PeopleError;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a transaction came to its COMMIT.
#[derive(Default)]
pub struct Commit(AtomicBool);

impl Commit {
    /// Ends the work of a transaction: what follows is COMMIT, and a lost answer leaves open whether it happened.
    pub fn follows<T, E>(&self, done: T) -> Result<T, E> {
        self.0.store(true, Ordering::Relaxed);
        Ok(done)
    }

    /// Whether COMMIT was begun.
    pub fn was_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What the failure of the transaction is to the caller.
    pub fn failed(&self, error: impl Into<PeopleError>) -> PeopleError {
        let error = error.into();
        if let PeopleError::Unavailable(cause) = &error
            && self.was_begun()
        {
            return PeopleError::OutcomeUnknown(cause.clone());
        }
        error
    }
}

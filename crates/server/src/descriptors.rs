//! Descriptors of open files: every connection takes one. An instance that has none left hears nobody, its own health checks neither,
//! so some are kept for what is not a client: the operator's address, Postgres, Redis and files.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Kept for what is not a client, and for those who are refused; a quarter where the limit is small.
const KEPT: u64 = 256;
/// How many clients are told at once that there is no place for them. Each takes a descriptor meanwhile.
const REFUSED_AT_ONCE: u64 = 32;
/// Where the system knows no limit.
const UNLIMITED: u64 = 1 << 20;

/// The places for clients' connections.
pub struct Places {
    most: u64,
    taken: AtomicU64,
}

/// One of them, until it is dropped.
pub struct Place(Arc<Places>);

impl Places {
    /// As many as the limit of descriptors allows.
    pub fn of(limit: u64) -> Arc<Places> {
        let kept = KEPT.min(limit / 4);
        Arc::new(Places { most: limit - kept, taken: AtomicU64::new(0) })
    }

    /// Says how many clients this instance takes.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// `None`: all are taken.
    pub fn take(self: &Arc<Places>) -> Option<Place> {
        self.take_below(self.most)
    }

    /// To say that there is no place. `None`: too many are being told already.
    pub fn take_to_refuse(self: &Arc<Places>) -> Option<Place> {
        self.take_below(self.most + REFUSED_AT_ONCE.min(self.most / 16))
    }

    fn take_below(self: &Arc<Places>, most: u64) -> Option<Place> {
        let more = |taken| (taken < most).then_some(taken + 1);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Place(self.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Raises the limit of this process to what it may raise it to, and answers the limit that holds now.
pub fn raise_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(UNLIMITED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_given_back_can_be_taken_again() {
        let places = Places::of(8);
        let mut taken: Vec<Place> = (0..6).map(|_| places.take().expect("a place")).collect();
        assert!(places.take().is_none());
        taken.pop();
        assert!(places.take().is_some());
    }

    #[test]
    fn who_is_refused_takes_none_of_what_is_kept() {
        let places = Places::of(1_024);
        let taken: Vec<Place> = std::iter::from_fn(|| places.take()).collect();
        let told: Vec<Place> = std::iter::from_fn(|| places.take_to_refuse()).collect();
        assert_eq!((taken.len(), told.len()), (768, 32));
    }
}

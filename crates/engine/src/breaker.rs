//! A circuit breaker before a server that may be away. After a failed call no call is tried for a while; then one call tries
//! again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub struct Breaker {
    /// How long no call is tried after a failure.
    pause: Duration,
    /// When the next call may be tried; none while calls succeed.
    retry_at: Mutex<Option<Instant>>,
}

impl Breaker {
    pub fn new(pause: Duration) -> Breaker {
        Breaker { pause, retry_at: Mutex::default() }
    }

    /// After a failure one call tries again, the others go on without.
    pub fn may_try(&self) -> bool {
        let mut retry_at = self.lock();
        match *retry_at {
            None => true,
            Some(at) if Instant::now() < at => false,
            Some(_) => {
                *retry_at = Some(Instant::now() + self.pause);
                true
            }
        }
    }

    /// A call succeeded. Tells whether one had failed before.
    pub fn restored(&self) -> bool {
        self.lock().take().is_some()
    }

    /// A call failed. Tells whether it is the first one.
    pub fn broke(&self) -> bool {
        self.lock().replace(Instant::now() + self.pause).is_none()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.retry_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

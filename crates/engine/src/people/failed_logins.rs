//! Failed logins, counted per account and address (GCRA, by `governor`).
//!
//! Every try takes a place before the password is looked at, so that tries at the same time count too; one that succeeds
//! gives all of them back. Memory is fixed: account and address are hashed, with a key of this process, to one of 65,536
//! places. Two accounts that share a place are rare; they share the tries of one.

use super::error::PeopleError;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::direct::NotKeyed;
use governor::state::{InMemoryState, StateStore};
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

const PLACES: usize = 65_536;

/// Remembers who failed.
pub struct FailedLogins {
    limiter: RateLimiter<usize, Places, DefaultClock, NoOpMiddleware>,
    places: Places,
    hasher: RandomState,
}

/// A try that has taken its place.
#[derive(Debug, Clone, Copy)]
pub struct Try(usize);

#[derive(Clone)]
struct Places(Arc<[InMemoryState]>);

impl StateStore for Places {
    type Key = usize;

    fn measure_and_replace<T, F, E>(&self, place: &usize, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0[*place % PLACES].measure_and_replace(&NotKeyed::NonKey, judge)
    }
}

impl FailedLogins {
    pub fn new(per_minute: u32) -> Self {
        let places = Places((0..PLACES).map(|_| InMemoryState::default()).collect());
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::new(quota, places.clone(), DefaultClock::default());
        Self { limiter, places, hasher: RandomState::new() }
    }

    /// Takes a place for a try.
    ///
    /// # Errors
    /// [`PeopleError::TooManyAttempts`].
    pub fn begin(&self, email: &str, address: IpAddr) -> Result<Try, PeopleError> {
        let hash = self.hasher.hash_one((email, network(address)));
        let place = usize::try_from(hash % PLACES as u64).unwrap_or(0);
        match self.limiter.check_key(&place) {
            Ok(()) => Ok(Try(place)),
            Err(not_before) => {
                let wait = not_before.wait_time_from(DefaultClock::default().now());
                Err(PeopleError::TooManyAttempts { wait_seconds: wait.as_secs() + 1 })
            }
        }
    }

    /// The try succeeded: forget the ones that failed before it.
    pub fn succeeded(&self, tried: Try) {
        let forget = |_| Ok::<_, std::convert::Infallible>(((), Nanos::new(0)));
        let Ok(()) = self.places.measure_and_replace(&tried.0, forget);
    }
}

/// One person often has a whole /64 of IPv6.
pub fn network(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => u64::try_from(v6.to_bits() >> 64).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_is_refused_and_a_success_forgets() {
        let logins = FailedLogins::new(10);
        let here = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..10 {
            logins.begin("a@example.org", here).expect("a place");
        }
        let refused = logins.begin("a@example.org", here);
        assert!(matches!(refused, Err(PeopleError::TooManyAttempts { wait_seconds: 1.. })));
        let other = logins.begin("b@example.org", here).expect("another account");
        logins.succeeded(other);
        for _ in 0..9 {
            logins.begin("b@example.org", here).expect("a place");
        }
        logins.succeeded(logins.begin("b@example.org", here).expect("the tenth"));
        logins.begin("b@example.org", here).expect("all forgotten");
    }
}

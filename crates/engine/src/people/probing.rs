//! Answers that tell somebody that an address has an account, or that there is no such invitation, counted per network address of
//! the client. Many people register from one office at the same time, so only these answers count, not the tries.

use super::error::PeopleError;
use super::failed_logins::network;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// Networks that are remembered, at most.
const MOST: u64 = 65_536;

/// How often each network was told so within a minute of the first time.
pub struct Probing {
    told: moka::sync::Cache<u64, Arc<AtomicU32>>,
    per_minute: u32,
}

impl Probing {
    pub fn new(per_minute: u32) -> Probing {
        let told = moka::sync::Cache::builder().max_capacity(MOST).time_to_live(MINUTE).build();
        Probing { told, per_minute }
    }

    /// Looks at what an attempt came to, before it is made and after: from a network that was told too often, nothing is
    /// looked at.
    ///
    /// # Errors
    /// [`PeopleError::TooManyAttempts`], or what `attempt` fails with.
    pub async fn watch<T>(
        &self,
        address: IpAddr,
        attempt: impl Future<Output = Result<T, PeopleError>>,
    ) -> Result<T, PeopleError> {
        let network = network(address);
        let told = self.told.get_with(network, Arc::default);
        if told.load(Ordering::Relaxed) >= self.per_minute {
            return Err(PeopleError::TooManyAttempts { wait_seconds: MINUTE.as_secs() });
        }
        let result = attempt.await;
        if matches!(result, Err(PeopleError::EmailTaken | PeopleError::InvitationGone { guessed: true }))
            && told.fetch_add(1, Ordering::Relaxed) >= self.per_minute
        {
            return Err(PeopleError::TooManyAttempts { wait_seconds: MINUTE.as_secs() });
        }
        result
    }
}

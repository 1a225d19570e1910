//! What an installation decides about accounts.

use std::time::Duration;

/// What an installation decides about accounts and sessions.
#[derive(Clone)]
pub struct Rules {
    /// Who may make an account.
    pub signup: Signup,
    /// A session ends when nobody refreshed it for so many days.
    pub session_days: i64,
    /// How long a spent refresh token gets its unused successor again.
    pub refresh_grace: Duration,
    /// Per account and address.
    pub failed_logins_per_minute: u32,
    /// Passwords hashed at the same time, 19 MiB and a core each.
    pub password_hashes: usize,
    /// Derives the successor of a refresh token. The same on every instance.
    pub refresh_key: [u8; 32],
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signup {
    /// Anybody.
    Open,
    /// The very first person, and whoever has an invitation.
    Invite,
    /// Nobody; accounts come from `lockstep user create`.
    Closed,
}

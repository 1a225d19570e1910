//! Who acts or asks.

use domain::UserId;
use uuid::Uuid;

/// A person in one of their sessions, as a door learnt it from a token. Whether the session still stands is asked in
/// Postgres, inside the transaction of what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// Their session.
    pub sid: Uuid,
    /// When the token ends, in seconds of Unix time.
    pub expires_at: i64,
}

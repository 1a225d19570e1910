//! Keys of Postgres' advisory locks, all in one place, so that no two meanings share one. The first half is "lock" in ASCII.

/// Only one program migrates at a time.
pub(crate) const MIGRATE: i64 = 0x6c6f_636b_0000_0001;
/// Only one connection compares the log's identity with Postgres' and rotates epochs.
pub(crate) const IDENTITY: i64 = 0x6c6f_636b_0000_0002;
/// Only one registration at a time asks whether it is the first.
pub(crate) const FIRST_ACCOUNT: i64 = 0x6c6f_636b_0000_0003;

//! From a commit to every client: order, recovery, joins, who gets what. Rules I6, I7, I9 and I11 of ARCHITECTURE.md.

mod access;
mod cursors;
mod joins;
mod order;
mod recovery;
mod sessions;
mod slow;
mod storms;
mod streams;

use std::time::Duration;

/// Plenty for what takes milliseconds, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

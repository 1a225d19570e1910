//! From a commit to every client: order, recovery, joins, who gets what. Invariants I6, I7, I9 and I11 of ARCHITECTURE.md.

mod access;
mod cursors;
mod endings;
mod feeds;
mod inbox;
mod joins;
mod order;
mod past;
mod people;
mod presence;
mod recovery;
mod sessions;
mod slow;
mod storms;
mod streams;
mod typing;

use std::time::Duration;

/// Plenty for what takes milliseconds, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// How many files and connections an instance has open.
fn descriptors(instance: &testkit::Instance) -> usize {
    let pid = instance.pid().expect("it runs");
    std::fs::read_dir(format!("/proc/{pid}/fd")).expect("its descriptors can be listed").count()
}

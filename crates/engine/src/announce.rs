//! Step 6 of 8: who hears of a commit. Listeners stand in one list and are told in its order. They are told before the
//! project's next transaction begins, so each of them gets the project's events in version order.

use crate::frame::Frame;
use domain::{ProjectId, UserId, Version};
use std::sync::Arc;
use store::feeds::Concerns;
use store::projects::Summary;

/// What one transaction committed.
pub struct Committed<'a> {
    pub project: ProjectId,
    /// The version before the first of its events.
    pub before: Version,
    /// The version of the last one.
    pub after: Version,
    /// Its events.
    pub frames: &'a [Arc<Frame>],
    /// The people whose feeds it moved, members aside who are concerned only as such.
    pub concerned: &'a [(UserId, Concerns)],
    /// Whether members hear of it at once, rather than with the next comparison of feeds.
    pub urgent: bool,
    /// What it did to the project, computed for listeners that ask. `None`: it cannot be told without reading the tables.
    pub change: &'a dyn Fn() -> Option<ListChange>,
}

/// What events of one transaction did to a project, as a list of projects shows it.
pub struct ListChange {
    /// For each changed task its status before, if it was there, and its status now. `None`: tasks left the board or came
    /// back.
    pub moved: Option<Vec<(Option<String>, String)>>,
    /// The project's row afterwards; its counts do not matter.
    pub summary: Summary,
}

/// A listener hears of each commit. It may not block or wait. One with more work to do keeps a bounded queue, and its
/// documentation says what happens when the queue is full.
pub trait Listener: Send + Sync {
    fn committed(&self, commit: &Committed<'_>);
}

/// Everybody who hears of commits, in order.
pub struct Listeners(Vec<Arc<dyn Listener>>);

impl Listeners {
    pub fn new(listeners: Vec<Arc<dyn Listener>>) -> Listeners {
        Listeners(listeners)
    }

    pub fn tell(&self, commit: &Committed<'_>) {
        self.0.iter().for_each(|listener| listener.committed(commit));
    }
}

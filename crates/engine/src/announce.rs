//! Step 6 of 8: who hears of a commit. One list, in the order in which they are told, before the next transaction of the
//! project begins: so each of them gets a project's events in version order.

use crate::frame::Frame;
use domain::{ProjectId, UserId, Version};
use std::sync::Arc;
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
    /// People whose memberships changed.
    pub concerned: &'a [UserId],
    /// What it did to the project, made for who asks. `None`: that cannot be told without reading.
    pub change: &'a dyn Fn() -> Option<Change>,
}

/// What events of one transaction did to a project, as a list of projects shows it.
pub struct Change {
    /// Where each changed task stood, if it was there, and where it stands. None: tasks went into the bin or came back.
    pub moved: Option<Vec<(Option<String>, String)>>,
    /// The project's row afterwards; its counts do not matter.
    pub summary: Summary,
}

/// Somebody who hears of each commit. May not block or wait: whoever has more to do bounds what waits for it, and says what
/// becomes of the rest.
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

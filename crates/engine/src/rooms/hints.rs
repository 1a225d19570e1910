//! Tells all instances of a transaction that is no command's, and moved the feed of a person.

use super::connected::Connected;
use super::publisher::Publisher;
use domain::UserId;
use std::sync::Arc;

/// Tells all instances.
#[derive(Clone)]
pub struct FeedHints {
    connected: Arc<Connected>,
    publisher: Option<Arc<Publisher>>,
}

impl FeedHints {
    pub fn new(connected: Arc<Connected>, publisher: Option<Arc<Publisher>>) -> FeedHints {
        FeedHints { connected, publisher }
    }

    /// The person's feed moved, by a transaction that is committed.
    pub fn moved(&self, person: UserId) {
        self.connected.compare([person]);
        if let Some(publisher) = &self.publisher {
            publisher.feeds_moved(&[person]);
        }
    }
}

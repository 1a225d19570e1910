//! Who is connected here, and whether they still may be. Logout and disabling raise a person's feed version, which the
//! comparison of heads brings to every instance. So revocation does not depend on Redis.

use crate::announce::{Committed, Listener};
use domain::UserId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::feeds::{Concerns, Feed};
use tokio::sync::Notify;
use uuid::Uuid;

/// The person has as many connections to this instance as one may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many connections of one person")]
pub struct TooManyConnections;

/// The people connected to this instance.
pub struct Connected {
    people: Mutex<HashMap<UserId, Person>>,
    compare_now: Arc<Notify>,
    /// People connected here whose feeds are to be compared now.
    hinted: Mutex<HashSet<UserId>>,
    pub(super) hint_noted: Notify,
}

struct Person {
    feed_version: i64,
    /// Sessions, and how many connections each has here.
    sessions: HashMap<Uuid, usize>,
}

/// People whom a commit concerns hear of it now. The listener only asks for a comparison, so it does not wait. Bounded by the
/// people who are connected.
impl Listener for Connected {
    fn committed(&self, commit: &Committed<'_>) {
        if commit.urgent {
            self.judge_now();
        } else {
            self.compare(commit.concerned.iter().map(|(user, _)| *user));
        }
    }
}

impl Connected {
    /// `compare_now` asks for a comparison of heads and feeds.
    pub fn new(compare_now: Arc<Notify>) -> Connected {
        Connected {
            people: Mutex::default(),
            compare_now,
            hinted: Mutex::default(),
            hint_noted: Notify::new(),
        }
    }

    /// Has the feeds of these people compared now, as far as they are connected here.
    pub fn compare(&self, people: impl IntoIterator<Item = UserId>) {
        let known = self.lock();
        let here: Vec<UserId> = people.into_iter().filter(|person| known.contains_key(person)).collect();
        drop(known);
        if !here.is_empty() {
            self.hinted.lock().unwrap_or_else(PoisonError::into_inner).extend(here);
            self.hint_noted.notify_one();
        }
    }

    /// Takes the people of hints, with the feed versions at which their sessions were last judged.
    pub fn hinted(&self) -> Vec<(UserId, i64)> {
        let hinted = std::mem::take(&mut *self.hinted.lock().unwrap_or_else(PoisonError::into_inner));
        let people = self.lock();
        hinted.iter().filter_map(|user| Some((*user, people.get(user)?.feed_version))).collect()
    }

    /// Has everybody's feed compared now.
    pub fn judge_now(&self) {
        self.compare_now.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Person>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a connection, unless the person has `most` of them here. `feed_version` as it was when the session was last
    /// judged.
    ///
    /// # Errors
    /// [`TooManyConnections`].
    pub fn enter(
        &self,
        user: UserId,
        sid: Uuid,
        feed_version: i64,
        most: usize,
    ) -> Result<(), TooManyConnections> {
        let mut people = self.lock();
        let connections = people.get(&user).map_or(0, |person| person.sessions.values().sum());
        if connections >= most {
            return Err(TooManyConnections);
        }
        let person = people.entry(user).or_insert(Person { feed_version, sessions: HashMap::new() });
        // The older feed version is kept, so that the next comparison judges all of the person's sessions again.
        person.feed_version = person.feed_version.min(feed_version);
        *person.sessions.entry(sid).or_default() += 1;
        Ok(())
    }

    pub fn leave(&self, user: UserId, sid: Uuid) {
        let mut people = self.lock();
        let Some(person) = people.get_mut(&user) else { return };
        if let Some(count) = person.sessions.get_mut(&sid) {
            *count -= 1;
        }
        person.sessions.retain(|_, count| *count > 0);
        if person.sessions.is_empty() {
            people.remove(&user);
        }
    }

    /// Everybody connected, with the feed version at which their sessions were last judged.
    pub fn connected(&self) -> Vec<(UserId, i64)> {
        self.lock().iter().map(|(user, person)| (*user, person.feed_version)).collect()
    }

    /// The feeds that have moved, with what changed for the person and their sessions here.
    pub fn moved(&self, feeds: &[Feed]) -> Vec<(Feed, Concerns, Vec<Uuid>)> {
        let people = self.lock();
        let moved = feeds.iter().filter_map(|feed| {
            let person = people.get(&feed.user).filter(|person| person.feed_version != feed.version)?;
            Some((*feed, feed.since(person.feed_version), person.sessions.keys().copied().collect()))
        });
        moved.collect()
    }

    pub fn seen(&self, user: UserId, feed_version: i64) {
        if let Some(person) = self.lock().get_mut(&user) {
            person.feed_version = feed_version;
        }
    }
}

//! How other threads reach a worker: one wake-up for whatever is new.

use super::said::Said;
use domain::{ProjectId, UserId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::feeds::Concerns;
use tokio::sync::Notify;
use uuid::Uuid;

/// Of what was said, so much may wait for a worker; more is dropped.
const MOST_SAID: usize = 1_024;

/// How other threads reach a worker. Bounded by the rooms and people that exist, because several notices of one room or
/// person are kept as one.
#[derive(Default)]
pub struct Inbox {
    news: Mutex<News>,
    wake: Notify,
}

/// What happened since the worker last looked.
#[derive(Default)]
pub struct News {
    /// Rooms with new frames, or whose log was replaced.
    pub rooms: HashSet<ProjectId>,
    /// People whom something concerns.
    pub people: HashMap<UserId, Personal>,
    /// Rooms in which people came or left.
    pub moved: HashSet<ProjectId>,
    /// What was said, in order; at most [`MOST_SAID`].
    pub said: Vec<Arc<Said>>,
    pub shut_down: bool,
}

/// What happened to one person since the worker last looked.
#[derive(Default)]
pub struct Personal {
    /// Sessions that ended.
    pub ended: HashSet<Uuid>,
    /// What they have to read again.
    pub concerns: Concerns,
}

/// Something concerns a person: which of their sessions ended, if any, and what changed for them.
#[derive(Debug, Clone)]
pub struct PersonNews {
    pub user: UserId,
    pub ended: Vec<Uuid>,
    pub concerns: Concerns,
}

impl Inbox {
    fn tell(&self, note: impl FnOnce(&mut News)) {
        note(&mut self.lock());
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn room_has_news(&self, project: ProjectId) {
        self.tell(|news| {
            news.rooms.insert(project);
        });
    }

    pub fn people_moved(&self, project: ProjectId) {
        self.tell(|news| {
            news.moved.insert(project);
        });
    }

    pub fn was_said(&self, said: Arc<Said>) {
        self.tell(|news| {
            if news.said.len() < MOST_SAID {
                news.said.push(said);
            }
        });
    }

    pub fn person_has_news(&self, person: PersonNews) {
        self.tell(|news| {
            let personal = news.people.entry(person.user).or_default();
            personal.ended.extend(person.ended);
            personal.concerns |= person.concerns;
        });
    }

    pub fn shut_down(&self) {
        self.tell(|news| news.shut_down = true);
    }

    /// Waits for news and takes it.
    pub async fn news(&self) -> News {
        self.wake.notified().await;
        std::mem::take(&mut *self.lock())
    }
}

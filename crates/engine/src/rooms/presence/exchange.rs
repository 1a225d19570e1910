//! What one instance still has to tell the others about who is in its rooms. Bounded by the rooms that exist.

use domain::ProjectId;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Other instances come back to Redis within this time of each other. Before that nobody knows who is there.
const SETTLING: Duration = Duration::from_secs(1);

/// The presence of one instance.
pub struct Exchange {
    /// Whether there may be other instances, because there is a Redis.
    pub is_shared: bool,
    last_serial: AtomicU64,
    due: Mutex<Due>,
    /// Something has to be sent.
    pub to_say: Notify,
    /// A request that waits has to look again.
    pub heard: Notify,
    connected_at: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Due {
    /// Rooms with something to send.
    rooms: HashSet<ProjectId>,
    /// Rooms that are here no more, of which others were told.
    farewells: HashSet<ProjectId>,
    /// Rooms that beats name.
    watched: HashSet<ProjectId>,
}

impl Exchange {
    pub fn new(is_shared: bool) -> Exchange {
        Exchange {
            is_shared,
            last_serial: AtomicU64::new(0),
            due: Mutex::default(),
            to_say: Notify::new(),
            heard: Notify::new(),
            connected_at: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that no list of this instance had before.
    pub fn next_serial(&self) -> u64 {
        self.last_serial.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Something about a room has to be sent, and beats name the room.
    pub fn has_to_say(&self, project: ProjectId) {
        if !self.is_shared {
            return;
        }
        let mut due = self.lock();
        due.rooms.insert(project);
        due.watched.insert(project);
        drop(due);
        self.to_say.notify_one();
    }

    /// The others are told that nobody is in that room here. Without Redis they find out by themselves.
    pub fn says_farewell(&self, project: ProjectId) {
        if self.connected_at().is_some() {
            self.lock().farewells.insert(project);
            self.to_say.notify_one();
        }
    }

    /// A room is here no more.
    pub fn forget(&self, project: ProjectId) {
        let mut due = self.lock();
        due.rooms.remove(&project);
        due.watched.remove(&project);
    }

    /// The rooms with something to send; those that cannot hear an answer yet stay for later.
    pub fn take_due(&self, can_hear: impl Fn(ProjectId) -> bool) -> Vec<ProjectId> {
        let mut due = self.lock();
        due.rooms.extract_if(|project| can_hear(*project)).collect()
    }

    pub fn take_farewells(&self) -> Vec<ProjectId> {
        self.lock().farewells.drain().collect()
    }

    pub fn is_watched(&self) -> bool {
        !self.lock().watched.is_empty()
    }

    pub fn watched(&self) -> Vec<ProjectId> {
        self.lock().watched.iter().copied().collect()
    }

    /// Nobody asks for that room any more.
    pub fn unwatch(&self, project: ProjectId) {
        self.lock().watched.remove(&project);
    }

    /// Redis is reached again, or no more.
    pub fn set_connected(&self, connected: bool) {
        *self.connected_at() = connected.then(Instant::now);
        if !connected {
            self.lock().farewells.clear();
        }
    }

    fn connected_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.connected_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long until the other instances are back at Redis too. `None`: this one is not.
    pub fn settles_in(&self) -> Option<Duration> {
        let connected_at = *self.connected_at();
        connected_at.map(|at| SETTLING.saturating_sub(at.elapsed()))
    }
}

//! Steps 6 to 8 of 8: from a commit to every client.
//!
//! Rooms are shared by all threads of the instance; each actix worker has a [`hub`] with the sockets it owns. Redis carries
//! hints between instances ([`publisher`], [`relay`]); [`heads`] compares every room with Postgres, so that whatever
//! Redis loses, delays, doubles or reorders is repaired before a client sees it.

mod clock;
mod close;
mod frame;
mod heads;
mod hub;
mod inbox;
mod join;
mod loader;
mod outbox;
mod people;
mod protocol;
mod publisher;
mod relay;
mod room;
mod socket;
pub mod sse;
pub mod upgrade;

pub use frame::Frame;
pub use loader::Unanswered;

use crate::config::Secret;
use crate::limits::Limits;
use crate::metrics::Metrics;
use domain::{ProjectId, Version};
use inbox::Inbox;
use loader::Loader;
use people::People;
use prometheus_client::metrics::gauge::Gauge;
use publisher::Publisher;
use room::{Accepted, Room};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::pool::Pool;
use tokio::sync::Notify;

/// How long an early event waits for the missing one before Postgres is asked: publishing after the commit means that
/// two instances may publish 6 before 5.
const HOLD: Duration = Duration::from_millis(75);

/// Everything realtime of one instance.
pub struct Realtime {
    pub limits: Limits,
    loader: Loader,
    publisher: Option<Publisher>,
    people: People,
    rooms: Mutex<HashMap<ProjectId, Arc<Room>>>,
    inboxes: Mutex<Vec<Arc<Inbox>>>,
    /// Rooms with a gap, and when Postgres shall be asked.
    gaps: Mutex<HashMap<ProjectId, Instant>>,
    /// The set of rooms changed: the relay has to subscribe or unsubscribe.
    rooms_changed: Notify,
    /// Heads have to be compared now.
    compare_now: Notify,
    /// A gap was noted.
    gap_noted: Notify,
    /// Whether hints from other instances arrive.
    relayed: AtomicBool,
    /// How many clients are connected.
    sockets: Gauge,
}

impl Realtime {
    /// Starts the instance's tasks on the current runtime.
    ///
    /// # Errors
    /// When the address of Redis cannot be used.
    pub fn start(
        limits: &Limits,
        metrics: &Metrics,
        reads: Pool,
        redis: Option<&Secret>,
    ) -> anyhow::Result<Arc<Realtime>> {
        let client = redis.map(|url| crate::redis::client(url.expose())).transpose()?;
        let realtime = Arc::new(Realtime {
            limits: limits.clone(),
            loader: Loader::start(reads.clone()),
            publisher: client
                .clone()
                .map(|client| Publisher::start(client, metrics.unpublished_events.clone())),
            people: People::default(),
            rooms: Mutex::default(),
            inboxes: Mutex::default(),
            gaps: Mutex::default(),
            rooms_changed: Notify::new(),
            compare_now: Notify::new(),
            gap_noted: Notify::new(),
            relayed: AtomicBool::new(false),
            sockets: metrics.sockets.clone(),
        });
        tokio::spawn(heads::run(realtime.clone(), reads));
        if let Some(client) = client {
            tokio::spawn(relay::run(realtime.clone(), client));
        }
        Ok(realtime)
    }

    /// Step 6: events of one project, committed here just now. The room gets them at once, Redis as soon as it can.
    pub fn committed(&self, project: ProjectId, frames: &[Arc<Frame>]) {
        for frame in frames {
            self.take_in(project, frame.clone());
            if let Some(publisher) = &self.publisher {
                publisher.publish(project, frame.clone());
            }
        }
    }

    /// A frame from anywhere: committed here, relayed, or read from the log. Without a room here nobody wants it.
    fn take_in(&self, project: ProjectId, frame: Arc<Frame>) {
        let Some(room) = self.room_here(project) else { return };
        match room.accept(frame) {
            Accepted::InOrder => {}
            Accepted::Gap => {
                self.lock_gaps().entry(project).or_insert_with(|| Instant::now() + HOLD);
                self.gap_noted.notify_one();
            }
            Accepted::OtherEpoch => self.compare_now.notify_one(),
        }
    }

    /// Somebody's membership, session or account changed: sockets here hear of it now, others within a second.
    pub fn people_changed(&self) {
        self.compare_now.notify_one();
    }

    /// Begins to end every connection of this instance; the SDKs reconnect elsewhere.
    pub fn shut_down(&self) {
        self.inboxes().iter().for_each(|inbox| inbox.shut_down());
    }

    /// Enters the room of a project, which is made if need be. `None`: there is no such project.
    async fn enter(&self, project: ProjectId, inbox: &Arc<Inbox>) -> Result<Option<Arc<Room>>, Unanswered> {
        if let Some(room) = self.enter_here(project, inbox, None) {
            return Ok(Some(room));
        }
        let Some(beginning) = self.loader.room(project).await? else { return Ok(None) };
        let made = Room::begin(beginning, self.limits.ring_bytes);
        let room = self.enter_here(project, inbox, Some(made));
        self.rooms_changed.notify_one();
        Ok(room)
    }

    /// Under the map's lock, so that a room which its last member leaves is not entered at the same moment.
    fn enter_here(&self, project: ProjectId, inbox: &Arc<Inbox>, made: Option<Room>) -> Option<Arc<Room>> {
        let mut rooms = self.lock_rooms();
        if let Some(made) = made {
            rooms.entry(project).or_insert_with(|| Arc::new(made));
        }
        let room = rooms.get(&project)?.clone();
        room.enter(inbox);
        Some(room)
    }

    /// Leaves a room; an empty one is forgotten.
    fn leave(&self, room: &Arc<Room>, inbox: &Arc<Inbox>, last_of_worker: bool) {
        let mut rooms = self.lock_rooms();
        room.leave(inbox, last_of_worker);
        if room.is_empty() && rooms.get(&room.project).is_some_and(|known| Arc::ptr_eq(known, room)) {
            rooms.remove(&room.project);
            self.lock_gaps().remove(&room.project);
            self.rooms_changed.notify_one();
        }
    }

    /// Brings a room up to what Postgres has now, for somebody who knows more than the room does: a position beyond it, a
    /// membership it has not heard of.
    async fn refresh(&self, room: &Arc<Room>) -> Result<(), Unanswered> {
        let Some(now) = self.loader.room(room.project).await? else {
            self.void(room);
            return Ok(());
        };
        if *now.head.epoch != *room.epoch {
            self.void(room);
            return Ok(());
        }
        self.fill(room, now.head.version).await
    }

    /// Reads what a room lacks up to `head`.
    async fn fill(&self, room: &Arc<Room>, head: Version) -> Result<(), Unanswered> {
        while room.last() < head {
            let page = self.loader.page(room.project, room.last()).await?;
            if page.is_empty() {
                return Ok(());
            }
            for frame in page {
                if room.accept(frame) == Accepted::OtherEpoch {
                    self.void(room);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The log under this room was replaced: everybody in it is told to load anew, and the next one makes a new room.
    fn void(&self, room: &Arc<Room>) {
        tracing::warn!(project.id = %room.project, "the log's epoch changed: subscribers load a snapshot");
        let mut rooms = self.lock_rooms();
        if rooms.get(&room.project).is_some_and(|known| Arc::ptr_eq(known, room)) {
            rooms.remove(&room.project);
        }
        drop(rooms);
        room.make_void();
    }

    fn room_here(&self, project: ProjectId) -> Option<Arc<Room>> {
        self.lock_rooms().get(&project).cloned()
    }

    fn rooms_here(&self) -> Vec<Arc<Room>> {
        self.lock_rooms().values().cloned().collect()
    }

    fn wanted(&self) -> HashSet<ProjectId> {
        self.lock_rooms().keys().copied().collect()
    }

    fn inboxes(&self) -> Vec<Arc<Inbox>> {
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_relayed(&self, relayed: bool) {
        if self.relayed.swap(relayed, Ordering::Relaxed) != relayed {
            tracing::info!(relayed, "hints from other instances through Redis");
        }
        self.compare_now.notify_one();
    }

    fn lock_rooms(&self) -> MutexGuard<'_, HashMap<ProjectId, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_gaps(&self) -> MutexGuard<'_, HashMap<ProjectId, Instant>> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

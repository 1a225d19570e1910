//! The rooms of one instance, shared by all its threads.

use super::connected::Connected;
use super::inbox::Inbox;
use super::loader::{Loader, Unanswered};
use super::presence::Exchange;
use super::room::{Accepted, Room};
use crate::announce::{Committed, Listener};
use crate::frame::Frame;
use crate::settings::Limits;
use domain::{ProjectId, Version};
use prometheus_client::metrics::gauge::Gauge;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use uuid::Uuid;

/// How long an early event waits for the missing one before Postgres is asked: publishing after the commit means that
/// two instances may publish 6 before 5.
const HOLD: Duration = Duration::from_millis(75);

/// The rooms of one instance.
pub struct Rooms {
    /// The name of this start of this instance, by which it knows its own messages.
    pub(super) instance: Uuid,
    pub(super) limits: Limits,
    pub(super) loader: Loader,
    /// What other instances have to be told about who is in which room.
    pub(super) presence: Exchange,
    pub connected: Arc<Connected>,
    rooms: Mutex<HashMap<ProjectId, Arc<Room>>>,
    inboxes: Mutex<Vec<Arc<Inbox>>>,
    /// Rooms with a gap, and when Postgres shall be asked.
    gaps: Mutex<HashMap<ProjectId, Instant>>,
    /// The set of rooms changed: the relay has to subscribe or unsubscribe.
    pub(super) rooms_changed: Notify,
    /// Heads have to be compared now.
    pub(super) compare_now: Arc<Notify>,
    /// A gap was noted.
    pub(super) gap_noted: Notify,
    /// Whether hints from other instances arrive.
    relayed: AtomicBool,
    /// How many clients are connected.
    pub(super) sockets: Gauge,
}

/// Events that were committed here. Bounded by the rooms' rings.
impl Listener for Rooms {
    fn committed(&self, commit: &Committed<'_>) {
        for frame in commit.frames {
            self.take_in(commit.project, frame.clone());
        }
    }
}

impl Rooms {
    /// `is_shared`: there may be other instances, because there is a Redis.
    pub fn new(limits: Limits, loader: Loader, sockets: Gauge, is_shared: bool) -> Rooms {
        let compare_now = Arc::new(Notify::new());
        Rooms {
            instance: Uuid::new_v4(),
            limits,
            loader,
            presence: Exchange::new(is_shared),
            connected: Arc::new(Connected::new(compare_now.clone())),
            rooms: Mutex::default(),
            inboxes: Mutex::default(),
            gaps: Mutex::default(),
            rooms_changed: Notify::new(),
            compare_now,
            gap_noted: Notify::new(),
            relayed: AtomicBool::new(false),
            sockets,
        }
    }

    /// Takes a frame that was committed here, relayed, or read from the log. It is dropped if the project has no room here.
    pub fn take_in(&self, project: ProjectId, frame: Arc<Frame>) {
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

    /// Begins to end every connection of this instance; the SDKs reconnect elsewhere.
    pub fn shut_down(&self) {
        self.inboxes().iter().for_each(|inbox| inbox.shut_down());
    }

    /// Enters the room of a project, which is made if need be. `None`: there is no such project.
    pub async fn enter(
        &self,
        project: ProjectId,
        inbox: &Arc<Inbox>,
    ) -> Result<Option<Arc<Room>>, Unanswered> {
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
    pub fn leave(&self, room: &Arc<Room>, inbox: &Arc<Inbox>, last_of_worker: bool) {
        let mut rooms = self.lock_rooms();
        room.leave(inbox, last_of_worker);
        if room.is_empty() && rooms.get(&room.project).is_some_and(|known| Arc::ptr_eq(known, room)) {
            rooms.remove(&room.project);
            self.lock_gaps().remove(&room.project);
            self.forget_people_of(room);
            self.rooms_changed.notify_one();
        }
    }

    /// Brings a room up to what Postgres has now, for a client that knows more than the room: a later version, or a
    /// membership that the room has not heard of.
    pub async fn refresh(&self, room: &Arc<Room>) -> Result<(), Unanswered> {
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
    pub async fn fill(&self, room: &Arc<Room>, head: Version) -> Result<(), Unanswered> {
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
    pub fn void(&self, room: &Arc<Room>) {
        tracing::warn!(project.id = %room.project, "the log's epoch changed: subscribers load a snapshot");
        let mut rooms = self.lock_rooms();
        if rooms.get(&room.project).is_some_and(|known| Arc::ptr_eq(known, room)) {
            rooms.remove(&room.project);
            self.forget_people_of(room);
        }
        drop(rooms);
        room.make_void();
    }

    /// A room is here no more. Instances that were told of people in it learn that there are none.
    fn forget_people_of(&self, room: &Room) {
        self.presence.forget(room.project);
        if room.presence.is_told() {
            self.presence.says_farewell(room.project);
        }
    }

    pub fn room_here(&self, project: ProjectId) -> Option<Arc<Room>> {
        self.lock_rooms().get(&project).cloned()
    }

    pub fn rooms_here(&self) -> Vec<Arc<Room>> {
        self.lock_rooms().values().cloned().collect()
    }

    pub fn wanted(&self) -> HashSet<ProjectId> {
        self.lock_rooms().keys().copied().collect()
    }

    pub fn add_worker(&self, inbox: Arc<Inbox>) {
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).push(inbox);
    }

    pub fn is_relayed(&self) -> bool {
        self.relayed.load(Ordering::Relaxed)
    }

    pub fn inboxes(&self) -> Vec<Arc<Inbox>> {
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_relayed(&self, relayed: bool) {
        if self.relayed.swap(relayed, Ordering::Relaxed) != relayed {
            tracing::info!(relayed, "hints from other instances through Redis");
        }
        self.compare_now.notify_one();
    }

    fn lock_rooms(&self) -> MutexGuard<'_, HashMap<ProjectId, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn lock_gaps(&self) -> MutexGuard<'_, HashMap<ProjectId, Instant>> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

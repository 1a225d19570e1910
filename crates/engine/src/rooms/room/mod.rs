//! Step 8 of 8, the part that is one per project and instance: the strict rule.
//!
//! Version ≤ last: drop; = last + 1: apply; greater: keep it aside and have the missing fetched. A room remembers the
//! recent frames (the ring), who may see the project as of its `last`, and which workers have sockets in it. Workers pull
//! from the ring; a room wakes each of them once for whatever is new.
//!
//! Invariants: I6 (strictly +1), I9 (nothing above a removal).

use super::inbox::Inbox;
use super::presence::Watch;
use super::said::Said;
use crate::frame::Frame;
use domain::event::Access;
use domain::{ProjectId, Role, UserId, Version};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::projects::RoomState as Beginning;

/// Most frames that wait for a missing one. Frames beyond it are dropped, because they can be read from the log.
const MOST_EARLY: usize = 1_024;

/// One incarnation of a project's room on this instance. A new epoch gets a new room.
pub struct Room {
    pub project: ProjectId,
    pub epoch: Arc<str>,
    /// Who is in it.
    pub presence: Watch,
    ring_bytes: usize,
    state: Mutex<State>,
}

struct State {
    last: Version,
    roles: HashMap<UserId, Role>,
    /// The project was deleted: nobody is let in.
    closed: bool,
    /// The log was replaced under this room: everybody has to leave it.
    void: bool,
    ring: VecDeque<Arc<Frame>>,
    ring_size: usize,
    early: BTreeMap<Version, Arc<Frame>>,
    workers: Vec<Arc<Inbox>>,
    members: usize,
}

/// What happened to a frame that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It was the next one, or is known already.
    InOrder,
    /// Something below it is missing here.
    Gap,
    /// It is of another epoch than this room.
    OtherEpoch,
}

/// A stretch of the ring.
pub enum Stretch {
    /// The frames after the asked version, possibly none.
    Frames(Vec<Arc<Frame>>),
    /// The ring no longer reaches back so far.
    TooOld,
}

/// A room as one person sees it, as of `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    pub last: Version,
    pub role: Option<Role>,
    pub void: bool,
}

impl Room {
    /// A room as the log stands. `ring_bytes` bounds the frames kept in memory.
    pub fn begin(beginning: Beginning, ring_bytes: usize) -> Room {
        Room {
            project: beginning.head.project,
            epoch: beginning.head.epoch.into(),
            presence: Watch::default(),
            ring_bytes,
            state: Mutex::new(State {
                last: beginning.head.version,
                roles: beginning.roles.into_iter().collect(),
                closed: beginning.deleted,
                void: false,
                ring: VecDeque::new(),
                ring_size: 0,
                early: BTreeMap::new(),
                workers: Vec::new(),
                members: 0,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a frame in, from wherever it came.
    pub fn accept(&self, frame: Arc<Frame>) -> Accepted {
        if frame.epoch != self.epoch {
            return Accepted::OtherEpoch;
        }
        let mut state = self.lock();
        if frame.version > state.last + 1 {
            if state.early.len() < MOST_EARLY {
                state.early.insert(frame.version, frame);
            }
            return Accepted::Gap;
        }
        if frame.version == state.last + 1 {
            state.apply(frame, self.ring_bytes);
            state.apply_early(self.ring_bytes);
            let accepted = state.completeness();
            self.wake_workers(state);
            return accepted;
        }
        state.completeness()
    }

    /// Hands on what was said to whoever is in the room. It is dropped if the room is not as far as the one that it was said
    /// in, because this one may not know of a removal yet.
    pub fn say(&self, said: &Arc<Said>) {
        let state = self.lock();
        if said.epoch != self.epoch || said.version > state.last {
            return;
        }
        let workers = state.workers.clone();
        drop(state);
        workers.iter().for_each(|inbox| inbox.was_said(said.clone()));
    }

    /// Workers are woken after the lock is released, because they take it.
    fn wake_workers(&self, state: MutexGuard<'_, State>) {
        let workers = state.workers.clone();
        drop(state);
        workers.iter().for_each(|inbox| inbox.room_has_news(self.project));
    }

    /// Has the workers look who is here.
    pub fn people_moved(&self) {
        let workers = self.lock().workers.clone();
        workers.iter().for_each(|inbox| inbox.people_moved(self.project));
    }

    pub fn last(&self) -> Version {
        self.lock().last
    }

    /// Up to where the log has to be read for the frames kept aside to follow. `None`: nothing is missing.
    pub fn missing(&self) -> Option<Version> {
        self.lock().early.first_key_value().map(|(version, _)| version - 1)
    }

    pub fn view(&self, user: UserId) -> View {
        let state = self.lock();
        let role = state.roles.get(&user).copied().filter(|_| !state.closed);
        View { last: state.last, role, void: state.void }
    }

    /// The frames after `version`, at most `most`.
    pub fn after(&self, version: Version, most: usize) -> Stretch {
        let state = self.lock();
        if version >= state.last {
            return Stretch::Frames(Vec::new());
        }
        let oldest = state.ring.front().map_or(state.last + 1, |frame| frame.version);
        if version + 1 < oldest {
            return Stretch::TooOld;
        }
        let skip = usize::try_from(version + 1 - oldest).unwrap_or(usize::MAX);
        Stretch::Frames(state.ring.iter().skip(skip).take(most).cloned().collect())
    }

    /// Notes that a worker has somebody in this room.
    pub fn enter(&self, inbox: &Arc<Inbox>) {
        let mut state = self.lock();
        state.members += 1;
        if !state.workers.iter().any(|known| Arc::ptr_eq(known, inbox)) {
            state.workers.push(inbox.clone());
        }
    }

    /// Notes that somebody left; `last_of_worker`: the worker has nobody here any more.
    pub fn leave(&self, inbox: &Arc<Inbox>, last_of_worker: bool) {
        let mut state = self.lock();
        state.members = state.members.saturating_sub(1);
        if last_of_worker {
            state.workers.retain(|known| !Arc::ptr_eq(known, inbox));
        }
    }

    pub fn is_void(&self) -> bool {
        self.lock().void
    }

    pub fn is_empty(&self) -> bool {
        self.lock().members == 0
    }

    /// The log is not the one this room began with: everybody has to leave and load a snapshot.
    pub fn make_void(&self) {
        let mut state = self.lock();
        state.void = true;
        state.ring.clear();
        state.early.clear();
        self.wake_workers(state);
    }
}

impl State {
    fn apply(&mut self, frame: Arc<Frame>, ring_bytes: usize) {
        self.last = frame.version;
        match frame.access {
            Access::Granted(user, role) => {
                self.roles.insert(user, role);
            }
            Access::Revoked(user) => {
                self.roles.remove(&user);
            }
            Access::Closed => self.closed = true,
            Access::Opened => self.closed = false,
            Access::Unchanged => {}
        }
        self.ring_size += frame.body.len();
        self.ring.push_back(frame);
        // The newest frame stays whatever its size, because workers read it from the ring.
        while self.ring_size > ring_bytes && self.ring.len() > 1 {
            self.ring_size -= self.ring.pop_front().map_or(0, |gone| gone.body.len());
        }
    }

    fn apply_early(&mut self, ring_bytes: usize) {
        while let Some(entry) = self.early.first_entry() {
            match *entry.key() - self.last {
                ..=0 => drop(entry.remove()),
                1 => {
                    let next = entry.remove();
                    self.apply(next, ring_bytes);
                }
                _ => return,
            }
        }
    }

    fn completeness(&self) -> Accepted {
        match self.early.is_empty() {
            true => Accepted::InOrder,
            false => Accepted::Gap,
        }
    }
}

#[cfg(test)]
mod tests;

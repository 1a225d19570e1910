//! What a worker knows of its connections, and of each in each room. Plain memory of one thread.

use super::dialect::Dialect;
use super::outbox::Outbox;
use super::room::Room;
use crate::caller::Caller;
use domain::{ProjectId, UserId, Version};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Shortest time between two resets of a subscription. It is bounded because clients subscribe again without a pause.
const RESET_PAUSE: Duration = Duration::from_secs(10);

/// The version at which a member was let in, before that is known.
pub(super) const NOT_YET: Version = Version::MAX;

/// One connection.
pub struct Client {
    /// Random, so that no other connection has it, on whichever instance and after whichever restart.
    pub id: Uuid,
    /// How it is spoken to.
    pub dialect: &'static dyn Dialect,
    /// What waits to be written to it.
    pub outbox: Rc<Outbox>,
    /// Who is behind it, once known.
    pub identity: RefCell<Option<Caller>>,
    /// Whether it hears when the list of its projects changes.
    pub on_own_channel: Cell<bool>,
    /// The rooms that it is in.
    pub subscriptions: RefCell<HashMap<ProjectId, Rc<Subscription>>>,
    pub(super) resets: RefCell<HashMap<ProjectId, Instant>>,
    pub(super) clock: Clock,
    /// A command of it runs.
    pub busy: Cell<bool>,
    /// To be closed as soon as it is not busy.
    pub leaving: Cell<bool>,
}

/// One connection in one room.
pub struct Subscription {
    pub(super) client: Rc<Client>,
    pub(super) share: Rc<Share>,
    pub(super) ended: Cell<bool>,
    /// Others are shown that the client is here.
    pub(super) present: Cell<bool>,
    /// It hears who comes and leaves.
    pub(super) hears_people: Cell<bool>,
    /// The version as of which the member was let in: earlier events about the membership do not end the subscription.
    pub(super) admitted_at: Cell<Version>,
    /// The last version handed to the client; a live one stands where its share stands.
    pub(super) position: Cell<Version>,
}

/// A worker's part of a room.
pub(super) struct Share {
    pub room: Arc<Room>,
    /// The last version handed to the live subscriptions.
    pub position: Cell<Version>,
    /// Subscriptions, live and joining.
    pub members: Cell<usize>,
    pub live: RefCell<Vec<Rc<Subscription>>>,
    pub joining: RefCell<Vec<Rc<Subscription>>>,
    /// Subscriptions that hear who comes and leaves.
    pub hearers: Cell<usize>,
    /// Who is there, as the hearers were told.
    pub shown: RefCell<Option<HashMap<Uuid, UserId>>>,
}

/// The deadlines of one connection.
pub(super) struct Clock {
    pub opened: Instant,
    pub next_sign: Cell<Instant>,
    pub answer_due: Cell<Option<Instant>>,
}

impl Clock {
    fn start(every: Duration) -> Clock {
        let now = Instant::now();
        Clock { opened: now, next_sign: Cell::new(now + every), answer_due: Cell::new(None) }
    }
}

impl Share {
    pub(super) fn begin(room: &Arc<Room>) -> Rc<Share> {
        Rc::new(Share {
            room: room.clone(),
            position: Cell::new(room.last()),
            members: Cell::new(0),
            live: RefCell::default(),
            joining: RefCell::default(),
            hearers: Cell::new(0),
            shown: RefCell::default(),
        })
    }
}

impl Subscription {
    /// The client was found to be a member.
    pub(super) fn is_admitted(&self) -> bool {
        self.admitted_at.get() != NOT_YET
    }
}

impl Client {
    pub(super) fn new(dialect: &'static dyn Dialect, queue_bytes: usize) -> Client {
        Client {
            id: Uuid::new_v4(),
            dialect,
            outbox: Outbox::new(queue_bytes),
            identity: RefCell::default(),
            on_own_channel: Cell::new(false),
            subscriptions: RefCell::default(),
            resets: RefCell::default(),
            clock: Clock::start(dialect.sign_of_life().every),
            busy: Cell::new(false),
            leaving: Cell::new(false),
        }
    }

    /// Whether it is a connection of that person.
    pub fn is_of(&self, user: UserId) -> bool {
        self.identity.borrow().as_ref().is_some_and(|identity| identity.user == user)
    }

    /// The client answered a sign of life, or gave one unasked.
    pub fn heard(&self) {
        self.clock.answer_due.set(None);
    }

    /// The room of a project that it is in.
    pub(super) fn room(&self, project: ProjectId) -> Option<Arc<Room>> {
        self.subscriptions.borrow().get(&project).map(|subscription| subscription.share.room.clone())
    }

    pub(super) fn reset_too_often(&self, project: ProjectId) -> bool {
        let now = Instant::now();
        let before = self.resets.borrow_mut().insert(project, now);
        before.is_some_and(|before| now.duration_since(before) < RESET_PAUSE)
    }
}

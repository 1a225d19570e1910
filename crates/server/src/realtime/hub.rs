//! Step 8 of 8, the part that is one per actix worker: the sockets that this thread owns, and who of them is in which
//! room. Frames come as one wake-up per room and event; everything here is plain memory of one thread.

use super::clock::{self, Clock};
use super::close::{Close, Unsubscribe};
use super::frame::Frame;
use super::inbox::Inbox;
use super::outbox::{Full, Outbox};
use super::protocol;
use super::room::{Room, Stretch};
use super::{Realtime, join};
use bytes::Bytes;
use domain::event::Access;
use domain::{ProjectId, UserId, Version};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Frames taken from a room at once.
const STRETCH: usize = 256;
/// A subscription is told to start over (2500) at most so often; the SDK has no backoff for it.
const RESET_PAUSE: Duration = Duration::from_secs(10);
/// Clients that are written to before others have their turn.
const TURN: usize = 64;
/// Frames are gathered for one write each if writing the ones before took longer than this, and for at most so long.
const LONG_WRITING: Duration = Duration::from_millis(2);
const LONGEST_GATHERING: Duration = Duration::from_millis(10);
/// How often a stopping instance closes some connections.
const SEND_AWAY_TICK: Duration = Duration::from_millis(50);

/// How a client is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A WebSocket with the Centrifuge protocol.
    Socket,
    /// Server-Sent Events of one project.
    Events,
}

/// Who is behind a connection, once known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub user: UserId,
    pub sid: Uuid,
    /// Unix seconds.
    pub expires_at: i64,
}

/// One connection.
pub struct Client {
    pub id: u64,
    pub dialect: Dialect,
    pub outbox: Rc<Outbox>,
    pub identity: Cell<Option<Identity>>,
    pub on_own_channel: Cell<bool>,
    pub subscriptions: RefCell<HashMap<ProjectId, Rc<Subscription>>>,
    resets: RefCell<HashMap<ProjectId, Instant>>,
    pub clock: Clock,
    /// A command of it runs.
    pub busy: Cell<bool>,
    /// To be closed as soon as it is not busy.
    pub leaving: Cell<bool>,
}

/// One connection in one room.
pub struct Subscription {
    pub client: Rc<Client>,
    pub share: Rc<Share>,
    pub ended: Cell<bool>,
    /// The version as of which the member was let in: what happened to the membership before that is history.
    pub admitted_at: Cell<Version>,
    /// The last version handed to the client; a live one stands where its share stands.
    pub position: Cell<Version>,
}

/// A worker's part of a room.
pub struct Share {
    pub room: Arc<Room>,
    /// The last version handed to the live subscriptions.
    pub position: Cell<Version>,
    /// Subscriptions, live and joining.
    pub members: Cell<usize>,
    pub live: RefCell<Vec<Rc<Subscription>>>,
    pub joining: RefCell<Vec<Rc<Subscription>>>,
}

/// All connections of one worker.
pub struct Hub {
    pub realtime: Arc<Realtime>,
    pub inbox: Arc<Inbox>,
    clients: RefCell<HashMap<u64, Rc<Client>>>,
    shares: RefCell<HashMap<ProjectId, Rc<Share>>>,
    /// Frames were queued on them, and are to be written.
    unsent: RefCell<Vec<Rc<Outbox>>>,
    last_id: Cell<u64>,
}

thread_local! {
    static HERE: OnceCell<Rc<Hub>> = const { OnceCell::new() };
}

impl Hub {
    /// The hub of this worker's thread, started at its first use.
    pub fn here(realtime: &Arc<Realtime>) -> Rc<Hub> {
        HERE.with(|here| here.get_or_init(|| Hub::start(realtime.clone())).clone())
    }

    fn start(realtime: Arc<Realtime>) -> Rc<Hub> {
        let inbox = Arc::new(Inbox::default());
        realtime.inboxes.lock().unwrap_or_else(PoisonError::into_inner).push(inbox.clone());
        let hub = Rc::new(Hub {
            realtime,
            inbox,
            clients: RefCell::default(),
            shares: RefCell::default(),
            unsent: RefCell::default(),
            last_id: Cell::new(0),
        });
        actix_web::rt::spawn(listen(hub.clone()));
        actix_web::rt::spawn(clock::tick(hub.clone()));
        hub
    }

    pub fn connect(&self, dialect: Dialect) -> Rc<Client> {
        let id = self.last_id.get() + 1;
        self.last_id.set(id);
        let client = Rc::new(Client {
            id,
            dialect,
            outbox: Outbox::new(self.realtime.limits.socket_queue_bytes),
            identity: Cell::new(None),
            on_own_channel: Cell::new(false),
            subscriptions: RefCell::default(),
            resets: RefCell::default(),
            clock: Clock::start(dialect),
            busy: Cell::new(false),
            leaving: Cell::new(false),
        });
        self.clients.borrow_mut().insert(id, client.clone());
        self.realtime.sockets.inc();
        client
    }

    /// The connection is over: it leaves its rooms and is forgotten.
    pub fn disconnect(&self, client: &Rc<Client>) {
        if self.clients.borrow_mut().remove(&client.id).is_none() {
            return;
        }
        self.realtime.sockets.dec();
        let subscriptions: Vec<_> = client.subscriptions.borrow().values().cloned().collect();
        subscriptions.iter().for_each(|subscription| self.leave(subscription));
        if let Some(Identity { user, sid, .. }) = client.identity.take() {
            self.realtime.people.leave(user, sid);
        }
    }

    pub fn clients(&self) -> Vec<Rc<Client>> {
        self.clients.borrow().values().cloned().collect()
    }

    /// This worker's share of a room, made if need be.
    pub fn share(&self, room: &Arc<Room>) -> Rc<Share> {
        let known = self.shares.borrow().get(&room.project).cloned();
        if let Some(share) = known {
            if Arc::ptr_eq(&share.room, room) {
                return share;
            }
            // The room before it is void, and the news of that is still on its way here.
            self.end_all(&share);
        }
        let share = Share::begin(room);
        self.shares.borrow_mut().insert(room.project, share.clone());
        share
    }

    pub fn leave(&self, subscription: &Rc<Subscription>) {
        if subscription.ended.replace(true) {
            return;
        }
        let share = &subscription.share;
        let project = share.room.project;
        subscription.client.subscriptions.borrow_mut().remove(&project);
        share.joining.borrow_mut().retain(|other| !Rc::ptr_eq(other, subscription));
        // A pump that is under way has taken the list and drops the ended ones itself.
        share.live.borrow_mut().retain(|other| !Rc::ptr_eq(other, subscription));
        share.members.set(share.members.get() - 1);
        let last = share.members.get() == 0;
        if last {
            self.shares.borrow_mut().retain(|_, known| !Rc::ptr_eq(known, share));
        }
        self.realtime.leave(&share.room, &self.inbox, last);
    }

    /// Ends a subscription and says why.
    pub fn unsubscribe(&self, subscription: &Rc<Subscription>, why: Unsubscribe) {
        if subscription.ended.get() {
            return;
        }
        let client = subscription.client.clone();
        let project = subscription.share.room.project;
        self.leave(subscription);
        match client.dialect {
            Dialect::Events => client.outbox.end(super::sse::farewell(why), false),
            Dialect::Socket if why == Unsubscribe::INSUFFICIENT_STATE && client.reset_too_often(project) => {
                self.close(&client, Close::INSUFFICIENT_STATE);
            }
            Dialect::Socket => self.send(&client, protocol::unsubscribed(project, why)),
        }
    }

    /// Sends bytes; a client whose queue is full is closed, and resumes where it stood.
    pub fn send(&self, client: &Rc<Client>, bytes: Bytes) {
        match client.outbox.push(bytes) {
            Ok(()) => client.outbox.flush(),
            Err(Full) => self.close(client, Close::SLOW),
        }
    }

    /// Ends a connection.
    pub fn close(&self, client: &Rc<Client>, close: Close) {
        tracing::debug!(code = close.code, reason = close.reason, "closing a connection");
        match client.dialect {
            Dialect::Socket => client.outbox.end(protocol::close(close), close == Close::SLOW),
            Dialect::Events => client.outbox.end(Bytes::new(), true),
        }
        self.disconnect(client);
    }

    /// Queues one frame for one client, for the next [`Hub::flush`], and ends the subscription where the frame says so.
    ///
    /// # Errors
    /// [`Full`]: the client was not given it, and stands where it stood.
    pub fn deliver(&self, subscription: &Rc<Subscription>, frame: &Frame) -> Result<(), Full> {
        let client = &subscription.client;
        let bytes = match client.dialect {
            Dialect::Socket => frame.push(subscription.share.room.project),
            Dialect::Events => frame.sse(),
        };
        client.outbox.push(bytes)?;
        if client.outbox.promise() {
            self.unsent.borrow_mut().push(client.outbox.clone());
        }
        subscription.position.set(frame.version);
        if frame.version <= subscription.admitted_at.get() {
            return Ok(());
        }
        let removed = match frame.access {
            Access::Revoked(user) => client.identity.get().is_some_and(|identity| identity.user == user),
            Access::Closed => true,
            Access::Granted(..) | Access::Unchanged | Access::Opened => false,
        };
        if removed {
            self.unsubscribe(subscription, Unsubscribe::REMOVED);
        }
        Ok(())
    }

    /// Writes what was delivered, one write for each client.
    pub fn flush(&self) {
        self.unsent.take().iter().for_each(|outbox| outbox.flush());
    }

    /// The same, with turns for others in between.
    async fn flush_in_turns(&self) {
        for (index, outbox) in self.unsent.take().iter().enumerate() {
            if index % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            outbox.flush();
        }
    }

    /// Brings this worker's live subscriptions up to where the room stands. Whoever calls it [flushes](Hub::flush).
    pub fn pump(self: &Rc<Self>, share: &Rc<Share>) {
        if share.room.is_void() {
            return self.end_all(share);
        }
        loop {
            match share.room.after(share.position.get(), STRETCH) {
                Stretch::Frames(frames) if frames.is_empty() => return,
                Stretch::Frames(frames) => frames.iter().for_each(|frame| self.fan_out(share, frame)),
                Stretch::TooOld => return self.fall_behind(share),
            }
        }
    }

    fn fan_out(self: &Rc<Self>, share: &Rc<Share>, frame: &Frame) {
        let (mut live, mut late) = (share.live.take(), Vec::new());
        live.retain(|subscription| {
            if !subscription.ended.get() && self.deliver(subscription, frame).is_err() {
                late.push(subscription.clone());
                return false;
            }
            !subscription.ended.get()
        });
        share.live.replace(live);
        share.position.set(frame.version);
        late.into_iter().for_each(|subscription| self.let_catch_up(share, subscription));
    }

    /// The ring has moved on under this worker: its live subscriptions catch up one by one, like newcomers.
    fn fall_behind(self: &Rc<Self>, share: &Rc<Share>) {
        let late = share.live.take();
        share.position.set(share.room.last());
        late.into_iter().for_each(|subscription| self.let_catch_up(share, subscription));
    }

    /// More came at once than its queue holds: from where it stands it goes on at its own pace, like a newcomer.
    fn let_catch_up(self: &Rc<Self>, share: &Rc<Share>, subscription: Rc<Subscription>) {
        share.joining.borrow_mut().push(subscription.clone());
        join::catch_up(self.clone(), subscription);
    }

    fn end_all(&self, share: &Rc<Share>) {
        let everybody: Vec<_> = share.live.take().into_iter().chain(share.joining.take()).collect();
        for subscription in everybody {
            self.unsubscribe(&subscription, Unsubscribe::INSUFFICIENT_STATE);
        }
    }

    fn room_has_news(self: &Rc<Self>, project: ProjectId) {
        let share = self.shares.borrow().get(&project).cloned();
        if let Some(share) = share {
            self.pump(&share);
        }
    }

    fn person_has_news(&self, user: UserId, ended: &HashSet<Uuid>) {
        for client in self.clients() {
            let Some(identity) = client.identity.get().filter(|identity| identity.user == user) else {
                continue;
            };
            if ended.contains(&identity.sid) {
                self.close(&client, Close::INVALID_TOKEN);
            } else if client.on_own_channel.get() {
                self.send(&client, protocol::for_person(user, "project_list.changed"));
            }
        }
    }
}

impl Share {
    fn begin(room: &Arc<Room>) -> Rc<Share> {
        Rc::new(Share {
            room: room.clone(),
            position: Cell::new(room.last()),
            members: Cell::new(0),
            live: RefCell::default(),
            joining: RefCell::default(),
        })
    }
}

impl Client {
    fn reset_too_often(&self, project: ProjectId) -> bool {
        let now = Instant::now();
        let before = self.resets.borrow_mut().insert(project, now);
        before.is_some_and(|before| now.duration_since(before) < RESET_PAUSE)
    }
}

/// The worker's own task: news from other threads. While sockets are written to, more comes; where that takes long, as long again is
/// waited for still more, so that each of them gets it in one write: a write is what a delivery costs.
async fn listen(hub: Rc<Hub>) {
    loop {
        let news = hub.inbox.news().await;
        news.rooms.into_iter().for_each(|project| hub.room_has_news(project));
        news.people.iter().for_each(|(user, ended)| hub.person_has_news(*user, ended));
        if news.shut_down {
            actix_web::rt::spawn(send_away(hub.clone()));
        }
        let begun = Instant::now();
        hub.flush_in_turns().await;
        let writing = begun.elapsed();
        if writing > LONG_WRITING {
            tokio::time::sleep(writing.min(LONGEST_GATHERING)).await;
        }
    }
}

/// The instance stops: its connections end one after another, so that the other instances do not get all of them at once.
/// Runs as long as the worker does, because a handshake may have been under way.
async fn send_away(hub: Rc<Hub>) {
    let ticks = Duration::from_secs(hub.realtime.limits.close_seconds).div_duration_f32(SEND_AWAY_TICK);
    let at_once = (hub.clients().len() as f32 / ticks.max(1.0)).ceil().max(1.0) as usize;
    loop {
        let staying = hub.clients().into_iter().filter(|client| !client.leaving.get());
        staying.take(at_once).for_each(|client| {
            client.leaving.set(true);
            // Who waits for the answer to a command gets it first.
            if !client.busy.get() {
                hub.close(&client, Close::SHUTDOWN);
            }
        });
        tokio::time::sleep(SEND_AWAY_TICK).await;
    }
}

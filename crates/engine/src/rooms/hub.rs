//! Step 8 of 8, the part that is one per worker: the sockets that this thread owns, and who of them is in which
//! room. Frames come as one wake-up per room and event; everything here is plain memory of one thread.

use super::client::{Client, Share, Subscription};
use super::connected::TooManyConnections;
use super::dialect::{Closing, Dialect, Farewell, LastWord, Parting};
use super::inbox::Inbox;
use super::loader::Unanswered;
use super::outbox::{Full, Outbox};
use super::registry::Rooms;
use super::room::Room;
use crate::caller::Caller;
use crate::frame::Frame;
use bytes::Bytes;
use domain::ProjectId;
use domain::event::Access;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use store::sessions::Standing;
use uuid::Uuid;

/// How many clients are written to before other tasks have their turn.
const TURN: usize = 64;

/// All connections of one worker.
pub struct Hub {
    pub(super) rooms: Arc<Rooms>,
    pub(super) inbox: Arc<Inbox>,
    clients: RefCell<HashMap<Uuid, Rc<Client>>>,
    shares: RefCell<HashMap<ProjectId, Rc<Share>>>,
    /// Frames were queued on them, and are to be written.
    unsent: RefCell<Vec<Rc<Outbox>>>,
}

impl Hub {
    pub(super) fn new(rooms: Arc<Rooms>) -> Hub {
        Hub {
            rooms,
            inbox: Arc::default(),
            clients: RefCell::default(),
            shares: RefCell::default(),
            unsent: RefCell::default(),
        }
    }

    /// A new connection of this worker, spoken to in its dialect.
    pub fn connect(&self, dialect: &'static dyn Dialect) -> Rc<Client> {
        let client = Rc::new(Client::new(dialect, self.rooms.limits.socket_queue_bytes));
        self.clients.borrow_mut().insert(client.id, client.clone());
        self.rooms.sockets.inc();
        client
    }

    /// The connection is over: it leaves its rooms and is forgotten.
    pub fn disconnect(&self, client: &Rc<Client>) {
        if self.clients.borrow_mut().remove(&client.id).is_none() {
            return;
        }
        self.rooms.sockets.dec();
        let subscriptions: Vec<_> = client.subscriptions.borrow().values().cloned().collect();
        subscriptions.iter().for_each(|subscription| self.leave(subscription));
        if let Some(Caller { user, sid, .. }) = client.identity.take() {
            self.rooms.connected.leave(user, sid);
        }
    }

    pub(super) fn clients(&self) -> Vec<Rc<Client>> {
        self.clients.borrow().values().cloned().collect()
    }

    pub(super) fn share_here(&self, project: ProjectId) -> Option<Rc<Share>> {
        self.shares.borrow().get(&project).cloned()
    }

    /// This worker's share of a room, made if need be.
    pub(super) fn share(&self, room: &Arc<Room>) -> Rc<Share> {
        let known = self.shares.borrow().get(&room.project).cloned();
        if let Some(share) = known {
            if Arc::ptr_eq(&share.room, room) {
                return share;
            }
            // The old room is void, and its notice has not reached this worker yet.
            self.end_all(&share);
        }
        let share = Share::begin(room);
        self.shares.borrow_mut().insert(room.project, share.clone());
        share
    }

    /// Leaves a room, without a word.
    pub fn leave(&self, subscription: &Rc<Subscription>) {
        if subscription.ended.replace(true) {
            return;
        }
        let share = &subscription.share;
        let project = share.room.project;
        subscription.client.subscriptions.borrow_mut().remove(&project);
        self.end_hearing(subscription);
        if subscription.present.replace(false) {
            self.rooms.people_moved(&share.room, share.room.presence.go(subscription.client.id));
        }
        share.joining.borrow_mut().retain(|other| !Rc::ptr_eq(other, subscription));
        // A pump that is under way has taken the list and drops ended subscriptions itself.
        share.live.borrow_mut().retain(|other| !Rc::ptr_eq(other, subscription));
        share.members.set(share.members.get() - 1);
        let last = share.members.get() == 0;
        if last {
            self.shares.borrow_mut().retain(|_, known| !Rc::ptr_eq(known, share));
        }
        self.rooms.leave(&share.room, &self.inbox, last);
    }

    /// Says whose connection it is. `feed_version` is the person's, as it was when the session was judged.
    ///
    /// # Errors
    /// [`TooManyConnections`]: the person has too many here already.
    pub fn identify(
        &self,
        client: &Client,
        caller: Caller,
        feed_version: i64,
    ) -> Result<(), TooManyConnections> {
        let most = self.rooms.limits.account_sockets;
        self.rooms.connected.enter(caller.user, caller.sid, feed_version, most)?;
        client.identity.replace(Some(caller));
        Ok(())
    }

    /// The same person goes on with another token, perhaps of another session.
    pub fn identify_again(&self, client: &Client, caller: Caller) {
        let (user, sid) = (caller.user, caller.sid);
        let before = client.identity.replace(Some(caller));
        if let Some(before) = before.filter(|before| before.sid != sid) {
            // The new session was alive when its token was made; the feed is judged again with it.
            // It is no further connection, so it is not counted against the limit.
            let _ = self.rooms.connected.enter(user, sid, 0, usize::MAX);
            self.rooms.connected.leave(before.user, before.sid);
            self.rooms.connected.judge_now();
        }
    }

    /// Whether a person may act in a session.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn standing(&self, caller: &Caller) -> Result<Standing, Unanswered> {
        self.rooms.loader.standing(caller.user, caller.sid).await
    }

    /// Ends a subscription and says why.
    pub(super) fn unsubscribe(&self, subscription: &Rc<Subscription>, why: Parting) {
        if subscription.ended.get() {
            return;
        }
        let client = subscription.client.clone();
        let project = subscription.share.room.project;
        self.leave(subscription);
        match client.dialect.parting(project, why) {
            Farewell::Last(bytes) => client.outbox.end(bytes, false),
            Farewell::Message(_) if why == Parting::Reset && client.reset_too_often(project) => {
                self.close(&client, Closing::InsufficientState);
            }
            Farewell::Message(bytes) => self.send(&client, bytes),
        }
    }

    /// Sends bytes; a client whose queue is full is closed, and resumes where it stood.
    pub fn send(&self, client: &Rc<Client>, bytes: Bytes) {
        match client.outbox.push(bytes) {
            Ok(()) => client.outbox.flush(),
            Err(Full) => self.close(client, Closing::Slow),
        }
    }

    /// Ends a connection.
    pub(super) fn close(&self, client: &Rc<Client>, why: Closing) {
        self.end(client, client.dialect.closing(why));
    }

    /// Ends a connection with these words.
    pub fn end(&self, client: &Rc<Client>, word: LastWord) {
        client.outbox.end(word.bytes, word.discard);
        self.disconnect(client);
    }

    /// Queues one frame for one client, for the next [`Hub::flush`], and ends the subscription where the frame says so.
    ///
    /// # Errors
    /// [`Full`]: the client was not given it, and stands where it stood.
    pub(super) fn deliver(&self, subscription: &Rc<Subscription>, frame: &Frame) -> Result<(), Full> {
        let client = &subscription.client;
        let project = subscription.share.room.project;
        let bytes = frame.encoded(client.dialect.form(), |frame| client.dialect.event(project, frame));
        self.queue(client, bytes)?;
        subscription.position.set(frame.version);
        if frame.version <= subscription.admitted_at.get() {
            return Ok(());
        }
        let removed = match frame.access {
            Access::Revoked(user) => client.is_of(user),
            Access::Closed => true,
            Access::Granted(..) | Access::Unchanged | Access::Opened => false,
        };
        if removed {
            self.unsubscribe(subscription, Parting::Removed);
        }
        Ok(())
    }

    /// Queues bytes for the next [`Hub::flush`].
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn queue(&self, client: &Client, bytes: Bytes) -> Result<(), Full> {
        client.outbox.push(bytes)?;
        if client.outbox.promise() {
            self.unsent.borrow_mut().push(client.outbox.clone());
        }
        Ok(())
    }

    /// Writes what was delivered, one write for each client.
    pub(super) fn flush(&self) {
        self.unsent.take().iter().for_each(|outbox| outbox.flush());
    }

    /// The same, with turns for others in between.
    pub(super) async fn flush_in_turns(&self) {
        for (index, outbox) in self.unsent.take().iter().enumerate() {
            if index % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            outbox.flush();
        }
    }

    pub(super) fn end_all(&self, share: &Rc<Share>) {
        let everybody: Vec<_> = share.live.take().into_iter().chain(share.joining.take()).collect();
        for subscription in everybody {
            self.unsubscribe(&subscription, Parting::Reset);
        }
    }
}

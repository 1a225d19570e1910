//! Joining a room: who is let in, and what becomes of the position they came with. Deliveries begin with
//! [`begin`](super::begin).

use super::client::{Client, NOT_YET, Share, Subscription};
use super::fanout::read_page;
use super::hub::Hub;
use super::loader::Unanswered;
use super::room::{Room, Stretch, View};
use crate::frame::Frame;
use domain::{ProjectId, UserId, Version};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Events in the first page of a recovery, at most; the rest follow as pushes.
const FIRST_PAGE_EVENTS: usize = 100;
/// Bytes in it, about.
const FIRST_PAGE_BYTES: usize = 64 * 1024;

/// Where a client says it stands. An empty epoch stands for any.
#[derive(Debug, Clone)]
pub struct Position {
    /// The incarnation of the log.
    pub epoch: String,
    /// The last version that it has applied.
    pub version: Version,
}

/// How a join was judged. Nothing was sent yet; [`begin`](super::begin) starts the deliveries.
pub struct Admitted {
    /// The client's place in the room.
    pub subscription: Rc<Subscription>,
    /// The log's incarnation.
    pub epoch: Arc<str>,
    /// The room's last version when the member was let in.
    pub head: Version,
    /// What it gets first.
    pub recovery: Recovery,
}

/// What becomes of the position a client came with.
pub enum Recovery {
    /// It came with none.
    NotAsked,
    /// It gets what it missed; this is the first page.
    Recovered(Vec<Arc<Frame>>),
    /// Void: another epoch, beyond the head, or too far behind. It starts from a snapshot.
    Impossible,
}

/// Why somebody was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJoined {
    /// The connection has not said whose it is.
    Nameless,
    /// No member, or there is no such project.
    NoMember,
    /// Postgres does not answer in time, or the client is gone.
    Unanswered,
}

/// Lets a member into a room, or says why not.
///
/// # Errors
/// [`NotJoined`].
pub async fn admit(
    hub: &Rc<Hub>,
    client: &Rc<Client>,
    project: ProjectId,
    position: Option<Position>,
) -> Result<Admitted, NotJoined> {
    let user = {
        let identity = client.identity.borrow();
        let caller = identity.as_ref().ok_or(NotJoined::Nameless)?;
        if !caller.reaches(project) {
            return Err(NotJoined::NoMember);
        }
        caller.user
    };
    // Repeated because the room's log may be replaced meanwhile; the next try enters the new room.
    for _ in 0..3 {
        let entered = hub.rooms.enter(project, &hub.inbox).await?;
        let room = entered.ok_or(NotJoined::NoMember)?;
        let subscription = subscribe(hub, client, &room);
        // A client that was disconnected meanwhile has left its rooms already, so it would never leave this one.
        if client.outbox.is_over() {
            hub.leave(&subscription);
            return Err(NotJoined::Unanswered);
        }
        match judge(hub, &subscription, user, position.as_ref()).await {
            Ok(Some(admitted)) => return Ok(admitted),
            Ok(None) => hub.leave(&subscription),
            Err(why) => {
                hub.leave(&subscription);
                return Err(why);
            }
        }
    }
    Err(NotJoined::Unanswered)
}

fn subscribe(hub: &Rc<Hub>, client: &Rc<Client>, room: &Arc<Room>) -> Rc<Subscription> {
    let share = hub.share(room);
    share.members.set(share.members.get() + 1);
    let subscription = Rc::new(Subscription {
        client: client.clone(),
        share: share.clone(),
        ended: Cell::new(false),
        present: Cell::new(false),
        hears_people: Cell::new(false),
        admitted_at: Cell::new(NOT_YET),
        position: Cell::new(0),
    });
    share.joining.borrow_mut().push(subscription.clone());
    client.subscriptions.borrow_mut().insert(room.project, subscription.clone());
    subscription
}

/// `None`: the room became void meanwhile.
async fn judge(
    hub: &Rc<Hub>,
    subscription: &Rc<Subscription>,
    user: UserId,
    position: Option<&Position>,
) -> Result<Option<Admitted>, NotJoined> {
    let room = subscription.share.room.clone();
    let mut view = level(hub, &subscription.share, user);
    // A client may know a later version than this room. The room is brought up to Postgres before the client is refused.
    let beyond = position.is_some_and(|position| position.version > view.last && position.is_of(&room));
    if view.role.is_none() || beyond {
        hub.rooms.refresh(&room).await?;
        view = level(hub, &subscription.share, user);
    }
    if view.void || subscription.ended.get() {
        return Ok(None);
    }
    if view.role.is_none() {
        return Err(NotJoined::NoMember);
    }
    subscription.admitted_at.set(view.last);
    subscription.position.set(view.last);
    let recovery = match position {
        None => Recovery::NotAsked,
        Some(position) => recover(hub, subscription, position, view.last).await?,
    };
    Ok(Some(Admitted {
        subscription: subscription.clone(),
        epoch: room.epoch.clone(),
        head: view.last,
        recovery,
    }))
}

/// The room as this person sees it, with this worker's share standing at the very same version.
fn level(hub: &Rc<Hub>, share: &Rc<Share>, user: UserId) -> View {
    let level = loop {
        hub.pump(share);
        let view = share.room.view(user);
        if view.void || view.last == share.position.get() {
            break view;
        }
    };
    hub.flush();
    level
}

async fn recover(
    hub: &Rc<Hub>,
    subscription: &Rc<Subscription>,
    position: &Position,
    head: Version,
) -> Result<Recovery, NotJoined> {
    let room = &subscription.share.room;
    let limits = &hub.rooms.limits;
    let reachable =
        (0..=head).contains(&position.version) && head - position.version <= limits.recover_events;
    if !reachable || !position.is_of(room) {
        return Ok(Recovery::Impossible);
    }
    let mut page = match room.after(position.version, FIRST_PAGE_EVENTS) {
        Stretch::Frames(frames) => frames,
        Stretch::TooOld => {
            let behind = hub.rooms.loader.bytes_behind(room.project, position.version).await?;
            if behind > limits.recover_bytes {
                return Ok(Recovery::Impossible);
            }
            read_page(hub, room, position.version).await?
        }
    };
    let mut bytes = 0;
    page.truncate(FIRST_PAGE_EVENTS);
    page.retain(|frame| {
        bytes += frame.body.len();
        bytes - frame.body.len() < FIRST_PAGE_BYTES
    });
    subscription.position.set(page.last().map_or(position.version, |frame| frame.version));
    Ok(Recovery::Recovered(page))
}

impl Position {
    fn is_of(&self, room: &Room) -> bool {
        self.epoch.is_empty() || *self.epoch == *room.epoch
    }
}

impl From<Unanswered> for NotJoined {
    fn from(_: Unanswered) -> NotJoined {
        NotJoined::Unanswered
    }
}

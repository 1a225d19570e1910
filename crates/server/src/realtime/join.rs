//! Joining a room. A newcomer holds nothing back: it is a cursor that pulls pages from the ring, else from Postgres, as its
//! own queue drains, and becomes live when it stands where the others stand.

use super::Unanswered;
use super::close::{Close, Refusal};
use super::frame::Frame;
use super::hub::{Client, Hub, Share, Subscription};
use super::room::{Room, Stretch, View};
use domain::{ProjectId, UserId, Version};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Events in the first page of a recovery, at most; the rest follow as pushes.
const FIRST_PAGE_EVENTS: usize = 100;
/// Bytes in it, about.
const FIRST_PAGE_BYTES: usize = 64 * 1024;
/// Frames a cursor takes from the ring before it lets others run.
const STRIDE: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);
/// A client that has to catch up and takes nothing at all for so long is closed (3008).
const SLOWEST: Duration = Duration::from_secs(5);

/// Where a client says it stands. An empty epoch stands for any.
#[derive(Debug, Clone)]
pub struct Position {
    pub epoch: String,
    pub version: Version,
}

/// How a join was judged. Nothing was sent yet; [`begin`] starts the deliveries.
pub struct Admitted {
    pub subscription: Rc<Subscription>,
    pub epoch: Arc<str>,
    /// The room's last version when the member was let in.
    pub head: Version,
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

/// Lets a member into a room, or says why not.
///
/// # Errors
/// 103 for whoever is no member, or where there is no project; 100 when Postgres does not answer, or the client is gone.
pub async fn admit(
    hub: &Rc<Hub>,
    client: &Rc<Client>,
    project: ProjectId,
    position: Option<Position>,
) -> Result<Admitted, Refusal> {
    let user = client.identity.get().map(|identity| identity.user).ok_or(Refusal::UNAUTHORIZED)?;
    // A room whose log was replaced while we looked: once more, with the new one.
    for _ in 0..3 {
        let entered = hub.realtime.enter(project, &hub.inbox).await?;
        let room = entered.ok_or(Refusal::PERMISSION_DENIED)?;
        let subscription = subscribe(hub, client, &room);
        // Whoever was disconnected while we looked has left its rooms already, and would never leave this one.
        if client.outbox.is_over() {
            hub.leave(&subscription);
            return Err(Refusal::INTERNAL);
        }
        match judge(hub, &subscription, user, position.as_ref()).await {
            Ok(Some(admitted)) => return Ok(admitted),
            Ok(None) => hub.leave(&subscription),
            Err(refusal) => {
                hub.leave(&subscription);
                return Err(refusal);
            }
        }
    }
    Err(Refusal::INTERNAL)
}

fn subscribe(hub: &Rc<Hub>, client: &Rc<Client>, room: &Arc<Room>) -> Rc<Subscription> {
    let share = hub.share(room);
    share.members.set(share.members.get() + 1);
    let subscription = Rc::new(Subscription {
        client: client.clone(),
        share: share.clone(),
        ended: Cell::new(false),
        admitted_at: Cell::new(Version::MAX),
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
) -> Result<Option<Admitted>, Refusal> {
    let room = subscription.share.room.clone();
    let mut view = level(hub, &subscription.share, user);
    // Somebody may know of more than this room has heard of: then it is brought up to Postgres before a refusal.
    let beyond = position.is_some_and(|position| position.version > view.last && position.is_of(&room));
    if view.role.is_none() || beyond {
        hub.realtime.refresh(&room).await?;
        view = level(hub, &subscription.share, user);
    }
    if view.void || subscription.ended.get() {
        return Ok(None);
    }
    if view.role.is_none() {
        return Err(Refusal::PERMISSION_DENIED);
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
) -> Result<Recovery, Refusal> {
    let room = &subscription.share.room;
    let limits = &hub.realtime.limits;
    let reachable =
        (0..=head).contains(&position.version) && head - position.version <= limits.recover_events;
    if !reachable || !position.is_of(room) {
        return Ok(Recovery::Impossible);
    }
    let mut page = match room.after(position.version, FIRST_PAGE_EVENTS) {
        Stretch::Frames(frames) => frames,
        Stretch::TooOld => {
            let behind = hub.realtime.loader.bytes_behind(room.project, position.version).await?;
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

/// A page from Postgres. What it has beyond the room, the room gets too.
async fn read_page(hub: &Rc<Hub>, room: &Arc<Room>, after: Version) -> Result<Vec<Arc<Frame>>, Unanswered> {
    let page = hub.realtime.loader.page(room.project, after).await?;
    for frame in &page {
        room.accept(frame.clone());
    }
    Ok(page)
}

/// Starts the deliveries, after the answer was queued.
pub fn begin(hub: &Rc<Hub>, subscription: &Rc<Subscription>) {
    if !stride(hub, subscription) {
        catch_up(hub.clone(), subscription.clone());
    }
}

/// Delivers what the ring has, up to a stride and as far as there is room. `true`: it is live now, or over.
fn stride(hub: &Rc<Hub>, subscription: &Rc<Subscription>) -> bool {
    let share = &subscription.share;
    hub.pump(share);
    if subscription.ended.get() || subscription.client.outbox.is_over() {
        hub.flush();
        return true;
    }
    if let Stretch::Frames(frames) = share.room.after(subscription.position.get(), STRIDE) {
        frames.iter().take_while(|frame| deliver_next(hub, subscription, frame)).for_each(drop);
    }
    hub.flush();
    if !subscription.ended.get() && subscription.position.get() == share.position.get() {
        share.joining.borrow_mut().retain(|other| !Rc::ptr_eq(other, subscription));
        share.live.borrow_mut().push(subscription.clone());
        return true;
    }
    subscription.ended.get()
}

/// Delivers the frame if it is the next one and there is room for it.
fn deliver_next(hub: &Rc<Hub>, subscription: &Rc<Subscription>, frame: &Frame) -> bool {
    !subscription.ended.get()
        && frame.version == subscription.position.get() + 1
        && subscription.client.outbox.has_room()
        && hub.deliver(subscription, frame).is_ok()
}

/// Waits until there is room for another frame. `false`: the subscription is over, or the client so slow that it is closed.
async fn has_room(hub: &Rc<Hub>, subscription: &Rc<Subscription>) -> bool {
    hub.flush();
    if !subscription.client.outbox.room_within(SLOWEST).await {
        hub.close(&subscription.client, Close::SLOW);
    }
    !subscription.ended.get()
}

/// Follows a cursor to where the others stand, in a task that ends there.
pub fn catch_up(hub: Rc<Hub>, subscription: Rc<Subscription>) {
    actix_web::rt::spawn(async move {
        let room = subscription.share.room.clone();
        while has_room(&hub, &subscription).await {
            if stride(&hub, &subscription) {
                return;
            }
            if !matches!(room.after(subscription.position.get(), 1), Stretch::TooOld) {
                tokio::task::yield_now().await;
                continue;
            }
            match read_page(&hub, &room, subscription.position.get()).await {
                Ok(page) if page.first().is_some_and(|frame| frame.epoch == room.epoch) => {
                    for frame in &page {
                        if !has_room(&hub, &subscription).await || !deliver_next(&hub, &subscription, frame) {
                            break;
                        }
                    }
                }
                // The epoch changed, or Postgres is away: the comparison of heads ends this room, or it comes back.
                Ok(_) | Err(Unanswered) => tokio::time::sleep(PAUSE).await,
            }
        }
    });
}

impl Position {
    fn is_of(&self, room: &Room) -> bool {
        self.epoch.is_empty() || *self.epoch == *room.epoch
    }
}

impl From<Unanswered> for Refusal {
    fn from(_: Unanswered) -> Refusal {
        Refusal::INTERNAL
    }
}

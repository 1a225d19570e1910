//! Step 8 of 8: from a room's ring to the sockets of one worker. A live subscription gets each frame as it comes. One that
//! joins or falls behind is a cursor: it reads the ring, or Postgres for older frames, as its own queue drains. It becomes
//! live at the position of the live ones.

use super::client::{Share, Subscription};
use super::dialect::Closing;
use super::hub::Hub;
use super::loader::Unanswered;
use super::room::{Room, Stretch};
use crate::frame::Frame;
use domain::Version;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Frames taken from a room at once.
const STRETCH: usize = 256;
/// Frames a cursor takes from the ring before it lets others run.
const STRIDE: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);
/// A client that has to catch up and takes nothing at all for so long is closed.
const SLOWEST: Duration = Duration::from_secs(5);

impl Hub {
    /// Brings this worker's live subscriptions up to where the room stands. The caller [flushes](Hub::flush).
    pub(super) fn pump(self: &Rc<Self>, share: &Rc<Share>) {
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

    /// The ring no longer has what this worker needs, so its live subscriptions become cursors.
    fn fall_behind(self: &Rc<Self>, share: &Rc<Share>) {
        let late = share.live.take();
        share.position.set(share.room.last());
        late.into_iter().for_each(|subscription| self.let_catch_up(share, subscription));
    }

    /// More frames came at once than its queue holds, so it becomes a cursor from its position on.
    fn let_catch_up(self: &Rc<Self>, share: &Rc<Share>, subscription: Rc<Subscription>) {
        share.joining.borrow_mut().push(subscription.clone());
        catch_up(self.clone(), subscription);
    }
}

/// Reads a page from Postgres. Events in it that the room does not have yet are given to the room too.
pub async fn read_page(
    hub: &Rc<Hub>,
    room: &Arc<Room>,
    after: Version,
) -> Result<Vec<Arc<Frame>>, Unanswered> {
    let page = hub.rooms.loader.page(room.project, after).await?;
    for frame in &page {
        room.accept(frame.clone());
    }
    Ok(page)
}

/// Starts the deliveries, after the answer was queued.
pub fn begin(hub: &Rc<Hub>, subscription: &Rc<Subscription>) {
    hub.appear(subscription);
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
        hub.close(&subscription.client, Closing::Slow);
    }
    !subscription.ended.get()
}

/// Follows a cursor to where the others stand, in a task that ends there.
pub fn catch_up(hub: Rc<Hub>, subscription: Rc<Subscription>) {
    tokio::task::spawn_local(async move {
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
                // The epoch changed, or Postgres is away. In the first case the comparison of heads ends this room; in the
                // second the loop tries again.
                Ok(_) | Err(Unanswered) => tokio::time::sleep(PAUSE).await,
            }
        }
    });
}

//! From somebody who says something into a room to the others in it, on all instances. Whatever cannot be passed on at once is
//! dropped, because it is out of date a moment later.

use super::client::{Client, Subscription};
use super::hub::Hub;
use super::publisher::Publisher;
use super::said::{ClientInfo, Said};
use bytes::Bytes;
use domain::ProjectId;
use std::rc::Rc;
use std::sync::Arc;

/// The connection is in no such room, or its person is no member any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not in the room")]
pub struct NotInRoom;

/// Says `data` to the others in a room that the client is in: here at once, and through Redis by one message.
///
/// # Errors
/// [`NotInRoom`].
pub fn say(
    hub: &Hub,
    publisher: Option<&Publisher>,
    client: &Client,
    project: ProjectId,
    data: Bytes,
) -> Result<(), NotInRoom> {
    let room = client.room(project).ok_or(NotInRoom)?;
    let identity = client.identity.borrow();
    // Others hear it, so a token that may only look may not say it.
    let caller = identity.as_ref().filter(|caller| caller.may_write()).ok_or(NotInRoom)?;
    let user = caller.user;
    let view = room.view(user);
    view.role.filter(|_| !view.void).ok_or(NotInRoom)?;
    let by = ClientInfo { client: client.id, user };
    let said = Arc::new(Said::new(project, by, data, room.epoch.clone(), view.last));
    if let Some(publisher) = publisher {
        publisher.say(project, said.to_message(hub.rooms.instance));
    }
    room.say(&said);
    Ok(())
}

impl Hub {
    /// Passes on what was said to this worker's clients. The caller [flushes](Hub::flush).
    pub(super) fn pass_on(self: &Rc<Self>, said: &Said) {
        let Some(share) = self.share_here(said.project) else { return };
        // A removal that the room knows ends its subscription first.
        self.pump(&share);
        if *share.room.epoch != *said.epoch {
            return;
        }
        share.live.borrow().iter().for_each(|subscription| self.hand_over(subscription, said));
        let joining = share.joining.borrow();
        let members = joining.iter().filter(|subscription| {
            let user = subscription.client.identity.borrow().as_ref().map(|identity| identity.user);
            user.is_some_and(|user| share.room.view(user).role.is_some())
        });
        members.for_each(|subscription| self.hand_over(subscription, said));
    }

    /// Queues it, unless the client said it, is not admitted yet, or has much to read already.
    fn hand_over(&self, subscription: &Subscription, said: &Said) {
        let client = &subscription.client;
        if subscription.ended.get()
            || !subscription.is_admitted()
            || client.id == said.by.client
            || !client.outbox.has_room()
        {
            return;
        }
        let bytes = said.encoded(client.dialect.form(), |said| client.dialect.said(said));
        // There is room, as was just seen.
        let _ = self.queue(client, bytes);
    }
}

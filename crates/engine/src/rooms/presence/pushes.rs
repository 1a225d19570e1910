//! Who comes and leaves, for the subscriptions of one worker that want to hear it. The worker compares who is there now with
//! who was there when it last looked, so however many moves there were, nothing waits but one wake-up.

use crate::frame::Form;
use crate::rooms::client::{Share, Subscription};
use crate::rooms::dialect::{Closing, Step};
use crate::rooms::hub::Hub;
use crate::rooms::said::ClientInfo;
use domain::UserId;
use std::collections::HashMap;
use std::rc::Rc;
use uuid::Uuid;

impl Hub {
    /// Others see from now on that the client is in the room. Streams have no client that others could see.
    pub(in crate::rooms) fn appear(&self, subscription: &Subscription) {
        let client = &subscription.client;
        let user = client.identity.borrow().as_ref().map(|identity| identity.user);
        let Some(user) = user.filter(|_| client.dialect.form() == Form::Socket) else { return };
        if !subscription.ended.get() && !subscription.present.replace(true) {
            let room = &subscription.share.room;
            self.rooms.people_moved(room, room.presence.come(ClientInfo { client: client.id, user }));
        }
    }

    /// The subscription hears from now on who comes and leaves.
    pub fn begin_hearing(&self, subscription: &Subscription) {
        if subscription.ended.get() || subscription.hears_people.replace(true) {
            return;
        }
        let share = &subscription.share;
        if share.room.presence.begin_hearing() {
            self.rooms.presence.has_to_say(share.room.project);
        }
        share.hearers.set(share.hearers.get() + 1);
        share.shown.borrow_mut().get_or_insert_with(|| share.room.presence.everybody());
    }

    pub(in crate::rooms) fn end_hearing(&self, subscription: &Subscription) {
        if !subscription.hears_people.replace(false) {
            return;
        }
        let share = &subscription.share;
        share.room.presence.end_hearing();
        share.hearers.set(share.hearers.get() - 1);
        if share.hearers.get() == 0 {
            share.shown.take();
        }
    }

    /// Tells this worker's hearers who came and who left. The caller [flushes](Hub::flush).
    pub(in crate::rooms) fn show_people(&self, share: &Rc<Share>) {
        let Some(before) = share.shown.take() else { return };
        let now = share.room.presence.everybody();
        let left = missing_in(&before, &now).map(|person| (Step::Left, person));
        let came = missing_in(&now, &before).map(|person| (Step::Came, person));
        left.chain(came).for_each(|(step, person)| self.show(share, step, person));
        // Whoever was closed for being slow may have been the last hearer.
        if share.hearers.get() > 0 {
            share.shown.replace(Some(now));
        }
    }

    /// Nobody is told of themselves.
    fn show(&self, share: &Share, step: Step, person: ClientInfo) {
        let (mut encoded, mut slow) = (None, Vec::new());
        for subscription in share.live.borrow().iter().chain(share.joining.borrow().iter()) {
            let client = &subscription.client;
            if !subscription.hears_people.get() || client.id == person.client {
                continue;
            }
            let encode = || client.dialect.step(share.room.project, step, person);
            let bytes = encoded.get_or_insert_with(encode).clone();
            if self.queue(client, bytes).is_err() {
                slow.push(client.clone());
            }
        }
        // A client that misses a step would have a wrong list; it begins anew.
        slow.iter().for_each(|client| self.close(client, Closing::Slow));
    }
}

fn missing_in(
    these: &HashMap<Uuid, UserId>,
    those: &HashMap<Uuid, UserId>,
) -> impl Iterator<Item = ClientInfo> {
    let missing = these.iter().filter(|(client, _)| !those.contains_key(client));
    missing.map(|(client, user)| ClientInfo { client: *client, user: *user })
}

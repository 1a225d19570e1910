//! The tasks of one worker: news from other threads, and the deadlines of all its connections, looked at once a second: no
//! timer per socket. Invariant I11: no socket outlives its token.

use super::client::Client;
use super::dialect::Closing;
use super::hub::Hub;
use super::inbox::Personal;
use super::registry::Rooms;
use domain::{ProjectId, UserId};
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A client that does not say who it is for so long is closed.
const NAMED_WITHIN: Duration = Duration::from_secs(5);
/// Frames are gathered for one write each if writing the ones before took longer than this, and for at most so long.
const LONG_WRITING: Duration = Duration::from_millis(2);
const LONGEST_GATHERING: Duration = Duration::from_millis(10);
/// How often a stopping instance closes some connections.
const SEND_AWAY_TICK: Duration = Duration::from_millis(50);

thread_local! {
    static HERE: OnceCell<Rc<Hub>> = const { OnceCell::new() };
}

/// The hub of this worker's thread, started at its first use. The thread runs a [`tokio::task::LocalSet`].
pub fn hub(rooms: &Arc<Rooms>) -> Rc<Hub> {
    HERE.with(|here| here.get_or_init(|| start(rooms.clone())).clone())
}

fn start(rooms: Arc<Rooms>) -> Rc<Hub> {
    let hub = Rc::new(Hub::new(rooms.clone()));
    rooms.add_worker(hub.inbox.clone());
    tokio::task::spawn_local(listen(hub.clone()));
    tokio::task::spawn_local(tick(hub.clone()));
    hub
}

/// The worker's clock: signs of life, tokens that end, clients that never say who they are.
async fn tick(hub: Rc<Hub>) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    loop {
        every_second.tick().await;
        let now = Instant::now();
        let unix_now = jiff::Timestamp::now().as_second();
        for client in hub.clients() {
            look_at(&hub, &client, now, unix_now);
        }
    }
}

fn look_at(hub: &Rc<Hub>, client: &Rc<Client>, now: Instant, unix_now: i64) {
    let clock = &client.clock;
    if client.outbox.is_over() {
        return hub.disconnect(client);
    }
    let expires_at = client.identity.borrow().as_ref().map(|identity| identity.expires_at);
    match expires_at {
        None if now > clock.opened + NAMED_WITHIN => return hub.close(client, Closing::Nameless),
        None => return,
        Some(expires_at) if expires_at <= unix_now => return hub.close(client, Closing::Expired),
        Some(_) => {}
    }
    if clock.answer_due.get().is_some_and(|due| now > due) {
        return hub.close(client, Closing::Silent);
    }
    if now < clock.next_sign.get() {
        return;
    }
    let sign = client.dialect.sign_of_life();
    clock.next_sign.set(now + sign.every);
    if let Some(within) = sign.answered_within {
        clock.answer_due.set(Some(now + within));
    }
    hub.send(client, sign.bytes);
}

/// The worker's own task: news from other threads. More frames arrive while sockets are written to. If a round of writing
/// takes long, the worker waits as long again before the next one, so that a socket gets several frames by one write,
/// because the write is what a delivery costs.
async fn listen(hub: Rc<Hub>) {
    loop {
        let news = hub.inbox.news().await;
        news.rooms.into_iter().for_each(|project| room_has_news(&hub, project));
        news.moved.into_iter().for_each(|project| people_moved(&hub, project));
        news.said.iter().for_each(|said| hub.pass_on(said));
        news.people.iter().for_each(|(user, news)| person_has_news(&hub, *user, news));
        if news.shut_down {
            tokio::task::spawn_local(send_away(hub.clone()));
        }
        let begun = Instant::now();
        hub.flush_in_turns().await;
        let writing = begun.elapsed();
        if writing > LONG_WRITING {
            tokio::time::sleep(writing.min(LONGEST_GATHERING)).await;
        }
    }
}

/// Ends the connections of a stopping instance one after another, so that the other instances do not get all of them at
/// once. Runs as long as the worker does, because a handshake may have been under way.
async fn send_away(hub: Rc<Hub>) {
    let ticks = hub.rooms.limits.close.div_duration_f32(SEND_AWAY_TICK);
    let at_once = (hub.clients().len() as f32 / ticks.max(1.0)).ceil().max(1.0) as usize;
    loop {
        let staying = hub.clients().into_iter().filter(|client| !client.leaving.get());
        staying.take(at_once).for_each(|client| {
            client.leaving.set(true);
            // A client that waits for the answer to a command gets the answer first.
            if !client.busy.get() {
                hub.close(&client, Closing::ShuttingDown);
            }
        });
        tokio::time::sleep(SEND_AWAY_TICK).await;
    }
}

fn room_has_news(hub: &Rc<Hub>, project: ProjectId) {
    if let Some(share) = hub.share_here(project) {
        hub.pump(&share);
    }
}

fn people_moved(hub: &Rc<Hub>, project: ProjectId) {
    if let Some(share) = hub.share_here(project) {
        hub.show_people(&share);
    }
}

fn person_has_news(hub: &Hub, user: UserId, news: &Personal) {
    for client in hub.clients() {
        let identity = client.identity.borrow().as_ref().map(|identity| (identity.user, identity.sid));
        let Some((_, sid)) = identity.filter(|(who, _)| *who == user) else { continue };
        if news.ended.contains(&sid) {
            hub.close(&client, Closing::SessionEnded);
        } else if client.on_own_channel.get() {
            news.concerns.iter().for_each(|concern| hub.send(&client, client.dialect.changed(user, concern)));
        }
    }
}

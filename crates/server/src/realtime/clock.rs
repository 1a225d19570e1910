//! The deadlines of all connections of a worker, looked at once a second: no timer per socket. Invariant I11: no socket
//! outlives its token.

use super::close::Close;
use super::hub::{Client, Dialect, Hub};
use super::protocol::{self, PING_SECONDS, PONG_SECONDS};
use bytes::Bytes;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A client that sends no `connect` for so long is closed.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A stream gets a comment so often, so that what lies between does not take it for dead.
const STREAM_COMMENT: Duration = Duration::from_secs(15);

/// The deadlines of one connection.
pub struct Clock {
    opened: Instant,
    next_ping: Cell<Instant>,
    pong_due: Cell<Option<Instant>>,
}

impl Clock {
    pub fn start(dialect: Dialect) -> Clock {
        let now = Instant::now();
        Clock { opened: now, next_ping: Cell::new(now + interval(dialect)), pong_due: Cell::new(None) }
    }

    /// The client answered a ping, or sent a pong unasked.
    pub fn heard_pong(&self) {
        self.pong_due.set(None);
    }
}

/// How often a connection gets a sign of life.
fn interval(dialect: Dialect) -> Duration {
    match dialect {
        Dialect::Socket => Duration::from_secs(PING_SECONDS),
        Dialect::Events => STREAM_COMMENT,
    }
}

/// The worker's clock: pings, pongs, tokens that end, clients that never say who they are.
pub async fn tick(hub: Rc<Hub>) {
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
    match client.identity.get() {
        None if now > clock.opened + CONNECT_WITHIN => return hub.close(client, Close::STALE),
        None => return,
        Some(identity) if identity.expires_at <= unix_now => return hub.close(client, Close::EXPIRED),
        Some(_) => {}
    }
    if clock.pong_due.get().is_some_and(|due| now > due) {
        return hub.close(client, Close::NO_PONG);
    }
    if now < clock.next_ping.get() {
        return;
    }
    clock.next_ping.set(now + interval(client.dialect));
    match client.dialect {
        Dialect::Socket => {
            clock.pong_due.set(Some(now + Duration::from_secs(PONG_SECONDS)));
            hub.send(client, protocol::ping());
        }
        Dialect::Events => hub.send(client, Bytes::from_static(b":\n\n")),
    }
}

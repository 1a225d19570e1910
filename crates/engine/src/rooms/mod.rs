//! Steps 6 to 8 of 8: from a commit to every client.
//!
//! Rooms are shared by all threads of the instance; each thread that owns sockets has a [`Hub`] with its connections. Redis carries
//! hints between instances (`publisher`, `relay`); `heads` compares every room with Postgres, so that whatever
//! Redis loses, delays, doubles or reorders is repaired before a client sees it.

mod client;
mod connected;
mod dialect;
mod fanout;
mod heads;
mod hint;
mod hints;
mod hub;
mod inbox;
mod join;
mod loader;
mod outbox;
mod presence;
mod publisher;
mod registry;
mod relay;
mod room;
mod said;
mod saying;
mod worker;

pub use client::{Client, Subscription};
pub use connected::TooManyConnections;
pub use dialect::{Closing, Concern, Dialect, Farewell, LastWord, Parting, SignOfLife, Step};
pub use fanout::begin;
pub use hub::Hub;
pub use join::{Admitted, NotJoined, Position, Recovery};
pub use loader::Unanswered;
pub use outbox::{Outbox, Outlet};
pub use presence::NotKnown;
pub use said::{ClientInfo, Said};
pub use saying::NotInRoom;

pub(crate) use hints::FeedHints;
pub(crate) use join::admit;
pub(crate) use presence::present;
pub(crate) use publisher::Publisher;
pub(crate) use registry::Rooms;
pub(crate) use saying::say;
pub(crate) use worker::hub;

use crate::settings::Limits;
use loader::Loader;
use prometheus_client::metrics::gauge::Gauge;
use std::sync::Arc;
use store::pool::Pool;

/// Starts the tasks of an instance's rooms on the current runtime. `redis` brings hints from other instances.
pub(crate) fn start(
    limits: &Limits,
    sockets: Gauge,
    reads: Pool,
    redis: Option<redis::Client>,
) -> Arc<Rooms> {
    let rooms = Arc::new(Rooms::new(limits.clone(), Loader::start(reads.clone()), sockets, redis.is_some()));
    tokio::spawn(heads::run(rooms.clone(), reads));
    if let Some(client) = redis {
        tokio::spawn(relay::run(rooms.clone(), client));
    }
    rooms
}

//! Redis, for what may be lost: every call has a short deadline, and nothing depends on an answer.
//!
//! There are two ways to it: a pool for everything that is asked and answered, and the rooms' connections for publishing and
//! subscribing (`rooms/publisher.rs`, `rooms/relay.rs`).

mod address;
mod connection;
mod pool;

pub use address::{client, is_address};
pub use connection::RedisConnection;
pub use pool::Redis;

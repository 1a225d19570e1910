//! What the tests and the benchmark stand on, and nothing that ships: a database per test, clusters of
//! real `lockstep` processes, proxies that break their connections, and clients that know only the
//! public contract. It links neither the server nor the store, so it cannot share their mistakes.
//!
//! The way in is [`Cluster`]; `crates/testkit/README.md` shows an example of each part.

pub mod binary;
pub mod cluster;
pub mod databases;
pub mod follower;
pub mod http;
pub mod ports;
pub mod proxy;
pub mod seed;
pub mod services;
pub mod socket;
pub mod token;
pub mod user;
pub mod wait;

pub use cluster::{Cluster, Instance};
pub use databases::Database;
pub use follower::{Follower, Start};
pub use http::{Answer, Api};
pub use proxy::Proxy;
pub use rustix::process::Signal;
pub use seed::Seed;
pub use socket::{Recover, Socket};
pub use user::User;
pub use uuid::Uuid;
pub use wait::{eventually, eventually_some};

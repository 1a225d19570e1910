//! Snapshots that are kept to answer sooner, in process and in Redis. Nothing here decides who may see something, and nothing
//! depends on it: without Redis, or with all of it lost, the answers are the same and come later.

mod build;
mod cache;
mod entry;
mod shared;
mod stored;

pub use entry::Entry;
pub use stored::Stored;

pub(crate) use build::{NotMade, digest};
pub(crate) use cache::{BuiltFrom, Snapshots};
pub(crate) use shared::Shared;

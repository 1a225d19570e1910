//! The engine between the rules (`domain`, `store`) and the doors: the one writer of projects, their rooms, what is kept to
//! answer sooner, and the people.
//!
//! A door reads what somebody asks, calls [`Engine::submit`], [`Engine::read`], [`Engine::join`] or [`Engine::people`], and shows what
//! it gets. Nothing here knows a protocol of a door, or where settings come from.

#![warn(missing_docs)]

mod announce;
mod breaker;
mod caller;
mod engine;
mod error;
pub mod execute;
pub mod filters;
pub mod frame;
pub mod health;
mod history;
pub mod inbox;
pub mod lists;
#[cfg(test)]
mod loopback;
pub mod metrics;
pub mod operate;
pub mod page_files;
pub mod people;
mod pools;
mod project_lists;
mod question;
pub mod read;
mod redis;
mod replica;
pub mod rooms;
pub mod settings;
pub mod snapshots;
mod sweep;
mod words;
mod work;

pub use caller::{ApiToken, Caller, Scope};
pub use engine::Engine;
pub use error::{ReadError, UnknownValues};

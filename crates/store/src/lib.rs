//! All SQL of Lockstep.
//!
//! Query functions take a connection, never a pool, and never open a transaction: whoever calls them holds it, in sight.
//! They take `&AsyncPgConnection`, so that several can be polled at once and go to Postgres as one flight.

#![warn(missing_docs)]

#[macro_use]
mod statement;

pub mod accounts;
mod advisory;
pub mod api_tokens;
mod audience;
pub mod checkup;
pub mod colleagues;
pub mod comments;
mod convert;
pub mod dependencies;
pub mod epochs;
pub mod error;
pub mod events;
mod facets;
pub mod facts;
pub mod feeds;
pub mod filters;
pub mod find;
pub mod found;
pub mod heads;
pub mod history;
pub mod identity;
pub mod invitations;
pub mod listed;
pub mod lists;
pub mod log;
pub mod members;
pub mod migrations;
pub mod mutes;
pub mod notifications;
pub mod order;
pub mod page_files;
pub mod password_resets;
pub mod pool;
pub mod pooler;
pub mod projects;
pub mod results;
pub mod schema;
pub mod search;
pub mod sessions;
pub mod snapshots;
pub mod statistics;
pub mod tasks;
pub mod users;
pub mod watchers;
pub mod words;

/// What a transaction may fail with besides its own errors.
pub use diesel::result::Error as QueryError;
pub use diesel_async::AsyncPgConnection;
pub use error::{Result, StoreError};
pub use pool::Pool;

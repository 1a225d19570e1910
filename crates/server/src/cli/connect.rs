//! The way of a subcommand to Postgres.

use crate::config::Database;
use engine::operate::{self, Connection, Postgres};
use tokio::runtime::Handle;

/// How a subcommand reaches Postgres.
pub fn settings(database: &Database, name: &str) -> Postgres {
    database.settings(name, Handle::current())
}

/// A checked connection for a subcommand.
///
/// # Errors
/// With the reason when Postgres cannot be reached or must not be used.
pub async fn connect(database: &Database) -> anyhow::Result<Connection> {
    Ok(operate::connect(&settings(database, "lockstep command")).await?)
}

//! `lockstep seed`: a demo team and project.

use crate::config::Database;

/// # Errors
/// Those of Postgres.
pub async fn run(database: &Database, tasks: u32) -> anyhow::Result<()> {
    let _ = (database, tasks);
    anyhow::bail!("seed is not built yet")
}

//! `lockstep migrate`, with `--wait`, and `lockstep epoch rotate`.

use super::connect::{connect, settings};
use crate::config::Database;
use domain::ProjectId;
use engine::operate::{self, StoreError};
use std::io::Write;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How long a new instance waits for the migration.
const SCHEMA_PATIENCE: Duration = Duration::from_secs(600);

pub async fn migrate(database: &Database) -> anyhow::Result<()> {
    let applied = operate::migrate(&settings(database, "lockstep command")).await?;
    if applied.is_empty() {
        println!("The schema is up to date.");
    }
    for name in applied {
        println!("Applied {name}.");
    }
    Ok(())
}

/// For an instance that starts while another process migrates: returns when the schema is up to date.
///
/// # Errors
/// When that takes too long, or Postgres must not be used as it is.
pub async fn wait_for_schema(database: &Database) -> anyhow::Result<()> {
    let settings = settings(database, "lockstep migrate --wait");
    let until = Instant::now() + SCHEMA_PATIENCE;
    let mut told = String::new();
    loop {
        let lacking = match operate::connect(&settings).await {
            Ok(conn) => operate::schema(&conn).await.map(|state| state.pending.join(", ")),
            Err(error) => Err(error),
        };
        let waits_for = match lacking {
            Ok(lacking) if lacking.is_empty() => return Ok(()),
            Ok(lacking) => format!("the schema lacks {lacking}"),
            Err(StoreError::Unavailable(reason)) => format!("Postgres is not available: {reason}"),
            Err(error) => return Err(error.into()),
        };
        anyhow::ensure!(Instant::now() < until, "waited {SCHEMA_PATIENCE:?} in vain: {waits_for}");
        if waits_for != told {
            // Not `eprintln!`, because it panics where standard error cannot be written.
            let _ = writeln!(std::io::stderr(), "Waiting: {waits_for}.");
            told = waits_for;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

pub async fn rotate(database: &Database, project: Option<Uuid>) -> anyhow::Result<()> {
    let mut conn = connect(database).await?;
    let rotated = operate::rotate_epochs(&mut conn, project.map(ProjectId)).await;
    match rotated {
        Err(StoreError::NotFound) => anyhow::bail!("there is no project {}", project.unwrap_or_default()),
        rotated => println!("New epochs for {} project(s); clients will load snapshots.", rotated?),
    }
    Ok(())
}

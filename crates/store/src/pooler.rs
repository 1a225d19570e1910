//! Whether a PgBouncer stands between us and Postgres, and whether it keeps prepared statements.
//!
//! In transaction mode each transaction may run on another server connection. Before 1.21 statements that were prepared
//! were lost on the way (<https://www.pgbouncer.org/config.html#max_prepared_statements>).

use crate::error::StoreError;
use crate::pool::Settings;
use tokio_postgres::{Client, NoTls};

/// What stands before Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooler {
    /// Postgres is reached directly.
    Absent,
    /// One that keeps prepared statements.
    Present,
    /// One that loses prepared statements.
    TooOld,
}

/// What to do about [`Pooler::TooOld`].
pub const TOO_OLD: &str = "DATABASE_URL leads through a PgBouncer that loses prepared statements: upgrade it to 1.21 or \
    later with max_prepared_statements above 0, or connect to Postgres directly";

/// Tells what stands before Postgres, by what it does with a start-up option: the option reaches Postgres only when nothing
/// is in between. PgBouncer cannot be asked, because it shows its version only to its administrators.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn look(settings: &Settings) -> Result<Pooler, StoreError> {
    let looked = tokio::time::timeout(settings.connect_timeout * 3, look_around(settings)).await;
    looked.map_err(|_| StoreError::Unavailable("no answer in time".to_owned()))?
}

async fn look_around(settings: &Settings) -> Result<Pooler, StoreError> {
    match connect(settings, Some("-c lockstep.probe=here")).await {
        Ok(client) => {
            let probe = "SELECT coalesce(current_setting('lockstep.probe', true), '') = 'here'";
            match client.query_one(probe, &[]).await.map_err(unavailable)?.get(0) {
                true => Ok(Pooler::Absent),
                false => keeps_statements(settings).await,
            }
        }
        Err(refused) if refused.starts_with("unsupported startup parameter:") => Ok(Pooler::TooOld),
        Err(refused) if refused.starts_with("unsupported startup parameter") => {
            keeps_statements(settings).await
        }
        Err(refused) => Err(StoreError::Unavailable(refused)),
    }
}

/// One client prepares a statement. Then another holds the server connection that it was prepared on, so the first can run
/// it only if PgBouncer keeps prepared statements.
async fn keeps_statements(settings: &Settings) -> Result<Pooler, StoreError> {
    let first = connect(settings, None).await.map_err(StoreError::Unavailable)?;
    let second = connect(settings, None).await.map_err(StoreError::Unavailable)?;
    let prepared = first.prepare("SELECT 1").await.map_err(unavailable)?;
    second.batch_execute("BEGIN; SELECT 1").await.map_err(unavailable)?;
    let kept = first.query_one(&prepared, &[]).await.is_ok();
    second.batch_execute("ROLLBACK").await.map_err(unavailable)?;
    Ok(if kept { Pooler::Present } else { Pooler::TooOld })
}

/// A connection of its own; refused with the message of whoever refused.
async fn connect(settings: &Settings, options: Option<&str>) -> Result<Client, String> {
    let mut config: tokio_postgres::Config = settings.url.parse().map_err(|_| "DATABASE_URL".to_owned())?;
    config.application_name(&settings.application_name).connect_timeout(settings.connect_timeout);
    if let Some(options) = options {
        config.options(options);
    }
    let refused = |error: tokio_postgres::Error| match error.as_db_error() {
        Some(refused) => refused.message().to_owned(),
        None => error.to_string(),
    };
    let (client, connection) = config.connect(NoTls).await.map_err(refused)?;
    // Ends with its client.
    settings.runtime.spawn(connection);
    Ok(client)
}

fn unavailable(error: tokio_postgres::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

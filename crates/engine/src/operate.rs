//! What whoever runs the installation does to Postgres, and asks of it.

use crate::settings::Limits;
use diesel_async::AsyncConnection;
use domain::ProjectId;
use std::time::Duration;
use store::checkup;
use store::pool::Size;
use store::{epochs, migrations};

pub use crate::redis::is_address as is_redis_address;
pub use store::AsyncPgConnection as Connection;
pub use store::StoreError;
pub use store::checkup::{Checkup, Held};
pub use store::identity::{Failover, untranslated};
pub use store::migrations::Schema;
pub use store::pool::{Address, Settings as Postgres, Timeouts, connect};
pub use store::pooler::{Pooler, TOO_OLD, look as pooler};
pub use store::words::fill::Filling;

/// Brings the schema up to date; returns the names of what was applied.
///
/// # Errors
/// Those of Postgres.
pub async fn migrate(settings: &Postgres) -> Result<Vec<String>, StoreError> {
    let applied = migrations::run(connect(settings).await?).await?;
    connect(settings).await?; // records which Postgres the log lives in
    Ok(applied)
}

/// How far the schema is.
///
/// # Errors
/// Those of Postgres.
pub async fn schema(conn: &Connection) -> Result<Schema, StoreError> {
    migrations::state(conn).await
}

/// Gives a project, or all, another epoch; returns how many.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such project.
pub async fn rotate_epochs(conn: &mut Connection, project: Option<ProjectId>) -> Result<usize, StoreError> {
    conn.transaction(async |conn| match project {
        Some(project) => epochs::rotate(conn, project).await.map(|()| 1),
        None => epochs::rotate_all(conn).await,
    })
    .await
}

/// What has to be right in Postgres.
///
/// # Errors
/// Those of Postgres.
pub async fn checkup(conn: &Connection) -> Result<Checkup, StoreError> {
    checkup::look(conn).await
}

/// How far old texts are analysed for search.
///
/// # Errors
/// Those of Postgres.
pub async fn filling(conn: &Connection) -> Result<Filling, StoreError> {
    store::words::fill::how_far(conn).await
}

/// How many seconds old the newest change of a replica is. `None`: it is no standby.
///
/// # Errors
/// Those of Postgres.
pub async fn behind(conn: &Connection) -> Result<Option<f64>, StoreError> {
    checkup::behind(conn).await
}

/// The deadlines as Postgres holds them, whatever stands in between.
///
/// # Errors
/// Those of Postgres.
pub async fn held_limits(settings: &Postgres, acquire_timeout: Duration) -> Result<Held, StoreError> {
    let pool = store::pool::open(settings, Size { connections: 1, acquire_timeout });
    let mut conn = store::pool::get(&pool).await?;
    conn.transaction(async |conn| checkup::held(conn).await).await
}

/// Asks whether Redis answers in time.
///
/// # Errors
/// When it does not; the text has no secret in it.
pub async fn ping_redis(url: &str, limits: &Limits) -> anyhow::Result<()> {
    crate::redis::Redis::open(url, limits, tokio::runtime::Handle::current())?.ping().await
}

//! Deletes what is no longer needed: sessions and invitations that ended, results and notifications whose time is over. Every
//! instance may do it.

use crate::pools::Pools;
use std::time::Duration;
use store::StoreError;
use uuid::Uuid;

/// Rows that one sweep deletes. Fewer would not keep up; more would hold locks for long.
const SWEPT_AT_ONCE: i64 = 1_000;

/// People whose inboxes are gone through at once.
const PEOPLE_AT_ONCE: i64 = 64;
/// Days for which notifications are kept.
const NOTIFICATION_DAYS: i64 = 90;

/// Sweeps once an hour, for as long as the instance runs. `days`: how long results are kept.
pub async fn hourly(pools: &Pools, days: i64) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        hourly.tick().await;
        if let Err(error) = sweep(pools, days).await {
            tracing::warn!(%error, "what is no longer needed could not be deleted");
        }
    }
}

async fn sweep(pools: &Pools, days: i64) -> Result<(), StoreError> {
    loop {
        let mut conn = store::pool::get(&pools.jobs).await?;
        let sessions =
            conn.transaction(async |conn| store::sessions::sweep(conn, SWEPT_AT_ONCE).await).await?;
        let results =
            conn.transaction(async |conn| store::results::sweep(conn, days, SWEPT_AT_ONCE).await).await?;
        let invitations =
            conn.transaction(async |conn| store::invitations::sweep(conn, SWEPT_AT_ONCE).await).await?;
        if sessions + results + invitations == 0 {
            break;
        }
    }
    inboxes(pools).await
}

/// Goes through everybody's inbox, some people at a time.
async fn inboxes(pools: &Pools) -> Result<(), StoreError> {
    let mut after = Uuid::nil();
    loop {
        let mut conn = store::pool::get(&pools.jobs).await?;
        let swept = conn.transaction(async |conn| {
            store::notifications::sweep(conn, after, PEOPLE_AT_ONCE, NOTIFICATION_DAYS, SWEPT_AT_ONCE).await
        });
        match swept.await? {
            (None, _) => return Ok(()),
            (Some(last), 0) => after = last,
            // There may be more of the same people.
            (Some(_), _) => {}
        }
    }
}

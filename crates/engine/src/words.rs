//! Fills in what older texts are found by, while the instances serve. Every instance does it at once.

use crate::pools::Pools;
use domain::ProjectId;
use std::time::Duration;
use store::StoreError;
use store::words::fill;
use uuid::Uuid;

/// How often it looks whether there is something to do.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two steps, so that commands of the same project come to their turn.
const BREATH: Duration = Duration::from_millis(5);

/// Fills for as long as the instance runs.
pub async fn fill(pools: &Pools) {
    loop {
        if !round(pools).await {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// A step with every project that has something to fill in. Whether there was one, and it came to something.
async fn round(pools: &Pools) -> bool {
    let mut last = ProjectId(Uuid::nil());
    let mut has_filled = false;
    loop {
        match waiting(pools, last).await {
            Ok(Some(project)) => last = project,
            Ok(None) => return has_filled,
            Err(error) => {
                tracing::warn!(%error, "it cannot be told which texts are still to be analysed");
                return false;
            }
        }
        match step(pools, last).await {
            Ok(()) => has_filled = true,
            Err(error) => {
                tracing::warn!(project.id = %last, %error, "texts could not be analysed for search");
            }
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn waiting(pools: &Pools, after: ProjectId) -> Result<Option<ProjectId>, StoreError> {
    let mut conn = store::pool::get(&pools.jobs).await?;
    conn.transaction(async |conn| fill::waiting(conn, after).await).await
}

async fn step(pools: &Pools, project: ProjectId) -> Result<(), StoreError> {
    let mut conn = store::pool::get(&pools.jobs).await?;
    conn.transaction(async |conn| fill::step(conn, project).await).await
}

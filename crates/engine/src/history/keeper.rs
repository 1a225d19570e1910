//! Stores a snapshot of a project every so many events, in the background, so that no version is far from one, and sees to
//! it that Postgres knows of a project that has grown.

use super::read::{forward, nearest, pack};
use crate::announce::{Committed, Listener};
use crate::error::ReadError;
use crate::pools::Pools;
use domain::{ProjectId, Version};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use store::AsyncPgConnection;
use tokio::sync::Notify;

/// Most projects that may wait for their snapshot. A project beyond the bound loses nothing, because its next snapshot that
/// is due stores all missing ones.
const MOST_WAITING: usize = 1_000;

/// The projects whose snapshots are due.
pub struct Keeper {
    /// Versions between two snapshots.
    every: Version,
    due: Mutex<BTreeMap<ProjectId, Version>>,
    wake: Notify,
}

impl Keeper {
    pub fn new(every: Version) -> Keeper {
        Keeper { every, due: Mutex::default(), wake: Notify::new() }
    }

    /// Notes that a project went from `before` to `after`; a snapshot is due where that passes one of the versions.
    pub fn passed(&self, project: ProjectId, before: Version, after: Version) {
        if before / self.every == after / self.every {
            return;
        }
        let mut due = self.lock();
        if due.len() < MOST_WAITING || due.contains_key(&project) {
            due.insert(project, after - after % self.every);
            self.wake.notify_one();
        }
    }

    fn next(&self) -> Option<(ProjectId, Version)> {
        self.lock().pop_first()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<ProjectId, Version>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bounded by [`MOST_WAITING`].
impl Listener for Keeper {
    fn committed(&self, commit: &Committed<'_>) {
        self.passed(commit.project, commit.before, commit.after);
    }
}

/// Stores what is due, one project after the other, for as long as the instance runs.
pub async fn keep(keeper: &Keeper, pools: &Pools) {
    loop {
        keeper.wake.notified().await;
        while let Some((project, version)) = keeper.next() {
            if let Err(cause) = keep_one(pools, keeper.every, project, version).await {
                // A failure is only logged, because the next snapshot that is due stores the missing ones too.
                tracing::warn!(project.id = %project, version, %cause, "a snapshot was not stored");
            }
        }
    }
}

/// Stores the snapshots up to `version` that are missing. Several instances may do so at once: they store the same.
async fn keep_one(
    pools: &Pools,
    every: Version,
    project: ProjectId,
    version: Version,
) -> Result<(), ReadError> {
    let conn = store::pool::read(&pools.snapshot).await?;
    let current = store::projects::read(&conn, project).await?.ok_or(ReadError::NotFound)?;
    let mut snapshot = nearest(&conn, project, &current.epoch, version).await?;
    while snapshot.version < version {
        let next = snapshot.version - snapshot.version % every + every;
        forward(&conn, &mut snapshot, next).await?;
        let body = tokio::task::block_in_place(|| pack(&snapshot))?;
        let mut writing = store::pool::get(&pools.jobs).await?;
        let epoch = &current.epoch;
        let storing = async |conn: &AsyncPgConnection| {
            store::history::keep_snapshot(conn, project, epoch, next, &body).await.map_err(ReadError::from)
        };
        writing.transaction(storing).await?;
    }
    let mut writing = store::pool::get(&pools.jobs).await?;
    let counting =
        async |conn: &AsyncPgConnection| store::statistics::count_grown(conn).await.map_err(ReadError::from);
    writing.transaction(counting).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_due_when_its_version_is_passed_and_once() {
        let keeper = Keeper::new(100);
        let project = ProjectId::new();
        keeper.passed(project, 1, 99);
        assert_eq!(keeper.next(), None);
        keeper.passed(project, 99, 100);
        keeper.passed(project, 100, 101);
        keeper.passed(project, 199, 350);
        assert_eq!(keeper.next(), Some((project, 300)));
        assert_eq!(keeper.next(), None);
    }
}

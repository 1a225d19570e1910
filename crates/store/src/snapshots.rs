//! A project's whole state at one version.

use crate::error::StoreError;
use crate::{Result, dependencies, members, projects, tasks};
use diesel_async::AsyncPgConnection;
use domain::ProjectId;
use domain::snapshot::{Snapshot, State};
use futures_util::try_join;
use std::collections::BTreeMap;

/// Reads the snapshot of a project from its tables, all of it into memory. `None`: there is no such project.
///
/// # Locks
/// None, but the caller's transaction must be REPEATABLE READ: the queries have to see one moment.
///
/// # Errors
/// Those of the queries.
pub async fn read(conn: &AsyncPgConnection, id: ProjectId) -> Result<Option<Snapshot>> {
    let Some(mut snapshot) = shell(conn, id).await? else { return Ok(None) };
    let keep = |task: domain::task::Task| {
        snapshot.state.tasks.insert(task.id, task);
        Ok::<(), StoreError>(())
    };
    tasks::each(conn, id, keep).await?;
    Ok(Some(snapshot))
}

/// Reads everything of a snapshot but the tasks, which [`tasks::each`] gives one by one. `None`: there is no such project.
///
/// # Locks
/// As [`read`].
///
/// # Errors
/// Those of the queries.
pub async fn shell(conn: &AsyncPgConnection, id: ProjectId) -> Result<Option<Snapshot>> {
    let (current, members, dependencies) =
        try_join!(projects::read(conn, id), members::of(conn, id), dependencies::all(conn, id))?;
    Ok(current.map(|current| Snapshot {
        epoch: current.epoch,
        version: current.version,
        state: State {
            project: current.project,
            members: members.into_iter().collect(),
            tasks: BTreeMap::new(),
            dependencies: dependencies.into_iter().collect(),
        },
    }))
}

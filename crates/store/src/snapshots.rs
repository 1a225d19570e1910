//! A project's whole state at one version.

use crate::{Result, members, projects, tasks};
use diesel_async::AsyncPgConnection;
use domain::ProjectId;
use domain::snapshot::{Snapshot, State};
use futures_util::try_join;

/// Reads the snapshot of a project from its tables. `None`: there is no such project.
///
/// # Locks
/// None, but the caller's transaction must be REPEATABLE READ: the three queries have to see one moment.
///
/// # Errors
/// Those of the queries.
pub async fn read(conn: &AsyncPgConnection, id: ProjectId) -> Result<Option<Snapshot>> {
    let (current, members, tasks) =
        try_join!(projects::read(conn, id), members::of(conn, id), tasks::all(conn, id))?;
    Ok(current.map(|current| Snapshot {
        epoch: current.epoch,
        version: current.version,
        state: State {
            project: current.project,
            members: members.into_iter().collect(),
            tasks: tasks.into_iter().map(|task| (task.id, task)).collect(),
        },
        dependencies: Vec::new(),
    }))
}

//! Who follows which task. The rows are written with the command that says so, and end with the membership. An instance of the
//! version before ends a membership without them, so whoever is no member is never read.

use crate::projects::LockedProject;
use crate::schema::{members, watchers};
use crate::{AsyncPgConnection, Result};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{ProjectId, TaskId, UserId};
use uuid::Uuid;

/// Those members who follow these tasks.
///
/// # Errors
/// Those of the query.
pub async fn of_tasks(
    conn: &AsyncPgConnection,
    project: ProjectId,
    tasks: &[Uuid],
) -> Result<Vec<(TaskId, UserId)>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let member = members::table
        .filter(members::project_id.eq(watchers::project_id).and(members::user_id.eq(watchers::user_id)));
    let query = watchers::table
        .filter(watchers::project_id.eq(project.0).and(watchers::task_id.eq_any(tasks)))
        .filter(diesel::dsl::exists(member))
        .order((watchers::task_id, watchers::user_id))
        .select((watchers::task_id, watchers::user_id));
    let rows: Vec<(Uuid, Uuid)> = query.load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(task, user)| (TaskId(task), UserId(user))).collect())
}

statement! { Insert(project: Uuid as SqlUuid, tasks: Vec<Uuid> as Array<SqlUuid>, users: Vec<Uuid> as Array<SqlUuid>) -> SqlUuid:
"INSERT INTO watchers (project_id, task_id, user_id) SELECT {}, * FROM unnest({}, {}) ON CONFLICT DO NOTHING" }
statement! { Delete(project: Uuid as SqlUuid, tasks: Vec<Uuid> as Array<SqlUuid>, users: Vec<Uuid> as Array<SqlUuid>) -> SqlUuid:
"DELETE FROM watchers WHERE project_id = {} AND (task_id, user_id) IN (SELECT * FROM unnest({}, {}))" }

/// Writes who follows a task from here on (`true`), and who does not.
///
/// # Errors
/// Those of the queries.
pub async fn write(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    changes: &[(TaskId, UserId, bool)],
) -> Result<()> {
    let pairs = |on: bool| -> (Vec<Uuid>, Vec<Uuid>) {
        changes.iter().filter(|(_, _, is)| *is == on).map(|(task, user, _)| (task.0, user.0)).unzip()
    };
    for (on, (tasks, users)) in [(true, pairs(true)), (false, pairs(false))] {
        if tasks.is_empty() {
            continue;
        }
        match on {
            true => Insert::new(locked.id().0, tasks, users).execute(&mut &*conn).await?,
            false => Delete::new(locked.id().0, tasks, users).execute(&mut &*conn).await?,
        };
    }
    Ok(())
}

/// Ends everything that somebody follows, with the membership.
///
/// # Errors
/// Those of the query.
pub async fn remove_member(conn: &AsyncPgConnection, project: ProjectId, user: UserId) -> Result<()> {
    let own = watchers::table.filter(watchers::project_id.eq(project.0).and(watchers::user_id.eq(user.0)));
    diesel::delete(own).execute(&mut &*conn).await?;
    Ok(())
}

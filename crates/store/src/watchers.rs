//! Who follows which task. The rows are written with the command that says so, or that makes somebody follow by themselves, and
//! end with the membership. Only the first have an event: the others depend on what a person prefers, which no log has. An instance of the
//! version before ends a membership without them, so whoever is no member is never read.

use crate::projects::LockedProject;
use crate::schema::watchers;
use crate::{AsyncPgConnection, Result};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::task::watch::MOST_WATCHERS;
use domain::{ProjectId, TaskId, UserId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Somebody who follows a task.
#[derive(Debug, Clone, Copy)]
pub struct Watcher {
    /// The task.
    pub task: TaskId,
    /// The person.
    pub user: UserId,
    /// They have muted the task or the project.
    pub muted: bool,
}

statement! { OfTasks(tasks: &'a [Uuid] as Array<SqlUuid>, project: Uuid as SqlUuid) -> (SqlUuid, SqlUuid, Bool):
"SELECT w.task_id, w.user_id, EXISTS (SELECT FROM mutes \
   WHERE user_id = w.user_id AND target = ANY(ARRAY[w.task_id, w.project_id])) \
FROM unnest({}) AS asked (id) CROSS JOIN LATERAL \
(SELECT * FROM watchers WHERE project_id = {} AND task_id = asked.id OFFSET 0) w CROSS JOIN LATERAL \
(SELECT FROM members WHERE project_id = w.project_id AND user_id = w.user_id OFFSET 0) m ORDER BY w.task_id, w.user_id" }

/// Those members who follow these tasks.
///
/// # Errors
/// Those of the query.
pub async fn of_tasks(conn: &AsyncPgConnection, project: ProjectId, tasks: &[Uuid]) -> Result<Vec<Watcher>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, Uuid, bool)> = OfTasks::new(tasks, project.0).load(&mut &*conn).await?;
    let watcher = |(task, user, muted)| Watcher { task: TaskId(task), user: UserId(user), muted };
    Ok(rows.into_iter().map(watcher).collect())
}

/// Whether somebody follows a task.
///
/// # Errors
/// Those of the query.
pub async fn follows(
    conn: &AsyncPgConnection,
    project: ProjectId,
    task: TaskId,
    user: UserId,
) -> Result<bool> {
    let own = watchers::table.find((project.0, user.0, task.0)).select(watchers::task_id);
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(&mut &*conn).await?)
}

type Ids = Vec<Uuid>;

// From one project to the next, so that the limit ends the walk and the projects behind are not read. The nested loop over the
// sorted projects keeps their order, and the limit inside the lateral query leaves the planner no other join.
statement! { FollowedBy(user: Uuid as SqlUuid, from: Uuid as SqlUuid, projects: Option<Ids> as Nullable<Array<SqlUuid>>,
                     own: Uuid as SqlUuid, project: Uuid as SqlUuid, task: Uuid as SqlUuid, each: i64 as BigInt,
                     most: i64 as BigInt) -> (SqlUuid, SqlUuid):
"SELECT m.project_id, w.task_id FROM (SELECT m.project_id FROM members m JOIN projects p ON p.id = m.project_id \
WHERE m.user_id = {} AND p.deleted_at IS NULL AND m.project_id >= {} \
AND coalesce(m.project_id = ANY({}), true) ORDER BY m.project_id OFFSET 0) m CROSS JOIN LATERAL \
(SELECT w.task_id FROM watchers w CROSS JOIN LATERAL \
  (SELECT deleted_version FROM tasks WHERE project_id = w.project_id AND id = w.task_id OFFSET 0) t \
WHERE t.deleted_version IS NULL AND w.project_id = m.project_id AND w.user_id = {} AND (w.project_id, w.task_id) > ({}, {}) \
ORDER BY w.task_id LIMIT {}) w LIMIT {}" }

/// The tasks that a person follows in these projects, or in all their own, in the order of projects and tasks, after `after`.
/// Those in the bin are left out.
///
/// # Errors
/// Those of the query.
pub async fn followed_by(
    conn: &AsyncPgConnection,
    user: UserId,
    projects: Option<Ids>,
    after: Option<(ProjectId, TaskId)>,
    limit: i64,
) -> Result<Vec<(ProjectId, TaskId)>> {
    let (project, task) = after.map_or((Uuid::nil(), Uuid::nil()), |(project, task)| (project.0, task.0));
    let followed = FollowedBy::new(user.0, project, projects, user.0, project, task, limit, limit);
    let rows: Vec<(Uuid, Uuid)> = followed.load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(project, task)| (ProjectId(project), TaskId(task))).collect())
}

statement! { Automatic(user: Uuid as SqlUuid) -> Bool: "SELECT auto_watch FROM users WHERE id = {}" }
statement! { SetAutomatic(automatic: bool as Bool, user: Uuid as SqlUuid) -> SqlUuid:
"UPDATE users SET auto_watch = {} WHERE id = {}" }

/// Whether a person follows tasks by themselves.
///
/// # Errors
/// Those of the query.
pub async fn automatic(conn: &AsyncPgConnection, user: UserId) -> Result<bool> {
    Ok(Automatic::new(user.0).get_result(&mut &*conn).await?)
}

/// Sets whether a person follows tasks by themselves from here on.
///
/// # Locks
/// The person's row, to the end of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn set_automatic(conn: &AsyncPgConnection, user: UserId, automatic: bool) -> Result<()> {
    SetAutomatic::new(automatic, user.0).execute(&mut &*conn).await?;
    Ok(())
}

statement! { Follow(tasks: Vec<Uuid> as Array<SqlUuid>, users: Vec<Uuid> as Array<SqlUuid>, known: Uuid as SqlUuid,
                    project: Uuid as SqlUuid, counted: Uuid as SqlUuid, most: i64 as BigInt) -> SqlUuid:
"WITH new AS (SELECT f.task_id, f.user_id, row_number() OVER (PARTITION BY f.task_id ORDER BY f.user_id) AS place \
   FROM unnest({}, {}) AS f (task_id, user_id) \
   CROSS JOIN LATERAL (SELECT FROM users WHERE id = f.user_id AND auto_watch OFFSET 0) u \
   WHERE NOT EXISTS (SELECT FROM watchers \
     WHERE project_id = {} AND user_id = f.user_id AND task_id = f.task_id OFFSET 0)) \
INSERT INTO watchers (project_id, task_id, user_id) SELECT {}, task_id, user_id FROM new \
WHERE place + (SELECT count(*) FROM watchers w WHERE w.project_id = {} AND w.task_id = new.task_id) <= {} \
ON CONFLICT DO NOTHING" }

/// Makes people follow tasks by themselves: those who want it, as far as the tasks have room for them.
///
/// # Errors
/// Those of the query.
pub async fn follow(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    following: &BTreeSet<(TaskId, UserId)>,
) -> Result<()> {
    if following.is_empty() {
        return Ok(());
    }
    let (tasks, users) = following.iter().map(|(task, user)| (task.0, user.0)).unzip();
    let (project, most) = (locked.id().0, i64::try_from(MOST_WATCHERS).unwrap_or(i64::MAX));
    Follow::new(tasks, users, project, project, project, most).execute(&mut &*conn).await?;
    Ok(())
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

// From one task to the next, because a person may follow nearly every task or none of them, and one plan serves both. The
// rows are deleted by where they are: any other way leaves Postgres the choice to read the whole table. They stay there,
// because no row of this table is ever changed.
statement! { DeleteOwn(project: Uuid as SqlUuid, user: Uuid as SqlUuid) -> SqlUuid:
"WITH RECURSIVE asked AS (SELECT {}::uuid AS project, {}::uuid AS person), own AS ( \
   (SELECT task_id, ctid AS place FROM watchers \
    WHERE project_id = (SELECT project FROM asked) AND user_id = (SELECT person FROM asked) ORDER BY task_id LIMIT 1) \
   UNION ALL SELECT next.task_id, next.place FROM own, asked CROSS JOIN LATERAL (SELECT w.task_id, w.ctid AS place \
     FROM watchers w WHERE w.project_id = project AND w.user_id = person AND w.task_id > own.task_id \
     ORDER BY w.task_id LIMIT 1) next) \
DELETE FROM watchers WHERE ctid = ANY(ARRAY(SELECT place FROM own))" }

/// Ends everything that somebody follows, with the membership.
///
/// # Errors
/// Those of the query.
pub async fn remove_member(conn: &AsyncPgConnection, project: ProjectId, user: UserId) -> Result<()> {
    DeleteOwn::new(project.0, user.0).execute(&mut &*conn).await?;
    Ok(())
}

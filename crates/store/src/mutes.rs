//! What people do not want to hear of: tasks, and whole projects.

use crate::{AsyncPgConnection, Result};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{CommentId, ProjectId, UserId};
use uuid::Uuid;

statement! { Heard(project: Uuid as SqlUuid, ids: &'a [Uuid] as Array<SqlUuid>) -> SqlUuid:
"SELECT c.id FROM (SELECT * FROM comments WHERE project_id = {} AND id = ANY({}) OFFSET 0) c CROSS JOIN LATERAL \
(SELECT FROM members WHERE project_id = c.project_id AND user_id = c.author OFFSET 0) m \
WHERE NOT EXISTS (SELECT FROM mutes WHERE user_id = c.author AND target = ANY(ARRAY[c.task_id, c.project_id]) OFFSET 0)" }

/// Those of these comments whose author is a member and has muted neither the task nor the project.
///
/// # Errors
/// Those of the query.
pub async fn heard(
    conn: &AsyncPgConnection,
    project: ProjectId,
    comments: &[Uuid],
) -> Result<Vec<CommentId>> {
    if comments.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = Heard::new(project.0, comments).load(&mut &*conn).await?;
    Ok(ids.into_iter().map(CommentId).collect())
}

statement! { Place(user: Uuid as SqlUuid, target: Uuid as SqlUuid, task: Uuid as SqlUuid) -> SqlUuid:
"SELECT m.project_id FROM members m CROSS JOIN LATERAL \
(SELECT FROM projects WHERE id = m.project_id AND deleted_at IS NULL OFFSET 0) p \
WHERE m.user_id = {} AND (m.project_id = {} OR EXISTS (SELECT FROM tasks WHERE project_id = m.project_id AND id = {})) LIMIT 1" }

/// The project that `target` is, or in which it is a task, if the person is a member of it and it is not in the bin.
///
/// # Errors
/// Those of the query.
pub async fn place(conn: &AsyncPgConnection, user: UserId, target: Uuid) -> Result<Option<ProjectId>> {
    let found: Option<Uuid> = Place::new(user.0, target, target).get_result(&mut &*conn).await.optional()?;
    Ok(found.map(ProjectId))
}

statement! { Count(user: Uuid as SqlUuid) -> BigInt: "SELECT count(*) FROM mutes WHERE user_id = {}" }

/// How many a person has.
///
/// # Errors
/// Those of the query.
pub async fn count(conn: &AsyncPgConnection, user: UserId) -> Result<i64> {
    Ok(Count::new(user.0).get_result(&mut &*conn).await?)
}

statement! { Put(user: Uuid as SqlUuid, target: Uuid as SqlUuid, project: Uuid as SqlUuid) -> SqlUuid:
"INSERT INTO mutes (user_id, target, project_id) VALUES ({}, {}, {}) ON CONFLICT DO NOTHING" }

/// Mutes a task or a project; `false` if it was already.
///
/// # Errors
/// Those of the query.
pub async fn put(conn: &AsyncPgConnection, user: UserId, target: Uuid, project: ProjectId) -> Result<bool> {
    Ok(Put::new(user.0, target, project.0).execute(&mut &*conn).await? == 1)
}

type Ids = Option<Vec<Uuid>>;

statement! { Remove(user: Uuid as SqlUuid, target: Uuid as SqlUuid, projects: Ids as Nullable<Array<SqlUuid>>) -> SqlUuid:
"DELETE FROM mutes WHERE user_id = {} AND target = {} AND coalesce(project_id = ANY({}), true)" }

/// Takes a mute away, in these projects or in any.
///
/// # Errors
/// Those of the query.
pub async fn remove(conn: &AsyncPgConnection, user: UserId, projects: Ids, target: Uuid) -> Result<()> {
    Remove::new(user.0, target, projects).execute(&mut &*conn).await?;
    Ok(())
}

statement! { Own(user: Uuid as SqlUuid, after: Uuid as SqlUuid, projects: Ids as Nullable<Array<SqlUuid>>, most: i64 as BigInt)
   -> (SqlUuid, SqlUuid):
"SELECT target, project_id FROM mutes WHERE user_id = {} AND target > {} AND coalesce(project_id = ANY({}), true) \
ORDER BY target LIMIT {}" }

/// What a person has muted in these projects, or in any, in the order of ids after `after`: each target with its project.
///
/// # Errors
/// Those of the query.
pub async fn of(
    conn: &AsyncPgConnection,
    user: UserId,
    projects: Ids,
    after: Uuid,
    most: i64,
) -> Result<Vec<(Uuid, ProjectId)>> {
    let rows: Vec<(Uuid, Uuid)> = Own::new(user.0, after, projects, most).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(target, project)| (target, ProjectId(project))).collect())
}

//! Filling in what was written without being analysed: the rows from before `words`, and what instances of the version before
//! write. Any number of instances do it at once, because each step holds its project's lock and notes how far it came.

use super::{Kind, Row};
use crate::projects::{self, LockedProject};
use crate::{AsyncPgConnection, Result, comments, tasks};
use diesel::sql_types::{Array, BigInt, Bool, SmallInt, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryResult};
use diesel_async::RunQueryDsl;
use domain::ProjectId;
use uuid::Uuid;

/// Most rows of one step, and about the most bytes of texts: the project waits for it.
const ROWS: i64 = 100;
/// Most marks of one step, whatever their texts have.
const MARKS: i64 = 20;
const BYTES: i64 = 64 * 1024;

statement! { Waiting(marked: Uuid as SqlUuid, unfilled: Uuid as SqlUuid) -> SqlUuid:
"(SELECT project_id FROM words_marks WHERE project_id > {} ORDER BY project_id LIMIT 1) UNION ALL \
(SELECT project_id FROM words_fills WHERE project_id > {} ORDER BY project_id LIMIT 1) LIMIT 1" }

/// A project after this one that has something to fill in: one that has to wait keeps no other waiting.
///
/// # Errors
/// Those of the query.
pub async fn waiting(conn: &AsyncPgConnection, after: ProjectId) -> Result<Option<ProjectId>> {
    let id: Option<Uuid> = Waiting::new(after.0, after.0).get_result(&mut &*conn).await.optional()?;
    Ok(id.map(ProjectId))
}

statement! { HowFar() -> (BigInt, BigInt, BigInt):
"SELECT (SELECT count(*) FROM words_fills), (SELECT count(*) FROM projects), (SELECT count(*) FROM words_marks)" }

/// How far the filling is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filling {
    /// Projects that are not filled yet.
    pub projects: i64,
    /// All projects.
    pub of: i64,
    /// Tasks and comments that the version before wrote since.
    pub marks: i64,
}

/// How far the filling is.
///
/// # Errors
/// Those of the query.
pub async fn how_far(conn: &AsyncPgConnection) -> Result<Filling> {
    let (projects, of, marks) = HowFar::new().get_result(&mut &*conn).await?;
    Ok(Filling { projects, of, marks })
}

statement! { Marks(project: Uuid as SqlUuid, most: i64 as BigInt) -> (SqlUuid, SmallInt, SqlUuid):
"SELECT task_id, kind, id FROM words_marks WHERE project_id = {} LIMIT {}" }
statement! { DropMarks(project: Uuid as SqlUuid, tasks: Vec<Uuid> as Array<SqlUuid>, ids: Vec<Uuid> as Array<SqlUuid>) -> SqlUuid:
"DELETE FROM words_marks WHERE project_id = {} AND task_id = ANY({}) AND id = ANY({})" }
statement! { Fill(project: Uuid as SqlUuid) -> (SmallInt, SqlUuid): "SELECT kind, after FROM words_fills WHERE project_id = {}" }
statement! { NoteFill(kind: i16 as SmallInt, after: Uuid as SqlUuid, project: Uuid as SqlUuid) -> SqlUuid:
"UPDATE words_fills SET kind = {}, after = {} WHERE project_id = {}" }
statement! { EndFill(project: Uuid as SqlUuid) -> SqlUuid: "DELETE FROM words_fills WHERE project_id = {}" }
statement! { NextTasks(project: Uuid as SqlUuid, after: Uuid as SqlUuid, rows: i64 as BigInt, bytes: i64 as BigInt) -> SqlUuid:
"SELECT id FROM (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS sum FROM \
(SELECT id, octet_length(title) + octet_length(description) AS bytes FROM tasks WHERE project_id = {} AND id > {} ORDER BY id LIMIT {}) t) s \
WHERE sum - bytes <= {} ORDER BY id" }
statement! { NextComments(project: Uuid as SqlUuid, after: Uuid as SqlUuid, rows: i64 as BigInt, bytes: i64 as BigInt) -> SqlUuid:
"SELECT id FROM (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS sum FROM \
(SELECT id, octet_length(body) AS bytes FROM comments WHERE project_id = {} AND id > {} ORDER BY id LIMIT {}) t) s \
WHERE sum - bytes <= {} ORDER BY id" }

/// Takes a step with a project.
///
/// # Locks
/// The project's row, to the end of the caller's transaction.
///
/// # Errors
/// Those of the queries.
pub async fn step(conn: &AsyncPgConnection, project: ProjectId) -> Result<()> {
    let Some(locked) = projects::lock(conn, project).await? else {
        EndFill::new(project.0).execute(&mut &*conn).await?;
        return Ok(());
    };
    let marks: Vec<(Uuid, i16, Uuid)> = Marks::new(project.0, MARKS).load(&mut &*conn).await?;
    if !marks.is_empty() {
        return marked(conn, &locked, marks).await;
    }
    let fill: QueryResult<(i16, Uuid)> = Fill::new(project.0).get_result(&mut &*conn).await;
    let Some((kind, after)) = fill.optional()? else { return Ok(()) };
    let ids = next(conn, project, kind, after).await?;
    match (ids.last(), kind == Kind::Task as i16) {
        (Some(last), of_tasks) => {
            let rows = if of_tasks {
                rows_of_tasks(conn, &locked, &ids).await?
            } else {
                rows_of_comments(conn, &locked, &ids).await?
            };
            super::put(conn, project, &rows).await?;
            NoteFill::new(kind, *last, project.0).execute(&mut &*conn).await?;
        }
        (None, true) => {
            NoteFill::new(Kind::Comment as i16, Uuid::nil(), project.0).execute(&mut &*conn).await?;
        }
        (None, false) => {
            EndFill::new(project.0).execute(&mut &*conn).await?;
        }
    }
    Ok(())
}

async fn next(conn: &AsyncPgConnection, project: ProjectId, kind: i16, after: Uuid) -> Result<Vec<Uuid>> {
    let ids = match kind == Kind::Task as i16 {
        true => NextTasks::new(project.0, after, ROWS, BYTES).load(&mut &*conn).await?,
        false => NextComments::new(project.0, after, ROWS, BYTES).load(&mut &*conn).await?,
    };
    Ok(ids)
}

async fn marked(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    marks: Vec<(Uuid, i16, Uuid)>,
) -> Result<()> {
    let of = |kind: Kind| {
        marks.iter().filter(move |mark| mark.1 == kind as i16).map(|mark| mark.2).collect::<Vec<_>>()
    };
    let mut rows = rows_of_tasks(conn, locked, &of(Kind::Task)).await?;
    rows.extend(rows_of_comments(conn, locked, &of(Kind::Comment)).await?);
    super::put(conn, locked.id(), &rows).await?;
    let (tasks, ids) = marks.iter().map(|(task, _, id)| (*task, *id)).unzip();
    DropMarks::new(locked.id().0, tasks, ids).execute(&mut &*conn).await?;
    Ok(())
}

async fn rows_of_tasks(conn: &AsyncPgConnection, locked: &LockedProject, ids: &[Uuid]) -> Result<Vec<Row>> {
    let stored = tasks::by_ids(conn, locked.id(), ids).await?;
    let project = &locked.0.project;
    let rows = stored
        .iter()
        .flat_map(|stored| [Row::task(project, &stored.task), Row::description(project.id, &stored.task)]);
    Ok(rows.collect())
}

async fn rows_of_comments(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    ids: &[Uuid],
) -> Result<Vec<Row>> {
    let comments = comments::by_ids(conn, locked.id(), ids).await?;
    Ok(comments.iter().map(|comment| Row::comment(locked.id(), comment)).collect())
}

statement! { IsSearched(project: Uuid as SqlUuid) -> Bool:
"SELECT NOT EXISTS (SELECT FROM words_fills WHERE project_id = {} AND NOT searched)" }

/// Whether a search of this project reads `words`. Until it is filled, it reads `found_by`.
///
/// # Errors
/// Those of the query.
pub async fn is_searched(conn: &AsyncPgConnection, project: ProjectId) -> Result<bool> {
    Ok(IsSearched::new(project.0).get_result(&mut &*conn).await?)
}

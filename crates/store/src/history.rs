//! The past: stored snapshots, and the log as people read it.

use crate::Result;
use crate::schema::snapshots;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::snapshot::FORM;
use domain::time::Moment;
use domain::{ProjectId, TaskId, Version};
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// The newest stored snapshot of an epoch, of the form that this version reads, that is not newer than `version`. It is
/// compressed as it was kept.
///
/// # Errors
/// Those of the query.
pub async fn nearest_snapshot(
    conn: &AsyncPgConnection,
    project: ProjectId,
    epoch: &str,
    version: Version,
) -> Result<Option<Vec<u8>>> {
    let query = snapshots::table
        .filter(snapshots::project_id.eq(project.0).and(snapshots::epoch.eq(epoch)))
        .filter(snapshots::form.eq(FORM).and(snapshots::version.le(version)))
        .order(snapshots::version.desc())
        .select(snapshots::body);
    Ok(query.first(&mut &*conn).await.optional()?)
}

/// Keeps a snapshot, unless another instance did, and drops those of epochs that are over and of forms that are older.
///
/// # Errors
/// Those of the queries.
pub async fn keep_snapshot(
    conn: &AsyncPgConnection,
    project: ProjectId,
    epoch: &str,
    version: Version,
    body: &[u8],
) -> Result<()> {
    let row = (
        snapshots::project_id.eq(project.0),
        snapshots::epoch.eq(epoch),
        snapshots::form.eq(FORM),
        snapshots::version.eq(version),
        snapshots::body.eq(body),
    );
    diesel::insert_into(snapshots::table).values(row).on_conflict_do_nothing().execute(&mut &*conn).await?;
    let over = snapshots::epoch.ne(epoch).or(snapshots::form.lt(FORM));
    let over = snapshots::table.filter(snapshots::project_id.eq(project.0).and(over));
    diesel::delete(over).execute(&mut &*conn).await?;
    Ok(())
}

/// An event with the values that it replaced, both in JSON.
#[derive(Debug, Clone)]
pub struct PastEvent {
    /// The event's body.
    pub event: String,
    /// The values that it replaced. `None`: it replaced none.
    pub before: Option<String>,
}

/// Which part of the log to read: what is below a version, of the whole project or of one task.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Whose log.
    pub project: ProjectId,
    /// Only events that concern this task.
    pub task: Option<TaskId>,
    /// Only events below this version.
    pub below: Version,
    /// No events of these types.
    pub without: &'static [&'static str],
}

type EntryColumns = (Text, Nullable<Text>, BigInt);

statement! { OfProject(project: Uuid as SqlUuid, below: i64 as BigInt, without: &'a [&'a str] as Array<Text>, limit: i64 as BigInt,
                      bytes: i64 as BigInt) -> EntryColumns:
"SELECT body, before, rows FROM ( \
   SELECT body, before, version, count(*) OVER () AS rows, row_number() OVER (ORDER BY version DESC) AS place, \
          sum(octet_length(body) + coalesce(octet_length(before), 0)) OVER (ORDER BY version DESC) AS bytes \
   FROM (SELECT body, before, version FROM events WHERE project_id = {} AND version < {} AND type <> ALL({}) \
         ORDER BY version DESC LIMIT {}) AS newest) AS page \
WHERE bytes <= {} OR place = 1 ORDER BY version DESC" }

statement! { OfTask(project: Uuid as SqlUuid, task: Uuid as SqlUuid, below: i64 as BigInt, without: &'a [&'a str] as Array<Text>,
                   limit: i64 as BigInt, bytes: i64 as BigInt) -> EntryColumns:
"SELECT body, before, rows FROM ( \
   SELECT body, before, version, count(*) OVER () AS rows, row_number() OVER (ORDER BY version DESC) AS place, \
          sum(octet_length(body) + coalesce(octet_length(before), 0)) OVER (ORDER BY version DESC) AS bytes \
   FROM (SELECT e.body, e.before, e.version FROM event_tasks t \
         JOIN events e ON e.project_id = t.project_id AND e.version = t.version \
         WHERE t.project_id = {} AND t.task_id = {} AND t.version < {} AND e.type <> ALL({}) \
         ORDER BY t.version DESC LIMIT {}) AS newest) AS page \
WHERE bytes <= {} OR place = 1 ORDER BY version DESC" }

/// The newest entries of a part of the log, at most `limit` and about `bytes`, at least one; and whether there are more.
///
/// # Errors
/// Those of the query.
pub async fn newest(
    conn: &AsyncPgConnection,
    part: Part,
    limit: usize,
    bytes: i64,
) -> Result<(Vec<PastEvent>, bool)> {
    let asked = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows: Vec<(String, Option<String>, i64)> = match part.task {
        None => {
            OfProject::new(part.project.0, part.below, part.without, asked, bytes).load(&mut &*conn).await?
        }
        Some(task) => {
            OfTask::new(part.project.0, task.0, part.below, part.without, asked, bytes)
                .load(&mut &*conn)
                .await?
        }
    };
    let found =
        rows.as_slice().first().map_or(0, |(_, _, rows)| usize::try_from(*rows).unwrap_or(usize::MAX));
    let entries: Vec<PastEvent> =
        rows.into_iter().take(limit).map(|(event, before, _)| PastEvent { event, before }).collect();
    let more = found > entries.len();
    Ok((entries, more))
}

statement! { Returned(project: Uuid as SqlUuid, since: Timestamp as Timestamptz) -> SqlUuid:
"SELECT DISTINCT id::uuid FROM (SELECT body::jsonb -> 'data' AS data FROM events WHERE project_id = {} AND at >= {} \
AND type IN ('task.restored', 'task.unarchived') OFFSET 0) e, LATERAL ( \
SELECT task ->> 'id' FROM jsonb_array_elements(e.data -> 'tasks') AS task \
UNION ALL SELECT jsonb_array_elements_text(coalesce(e.data -> 'archived', '[]'))) AS back (id)" }

/// The tasks that came back from the bin or the archive at this moment or later, wherever they are now.
///
/// # Errors
/// Those of the query.
pub async fn returned_since(
    conn: &AsyncPgConnection,
    project: ProjectId,
    since: Moment,
) -> Result<Vec<Uuid>> {
    Ok(Returned::new(project.0, since.timestamp().into()).load(&mut &*conn).await?)
}

//! Tasks, as the events of their project left them.

#[macro_use]
mod columns;

pub use columns::StoredTask;
pub(crate) use columns::TaskRow;

use crate::error::StoreError;
use crate::projects::LockedProject;
use crate::schema::tasks;
use crate::{Result, convert};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Json, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::command::GROUP_BYTES;
use domain::facts::Nearby;
use domain::task::{Task, TaskRef};
use domain::text::{Key, Title};
use domain::time::Moment;
use domain::{ProjectId, TaskId, UserId};
use futures_util::TryStreamExt;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// The tasks with these ids, wherever they are.
///
/// # Errors
/// Those of the query.
pub async fn by_ids(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<StoredTask>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = tasks::table
        .filter(tasks::project_id.eq(project.0).and(tasks::id.eq_any(ids)))
        .select(TaskRow::as_select());
    let rows: Vec<TaskRow> = query.load(&mut &*conn).await?;
    rows.into_iter().map(StoredTask::try_from).collect()
}

type TaskColumns = diesel::dsl::SqlTypeOf<<TaskRow as Selectable<diesel::pg::Pg>>::SelectExpression>;

// A task has more bytes as JSON than its title, its description and 300. So when tasks are left out here, those that are
// read are already more than one event may take. Parents come before their subtasks, so that no task is read without its
// parent.
statement! { Families(project: Uuid as SqlUuid, removed: &'a [Uuid] as Array<SqlUuid>, below: Uuid as SqlUuid,
                      sized: Uuid as SqlUuid, most: i64 as BigInt, bin: Uuid as SqlUuid, group: Uuid as SqlUuid,
                      groups: &'a [Uuid] as Array<SqlUuid>, whole: Uuid as SqlUuid) -> TaskColumns:
concat!("WITH RECURSIVE taken (root, id, depth) AS ( \
   SELECT id, id, 0 FROM tasks WHERE project_id = {} AND id = ANY({}) AND deleted_version IS NULL \
   UNION ALL \
   SELECT k.root, t.id, k.depth + 1 FROM taken k CROSS JOIN LATERAL \
   (SELECT id FROM tasks WHERE project_id = {} AND parent = k.id AND deleted_version IS NULL OFFSET 0) AS t), \
 sizes AS (SELECT k.root, k.id, k.depth, 300 + octet_length(t.title) + octet_length(t.description) AS bytes \
   FROM taken k CROSS JOIN LATERAL (SELECT * FROM tasks WHERE project_id = {} AND id = k.id OFFSET 0) AS t), \
 sums AS (SELECT id, bytes, sum(bytes) OVER (PARTITION BY root ORDER BY depth, id) AS sum FROM sizes), \
 wanted AS (SELECT id FROM sums WHERE sum - bytes <= {} \
   UNION SELECT id FROM tasks WHERE project_id = {} AND deleted_version = \
   ANY(ARRAY(SELECT deleted_version FROM tasks WHERE project_id = {} AND id = ANY({})))) \
SELECT ", selected!(), " \
FROM wanted w CROSS JOIN LATERAL (SELECT * FROM tasks WHERE project_id = {} AND id = w.id OFFSET 0) AS t") }

/// The tasks in `removed` and everything below them, until they are more than one event may take, and everything that left
/// the board with the tasks in `groups`.
///
/// # Errors
/// Those of the query.
pub async fn families(
    conn: &AsyncPgConnection,
    project: ProjectId,
    removed: &[Uuid],
    groups: &[Uuid],
) -> Result<Vec<StoredTask>> {
    if removed.is_empty() && groups.is_empty() {
        return Ok(Vec::new());
    }
    let (id, most) = (project.0, i64::try_from(GROUP_BYTES).unwrap_or(i64::MAX));
    let families = Families::new(id, removed, id, id, most, id, id, groups, id);
    let rows: Vec<TaskRow> = families.load(&mut &*conn).await?;
    rows.into_iter().map(StoredTask::try_from).collect()
}

type NearbyColumns = (SqlUuid, BigInt, Text, Text, Nullable<SqlUuid>, Bool);

statement! { Above(project: Uuid as SqlUuid, ids: &'a [Uuid] as Array<SqlUuid>, up: Uuid as SqlUuid, most: i64 as BigInt,
                   whole: Uuid as SqlUuid) -> NearbyColumns:
"WITH RECURSIVE up (id, parent) AS ( \
   SELECT id, parent FROM tasks WHERE project_id = {} AND id = ANY({}) \
   UNION SELECT t.id, t.parent FROM up CROSS JOIN LATERAL \
   (SELECT id, parent FROM tasks WHERE project_id = {} AND id = up.parent OFFSET 0) AS t) \
SELECT t.id, t.number, t.title, t.status, t.parent, t.deleted_version IS NOT NULL \
FROM (SELECT id FROM up LIMIT {}) AS u CROSS JOIN LATERAL \
(SELECT * FROM tasks WHERE project_id = {} AND id = u.id OFFSET 0) AS t" }

/// These tasks and everything above them, at most `most`.
///
/// # Errors
/// Those of the query.
pub async fn above(
    conn: &AsyncPgConnection,
    project: ProjectId,
    ids: &[Uuid],
    most: i64,
) -> Result<Vec<Nearby>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    type NearbyRow = (Uuid, i64, String, String, Option<Uuid>, bool);
    let rows: Vec<NearbyRow> =
        Above::new(project.0, ids, project.0, most, project.0).load(&mut &*conn).await?;
    let nearby = |(id, number, title, status, parent, deleted): NearbyRow| Nearby {
        task: task_ref(id, number, title, status),
        parent: parent.map(TaskId),
        deleted,
    };
    Ok(rows.into_iter().map(nearby).collect())
}

pub(crate) fn task_ref(id: Uuid, number: i64, title: String, status: String) -> TaskRef {
    TaskRef { id: TaskId(id), number, title: Title::stored(title), status: Key::stored(status) }
}

/// Rows of one statement of [`each`], so few that no statement runs into its time limit.
const WALK: i64 = 2_000;
/// Rows after which [`each`] lets other work of its thread run.
const YIELD: usize = 64;

/// Hands every task on the board to `work`, in the order of their ids. Only few are in memory at a time.
///
/// # Locks
/// None, but the caller's transaction must be REPEATABLE READ for all of them to be of one moment.
///
/// # Errors
/// Those of the queries and of `work`.
pub async fn each<E: From<StoreError>>(
    conn: &AsyncPgConnection,
    project: ProjectId,
    mut work: impl FnMut(Task) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let mut after: Option<Uuid> = None;
    loop {
        let mut query = tasks::table
            .filter(tasks::project_id.eq(project.0).and(tasks::deleted_version.is_null()))
            .order(tasks::id)
            .limit(WALK)
            .select(TaskRow::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(tasks::id.gt(after));
        }
        let mut shared = conn;
        let rows = query.load_stream::<TaskRow>(&mut shared).await.map_err(StoreError::from)?;
        let mut rows = std::pin::pin!(rows);
        let mut count = 0;
        while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
            after = Some(row.id);
            work(StoredTask::try_from(row)?.task)?;
            count += 1;
            if count % YIELD == 0 {
                tokio::task::yield_now().await;
            }
        }
        if i64::try_from(count).is_ok_and(|count| count < WALK) {
            return Ok(());
        }
    }
}

statement! { Refs(projects: Vec<Uuid> as Array<SqlUuid>, ids: Vec<Uuid> as Array<SqlUuid>)
   -> (SqlUuid, SqlUuid, BigInt, Text, Text, Bool):
"SELECT t.project_id, t.id, t.number, t.title, t.status, \
t.deleted_version IS NOT NULL AND t.archived_version IS DISTINCT FROM t.deleted_version \
FROM unnest({}, {}) AS asked (project_id, id) CROSS JOIN LATERAL \
(SELECT * FROM tasks WHERE project_id = asked.project_id AND id = asked.id OFFSET 0) t" }

/// What lists over several projects show of these tasks, in no order, and whether each is in the bin.
///
/// # Errors
/// Those of the query.
pub async fn refs(
    conn: &AsyncPgConnection,
    asked: &[(ProjectId, TaskId)],
) -> Result<Vec<(ProjectId, TaskRef, bool)>> {
    let (projects, ids) = asked.iter().map(|(project, task)| (project.0, task.0)).unzip();
    type RefRow = (Uuid, Uuid, i64, String, String, bool);
    let rows: Vec<RefRow> = Refs::new(projects, ids).load(&mut &*conn).await?;
    let shown = |(project, id, number, title, status, deleted): RefRow| {
        (ProjectId(project), task_ref(id, number, title, status), deleted)
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// When a task left the board, for the archive or the bin, and by whose doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// The time of the event.
    pub at: Moment,
    /// Who made it.
    pub by: UserId,
}

statement! { Leavings(ids: &'a [Uuid] as Array<SqlUuid>, project: Uuid as SqlUuid, log: Uuid as SqlUuid)
   -> (SqlUuid, Timestamptz, SqlUuid):
"SELECT t.id, e.at, e.actor FROM unnest({}) AS asked (id) CROSS JOIN LATERAL \
(SELECT * FROM tasks WHERE project_id = {} AND id = asked.id OFFSET 0) t CROSS JOIN LATERAL \
(SELECT * FROM events WHERE project_id = {} AND version = t.deleted_version OFFSET 0) e" }

/// Of these tasks those that are not on the board, with who took them to where they are.
///
/// # Errors
/// Those of the query.
pub async fn leavings(
    conn: &AsyncPgConnection,
    project: ProjectId,
    ids: &[Uuid],
) -> Result<HashMap<TaskId, Leaving>> {
    type Row = (Uuid, jiff_diesel::Timestamp, Uuid);
    let rows: Vec<Row> = Leavings::new(ids, project.0, project.0).load(&mut &*conn).await?;
    let leaving = |(id, at, by)| (TaskId(id), Leaving { at: convert::moment(at), by: UserId(by) });
    Ok(rows.into_iter().map(leaving).collect())
}

/// The id behind a task's number.
///
/// # Errors
/// Those of the query.
pub async fn by_number(conn: &AsyncPgConnection, project: ProjectId, number: i64) -> Result<Option<TaskId>> {
    let query =
        tasks::table.filter(tasks::project_id.eq(project.0).and(tasks::number.eq(number))).select(tasks::id);
    let id: Option<Uuid> = query.first(&mut &*conn).await.optional()?;
    Ok(id.map(TaskId))
}

statement! { StatusesInUse(project: Uuid as SqlUuid) -> (Text, BigInt):
"SELECT status, count(*) FROM tasks WHERE project_id = {} AND deleted_version IS NULL GROUP BY status" }

/// How many tasks stand in each status; read only when a workflow changes.
///
/// # Errors
/// Those of the query.
pub async fn statuses_in_use(conn: &AsyncPgConnection, project: ProjectId) -> Result<Vec<(Key, i64)>> {
    let counts: Vec<(String, i64)> = StatusesInUse::new(project.0).load(&mut &*conn).await?;
    Ok(counts.into_iter().map(|(key, count)| (Key::stored(key), count)).collect())
}

statement! { Insert(project: Uuid as SqlUuid, rows: Value as Json) -> SqlUuid:
concat!("INSERT INTO tasks (project_id, ", inserted!(), ") \
SELECT {}, r.* FROM json_to_recordset({}) AS r (", typed!(), ")") }

/// Adds tasks; each may already be off the board.
///
/// # Errors
/// Those of the query.
pub async fn insert(conn: &AsyncPgConnection, locked: &LockedProject, tasks: &[StoredTask]) -> Result<()> {
    let rows = tasks.iter().map(row).collect::<Result<Vec<Value>>>()?;
    Insert::new(locked.id().0, Value::Array(rows)).execute(&mut &*conn).await?;
    Ok(())
}

statement! { Update(rows: Value as Json, project: Uuid as SqlUuid, ids: Vec<Uuid> as Array<SqlUuid>) -> SqlUuid:
concat!("UPDATE tasks t SET ", updated!(), " \
FROM json_to_recordset({}) AS r (", typed!(), ") \
WHERE t.project_id = {} AND t.id = ANY({}) AND t.id = r.id") }

/// Writes tasks that exist, each beside what it was. `description` and `config` are written only if they changed, because
/// they may be large.
///
/// # Errors
/// Those of the query.
pub async fn update(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    tasks: &[(StoredTask, &Task)],
) -> Result<()> {
    let rows = tasks.iter().map(|(stored, was)| changed_row(stored, was)).collect::<Result<Vec<Value>>>()?;
    let ids = tasks.iter().map(|(stored, _)| stored.task.id.0).collect();
    Update::new(Value::Array(rows), locked.id().0, ids).execute(&mut &*conn).await?;
    Ok(())
}

/// A row as JSON: a task's members have the names of the columns.
fn row(stored: &StoredTask) -> Result<Value> {
    let mut row = serde_json::to_value(&stored.task).map_err(|_| convert::unreadable("task"))?;
    row["deleted_version"] = stored.deleted.into();
    row["archived_version"] = stored.archived.into();
    Ok(row)
}

fn changed_row(stored: &StoredTask, was: &Task) -> Result<Value> {
    let mut row = row(stored)?;
    if stored.task.description == was.description {
        row["description"] = Value::Null;
    }
    if stored.task.config == was.config {
        row["config"] = Value::Null;
    }
    Ok(row)
}

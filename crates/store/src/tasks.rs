//! Tasks, as the events of their project left them.

use crate::convert::Stored;
use crate::error::StoreError;
use crate::projects::LockedProject;
use crate::schema::tasks;
use crate::{Result, convert};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Json, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::command::DELETED_BYTES;
use domain::facts::Nearby;
use domain::rank::Rank;
use domain::task::{Priority, Task, TaskRef};
use domain::text::{Key, Markdown, Title};
use domain::{ProjectId, TaskId, UserId, Version};
use futures_util::TryStreamExt;
use jiff_diesel::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = tasks, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Row {
    id: Uuid,
    number: i64,
    title: String,
    description: String,
    status: String,
    assignees: Vec<Uuid>,
    labels: Vec<String>,
    priority: String,
    due_on: Option<jiff_diesel::Date>,
    estimate: Option<i64>,
    rank: String,
    parent: Option<Uuid>,
    config: Stored<Map<String, Value>>,
    fields: Stored<Map<String, Value>>,
    comment_count: i64,
    version: i64,
    created_at: Timestamp,
    created_by: Uuid,
    updated_at: Timestamp,
    deleted_version: Option<i64>,
}

/// A task with whether it is in the bin.
#[derive(Debug, Clone)]
pub struct Kept {
    pub task: Task,
    /// The version of the event that put it there.
    pub deleted: Option<Version>,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Kept> {
        let task = Task {
            id: TaskId(row.id),
            number: row.number,
            title: Title::stored(row.title),
            description: Markdown::stored(row.description),
            status: Key::stored(row.status),
            assignees: row.assignees.into_iter().map(UserId).collect(),
            labels: row.labels.into_iter().map(Key::stored).collect(),
            priority: Priority::parse(&row.priority).ok_or_else(|| convert::unreadable("priority"))?,
            due_on: row.due_on.map(|date| date.to_jiff()),
            estimate: row.estimate,
            rank: Rank::stored(row.rank),
            parent: row.parent.map(TaskId),
            config: row.config.0,
            fields: row.fields.0,
            comment_count: row.comment_count,
            version: row.version,
            created_at: convert::moment(row.created_at),
            created_by: UserId(row.created_by),
            updated_at: convert::moment(row.updated_at),
        };
        Ok(Kept { task, deleted: row.deleted_version })
    }
}

/// The tasks with these ids, those in the bin too.
///
/// # Errors
/// Those of the query.
pub async fn some(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<Kept>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = tasks::table
        .filter(tasks::project_id.eq(project.0).and(tasks::id.eq_any(ids)))
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(&mut &*conn).await?;
    rows.into_iter().map(Kept::try_from).collect()
}

type Columns = diesel::dsl::SqlTypeOf<<Row as Selectable<diesel::pg::Pg>>::SelectExpression>;

// A title, a description and 300 bytes are less than the task has as JSON: what is left out here is more than a deletion
// may take, and so is what is not. Parents come before their subtasks, so what is there hangs together.
statement! { Families(project: Uuid as SqlUuid, removed: &'a [Uuid] as Array<SqlUuid>, below: Uuid as SqlUuid,
                      sized: Uuid as SqlUuid, most: i64 as BigInt, bin: Uuid as SqlUuid, group: Uuid as SqlUuid,
                      restored: &'a [Uuid] as Array<SqlUuid>, whole: Uuid as SqlUuid) -> Columns:
"WITH RECURSIVE taken (root, id, depth) AS ( \
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
SELECT t.id, t.number, t.title, t.description, t.status, t.assignees, t.labels, t.priority, t.due_on, t.estimate, t.rank, \
   t.parent, t.config, t.fields, t.comment_count, t.version, t.created_at, t.created_by, t.updated_at, t.deleted_version \
FROM wanted w CROSS JOIN LATERAL (SELECT * FROM tasks WHERE project_id = {} AND id = w.id OFFSET 0) AS t" }

/// Everything below tasks that are to be removed, up to more than a deletion may take, and everything that went into the
/// bin with tasks that are to be restored.
///
/// # Errors
/// Those of the query.
pub async fn families(
    conn: &AsyncPgConnection,
    project: ProjectId,
    removed: &[Uuid],
    restored: &[Uuid],
) -> Result<Vec<Kept>> {
    if removed.is_empty() && restored.is_empty() {
        return Ok(Vec::new());
    }
    let (id, most) = (project.0, i64::try_from(DELETED_BYTES).unwrap_or(i64::MAX));
    let families = Families::new(id, removed, id, id, most, id, id, restored, id);
    let rows: Vec<Row> = families.load(&mut &*conn).await?;
    rows.into_iter().map(Kept::try_from).collect()
}

type NearbyRow = (SqlUuid, BigInt, Text, Text, Nullable<SqlUuid>, Bool);

statement! { Above(project: Uuid as SqlUuid, ids: &'a [Uuid] as Array<SqlUuid>, up: Uuid as SqlUuid, most: i64 as BigInt,
                   whole: Uuid as SqlUuid) -> NearbyRow:
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
    type Found = (Uuid, i64, String, String, Option<Uuid>, bool);
    let rows: Vec<Found> = Above::new(project.0, ids, project.0, most, project.0).load(&mut &*conn).await?;
    let nearby = |(id, number, title, status, parent, deleted): Found| Nearby {
        task: task_ref(id, number, title, status),
        parent: parent.map(TaskId),
        deleted,
    };
    Ok(rows.into_iter().map(nearby).collect())
}

pub(crate) fn task_ref(id: Uuid, number: i64, title: String, status: String) -> TaskRef {
    TaskRef { id: TaskId(id), number, title: Title::stored(title), status: Key::stored(status) }
}

/// Rows of one statement of [`each`]: few enough that none runs into its time limit.
const WALK: i64 = 2_000;
/// A walk lets others of its thread run after so many rows.
const YIELD: usize = 64;

/// Hands every task that is not in the bin to `work`, in the order of their ids. Only few are in memory at a time.
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
            .select(Row::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(tasks::id.gt(after));
        }
        let mut shared = conn;
        let rows = query.load_stream::<Row>(&mut shared).await.map_err(StoreError::from)?;
        let mut rows = std::pin::pin!(rows);
        let mut count = 0;
        while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
            after = Some(row.id);
            work(Kept::try_from(row)?.task)?;
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
"INSERT INTO tasks (project_id, id, number, title, description, status, assignees, labels, priority, due_on, estimate, \
                rank, parent, config, fields, comment_count, version, created_at, created_by, updated_at, \
                deleted_version) \
SELECT {}, r.* FROM json_to_recordset({}) AS r ( \
id uuid, number bigint, title text, description text, status text, assignees uuid[], labels text[], priority text, \
due_on date, estimate bigint, rank text, parent uuid, config jsonb, fields jsonb, comment_count bigint, \
version bigint, created_at timestamptz, created_by uuid, updated_at timestamptz, deleted_version bigint)" }

/// Adds tasks; each may already be in the bin.
///
/// # Errors
/// Those of the query.
pub async fn insert(conn: &AsyncPgConnection, locked: &LockedProject, tasks: &[Kept]) -> Result<()> {
    let rows = tasks.iter().map(row).collect::<Result<Vec<Value>>>()?;
    Insert::new(locked.id().0, Value::Array(rows)).execute(&mut &*conn).await?;
    Ok(())
}

statement! { Update(rows: Value as Json, project: Uuid as SqlUuid, ids: Vec<Uuid> as Array<SqlUuid>) -> SqlUuid:
"UPDATE tasks t SET title = r.title, description = coalesce(r.description, t.description), status = r.status, \
   assignees = r.assignees, labels = r.labels, priority = r.priority, due_on = r.due_on, estimate = r.estimate, \
   rank = r.rank, parent = r.parent, config = coalesce(r.config, t.config), fields = r.fields, \
   comment_count = r.comment_count, version = r.version, updated_at = r.updated_at, \
   deleted_version = r.deleted_version \
FROM json_to_recordset({}) AS r ( \
   id uuid, title text, description text, status text, assignees uuid[], labels text[], priority text, \
   due_on date, estimate bigint, rank text, parent uuid, config jsonb, fields jsonb, comment_count bigint, \
   version bigint, updated_at timestamptz, deleted_version bigint) \
WHERE t.project_id = {} AND t.id = ANY({}) AND t.id = r.id" }

/// Writes tasks that are there already. `was` is what was read of each: large fields that did not change stay unwritten.
///
/// # Errors
/// Those of the query.
pub async fn update(conn: &AsyncPgConnection, locked: &LockedProject, tasks: &[(Kept, &Task)]) -> Result<()> {
    let rows = tasks.iter().map(|(kept, was)| changed_row(kept, was)).collect::<Result<Vec<Value>>>()?;
    let ids = tasks.iter().map(|(kept, _)| kept.task.id.0).collect();
    Update::new(Value::Array(rows), locked.id().0, ids).execute(&mut &*conn).await?;
    Ok(())
}

/// A row as JSON: a task's members have the names of the columns.
fn row(kept: &Kept) -> Result<Value> {
    let mut row = serde_json::to_value(&kept.task).map_err(|_| convert::unreadable("task"))?;
    row["deleted_version"] = kept.deleted.into();
    Ok(row)
}

fn changed_row(kept: &Kept, was: &Task) -> Result<Value> {
    let mut row = row(kept)?;
    if kept.task.description == was.description {
        row["description"] = Value::Null;
    }
    if kept.task.config == was.config {
        row["config"] = Value::Null;
    }
    Ok(row)
}

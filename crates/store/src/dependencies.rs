//! Edges between tasks. A task in the bin or the archive keeps its edges, because they come back with it.

use crate::projects::LockedProject;
use crate::tasks::task_ref;
use crate::{Result, convert};
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::dependency::{Dependency, Kind};
use domain::facts::{Nearby, Waiting};
use domain::text::Key;
use domain::{ProjectId, TaskId, UserId};
use uuid::Uuid;

/// An edge with its two tasks.
#[derive(Debug)]
pub struct EdgeWithEnds {
    /// The edge.
    pub edge: Dependency,
    /// The task that has the dependency, and the one that it is on.
    pub ends: [Nearby; 2],
}

type EdgeColumns = (SqlUuid, SqlUuid, Text, BigInt, Text, Text, Bool, BigInt, Text, Text, Bool);
type EdgeRow = (Uuid, Uuid, String, i64, String, String, bool, i64, String, String, bool);

fn edge_with_ends(row: EdgeRow) -> Result<EdgeWithEnds> {
    let (task, on, kind, number, title, status, deleted, on_number, on_title, on_status, on_deleted) = row;
    let kind = Kind::parse(&kind).ok_or_else(|| convert::unreadable("kind"))?;
    let end = |task, deleted| Nearby { task, parent: None, deleted };
    Ok(EdgeWithEnds {
        edge: Dependency { task: TaskId(task), on: TaskId(on), kind },
        ends: [
            end(task_ref(task, number, title, status), deleted),
            end(task_ref(on, on_number, on_title, on_status), on_deleted),
        ],
    })
}

/// A statement that reads edges with both of their tasks. `$edges` selects them under the name `edges`.
macro_rules! with_ends {
    ($edges:literal) => {
        concat!(
            $edges,
            " SELECT d.task_id, d.on_id, d.kind, t.number, t.title, t.status, t.deleted_version IS NOT NULL, ",
            "o.number, o.title, o.status, o.deleted_version IS NOT NULL FROM edges d ",
            "CROSS JOIN LATERAL (SELECT * FROM tasks WHERE project_id = {} AND id = d.task_id OFFSET 0) AS t ",
            "CROSS JOIN LATERAL (SELECT * FROM tasks WHERE project_id = {} AND id = d.on_id OFFSET 0) AS o"
        )
    };
}

statement! { Direct(project: Uuid as SqlUuid, ids: &'a [Uuid] as Array<SqlUuid>, task: Uuid as SqlUuid, on: Uuid as SqlUuid)
   -> EdgeColumns:
with_ends!("WITH edges AS (SELECT * FROM dependencies WHERE project_id = {} AND task_id = ANY({}))") }

/// The edges from these tasks to others.
///
/// # Errors
/// Those of the query.
pub async fn direct(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<EdgeWithEnds>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let id = project.0;
    let rows: Vec<EdgeRow> = Direct::new(id, ids, id, id).load(&mut &*conn).await?;
    rows.into_iter().map(edge_with_ends).collect()
}

statement! { WaitingFor(ids: &'a [Uuid] as Array<SqlUuid>, project: Uuid as SqlUuid, most: i64 as BigInt, of: Uuid as SqlUuid)
   -> (SqlUuid, SqlUuid, Text, Array<SqlUuid>):
"SELECT d.on_id, d.task_id, t.status, ARRAY(SELECT a.id FROM unnest(t.assignees) AS a (id) CROSS JOIN LATERAL \
   (SELECT FROM members WHERE project_id = t.project_id AND user_id = a.id OFFSET 0) m \
   WHERE NOT EXISTS (SELECT FROM mutes WHERE user_id = a.id AND target = ANY(ARRAY[t.id, t.project_id]) OFFSET 0)) \
FROM (SELECT d.* FROM unnest({}) AS asked (id) CROSS JOIN LATERAL \
   (SELECT * FROM dependencies WHERE project_id = {} AND on_id = asked.id AND kind = 'blocks' OFFSET 0) d LIMIT {}) d \
CROSS JOIN LATERAL \
(SELECT * FROM tasks WHERE project_id = {} AND id = d.task_id OFFSET 0) t WHERE t.deleted_version IS NULL" }

/// The tasks that wait for these, at most `most`, with those of their assignees who are members and have not muted them.
///
/// # Errors
/// Those of the query.
pub async fn waiting_for(
    conn: &AsyncPgConnection,
    project: ProjectId,
    ids: &[Uuid],
    most: i64,
) -> Result<Vec<(TaskId, Waiting)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    type WaitingRow = (Uuid, Uuid, String, Vec<Uuid>);
    let rows: Vec<WaitingRow> = WaitingFor::new(ids, project.0, most, project.0).load(&mut &*conn).await?;
    let waiting = |(on, task, status, assignees): WaitingRow| {
        let assignees = assignees.into_iter().map(UserId).collect();
        (TaskId(on), Waiting { task: TaskId(task), status: Key::stored(status), assignees })
    };
    Ok(rows.into_iter().map(waiting).collect())
}

statement! { Reachable(
    project: Uuid as SqlUuid, starts: &'a [Uuid] as Array<SqlUuid>, bin: Uuid as SqlUuid, group: Uuid as SqlUuid,
    restored: &'a [Uuid] as Array<SqlUuid>, step: Uuid as SqlUuid, most: i64 as BigInt, task: Uuid as SqlUuid,
    on: Uuid as SqlUuid
) -> EdgeColumns:
with_ends!("WITH RECURSIVE walk (task_id, on_id, kind) AS ( \
   SELECT task_id, on_id, kind FROM dependencies WHERE project_id = {} AND kind = 'blocks' AND task_id = ANY(ARRAY( \
      SELECT unnest({}) UNION SELECT id FROM tasks WHERE project_id = {} AND deleted_version = \
      ANY(ARRAY(SELECT deleted_version FROM tasks WHERE project_id = {} AND id = ANY({}))))) \
   UNION SELECT d.task_id, d.on_id, d.kind FROM walk w CROSS JOIN LATERAL \
   (SELECT * FROM dependencies WHERE project_id = {} AND task_id = w.on_id AND kind = 'blocks' OFFSET 0) AS d), \
edges AS (SELECT * FROM walk LIMIT {})") }

/// The `blocks` edges on the way to everything that the tasks in `starts` wait for, directly or over others, and that the
/// tasks wait for which left the board with one of `restored`. At most `most` edges.
///
/// # Errors
/// Those of the query.
pub async fn reachable(
    conn: &AsyncPgConnection,
    project: ProjectId,
    starts: &[Uuid],
    restored: &[Uuid],
    most: i64,
) -> Result<Vec<EdgeWithEnds>> {
    if starts.is_empty() && restored.is_empty() {
        return Ok(Vec::new());
    }
    let id = project.0;
    let walk = Reachable::new(id, starts, id, id, restored, id, most, id, id);
    let rows: Vec<EdgeRow> = walk.load(&mut &*conn).await?;
    rows.into_iter().map(edge_with_ends).collect()
}

statement! { Around(
    project: Uuid as SqlUuid, removed: &'a [Uuid] as Array<SqlUuid>, bin: Uuid as SqlUuid, group: Uuid as SqlUuid,
    restored: &'a [Uuid] as Array<SqlUuid>, below: Uuid as SqlUuid, from: Uuid as SqlUuid, to: Uuid as SqlUuid,
    task: Uuid as SqlUuid, on: Uuid as SqlUuid
) -> EdgeColumns:
with_ends!("WITH RECURSIVE family (id) AS ( \
   (SELECT id FROM tasks WHERE project_id = {} AND id = ANY({}) AND deleted_version IS NULL \
    UNION SELECT id FROM tasks WHERE project_id = {} AND deleted_version = \
    ANY(ARRAY(SELECT deleted_version FROM tasks WHERE project_id = {} AND id = ANY({})))) \
   UNION SELECT t.id FROM family f CROSS JOIN LATERAL \
   (SELECT id FROM tasks WHERE project_id = {} AND parent = f.id AND deleted_version IS NULL OFFSET 0) AS t), \
edges AS (SELECT d.* FROM family f CROSS JOIN LATERAL \
   (SELECT * FROM dependencies WHERE project_id = {} AND task_id = f.id OFFSET 0) AS d \
   UNION SELECT d.* FROM family f CROSS JOIN LATERAL \
   (SELECT * FROM dependencies WHERE project_id = {} AND on_id = f.id OFFSET 0) AS d)") }

/// All edges of the tasks in `removed` and of those below them, and of the tasks in `restored` and of those that left
/// the board with them.
///
/// # Errors
/// Those of the query.
pub async fn around(
    conn: &AsyncPgConnection,
    project: ProjectId,
    removed: &[Uuid],
    restored: &[Uuid],
) -> Result<Vec<EdgeWithEnds>> {
    if removed.is_empty() && restored.is_empty() {
        return Ok(Vec::new());
    }
    let id = project.0;
    let around = Around::new(id, removed, id, id, restored, id, id, id, id, id);
    let rows: Vec<EdgeRow> = around.load(&mut &*conn).await?;
    rows.into_iter().map(edge_with_ends).collect()
}

statement! { Live(project: Uuid as SqlUuid, of: Uuid as SqlUuid) -> (SqlUuid, SqlUuid, Text):
"SELECT d.task_id, d.on_id, d.kind FROM dependencies d \
JOIN tasks t ON t.project_id = {} AND t.id = d.task_id AND t.deleted_version IS NULL \
JOIN tasks o ON o.project_id = t.project_id AND o.id = d.on_id AND o.deleted_version IS NULL \
WHERE d.project_id = {}" }

/// All edges between tasks on the board.
///
/// # Errors
/// Those of the query.
pub async fn all(conn: &AsyncPgConnection, project: ProjectId) -> Result<Vec<Dependency>> {
    let rows: Vec<(Uuid, Uuid, String)> = Live::new(project.0, project.0).load(&mut &*conn).await?;
    rows.into_iter()
        .map(|(task, on, kind)| {
            let kind = Kind::parse(&kind).ok_or_else(|| convert::unreadable("kind"))?;
            Ok(Dependency { task: TaskId(task), on: TaskId(on), kind })
        })
        .collect()
}

type Ids = Vec<Uuid>;

statement! { Add(project: Uuid as SqlUuid, tasks: Ids as Array<SqlUuid>, ons: Ids as Array<SqlUuid>,
                 kinds: Vec<&'a str> as Array<Text>) -> SqlUuid:
"INSERT INTO dependencies (project_id, task_id, on_id, kind) SELECT {}, e.* FROM unnest({}, {}, {}) AS e \
ON CONFLICT DO NOTHING" }

statement! { Remove(tasks: Ids as Array<SqlUuid>, ons: Ids as Array<SqlUuid>, kinds: Vec<&'a str> as Array<Text>,
                    project: Uuid as SqlUuid, of: Ids as Array<SqlUuid>) -> SqlUuid:
"DELETE FROM dependencies d USING unnest({}, {}, {}) AS e (task_id, on_id, kind) \
WHERE d.project_id = {} AND d.task_id = ANY({}) AND d.task_id = e.task_id AND d.on_id = e.on_id AND d.kind = e.kind" }

/// Adds edges; those that are there stay.
///
/// # Errors
/// Those of the query.
pub async fn add(conn: &AsyncPgConnection, locked: &LockedProject, edges: &[Dependency]) -> Result<()> {
    if !edges.is_empty() {
        let (tasks, ons, kinds) = columns(edges);
        Add::new(locked.id().0, tasks, ons, kinds).execute(&mut &*conn).await?;
    }
    Ok(())
}

/// Takes edges away.
///
/// # Errors
/// Those of the query.
pub async fn remove(conn: &AsyncPgConnection, locked: &LockedProject, edges: &[Dependency]) -> Result<()> {
    if !edges.is_empty() {
        let (tasks, ons, kinds) = columns(edges);
        Remove::new(tasks.clone(), ons, kinds, locked.id().0, tasks).execute(&mut &*conn).await?;
    }
    Ok(())
}

fn columns(edges: &[Dependency]) -> (Ids, Ids, Vec<&'static str>) {
    let tasks = edges.iter().map(|edge| edge.task.0).collect();
    let ons = edges.iter().map(|edge| edge.on.0).collect();
    (tasks, ons, edges.iter().map(|edge| edge.kind.as_str()).collect())
}

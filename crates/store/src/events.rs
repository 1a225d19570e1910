//! The log. Appended to under the project's lock, read by version, never changed.

use crate::Result;
use crate::projects::LockedProject;
use crate::schema::events;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::event::Access;
use domain::time::Moment;
use domain::{CommandId, ProjectId, TaskId, UserId, Version};
use futures_util::try_join;
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// An event to append: its bytes, and the columns that are read without them.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub version: Version,
    pub kind: &'static str,
    pub access: Access,
    pub at: Moment,
    pub actor: UserId,
    pub command_id: CommandId,
    pub body: String,
    /// The bytes of all bodies up to and with this one.
    pub total_bytes: i64,
    /// What it replaced, in JSON.
    pub before: Option<String>,
    /// The tasks it concerns.
    pub tasks: Vec<TaskId>,
}

/// How the name of the constraint ends that allows a command id one event; each partition has its own.
pub const COMMAND_ID_IS_UNIQUE: &str = "_actor_command_id_key";

statement! { Append(
    project: Uuid as SqlUuid, versions: Vec<i64> as Array<BigInt>, kinds: Vec<&'a str> as Array<Text>,
    accesses: Vec<String> as Array<Text>, at: Vec<Timestamp> as Array<Timestamptz>, actors: Vec<Uuid> as Array<SqlUuid>,
    command_ids: Vec<Uuid> as Array<SqlUuid>, bodies: Vec<&'a str> as Array<Text>, totals: Vec<i64> as Array<BigInt>,
    before: Vec<Option<&'a str>> as Array<Nullable<Text>>
) -> SqlUuid:
"INSERT INTO events (project_id, version, type, access, at, actor, command_id, body, total_bytes, before) \
 SELECT {}, e.* FROM unnest({}, {}, {}, {}, {}, {}, {}, {}, {}) AS e" }

statement! { Concern(project: Uuid as SqlUuid, tasks: Vec<Uuid> as Array<SqlUuid>, versions: Vec<i64> as Array<BigInt>)
   -> SqlUuid:
"INSERT INTO event_tasks (project_id, task_id, version) SELECT {}, t.* FROM unnest({}, {}) AS t" }

/// Appends events as the next versions. The caller holds the project's lock, so versions have no gaps.
///
/// # Errors
/// Those of the query; a constraint if a command id was used twice.
pub async fn append(conn: &AsyncPgConnection, locked: &LockedProject, new: &[NewEvent]) -> Result<()> {
    insert(conn, locked.id(), new).await
}

/// Appends version 1 of a project that the caller's transaction has just made.
///
/// # Errors
/// Those of the query.
pub async fn begin(conn: &AsyncPgConnection, project: ProjectId, first: &NewEvent) -> Result<()> {
    insert(conn, project, std::slice::from_ref(first)).await
}

async fn insert(conn: &AsyncPgConnection, project: ProjectId, new: &[NewEvent]) -> Result<()> {
    let append = Append::new(
        project.0,
        new.iter().map(|e| e.version).collect(),
        new.iter().map(|e| e.kind).collect(),
        new.iter().map(|e| e.access.to_string()).collect(),
        new.iter().map(|e| e.at.timestamp().into()).collect(),
        new.iter().map(|e| e.actor.0).collect(),
        new.iter().map(|e| e.command_id.0).collect(),
        new.iter().map(|e| e.body.as_str()).collect(),
        new.iter().map(|e| e.total_bytes).collect(),
        new.iter().map(|e| e.before.as_deref()).collect(),
    );
    let concerned = new.iter().flat_map(|e| e.tasks.iter().map(|task| (task.0, e.version)));
    let (tasks, versions): (Vec<Uuid>, Vec<i64>) = concerned.unzip();
    let appending = async { append.execute(&mut &*conn).await };
    let concerning = async {
        match tasks.is_empty() {
            true => Ok(0),
            false => Concern::new(project.0, tasks, versions).execute(&mut &*conn).await,
        }
    };
    try_join!(appending, concerning)?;
    Ok(())
}

/// The bodies of the events after a version, in order, at most `limit`.
///
/// # Errors
/// Those of the query.
pub async fn after(
    conn: &AsyncPgConnection,
    project: ProjectId,
    version: Version,
    limit: i64,
) -> Result<Vec<String>> {
    let query = events::table
        .filter(events::project_id.eq(project.0).and(events::version.gt(version)))
        .order(events::version)
        .limit(limit)
        .select(events::body);
    Ok(query.load(&mut &*conn).await?)
}

statement! { OfCommands(actors: Vec<Uuid> as Array<SqlUuid>, ids: Vec<Uuid> as Array<SqlUuid>, project: Uuid as SqlUuid) -> Bool:
"SELECT EXISTS (SELECT FROM unnest({}, {}) AS asked (actor, command_id) CROSS JOIN LATERAL (SELECT FROM events e \
WHERE e.project_id = {} AND e.actor = asked.actor AND e.command_id = asked.command_id OFFSET 0) AS e)" }

/// Whether any of these commands of these members made an event.
///
/// # Errors
/// Those of the query.
pub async fn any_of_commands(
    conn: &AsyncPgConnection,
    project: ProjectId,
    asked: &[(UserId, CommandId)],
) -> Result<bool> {
    let (actors, ids) = asked.iter().map(|(actor, id)| (actor.0, id.0)).unzip();
    Ok(OfCommands::new(actors, ids, project.0).get_result(&mut &*conn).await?)
}

/// The events of these versions, each with what it replaced.
///
/// # Errors
/// Those of the query.
pub async fn with_before(
    conn: &AsyncPgConnection,
    project: ProjectId,
    versions: &[Version],
) -> Result<Vec<(Version, String, Option<String>)>> {
    let query = events::table
        .filter(events::project_id.eq(project.0).and(events::version.eq_any(versions)))
        .select((events::version, events::body, events::before));
    Ok(query.load(&mut &*conn).await?)
}

/// What somebody lacks: the events of `project` after `after`.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub project: ProjectId,
    pub after: Version,
}

/// An event as a room hands it on.
#[derive(Debug, Clone)]
pub struct Logged {
    pub project: ProjectId,
    /// The epoch at the moment of reading.
    pub epoch: String,
    pub version: Version,
    pub access: Access,
    pub body: String,
}

type LoggedRow = (SqlUuid, Text, BigInt, Text, Text);

statement! { Pages(projects: Vec<Uuid> as Array<SqlUuid>, after: Vec<i64> as Array<BigInt>, limit: i64 as BigInt,
                  bytes: i64 as BigInt) -> LoggedRow:
"SELECT w.project_id, p.epoch, e.version, e.access, e.body \
FROM unnest({}, {}) AS w (project_id, after) \
JOIN projects p ON p.id = w.project_id \
CROSS JOIN LATERAL ( \
   SELECT page.version, page.access, page.body FROM ( \
       SELECT version, access, body, total_bytes, first_value(total_bytes - octet_length(body)) OVER \
              (ORDER BY version) AS before \
       FROM events WHERE project_id = w.project_id AND version > w.after ORDER BY version LIMIT {}) AS page \
   WHERE page.total_bytes - page.before <= {} OR page.version = w.after + 1) AS e \
ORDER BY w.project_id, e.version" }

/// The next page of many projects by one query: each at most `limit` events and about `bytes`, at least one event.
///
/// # Errors
/// Those of the query.
pub async fn pages(
    conn: &AsyncPgConnection,
    wanted: &[Wanted],
    limit: i64,
    bytes: i64,
) -> Result<Vec<Logged>> {
    let (projects, after) = wanted.iter().map(|w| (w.project.0, w.after)).unzip();
    let rows: Vec<(Uuid, String, i64, String, String)> =
        Pages::new(projects, after, limit, bytes).load(&mut &*conn).await?;
    rows.into_iter()
        .map(|(project, epoch, version, access, body)| {
            let access = Access::parse(&access).ok_or_else(|| crate::convert::unreadable("access"))?;
            Ok(Logged { project: ProjectId(project), epoch, version, access, body })
        })
        .collect()
}

statement! { Behind(projects: Vec<Uuid> as Array<SqlUuid>, after: Vec<i64> as Array<BigInt>) -> BigInt:
"SELECT coalesce(p.total_bytes - coalesce(e.total_bytes, 0), 0) \
FROM unnest({}, {}) WITH ORDINALITY AS w (project_id, after, place) \
LEFT JOIN projects p ON p.id = w.project_id \
LEFT JOIN events e ON e.project_id = w.project_id AND e.version = w.after \
ORDER BY w.place" }

/// How many bytes of events came after each of these positions, in the order asked.
///
/// # Errors
/// Those of the query.
pub async fn bytes_behind(conn: &AsyncPgConnection, wanted: &[Wanted]) -> Result<Vec<i64>> {
    let (projects, after) = wanted.iter().map(|w| (w.project.0, w.after)).unzip();
    Ok(Behind::new(projects, after).load(&mut &*conn).await?)
}

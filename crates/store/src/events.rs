//! The log, as it is read: by version. [`crate::log`] appends to it; nothing changes it.

use crate::Result;
use crate::schema::events;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::event::Access;
use domain::{CommandId, ProjectId, UserId, Version};
use uuid::Uuid;

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

/// The events of these versions, each with the values that it replaced.
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

/// A request for the events of `project` after `after`.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Whose events.
    pub project: ProjectId,
    /// The last version that is known already; 0 for none.
    pub after: Version,
}

/// An event as a room hands it on.
#[derive(Debug, Clone)]
pub struct Logged {
    /// The project in whose log it is.
    pub project: ProjectId,
    /// The epoch at the moment of reading.
    pub epoch: String,
    /// The project's version that it made.
    pub version: Version,
    /// What it changes about who may read the project.
    pub access: Access,
    /// The event in JSON, byte for byte as clients get it.
    pub body: String,
}

type LoggedColumns = (SqlUuid, Text, BigInt, Text, Text);

statement! { Pages(projects: Vec<Uuid> as Array<SqlUuid>, after: Vec<i64> as Array<BigInt>, limit: i64 as BigInt,
                  bytes: i64 as BigInt) -> LoggedColumns:
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

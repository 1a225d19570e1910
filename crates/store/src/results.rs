//! What was decided for each command that brought an id of its client's: a repeat gets the first answer again.

use crate::Result;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{CommandId, ProjectId, UserId, Version};
use uuid::Uuid;

/// A decision as it is kept. `event`, `resource` and `problem` are JSON, as the first answer had them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The command.
    pub command_id: CommandId,
    /// SHA-256 of the command: another command with this id is refused. Empty when only its event is known.
    pub hash: Vec<u8>,
    /// The project's version after the decision.
    pub version: Version,
    /// The event that it made. `None`: it changed nothing, or was refused.
    pub event: Option<String>,
    /// What it made or changed, as an object with the resource under its name. `None`: it was refused.
    pub resource: Option<String>,
    /// Why it was refused.
    pub problem: Option<String>,
}

type DecidedRow = (Uuid, Uuid, Vec<u8>, i64, Option<String>, Option<String>, Option<String>);

statement! { Of(actors: Vec<Uuid> as Array<SqlUuid>, ids: Vec<Uuid> as Array<SqlUuid>, project: Uuid as SqlUuid)
   -> (SqlUuid, SqlUuid, Bytea, BigInt, Nullable<Text>, Nullable<Text>, Nullable<Text>):
"SELECT r.actor, r.command_id, r.hash, r.version, r.event, r.resource, r.problem \
FROM unnest({}, {}) AS asked (actor, command_id) CROSS JOIN LATERAL (SELECT * FROM command_results r \
WHERE r.project_id = {} AND r.actor = asked.actor AND r.command_id = asked.command_id OFFSET 0) AS r" }

/// The stored decisions for those of these ids that their members used before. For no ids no query is sent.
///
/// # Errors
/// Those of the query.
pub async fn of(
    conn: &AsyncPgConnection,
    project: ProjectId,
    asked: &[(UserId, CommandId)],
) -> Result<Vec<(UserId, Decided)>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (actors, ids) = asked.iter().map(|(actor, id)| (actor.0, id.0)).unzip();
    let rows: Vec<DecidedRow> = Of::new(actors, ids, project.0).load(&mut &*conn).await?;
    let decided = |(actor, id, hash, version, event, resource, problem)| {
        let decided = Decided { command_id: CommandId(id), hash, version, event, resource, problem };
        (UserId(actor), decided)
    };
    Ok(rows.into_iter().map(decided).collect())
}

statement! { OfLog(actors: Vec<Uuid> as Array<SqlUuid>, ids: Vec<Uuid> as Array<SqlUuid>, project: Uuid as SqlUuid)
   -> (SqlUuid, SqlUuid, BigInt, Text):
"SELECT e.actor, e.command_id, e.version, e.body \
FROM unnest({}, {}) AS asked (actor, command_id) CROSS JOIN LATERAL (SELECT * FROM events e \
WHERE e.project_id = {} AND e.actor = asked.actor AND e.command_id = asked.command_id OFFSET 0) AS e" }

/// [`of`] for decisions that are no longer kept: a change answers from its event for ever.
///
/// # Errors
/// Those of the query.
pub async fn of_log(
    conn: &AsyncPgConnection,
    project: ProjectId,
    asked: &[(UserId, CommandId)],
) -> Result<Vec<(UserId, Decided)>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (actors, ids) = asked.iter().map(|(actor, id)| (actor.0, id.0)).unzip();
    let rows: Vec<(Uuid, Uuid, i64, String)> = OfLog::new(actors, ids, project.0).load(&mut &*conn).await?;
    let decided = |(actor, id, version, body)| {
        let (hash, event) = (Vec::new(), Some(body));
        let decided =
            Decided { command_id: CommandId(id), hash, version, event, resource: None, problem: None };
        (UserId(actor), decided)
    };
    Ok(rows.into_iter().map(decided).collect())
}

statement! { Sweep(days: i64 as BigInt, limit: i64 as BigInt) -> SqlUuid:
"DELETE FROM command_results WHERE (project_id, actor, command_id) IN (SELECT project_id, actor, command_id \
FROM command_results WHERE decided_at < now() - {} * interval '1 day' ORDER BY decided_at LIMIT {} \
FOR UPDATE SKIP LOCKED)" }

/// Deletes at most `limit` decisions that are older than `days`. Repeats of changes answer from their events then.
///
/// # Errors
/// Those of the query.
pub async fn sweep(conn: &AsyncPgConnection, days: i64, limit: i64) -> Result<usize> {
    Ok(Sweep::new(days, limit).execute(&mut &*conn).await?)
}

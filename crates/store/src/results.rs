//! What was decided for each command that brought an id of its client's: a repeat gets the first answer again.

use crate::Result;
use crate::projects::LockedProject;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{CommandId, ProjectId, UserId, Version};
use uuid::Uuid;

/// A decision as it is kept. `event`, `resource` and `problem` are JSON, as the first answer had them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub command_id: CommandId,
    /// SHA-256 of the command: another command with this id is refused.
    pub hash: Vec<u8>,
    /// The project's version after the decision.
    pub version: Version,
    pub event: Option<String>,
    pub resource: Option<String>,
    pub problem: Option<String>,
}

type Row = (Uuid, Vec<u8>, i64, Option<String>, Option<String>, Option<String>);

statement! { Of(project: Uuid as SqlUuid, actor: Uuid as SqlUuid, ids: &'a [Uuid] as Array<SqlUuid>)
   -> (SqlUuid, Bytea, BigInt, Nullable<Text>, Nullable<Text>, Nullable<Text>):
"SELECT command_id, hash, version, event, resource, problem FROM command_results \
WHERE project_id = {} AND actor = {} AND command_id = ANY({})" }

/// What was decided for those of `command_ids` that this member used before.
///
/// # Errors
/// Those of the query.
pub async fn of(
    conn: &AsyncPgConnection,
    project: ProjectId,
    actor: UserId,
    command_ids: &[Uuid],
) -> Result<Vec<Decided>> {
    let rows: Vec<Row> = Of::new(project.0, actor.0, command_ids).load(&mut &*conn).await?;
    let decided = |(id, hash, version, event, resource, problem)| Decided {
        command_id: CommandId(id),
        hash,
        version,
        event,
        resource,
        problem,
    };
    Ok(rows.into_iter().map(decided).collect())
}

type Optional<'a> = Vec<Option<&'a str>>;

statement! { Keep(
    project: Uuid as SqlUuid, actor: Uuid as SqlUuid, ids: Vec<Uuid> as Array<SqlUuid>, hashes: Vec<&'a [u8]> as Array<Bytea>,
    versions: Vec<i64> as Array<BigInt>, events: Optional<'a> as Array<Nullable<Text>>,
    resources: Optional<'a> as Array<Nullable<Text>>, problems: Optional<'a> as Array<Nullable<Text>>
) -> SqlUuid:
"INSERT INTO command_results (project_id, actor, command_id, hash, version, event, resource, problem) \
 SELECT {}, {}, r.* FROM unnest({}, {}, {}, {}, {}, {}) AS r" }

/// Keeps decisions.
///
/// # Errors
/// Those of the query; a constraint if an id was decided before.
pub async fn keep(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    actor: UserId,
    decided: &[Decided],
) -> Result<()> {
    let keep = Keep::new(
        locked.id().0,
        actor.0,
        decided.iter().map(|d| d.command_id.0).collect(),
        decided.iter().map(|d| d.hash.as_slice()).collect(),
        decided.iter().map(|d| d.version).collect(),
        decided.iter().map(|d| d.event.as_deref()).collect(),
        decided.iter().map(|d| d.resource.as_deref()).collect(),
        decided.iter().map(|d| d.problem.as_deref()).collect(),
    );
    keep.execute(&mut &*conn).await?;
    Ok(())
}

//! What every transaction of a project ends with: its events, what was decided, and the project's new version. One statement,
//! because a statement costs Postgres and us more than the few rows it writes.

use crate::Result;
use crate::projects::Current;
use crate::results::Decided;
use diesel::sql_types::{Array, BigInt, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::event::Access;
use domain::time::Moment;
use domain::{CommandId, ProjectId, TaskId, UserId, Version};
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// An event to append: its bytes, and the columns that are read without them.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The version that it makes: one more than that of the event before.
    pub version: Version,
    /// Its type, such as `task.moved`.
    pub kind: &'static str,
    /// What it changes about who may read the project.
    pub access: Access,
    /// When it happened.
    pub at: Moment,
    /// Who sent the command.
    pub actor: UserId,
    /// The command that it answers.
    pub command_id: CommandId,
    /// The event in JSON, as clients get it.
    pub body: String,
    /// The bytes of all bodies up to and with this one.
    pub total_bytes: i64,
    /// What it replaced, in JSON.
    pub before: Option<String>,
    /// The tasks it concerns.
    pub tasks: Vec<TaskId>,
}

/// Where the log then ends, and the counters beside it.
#[derive(Debug, Clone, Copy)]
pub struct NewHead {
    /// Whose log.
    pub project: ProjectId,
    /// The version of the last event.
    pub version: Version,
    /// The bytes of all events so far.
    pub total_bytes: i64,
    /// The highest task number ever given.
    pub last_number: i64,
    /// When the last event happened.
    pub changed_at: Moment,
}

impl From<&Current> for NewHead {
    fn from(current: &Current) -> NewHead {
        let Current { project, version, total_bytes, last_number, changed_at, .. } = current;
        let (version, total_bytes, last_number) = (*version, *total_bytes, *last_number);
        NewHead { project: project.id, version, total_bytes, last_number, changed_at: *changed_at }
    }
}

/// The end of the name of the constraint that allows a command id only one event. Each partition of `events` has its own.
pub const COMMAND_ID_IS_UNIQUE: &str = "_actor_command_id_key";

type Optional<'a> = Vec<Option<&'a str>>;

statement! { Append(
    project: Uuid as SqlUuid, versions: Vec<i64> as Array<BigInt>, kinds: Vec<&'a str> as Array<Text>,
    accesses: Vec<String> as Array<Text>, at: Vec<Timestamp> as Array<Timestamptz>, actors: Vec<Uuid> as Array<SqlUuid>,
    command_ids: Vec<Uuid> as Array<SqlUuid>, bodies: Vec<&'a str> as Array<Text>, totals: Vec<i64> as Array<BigInt>,
    before: Optional<'a> as Array<Nullable<Text>>,
    of_tasks: Uuid as SqlUuid, tasks: Vec<Uuid> as Array<SqlUuid>, at_versions: Vec<i64> as Array<BigInt>,
    of_decided: Uuid as SqlUuid, deciders: Vec<Uuid> as Array<SqlUuid>, ids: Vec<Uuid> as Array<SqlUuid>,
    hashes: Vec<&'a [u8]> as Array<Bytea>, seen: Vec<i64> as Array<BigInt>, events: Optional<'a> as Array<Nullable<Text>>,
    resources: Optional<'a> as Array<Nullable<Text>>, problems: Optional<'a> as Array<Nullable<Text>>,
    version: i64 as BigInt, total_bytes: i64 as BigInt, last_number: i64 as BigInt, changed_at: Timestamp as Timestamptz,
    id: Uuid as SqlUuid, below: i64 as BigInt
) -> SqlUuid:
"WITH appended AS ( \
   INSERT INTO events (project_id, version, type, access, at, actor, command_id, body, total_bytes, before) \
   SELECT {}, e.* FROM unnest({}, {}, {}, {}, {}, {}, {}, {}, {}) AS e), \
 concerned AS (INSERT INTO event_tasks (project_id, task_id, version) SELECT {}, t.* FROM unnest({}, {}) AS t), \
 decided AS ( \
   INSERT INTO command_results (project_id, actor, command_id, hash, version, event, resource, problem) \
   SELECT {}, r.* FROM unnest({}, {}, {}, {}, {}, {}, {}) AS r) \
UPDATE projects SET version = {}, total_bytes = {}, last_number = {}, changed_at = {} WHERE id = {} AND version < {}" }

/// Appends events as the next versions, keeps what was decided for ids that clients brought, each for its member, and raises
/// the project to `head`. The caller holds the project's lock, or has just made the project: so versions have no gaps.
///
/// # Errors
/// Those of the query; a constraint if a command id was used twice, or decided before.
pub async fn append(
    conn: &AsyncPgConnection,
    head: NewHead,
    new: &[NewEvent],
    decided: &[(UserId, Decided)],
) -> Result<()> {
    let project = head.project.0;
    let concerned = new.iter().flat_map(|e| e.tasks.iter().map(|task| (task.0, e.version)));
    let (tasks, at_versions): (Vec<Uuid>, Vec<i64>) = concerned.unzip();
    let append = Append::new(
        project,
        new.iter().map(|e| e.version).collect(),
        new.iter().map(|e| e.kind).collect(),
        new.iter().map(|e| e.access.to_string()).collect(),
        new.iter().map(|e| e.at.timestamp().into()).collect(),
        new.iter().map(|e| e.actor.0).collect(),
        new.iter().map(|e| e.command_id.0).collect(),
        new.iter().map(|e| e.body.as_str()).collect(),
        new.iter().map(|e| e.total_bytes).collect(),
        new.iter().map(|e| e.before.as_deref()).collect(),
        project,
        tasks,
        at_versions,
        project,
        decided.iter().map(|(actor, _)| actor.0).collect(),
        decided.iter().map(|(_, d)| d.command_id.0).collect(),
        decided.iter().map(|(_, d)| d.hash.as_slice()).collect(),
        decided.iter().map(|(_, d)| d.version).collect(),
        decided.iter().map(|(_, d)| d.event.as_deref()).collect(),
        decided.iter().map(|(_, d)| d.resource.as_deref()).collect(),
        decided.iter().map(|(_, d)| d.problem.as_deref()).collect(),
        head.version,
        head.total_bytes,
        head.last_number,
        head.changed_at.timestamp().into(),
        project,
        head.version,
    );
    append.execute(&mut &*conn).await?;
    Ok(())
}

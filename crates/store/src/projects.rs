//! Projects: the row that is the lock, and what is read of it.

use crate::convert::Stored;
use crate::error::StoreError;
use crate::heads::Head;
use crate::schema::{members, projects};
use crate::{Result, convert};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::field::Field;
use domain::label::Label;
use domain::project::{BlockedGate, Project};
use domain::text::{Markdown, Name, ProjectKey};
use domain::time::Moment;
use domain::workflow::Workflow;
use domain::{CommandId, ProjectId, Role, UserId, Version};
use jiff_diesel::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A project's row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = projects, check_for_backend(diesel::pg::Pg))]
struct ProjectRow {
    id: Uuid,
    epoch: String,
    version: i64,
    total_bytes: i64,
    last_number: i64,
    changed_at: Timestamp,
    key: String,
    name: String,
    description: String,
    workflow: Stored<Workflow>,
    blocked_gate: String,
    archived: bool,
    created_at: Timestamp,
    created_by: Uuid,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    create_command_id: Uuid,
    create_hash: Vec<u8>,
    labels: Stored<Vec<Label>>,
    fields: Stored<Vec<Field>>,
}

/// A project as it is now, with the counters beside it.
#[derive(Debug, Clone)]
pub struct Current {
    /// The project, as its events made it.
    pub project: Project,
    /// The incarnation of its log.
    pub epoch: String,
    /// The version of the last event.
    pub version: Version,
    /// The bytes of all events so far.
    pub total_bytes: i64,
    /// The highest task number ever given.
    pub last_number: i64,
    /// When the last event happened.
    pub changed_at: Moment,
    /// It is in the bin.
    pub deleted: bool,
    /// The command that made it.
    pub create_command_id: CommandId,
    /// SHA-256 of that command: another one with this id is refused.
    pub create_hash: Vec<u8>,
}

/// Proof that the caller's transaction holds the project's row lock, and the row as it then was.
#[derive(Debug)]
pub struct LockedProject(pub Current);

impl LockedProject {
    /// The project that is locked.
    pub fn id(&self) -> ProjectId {
        self.0.project.id
    }
}

/// What a read of a project's data is judged by.
#[derive(Debug, Clone)]
pub struct Admission {
    /// What the person may do.
    pub role: Role,
    /// The incarnation of the project's log.
    pub epoch: String,
    /// The version of its last event.
    pub version: Version,
    /// The project is in the bin.
    pub deleted: bool,
}

impl TryFrom<ProjectRow> for Current {
    type Error = StoreError;

    fn try_from(row: ProjectRow) -> Result<Current> {
        let project = Project {
            id: ProjectId(row.id),
            key: ProjectKey::stored(row.key),
            name: Name::stored(row.name),
            description: Markdown::stored(row.description),
            workflow: row.workflow.0,
            labels: row.labels.0,
            fields: row.fields.0,
            blocked_gate: BlockedGate::parse(&row.blocked_gate)
                .ok_or_else(|| convert::unreadable("blocked_gate"))?,
            archived: row.archived,
            created_at: convert::moment(row.created_at),
            created_by: UserId(row.created_by),
            updated_at: convert::moment(row.updated_at),
        };
        Ok(Current {
            project,
            epoch: row.epoch,
            version: row.version,
            total_bytes: row.total_bytes,
            last_number: row.last_number,
            changed_at: convert::moment(row.changed_at),
            deleted: row.deleted_at.is_some(),
            create_command_id: CommandId(row.create_command_id),
            create_hash: row.create_hash,
        })
    }
}

/// Locks a project, in a statement of its own, because a statement that waited for the lock sees every other table as it was
/// before it waited. What the rules need is read by later statements. `None`: there is no such project.
///
/// # Locks
/// The project's row (`FOR NO KEY UPDATE`), to the end of the caller's transaction.
///
/// # Errors
/// Those of the query; [`StoreError::Unavailable`] when the lock does not come in time.
pub async fn lock(conn: &AsyncPgConnection, id: ProjectId) -> Result<Option<LockedProject>> {
    let query = projects::table.find(id.0).select(ProjectRow::as_select()).for_no_key_update();
    let row = query.first(&mut &*conn).await.optional()?;
    row.map(|row| Current::try_from(row).map(LockedProject)).transpose()
}

/// Prepares the statement of [`lock`], because one that still has to be prepared is sent after what should come behind it in
/// the same flight.
///
/// # Errors
/// Those of the query.
pub async fn prepare_lock(conn: &AsyncPgConnection) -> Result<()> {
    lock(conn, ProjectId(Uuid::nil())).await.map(drop)
}

/// The project as it is now. `None`: there is none.
///
/// # Errors
/// Those of the query.
pub async fn read(conn: &AsyncPgConnection, id: ProjectId) -> Result<Option<Current>> {
    let row =
        projects::table.find(id.0).select(ProjectRow::as_select()).first(&mut &*conn).await.optional()?;
    row.map(Current::try_from).transpose()
}

statement! { Admit(project: Uuid as SqlUuid, user: Uuid as SqlUuid, sid: Uuid as SqlUuid) -> (Text, Text, BigInt, Bool):
"SELECT m.role, p.epoch, p.version, p.deleted_at IS NOT NULL \
FROM projects p JOIN members m ON m.project_id = p.id \
WHERE p.id = {} AND m.user_id = {} \
AND EXISTS (SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = {} AND u.id = m.user_id \
AND s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL)" }

/// What this person, in this session, may see of a project. `None`: not a member, no such project, or the session ended.
///
/// # Errors
/// Those of the query.
pub async fn admit(
    conn: &AsyncPgConnection,
    id: ProjectId,
    user: UserId,
    sid: Uuid,
) -> Result<Option<Admission>> {
    let row: Option<(String, String, i64, bool)> =
        Admit::new(id.0, user.0, sid).get_result(&mut &*conn).await.optional()?;
    let Some((role, epoch, version, deleted)) = row else { return Ok(None) };
    Ok(Some(Admission { role: convert::role(&role)?, epoch, version, deleted }))
}

/// What `POST /projects` makes.
pub struct NewProject<'a> {
    /// The project at version 1.
    pub project: &'a Project,
    /// The first incarnation of its log.
    pub epoch: &'a str,
    /// The bytes of its first event.
    pub bytes: i64,
    /// The command that makes it.
    pub command_id: CommandId,
    /// SHA-256 of that command.
    pub hash: &'a [u8],
}

statement! { Insert(
    id: Uuid as SqlUuid, epoch: &'a str as Text, bytes: i64 as BigInt, at: Timestamp as Timestamptz, key: &'a str as Text,
    name: &'a str as Text, description: &'a str as Text, workflow: serde_json::Value as Jsonb, gate: &'a str as Text,
    created_at: Timestamp as Timestamptz, created_by: Uuid as SqlUuid, updated_at: Timestamp as Timestamptz,
    command_id: Uuid as SqlUuid, hash: &'a [u8] as Bytea
) -> SqlUuid:
"INSERT INTO projects (id, epoch, version, total_bytes, changed_at, key, name, description, workflow, blocked_gate, \
                       created_at, created_by, updated_at, create_command_id, create_hash) \
 VALUES ({}, {}, 1, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING" }

statement! { Claim(user: Uuid as SqlUuid, command: Uuid as SqlUuid, project: Uuid as SqlUuid) -> SqlUuid:
"INSERT INTO project_creations (user_id, command_id, project_id) VALUES ({}, {}, {}) \
ON CONFLICT (user_id, command_id) DO UPDATE SET project_id = project_creations.project_id RETURNING project_id" }

/// The project that this command of `user` makes: `project`, or the one that it was given the first time.
///
/// # Locks
/// The command's row, to the end of the transaction: the same command elsewhere waits.
///
/// # Errors
/// Those of the query.
pub async fn claim(
    conn: &AsyncPgConnection,
    user: UserId,
    command_id: CommandId,
    project: ProjectId,
) -> Result<ProjectId> {
    let claim = Claim::new(user.0, command_id.0, project.0);
    Ok(ProjectId(claim.get_result::<Uuid>(&mut &*conn).await?))
}

/// Makes a project at version 1; `false` if the id exists. When several make the same one, Postgres decides who wins,
/// because there is no row to lock.
///
/// # Errors
/// Those of the query.
pub async fn create(conn: &AsyncPgConnection, new: &NewProject<'_>) -> Result<bool> {
    let project = new.project;
    let at: Timestamp = project.created_at.timestamp().into();
    let insert = Insert::new(
        project.id.0,
        new.epoch,
        new.bytes,
        at,
        project.key.as_str(),
        project.name.as_str(),
        project.description.as_str(),
        serde_json::to_value(&project.workflow).map_err(|_| convert::unreadable("workflow"))?,
        project.blocked_gate.as_str(),
        at,
        project.created_by.0,
        at,
        new.command_id.0,
        new.hash,
    );
    Ok(insert.execute(&mut &*conn).await? == 1)
}

/// Writes the project's own fields.
///
/// # Errors
/// Those of the query.
pub async fn update(conn: &AsyncPgConnection, locked: &LockedProject, to: &Current) -> Result<()> {
    let project = &to.project;
    let deleted_at = to.deleted.then(|| Timestamp::from(project.updated_at.timestamp()));
    let set = (
        projects::key.eq(project.key.as_str()),
        projects::name.eq(project.name.as_str()),
        projects::description.eq(project.description.as_str()),
        projects::workflow
            .eq(serde_json::to_value(&project.workflow).map_err(|_| convert::unreadable("workflow"))?),
        projects::blocked_gate.eq(project.blocked_gate.as_str()),
        projects::labels
            .eq(serde_json::to_value(&project.labels).map_err(|_| convert::unreadable("labels"))?),
        projects::fields
            .eq(serde_json::to_value(&project.fields).map_err(|_| convert::unreadable("fields"))?),
        projects::archived.eq(project.archived),
        projects::updated_at.eq(Timestamp::from(project.updated_at.timestamp())),
        projects::deleted_at.eq(deleted_at),
    );
    diesel::update(projects::table.find(locked.id().0)).set(set).execute(&mut &*conn).await?;
    Ok(())
}

/// What a project list shows of a project, as of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The project.
    pub id: ProjectId,
    /// The incarnation of its log.
    pub epoch: String,
    /// The version that all of this is of.
    pub version: Version,
    /// The letters before its tasks' numbers.
    pub key: ProjectKey,
    /// Its name.
    pub name: Name,
    /// It is archived.
    pub archived: bool,
    /// It is in the bin.
    pub deleted: bool,
    /// When it was made.
    pub created_at: Moment,
    /// When the last event happened.
    pub changed_at: Moment,
    /// Tasks that are not deleted, by status.
    pub task_counts: BTreeMap<String, i64>,
}

type SummaryColumns = (SqlUuid, Text, BigInt, Text, Text, Bool, Bool, Timestamptz, Timestamptz, Jsonb);

statement! { Summaries(projects: &'a [Uuid] as Array<SqlUuid>) -> SummaryColumns:
"SELECT p.id, p.epoch, p.version, p.key, p.name, p.archived, p.deleted_at IS NOT NULL, p.created_at, p.changed_at, \
   (SELECT coalesce(jsonb_object_agg(status, tasks), jsonb_build_object()) FROM ( \
       SELECT status, count(*) AS tasks FROM tasks \
       WHERE project_id = p.id AND deleted_version IS NULL GROUP BY status) AS counts) \
FROM projects p WHERE p.id = ANY({})" }

/// The summaries of projects. It counts all their tasks, so ask only for projects whose summary no cache has.
///
/// # Errors
/// Those of the query.
pub async fn summaries(conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<Summary>> {
    type SummaryRow =
        (Uuid, String, i64, String, String, bool, bool, Timestamp, Timestamp, Stored<BTreeMap<String, i64>>);
    let rows: Vec<SummaryRow> = Summaries::new(ids).load(&mut &*conn).await?;
    rows.into_iter()
        .map(|(id, epoch, version, key, name, archived, deleted, created_at, changed_at, counts)| {
            Ok(Summary {
                id: ProjectId(id),
                epoch,
                version,
                key: ProjectKey::stored(key),
                name: Name::stored(name),
                archived,
                deleted,
                created_at: convert::moment(created_at),
                changed_at: convert::moment(changed_at),
                task_counts: counts.0,
            })
        })
        .collect()
}

/// The projects a person is a member of, those in the bin too.
///
/// # Errors
/// Those of the query.
pub async fn of_member(conn: &AsyncPgConnection, user: UserId) -> Result<Vec<(ProjectId, Role)>> {
    let query =
        members::table.filter(members::user_id.eq(user.0)).select((members::project_id, members::role));
    let rows: Vec<(Uuid, String)> = query.load(&mut &*conn).await?;
    rows.into_iter().map(|(id, role)| Ok((ProjectId(id), convert::role(&role)?))).collect()
}

/// What a room begins with: where the log ends, and who may see it at that version.
#[derive(Debug, Clone)]
pub struct RoomState {
    /// Where the log ends.
    pub head: Head,
    /// The project is in the bin.
    pub deleted: bool,
    /// All members.
    pub roles: Vec<(UserId, Role)>,
}

statement! { Rooms(projects: &'a [Uuid] as Array<SqlUuid>) -> (SqlUuid, Text, BigInt, Bool, Nullable<SqlUuid>, Nullable<Text>):
"SELECT p.id, p.epoch, p.version, p.deleted_at IS NOT NULL, m.user_id, m.role \
FROM projects p LEFT JOIN members m ON m.project_id = p.id WHERE p.id = ANY({}) ORDER BY p.id" }

/// What many rooms begin with. Head, epoch and roles come from one statement, so that they are of one moment.
///
/// # Errors
/// Those of the query.
pub async fn rooms(conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<RoomState>> {
    type RoomRow = (Uuid, String, i64, bool, Option<Uuid>, Option<String>);
    let rows: Vec<RoomRow> = Rooms::new(ids).load(&mut &*conn).await?;
    let mut rooms: Vec<RoomState> = Vec::new();
    for (id, epoch, version, deleted, user, role) in rows {
        if rooms.last().is_none_or(|room| room.head.project.0 != id) {
            let head = Head { project: ProjectId(id), epoch, version };
            rooms.push(RoomState { head, deleted, roles: Vec::new() });
        }
        if let (Some(user), Some(role), Some(room)) = (user, role, rooms.last_mut()) {
            room.roles.push((UserId(user), convert::role(&role)?));
        }
    }
    Ok(rooms)
}

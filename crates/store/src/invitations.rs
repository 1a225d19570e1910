//! Invitations: links with which people come into projects. Time is judged by Postgres' clock.

use crate::{Result, convert};
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ProjectId, Role, UserId};
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// An invitation to be made.
pub struct NewInvitation<'a> {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of its token.
    pub hash: &'a [u8],
    /// The address that it is for. `None`: whoever has the link.
    pub email: Option<&'a str>,
    /// What who comes may do.
    pub role: Role,
    /// How many people may come.
    pub max_uses: i32,
    /// Who makes it.
    pub created_by: UserId,
    /// When it ends.
    pub expires_at: jiff::Timestamp,
    /// Where it leads.
    pub projects: &'a [Uuid],
}

/// An invitation. `Debug` is left out because it holds an address.
#[derive(Clone)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// The address that it is for, lower-cased. `None`: whoever has the link.
    pub email: Option<String>,
    /// What who comes may do.
    pub role: Role,
    /// How many people may come.
    pub max_uses: i32,
    /// How many came.
    pub uses: i32,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: jiff::Timestamp,
    /// When it ends.
    pub expires_at: jiff::Timestamp,
    /// It was neither revoked, nor has it expired.
    pub stands: bool,
}

impl Invitation {
    /// Whether as many people came as may come.
    pub fn is_spent(&self) -> bool {
        self.uses >= self.max_uses
    }
}

type InvitationColumns =
    (SqlUuid, Nullable<Text>, Text, Integer, Integer, SqlUuid, Timestamptz, Timestamptz, Bool);
type InvitationRow = (Uuid, Option<String>, String, i32, i32, Uuid, Timestamp, Timestamp, bool);

statement! { Create(id: Uuid as SqlUuid, hash: &'a [u8] as Bytea, email: Option<&'a str> as Nullable<Text>, role: &'a str as Text,
    uses: i32 as Integer, by: Uuid as SqlUuid, ends: Timestamp as Timestamptz, of: Uuid as SqlUuid, projects: &'a [Uuid] as Array<SqlUuid>)
    -> SqlUuid:
"WITH made AS (INSERT INTO invitations (id, token_hash, email, role, max_uses, created_by, expires_at) \
VALUES ({}, {}, {}, {}, {}, {}, {})) \
INSERT INTO invitation_projects (invitation_id, project_id) SELECT {}, unnest({})" }
statement! { Find(hash: &'a [u8] as Bytea) -> InvitationColumns:
"SELECT id, email, role, max_uses, uses, created_by, created_at, expires_at, revoked_at IS NULL AND expires_at > now() \
FROM invitations WHERE token_hash = {}" }
statement! { Lock(hash: &'a [u8] as Bytea) -> InvitationColumns:
"SELECT id, email, role, max_uses, uses, created_by, created_at, expires_at, revoked_at IS NULL AND expires_at > now() \
FROM invitations WHERE token_hash = {} FOR UPDATE" }
statement! { Use(id: Uuid as SqlUuid) -> SqlUuid: "UPDATE invitations SET uses = uses + 1 WHERE id = {}" }
statement! { CountOpen(project: Uuid as SqlUuid) -> BigInt:
"SELECT count(*) FROM invitation_projects ip JOIN invitations i ON i.id = ip.invitation_id \
WHERE ip.project_id = {} AND i.revoked_at IS NULL AND i.expires_at > now() AND i.uses < i.max_uses" }
statement! { Of(project: Uuid as SqlUuid) -> (InvitationColumns, Bool):
"SELECT i.id, i.email, i.role, i.max_uses, i.uses, i.created_by, i.created_at, i.expires_at, true, \
EXISTS (SELECT FROM members m JOIN users u ON u.id = m.user_id WHERE m.project_id = ip.project_id \
AND m.user_id = i.created_by AND m.role = 'owner' AND u.disabled_at IS NULL) \
FROM invitation_projects ip JOIN invitations i ON i.id = ip.invitation_id \
WHERE ip.project_id = {} AND i.revoked_at IS NULL AND i.expires_at > now() AND i.uses < i.max_uses ORDER BY i.id DESC" }
statement! { Projects(id: Uuid as SqlUuid) -> SqlUuid:
"SELECT project_id FROM invitation_projects WHERE invitation_id = {} ORDER BY project_id" }
statement! { Holding(id: Uuid as SqlUuid) -> (Text, Text):
"SELECT p.name, u.name FROM invitations i JOIN invitation_projects ip ON ip.invitation_id = i.id \
JOIN projects p ON p.id = ip.project_id JOIN users u ON u.id = i.created_by \
JOIN members m ON m.project_id = p.id AND m.user_id = u.id \
WHERE i.id = {} AND p.deleted_at IS NULL AND NOT p.archived AND m.role = 'owner' AND u.disabled_at IS NULL ORDER BY p.id" }
statement! { Revoke(id: Uuid as SqlUuid, project: Uuid as SqlUuid) -> SqlUuid:
"UPDATE invitations SET revoked_at = now() WHERE id = {} AND revoked_at IS NULL \
AND EXISTS (SELECT FROM invitation_projects WHERE project_id = {} AND invitation_id = invitations.id)" }
statement! { RevokeAny(id: Uuid as SqlUuid) -> SqlUuid:
"UPDATE invitations SET revoked_at = now() WHERE id = {} AND revoked_at IS NULL" }
statement! { AllOpen(after: Uuid as SqlUuid, most: i64 as BigInt) -> (InvitationColumns, Array<SqlUuid>, Array<Text>):
"SELECT i.id, i.email, i.role, i.max_uses, i.uses, i.created_by, i.created_at, i.expires_at, true, \
ARRAY(SELECT ip.project_id FROM invitation_projects ip WHERE ip.invitation_id = i.id ORDER BY 1), \
ARRAY(SELECT p.name FROM invitation_projects ip JOIN projects p ON p.id = ip.project_id \
WHERE ip.invitation_id = i.id ORDER BY p.id) \
FROM invitations i WHERE i.revoked_at IS NULL AND i.expires_at > now() AND i.uses < i.max_uses AND i.id > {} \
ORDER BY i.id LIMIT {}" }
statement! { Sweep(most: i64 as BigInt) -> SqlUuid:
"DELETE FROM invitations WHERE id IN (SELECT id FROM invitations WHERE expires_at < now() - interval '30 days' \
ORDER BY expires_at LIMIT {} FOR UPDATE SKIP LOCKED)" }

/// Makes an invitation.
///
/// # Errors
/// Those of the query.
pub async fn create(conn: &AsyncPgConnection, new: &NewInvitation<'_>) -> Result<()> {
    let NewInvitation { id, hash, email, role, max_uses, created_by, expires_at, projects } = *new;
    let ends = Timestamp::from(expires_at);
    let create = Create::new(id, hash, email, role.as_str(), max_uses, created_by.0, ends, id, projects);
    create.execute(&mut &*conn).await?;
    Ok(())
}

/// The invitation with that hash, whatever its state.
///
/// # Errors
/// Those of the query.
pub async fn find(conn: &AsyncPgConnection, hash: &[u8]) -> Result<Option<Invitation>> {
    let rows: Vec<InvitationRow> = Find::new(hash).load(&mut &*conn).await?;
    rows.into_iter().next().map(invitation).transpose()
}

/// The same under its lock. Its uses are counted under this lock only.
///
/// # Locks
/// The invitation's row, to the end of the caller's transaction. Taken before any project's, never after.
///
/// # Errors
/// Those of the query.
pub async fn lock(conn: &AsyncPgConnection, hash: &[u8]) -> Result<Option<Invitation>> {
    let rows: Vec<InvitationRow> = Lock::new(hash).load(&mut &*conn).await?;
    rows.into_iter().next().map(invitation).transpose()
}

/// Counts one use more. The caller holds the invitation's lock.
///
/// # Errors
/// Those of the query.
pub async fn count_use(conn: &AsyncPgConnection, id: Uuid) -> Result<()> {
    Use::new(id).execute(&mut &*conn).await?;
    Ok(())
}

/// How many invitations into a project can be used.
///
/// # Errors
/// Those of the query.
pub async fn count_open(conn: &AsyncPgConnection, project: ProjectId) -> Result<i64> {
    Ok(CountOpen::new(project.0).get_result(&mut &*conn).await?)
}

/// The invitations into a project that can be used, newest first, and of each whether its maker may invite there now.
///
/// # Errors
/// Those of the query.
pub async fn of(conn: &AsyncPgConnection, project: ProjectId) -> Result<Vec<(Invitation, bool)>> {
    let rows: Vec<(InvitationRow, bool)> = Of::new(project.0).load(&mut &*conn).await?;
    rows.into_iter().map(|(row, holds)| Ok((invitation(row)?, holds))).collect()
}

/// Where an invitation leads, in the order in which projects are locked.
///
/// # Errors
/// Those of the query.
pub async fn projects(conn: &AsyncPgConnection, id: Uuid) -> Result<Vec<ProjectId>> {
    let ids: Vec<Uuid> = Projects::new(id).load(&mut &*conn).await?;
    Ok(ids.into_iter().map(ProjectId).collect())
}

/// The names of the projects into which an invitation's maker may invite now, and the maker's name.
///
/// # Errors
/// Those of the query.
pub async fn holding(conn: &AsyncPgConnection, id: Uuid) -> Result<Vec<(String, String)>> {
    Ok(Holding::new(id).load(&mut &*conn).await?)
}

/// Revokes an invitation into a project; `false` if there is none, or it was revoked before.
///
/// # Errors
/// Those of the query.
pub async fn revoke(conn: &AsyncPgConnection, project: ProjectId, id: Uuid) -> Result<bool> {
    Ok(Revoke::new(id, project.0).execute(&mut &*conn).await? == 1)
}

/// Revokes an invitation wherever it leads, for the administrator; `false` if there is none, or it was revoked before.
///
/// # Errors
/// Those of the query.
pub async fn revoke_any(conn: &AsyncPgConnection, id: Uuid) -> Result<bool> {
    Ok(RevokeAny::new(id).execute(&mut &*conn).await? == 1)
}

/// An invitation as the administrator sees it.
pub struct Overseen {
    /// The invitation.
    pub invitation: Invitation,
    /// Where it leads.
    pub projects: Vec<(ProjectId, String)>,
}

/// The invitations of the installation that can be used, above an id, oldest first.
///
/// # Errors
/// Those of the query.
pub async fn all_open(conn: &AsyncPgConnection, after: Uuid, most: i64) -> Result<Vec<Overseen>> {
    type OverseenRow = (InvitationRow, Vec<Uuid>, Vec<String>);
    let rows: Vec<OverseenRow> = AllOpen::new(after, most).load(&mut &*conn).await?;
    let overseen = |(row, ids, names): OverseenRow| {
        let projects = ids.into_iter().map(ProjectId).zip(names).collect();
        Ok(Overseen { invitation: invitation(row)?, projects })
    };
    rows.into_iter().map(overseen).collect()
}

/// Deletes invitations that ended 30 days ago, at most so many; returns how many.
///
/// # Errors
/// Those of the query.
pub async fn sweep(conn: &AsyncPgConnection, most: i64) -> Result<usize> {
    Ok(Sweep::new(most).execute(&mut &*conn).await?)
}

fn invitation(row: InvitationRow) -> Result<Invitation> {
    let (id, email, role, max_uses, uses, by, made, ends, stands) = row;
    Ok(Invitation {
        id,
        email,
        role: convert::role(&role)?,
        max_uses,
        uses,
        created_by: UserId(by),
        created_at: made.to_jiff(),
        expires_at: ends.to_jiff(),
        stands,
    })
}

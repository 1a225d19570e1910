//! Accounts as the administrator sees them, and the accounts that are being deleted.

use crate::Result;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ProjectId, UserId};
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// An account as the administrator sees it.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub id: Uuid,
    /// The name that others see; empty after a deletion.
    pub name: String,
    /// `None`: the account was deleted.
    pub email: Option<String>,
    /// Whether the person administers the installation.
    pub admin: bool,
    /// When the account was made.
    pub created_at: jiff::Timestamp,
    /// When the account was stopped or deleted.
    pub disabled_at: Option<jiff::Timestamp>,
    /// When one of its sessions or tokens was last used, to about a quarter of an hour.
    pub last_seen_at: Option<jiff::Timestamp>,
    /// In how many projects the person is a member.
    pub projects: i64,
    /// The projects that a deleted account has not left.
    pub left_over: Vec<Uuid>,
}

statement! { PageOf(q: &'a str as Text, after: Uuid as SqlUuid, limit: i64 as BigInt)
  -> (SqlUuid, Text, Nullable<Text>, Bool, Timestamptz, Nullable<Timestamptz>, Nullable<Timestamptz>, BigInt, Array<SqlUuid>):
"SELECT u.id, u.name, u.email, u.admin, u.created_at, u.disabled_at, \
  (SELECT max(s.last_used_at) FROM sessions s WHERE s.user_id = u.id), \
  (SELECT count(*) FROM members m JOIN projects p ON p.id = m.project_id WHERE m.user_id = u.id AND p.deleted_at IS NULL), \
  CASE WHEN u.deleted_at IS NULL THEN ARRAY[]::uuid[] ELSE ARRAY(SELECT m.project_id FROM members m WHERE m.user_id = u.id) END \
FROM users u WHERE strpos(lower(concat_ws(' ', u.name, u.email)), lower({})) > 0 AND u.id > {} ORDER BY u.id LIMIT {}" }

statement! { SoleOwner(user: Uuid as SqlUuid) -> (SqlUuid, Text):
"SELECT p.id, p.name FROM members m JOIN projects p ON p.id = m.project_id \
WHERE m.user_id = {} AND m.role = 'owner' AND p.deleted_at IS NULL AND NOT EXISTS ( \
SELECT FROM members o WHERE o.project_id = m.project_id AND o.role = 'owner' AND o.user_id <> m.user_id) ORDER BY p.id" }

statement! { Empty(id: Uuid as SqlUuid) -> SqlUuid:
"UPDATE users SET name = '', email = NULL, password_hash = '', locale = 'en', timezone = 'UTC', admin = false, preferences = jsonb_build_object(), \
disabled_at = now(), deleted_at = now() WHERE id = {}" }
statement! { Depart(gone: Uuid as SqlUuid, user: Uuid as SqlUuid) -> SqlUuid:
"WITH gone AS (SELECT {}::uuid AS id), \
link AS (DELETE FROM password_resets USING gone WHERE user_id = gone.id), \
told AS (DELETE FROM notifications USING gone WHERE user_id = gone.id), \
muted AS (DELETE FROM mutes USING gone WHERE user_id = gone.id) \
INSERT INTO departures (user_id) VALUES ({})" }
statement! { Departing(pause: i64 as BigInt) -> SqlUuid:
"UPDATE departures SET tried_at = now() WHERE user_id = (SELECT user_id FROM departures \
WHERE tried_at IS NULL OR tried_at < now() - {} * interval '1 second' ORDER BY begun_at LIMIT 1 FOR UPDATE SKIP LOCKED) \
RETURNING user_id" }
statement! { Departed(user: Uuid as SqlUuid, member: Uuid as SqlUuid) -> SqlUuid:
"DELETE FROM departures WHERE user_id = {} AND NOT EXISTS (SELECT FROM members WHERE user_id = {})" }
statement! { ProjectsOf(user: Uuid as SqlUuid) -> SqlUuid:
"SELECT project_id FROM members WHERE user_id = {} ORDER BY project_id" }

type AccountRow =
    (Uuid, String, Option<String>, bool, Timestamp, Option<Timestamp>, Option<Timestamp>, i64, Vec<Uuid>);

/// A page of all accounts, by id, with `q` in name or address.
///
/// # Errors
/// Those of the query.
pub async fn page(conn: &AsyncPgConnection, q: &str, after: Uuid, limit: i64) -> Result<Vec<Account>> {
    let rows: Vec<AccountRow> = PageOf::new(q, after, limit).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(account).collect())
}

fn account((id, name, email, admin, made, disabled, seen, projects, left_over): AccountRow) -> Account {
    Account {
        id,
        name,
        email,
        admin,
        created_at: made.to_jiff(),
        disabled_at: disabled.map(|at| at.to_jiff()),
        last_seen_at: seen.map(|at| at.to_jiff()),
        projects,
        left_over,
    }
}

/// The projects, with their names, of which a person is the only owner. Those in the bin do not count.
///
/// # Errors
/// Those of the query.
pub async fn sole_owner_of(conn: &AsyncPgConnection, user: UserId) -> Result<Vec<(ProjectId, String)>> {
    let rows: Vec<(Uuid, String)> = SoleOwner::new(user.0).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(project, name)| (ProjectId(project), name)).collect())
}

/// Empties an account, whose id stays, and notes that its projects are to be left. End its sessions and raise its feed version
/// in the same transaction.
///
/// # Locks
/// The caller holds the person's lock.
///
/// # Errors
/// Those of the queries.
pub async fn delete(conn: &AsyncPgConnection, user: UserId) -> Result<()> {
    Empty::new(user.0).execute(&mut &*conn).await?;
    Depart::new(user.0, user.0).execute(&mut &*conn).await?;
    Ok(())
}

/// Takes a deleted account whose projects were not gone through for `pause` seconds, and notes that they are now.
///
/// # Errors
/// Those of the query.
pub async fn departing(conn: &AsyncPgConnection, pause: i64) -> Result<Option<UserId>> {
    let found: Vec<Uuid> = Departing::new(pause).load(&mut &*conn).await?;
    Ok(found.into_iter().next().map(UserId))
}

/// Forgets a deleted account that has left all its projects; `false` if it has not.
///
/// # Errors
/// Those of the query.
pub async fn departed(conn: &AsyncPgConnection, user: UserId) -> Result<bool> {
    Ok(Departed::new(user.0, user.0).execute(&mut &*conn).await? == 1)
}

/// All projects of a person, those in the bin among them.
///
/// # Errors
/// Those of the query.
pub async fn projects_of(conn: &AsyncPgConnection, user: UserId) -> Result<Vec<ProjectId>> {
    let rows: Vec<Uuid> = ProjectsOf::new(user.0).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(ProjectId).collect())
}

//! Members of projects, and the people that a project's log names.

use crate::schema::members;
use crate::{Result, convert};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ProjectId, Role, UserId};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// All members of a project, by id.
///
/// # Errors
/// Those of the query.
pub async fn of(conn: &AsyncPgConnection, project: ProjectId) -> Result<Vec<(UserId, Role)>> {
    let query = members::table
        .filter(members::project_id.eq(project.0))
        .order(members::user_id)
        .select((members::user_id, members::role));
    let rows: Vec<(Uuid, String)> = query.load(&mut &*conn).await?;
    rows.into_iter().map(|(user, role)| Ok((UserId(user), convert::role(&role)?))).collect()
}

/// Those of these people who are members.
///
/// # Errors
/// Those of the query.
pub async fn among(
    conn: &AsyncPgConnection,
    project: ProjectId,
    people: &HashSet<UserId>,
) -> Result<HashSet<UserId>> {
    let among = members::user_id.eq_any(people.iter().map(|user| user.0));
    let query = members::table.filter(members::project_id.eq(project.0).and(among)).select(members::user_id);
    let users: Vec<Uuid> = query.load(&mut &*conn).await?;
    Ok(users.into_iter().map(UserId).collect())
}

/// Who sends commands to a project: a person in a session.
#[derive(Debug, Clone, Copy)]
pub struct Submitter {
    /// The person.
    pub user: UserId,
    /// The session that the command came in.
    pub session: Uuid,
    /// The session is neither revoked nor expired, the account exists and is not disabled.
    pub alive: bool,
    /// `None`: not a member.
    pub role: Option<Role>,
}

statement! { Callers(users: Vec<Uuid> as Array<SqlUuid>, sids: Vec<Uuid> as Array<SqlUuid>, project: Uuid as SqlUuid)
   -> (SqlUuid, SqlUuid, Bool, Nullable<Text>):
"SELECT asked.user_id, asked.sid, \
       coalesce(u.disabled_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > now(), false), m.role \
FROM unnest({}, {}) AS asked (user_id, sid) \
LEFT JOIN LATERAL (SELECT * FROM users WHERE id = asked.user_id OFFSET 0) u ON true \
LEFT JOIN LATERAL (SELECT * FROM sessions WHERE id = asked.sid AND user_id = asked.user_id OFFSET 0) s ON true \
LEFT JOIN LATERAL (SELECT * FROM members WHERE project_id = {} AND user_id = asked.user_id OFFSET 0) m ON true" }

/// What these people may do in these sessions, in no order.
///
/// # Errors
/// Those of the query.
pub async fn callers(
    conn: &AsyncPgConnection,
    project: ProjectId,
    asked: &[(UserId, Uuid)],
) -> Result<Vec<Submitter>> {
    let (users, sids) = asked.iter().map(|(user, sid)| (user.0, *sid)).unzip();
    type CallerRow = (Uuid, Uuid, bool, Option<String>);
    let rows: Vec<CallerRow> = Callers::new(users, sids, project.0).load(&mut &*conn).await?;
    let caller = |(user, session, alive, role): CallerRow| {
        let role = role.map(|role| convert::role(&role)).transpose()?;
        Ok(Submitter { user: UserId(user), session, alive, role })
    };
    rows.into_iter().map(caller).collect()
}

statement! { Colleagues(by: Vec<Uuid> as Array<SqlUuid>, users: Vec<Uuid> as Array<SqlUuid>) -> (SqlUuid, SqlUuid):
"SELECT asked.by_id, asked.user_id FROM unnest({}, {}) AS asked (by_id, user_id) WHERE EXISTS (SELECT \
FROM (SELECT project_id FROM members WHERE user_id = asked.by_id OFFSET 0) own \
CROSS JOIN LATERAL (SELECT FROM members WHERE project_id = own.project_id AND user_id = asked.user_id OFFSET 0) theirs \
CROSS JOIN LATERAL (SELECT FROM projects WHERE id = own.project_id AND deleted_at IS NULL OFFSET 0) there)" }

/// Those of these pairs who share a project that is not in the bin.
///
/// # Errors
/// Those of the query.
pub async fn colleagues(
    conn: &AsyncPgConnection,
    pairs: &BTreeSet<(UserId, UserId)>,
) -> Result<BTreeSet<(UserId, UserId)>> {
    if pairs.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (by, users) = pairs.iter().map(|(by, user)| (by.0, user.0)).unzip();
    let rows: Vec<(Uuid, Uuid)> = Colleagues::new(by, users).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(by, user)| (UserId(by), UserId(user))).collect())
}

statement! { Put(project: Uuid as SqlUuid, user: Uuid as SqlUuid, role: &'a str as Text) -> SqlUuid:
"INSERT INTO members (project_id, user_id, role) VALUES ({}, {}, {}) \
ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role" }

/// Adds a member, or changes the role.
///
/// # Errors
/// Those of the query.
pub async fn put(conn: &AsyncPgConnection, project: ProjectId, user: UserId, role: Role) -> Result<()> {
    Put::new(project.0, user.0, role.as_str()).execute(&mut &*conn).await?;
    Ok(())
}

/// Takes a member away.
///
/// # Errors
/// Those of the query.
pub async fn remove(conn: &AsyncPgConnection, project: ProjectId, user: UserId) -> Result<()> {
    diesel::delete(members::table.find((project.0, user.0))).execute(&mut &*conn).await?;
    Ok(())
}

/// A person the log names.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub id: UserId,
    /// Their name as it is now.
    pub name: String,
    /// The account is not disabled.
    pub active: bool,
    /// They are a member now.
    pub member: bool,
}

statement! { People(project: Uuid as SqlUuid, members: Uuid as SqlUuid, actors: Uuid as SqlUuid, added: Uuid as SqlUuid)
   -> (SqlUuid, Text, Bool, Bool):
"WITH RECURSIVE log AS (SELECT {}::uuid AS id), actors AS ( \
    (SELECT actor FROM events JOIN log ON project_id = log.id ORDER BY actor LIMIT 1) \
    UNION ALL \
    SELECT (SELECT actor FROM events WHERE project_id = log.id AND actor > a.actor ORDER BY actor LIMIT 1) \
    FROM actors a, log WHERE a.actor IS NOT NULL) \
 SELECT u.id, u.name, u.disabled_at IS NULL, m.user_id IS NOT NULL \
FROM users u LEFT JOIN members m ON m.project_id = {} AND m.user_id = u.id \
WHERE u.id IN (SELECT user_id FROM members WHERE project_id = {} \
               UNION SELECT actor FROM actors \
               UNION SELECT split_part(access, ':', 2)::uuid FROM events \
                     WHERE project_id = {} AND access LIKE '%:%') \
ORDER BY u.id" }

/// Everybody the log of a project names: its members, who was one, and who wrote in it.
///
/// # Errors
/// Those of the query.
pub async fn people(conn: &AsyncPgConnection, project: ProjectId) -> Result<Vec<Person>> {
    let id = project.0;
    let rows: Vec<(Uuid, String, bool, bool)> = People::new(id, id, id, id).load(&mut &*conn).await?;
    let person = |(id, name, active, member)| Person { id: UserId(id), name, active, member };
    Ok(rows.into_iter().map(person).collect())
}

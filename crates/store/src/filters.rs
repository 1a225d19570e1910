//! Saved filters of a project's tasks. They are in neither log nor snapshot.

use crate::convert::{self, Stored};
use crate::schema::{filters, members, tasks};
use crate::{AsyncPgConnection, Result};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::text::Name;
use domain::time::Moment;
use domain::{FilterId, ProjectId, Role, TaskId, UserId};
use jiff_diesel::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A saved filter.
#[derive(Debug, Clone)]
pub struct SavedFilter {
    /// Chosen by the client.
    pub id: FilterId,
    /// Who made it.
    pub user: UserId,
    /// What it is called.
    pub name: Name,
    /// The parameters of the list of tasks, by name.
    pub query: Map<String, Value>,
    /// Whether every member sees it.
    pub shared: bool,
    /// When it was last written.
    pub updated_at: Moment,
}

/// What is written of a filter.
#[derive(Debug, Clone)]
pub struct FilterContent {
    /// What it is called.
    pub name: Name,
    /// The parameters of the list of tasks, by name.
    pub query: Map<String, Value>,
    /// Whether every member sees it.
    pub shared: bool,
}

type Columns = (SqlUuid, SqlUuid, Text, Jsonb, Bool, Timestamptz);
type Row = (Uuid, Uuid, String, Stored<Map<String, Value>>, bool, Timestamp);

statement! { Page(project: Uuid as SqlUuid, user: Uuid as SqlUuid, after: Option<Uuid> as Nullable<SqlUuid>, limit: i64 as BigInt) -> Columns:
"SELECT f.id, f.user_id, f.name, f.query, f.shared, f.updated_at FROM filters f \
WHERE f.project_id = {} AND (f.shared OR f.user_id = {}) \
AND f.id > coalesce({}, '00000000-0000-0000-0000-000000000000'::uuid) ORDER BY f.id LIMIT {}" }
statement! { Lock(project: Uuid as SqlUuid, id: Uuid as SqlUuid) -> Columns:
"SELECT id, user_id, name, query, shared, updated_at FROM filters WHERE project_id = {} AND id = {} FOR NO KEY UPDATE" }
statement! { Insert(project: Uuid as SqlUuid, id: Uuid as SqlUuid, user: Uuid as SqlUuid, name: &'a str as Text,
    query: Stored<&'a Map<String, Value>> as Jsonb, shared: bool as Bool) -> Columns:
"INSERT INTO filters (project_id, id, user_id, name, query, shared) VALUES ({}, {}, {}, {}, {}, {}) \
ON CONFLICT (project_id, id) DO NOTHING RETURNING id, user_id, name, query, shared, updated_at" }
statement! { Update(name: &'a str as Text, query: Stored<&'a Map<String, Value>> as Jsonb, shared: bool as Bool,
    project: Uuid as SqlUuid, id: Uuid as SqlUuid) -> Columns:
"UPDATE filters SET name = {}, query = {}, shared = {}, updated_at = now() WHERE project_id = {} AND id = {} \
RETURNING id, user_id, name, query, shared, updated_at" }

/// The filters that a member sees: the own ones and the shared ones, by id, after `after`.
///
/// # Errors
/// Those of the query.
pub async fn page(
    conn: &AsyncPgConnection,
    project: ProjectId,
    user: UserId,
    after: Option<FilterId>,
    limit: i64,
) -> Result<Vec<SavedFilter>> {
    let query = Page::new(project.0, user.0, after.map(|after| after.0), limit);
    let rows: Vec<Row> = query.load(&mut &*conn).await?;
    Ok(rows.into_iter().map(filter).collect())
}

/// Locks a membership, so that the role is the same to the end of the transaction and one person's writes take turns. In a
/// statement of its own, because what it waited for is seen by later statements only. `None`: no member.
///
/// # Locks
/// The membership's row, before any filter.
///
/// # Errors
/// Those of the query.
pub async fn lock_member(conn: &AsyncPgConnection, project: ProjectId, user: UserId) -> Result<Option<Role>> {
    let query = members::table.find((project.0, user.0)).select(members::role).for_no_key_update();
    let role: Option<String> = query.first(&mut &*conn).await.optional()?;
    role.map(|role| convert::role(&role)).transpose()
}

/// Locks a filter, whoever made it. `None`: there is none with this id.
///
/// # Locks
/// The filter's row, to the end of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn lock(conn: &AsyncPgConnection, project: ProjectId, id: FilterId) -> Result<Option<SavedFilter>> {
    let row: Option<Row> = Lock::new(project.0, id.0).get_result(&mut &*conn).await.optional()?;
    Ok(row.map(filter))
}

/// How many filters of a project somebody made.
///
/// # Errors
/// Those of the query.
pub async fn count(conn: &AsyncPgConnection, project: ProjectId, user: UserId) -> Result<i64> {
    let made = filters::table.filter(filters::project_id.eq(project.0).and(filters::user_id.eq(user.0)));
    Ok(made.count().get_result(&mut &*conn).await?)
}

/// Makes a filter. `None`: the id is taken.
///
/// # Errors
/// Those of the query.
pub async fn insert(
    conn: &AsyncPgConnection,
    project: ProjectId,
    id: FilterId,
    user: UserId,
    content: &FilterContent,
) -> Result<Option<SavedFilter>> {
    let FilterContent { name, query, shared } = content;
    let insert = Insert::new(project.0, id.0, user.0, name.as_str(), Stored(query), *shared);
    let row: Option<Row> = insert.get_result(&mut &*conn).await.optional()?;
    Ok(row.map(filter))
}

/// Changes a filter. Its maker stays.
///
/// # Locks
/// The caller holds the filter's lock.
///
/// # Errors
/// Those of the query.
pub async fn update(
    conn: &AsyncPgConnection,
    project: ProjectId,
    id: FilterId,
    content: &FilterContent,
) -> Result<SavedFilter> {
    let FilterContent { name, query, shared } = content;
    let update = Update::new(name.as_str(), Stored(query), *shared, project.0, id.0);
    Ok(filter(update.get_result::<Row>(&mut &*conn).await?))
}

/// Deletes a filter.
///
/// # Errors
/// Those of the query.
pub async fn delete(conn: &AsyncPgConnection, project: ProjectId, id: FilterId) -> Result<()> {
    diesel::delete(filters::table.find((project.0, id.0))).execute(&mut &*conn).await?;
    Ok(())
}

/// Ends what somebody kept for themselves, with the membership. What they shared stays.
///
/// # Errors
/// Those of the query.
pub async fn remove_member(conn: &AsyncPgConnection, project: ProjectId, user: UserId) -> Result<()> {
    let own = filters::table.filter(filters::project_id.eq(project.0).and(filters::user_id.eq(user.0)));
    diesel::delete(own.filter(diesel::dsl::not(filters::shared))).execute(&mut &*conn).await?;
    Ok(())
}

/// Those of these tasks that are in the project and not in its bin.
///
/// # Errors
/// Those of the query.
pub async fn tasks_there(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<TaskId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let there = tasks::table.filter(tasks::project_id.eq(project.0).and(tasks::id.eq_any(ids)));
    let query = there.filter(tasks::deleted_version.is_null()).select(tasks::id);
    let ids: Vec<Uuid> = query.load(&mut &*conn).await?;
    Ok(ids.into_iter().map(TaskId).collect())
}

fn filter((id, user, name, query, shared, updated_at): Row) -> SavedFilter {
    SavedFilter {
        id: FilterId(id),
        user: UserId(user),
        name: Name::stored(name),
        query: query.0,
        shared,
        updated_at: convert::moment(updated_at),
    }
}

//! Colleagues: people who share a project.

use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::UserId;
use uuid::Uuid;

/// Somebody who shares a project with the person who asks.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// The colleague.
    pub id: UserId,
    /// Their name as it is now.
    pub name: String,
    /// The name in lower case, by which a list is ordered.
    pub order: String,
    /// The account is not disabled.
    pub active: bool,
}

/// Which colleagues are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Those of these projects. `None`: of all.
    pub only: Option<&'a [Uuid]>,
    /// Those whose name, or a word of it, begins so, in any case.
    pub beginning: &'a str,
    /// Those after this one, who is named by what the list is ordered by.
    pub after: Option<(&'a str, UserId)>,
    /// At most so many.
    pub limit: i64,
}

statement! { Of(user: Uuid as SqlUuid, only: Option<&'a [Uuid]> as Nullable<Array<SqlUuid>>, own: Uuid as SqlUuid,
    beginning: &'a str as Text, name: Option<&'a str> as Nullable<Text>, id: Option<Uuid> as Nullable<SqlUuid>,
    limit: i64 as BigInt) -> (SqlUuid, Text, Text, Bool):
"WITH shared AS MATERIALIZED (SELECT p.id FROM members m JOIN projects p ON p.id = m.project_id \
    WHERE m.user_id = {} AND p.deleted_at IS NULL AND p.id = ANY(coalesce({}, ARRAY[p.id]))), \
named AS (SELECT u.id, u.name, lower(u.name) AS lowered, u.disabled_at IS NULL AS active FROM users u \
    WHERE u.id IN (SELECT m.user_id FROM members m WHERE m.project_id IN (SELECT id FROM shared)) \
    AND u.id <> {} AND u.deleted_at IS NULL), \
asked AS (SELECT lower({}) AS beginning, {} AS name, {} AS id) \
SELECT named.id, named.name, named.lowered, named.active FROM named, asked \
WHERE (starts_with(named.lowered, asked.beginning) OR strpos(named.lowered, ' ' || asked.beginning) > 0) \
AND (asked.id IS NULL OR (named.lowered COLLATE \"C\", named.id) > (asked.name COLLATE \"C\", asked.id)) \
ORDER BY named.lowered COLLATE \"C\", named.id LIMIT {}" }

/// Those who share a project with `user` that is not in the bin, by name and then by id. Neither `user` nor deleted accounts
/// are among them.
///
/// # Errors
/// Those of the query.
pub async fn of(conn: &AsyncPgConnection, user: UserId, asked: &Asked<'_>) -> Result<Vec<Colleague>> {
    let (name, id) = asked.after.map(|(name, id)| (name, id.0)).unzip();
    let query = Of::new(user.0, asked.only, user.0, asked.beginning, name, id, asked.limit);
    let rows: Vec<(Uuid, String, String, bool)> = query.load(&mut &*conn).await?;
    let colleague = |(id, name, order, active)| Colleague { id: UserId(id), name, order, active };
    Ok(rows.into_iter().map(colleague).collect())
}

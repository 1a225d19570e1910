//! Where a person searches, and who is looked up by name there.

use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{ProjectId, UserId};
use uuid::Uuid;

statement! { People(project: Uuid as SqlUuid) -> (SqlUuid, Text):
"SELECT u.id, u.name FROM members m JOIN users u ON u.id = m.user_id WHERE m.project_id = {}" }

/// The members of a project by their names.
///
/// # Errors
/// Those of the query.
pub async fn people(conn: &AsyncPgConnection, project: ProjectId) -> Result<Vec<(UserId, String)>> {
    let people: Vec<(Uuid, String)> = People::new(project.0).load(&mut &*conn).await?;
    Ok(people.into_iter().map(|(id, name)| (UserId(id), name)).collect())
}

statement! { OwnProjects(user: Uuid as SqlUuid, only: Option<&'a [Uuid]> as Nullable<Array<SqlUuid>>) -> (SqlUuid, Bool):
"SELECT p.id, NOT EXISTS (SELECT FROM words_fills f WHERE f.project_id = p.id AND NOT f.searched) \
FROM members m JOIN projects p ON p.id = m.project_id \
WHERE m.user_id = {} AND p.deleted_at IS NULL AND NOT p.archived AND p.id = ANY(coalesce({}, ARRAY[p.id]))" }

/// The projects that a person searches, neither archived nor in the bin, and whether a search reads `words` there. `only`:
/// of these.
///
/// # Errors
/// Those of the query.
pub async fn own_projects(
    conn: &AsyncPgConnection,
    user: UserId,
    only: Option<&[Uuid]>,
) -> Result<Vec<(ProjectId, bool)>> {
    let projects: Vec<(Uuid, bool)> = OwnProjects::new(user.0, only).load(&mut &*conn).await?;
    Ok(projects.into_iter().map(|(id, is_searched)| (ProjectId(id), is_searched)).collect())
}

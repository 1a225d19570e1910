//! Writing filters. Session, membership and role are judged in the transaction that writes.

use super::error::FilterError;
use super::gone::{self, ShownFilter};
use crate::caller::Caller;
use crate::people::Commit;
use crate::work::Work;
use domain::project::Project;
use domain::{FilterId, ProjectId, Rejection, Role};
use store::filters::{FilterContent, SavedFilter};
use store::{AsyncPgConnection, Pool, filters};

/// Most filters that one person makes in one project, shared ones among them.
pub const MOST_FILTERS: usize = 100;

/// Where filters are written.
pub struct Filters {
    pool: Pool,
    work: Work,
}

/// A filter that was written.
pub struct Written {
    /// As it is now.
    pub filter: ShownFilter,
    /// It is new.
    pub made: bool,
}

/// What a write is judged by.
struct Standing {
    role: Role,
    project: Project,
    /// The filter of this id, which is locked.
    before: Option<SavedFilter>,
}

impl Filters {
    pub(crate) fn open(pool: Pool, work: Work) -> Filters {
        Filters { pool, work }
    }

    /// Makes a filter with the id that the client chose, or changes the one that has it. Every member keeps own ones. A shared
    /// one is the project's: an editor makes and changes it, whoever made it, and nobody does while the project is archived.
    ///
    /// # Errors
    /// [`FilterError`].
    pub async fn put(
        &self,
        caller: Caller,
        project: ProjectId,
        id: FilterId,
        content: FilterContent,
    ) -> Result<Written, FilterError> {
        let pool = self.pool.clone();
        self.work.run(async move { put(&pool, &caller, project, id, &content).await }).await
    }

    /// Deletes an own filter, or a shared one under the same rules.
    ///
    /// # Errors
    /// [`FilterError`].
    pub async fn delete(&self, caller: Caller, project: ProjectId, id: FilterId) -> Result<(), FilterError> {
        let pool = self.pool.clone();
        self.work.run(async move { delete(&pool, &caller, project, id).await }).await
    }
}

async fn put(
    pool: &Pool,
    caller: &Caller,
    project: ProjectId,
    id: FilterId,
    content: &FilterContent,
) -> Result<Written, FilterError> {
    let commit = Commit::default();
    let mut conn = store::pool::get(pool).await?;
    let written = conn.transaction(async |conn| {
        let standing = standing(conn, caller, project, id).await?;
        let Standing { before, project: own, .. } = &standing;
        let was_shared = before.as_ref().is_some_and(|before| before.shared);
        standing.may_write(was_shared || content.shared)?;
        let saved = match before {
            None => insert(conn, caller, project, id, content).await?,
            Some(before) if before.shared || before.user == caller.user => {
                filters::update(conn, project, id, content).await?
            }
            Some(_) => return Err(FilterError::Refused(Rejection::IdTaken)),
        };
        let shown = gone::shown(conn, own, vec![saved]).await?.pop();
        let filter = shown.ok_or_else(|| FilterError::Defect("a filter is not shown".to_owned()))?;
        commit.follows(Written { filter, made: before.is_none() })
    });
    written.await.map_err(|error: FilterError| error.after(&commit))
}

async fn insert(
    conn: &AsyncPgConnection,
    caller: &Caller,
    project: ProjectId,
    id: FilterId,
    content: &FilterContent,
) -> Result<SavedFilter, FilterError> {
    if filters::count(conn, project, caller.user).await? >= MOST_FILTERS as i64 {
        return Err(FilterError::TooMany);
    }
    let made = filters::insert(conn, project, id, caller.user, content).await?;
    made.ok_or(FilterError::Refused(Rejection::IdTaken))
}

async fn delete(pool: &Pool, caller: &Caller, project: ProjectId, id: FilterId) -> Result<(), FilterError> {
    let commit = Commit::default();
    let mut conn = store::pool::get(pool).await?;
    let deleted = conn.transaction(async |conn| {
        let standing = standing(conn, caller, project, id).await?;
        let seen = standing.before.as_ref().filter(|before| before.shared || before.user == caller.user);
        standing.may_write(seen.ok_or(FilterError::NotFound)?.shared)?;
        commit.follows(filters::delete(conn, project, id).await?)
    });
    deleted.await.map_err(|error: FilterError| error.after(&commit))
}

/// Locks the caller's membership, and then the filter.
async fn standing(
    conn: &AsyncPgConnection,
    caller: &Caller,
    project: ProjectId,
    id: FilterId,
) -> Result<Standing, FilterError> {
    let role = filters::lock_member(conn, project, caller.user).await?;
    let (alive, current, before) = futures_util::try_join!(
        store::sessions::alive(conn, caller.user, caller.sid),
        store::projects::read(conn, project),
        filters::lock(conn, project, id)
    )?;
    if !alive {
        return Err(FilterError::SessionEnded);
    }
    let current = current.filter(|current| !current.deleted && caller.reaches(project));
    match (role, current) {
        (Some(role), Some(current)) => Ok(Standing { role, project: current.project, before }),
        (None, _) | (_, None) => Err(FilterError::NotFound),
    }
}

impl Standing {
    fn may_write(&self, shared: bool) -> Result<(), FilterError> {
        if shared && self.role < Role::Editor {
            return Err(FilterError::Refused(Rejection::Forbidden { needs: Role::Editor }));
        }
        match shared && self.project.archived {
            true => Err(FilterError::Refused(Rejection::ProjectArchived)),
            false => Ok(()),
        }
    }
}

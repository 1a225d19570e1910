//! What a question is, what it reads from, and who may ask.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::pools::Pools;
use crate::project_lists::ProjectLists;
use crate::replica::Replica;
use crate::snapshots::Snapshots;
use domain::ProjectId;
use std::sync::Arc;
use store::AsyncPgConnection;
use store::pool::Reading;
use store::projects::Admission;

/// A question with everything that was asked, and its answer.
pub trait Question: Send + 'static {
    /// What is answered.
    type Answer: Send + 'static;

    /// # Errors
    /// [`ReadError`].
    fn answer(self, from: &Sources) -> impl Future<Output = Result<Self::Answer, ReadError>> + Send;
}

/// What answers are read from.
pub struct Sources {
    pub(crate) pools: Pools,
    pub(crate) replica: Option<Arc<Replica>>,
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) lists: Arc<ProjectLists>,
}

impl Sources {
    /// A transaction for reading.
    ///
    /// # Errors
    /// When no connection comes free in time.
    pub async fn conn(&self) -> Result<Reading, ReadError> {
        Ok(store::pool::read(&self.pools.read).await?)
    }

    /// The same for a member of a project, who is judged first.
    ///
    /// # Errors
    /// [`ReadError::SessionEnded`], [`ReadError::NotFound`] for whoever is no member.
    pub async fn admitted(
        &self,
        caller: &Caller,
        project: ProjectId,
    ) -> Result<(Reading, Admission), ReadError> {
        let conn = self.conn().await?;
        let admission = admitted(&conn, caller, project).await?;
        Ok((conn, admission))
    }
}

/// Judges a read: the caller's session stands, and they are a member of a project that is not in the bin.
///
/// # Errors
/// [`ReadError::SessionEnded`], [`ReadError::NotFound`] for whoever is no member, or has a token for other projects.
pub async fn admitted(
    conn: &AsyncPgConnection,
    caller: &Caller,
    project: ProjectId,
) -> Result<Admission, ReadError> {
    if caller.reaches(project)
        && let Some(admission) = store::projects::admit(conn, project, caller.user, caller.sid).await?
    {
        return if admission.deleted { Err(ReadError::NotFound) } else { Ok(admission) };
    }
    match store::sessions::alive(conn, caller.user, caller.sid).await? {
        true => Err(ReadError::NotFound),
        false => Err(ReadError::SessionEnded),
    }
}

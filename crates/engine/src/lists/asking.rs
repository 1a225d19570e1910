//! A question that is put to one project.

use crate::error::ReadError;
use domain::ProjectId;
use domain::words::Question;
use domain::workflow::{Category, Workflow};
use store::AsyncPgConnection;
use store::find::{self, Asked, Names};
use store::found::Hit;
use store::lists::{self, Filter};
use store::projects::Current;
use uuid::Uuid;

/// Most tasks that are ranked. Only what they are chosen of is larger: a list in another order has all that is found.
pub const MOST_RANKED: usize = 1_000;

/// What is asked of a project, with the names that it has now.
pub struct Asking {
    pub asked: Asked,
    /// Keys of the statuses that mean done or cancelled.
    closed: Vec<String>,
}

impl Asking {
    /// `None`: there is nothing to look for, or no such project.
    pub async fn read(
        conn: &AsyncPgConnection,
        project: ProjectId,
        question: &Question,
    ) -> Result<Option<Asking>, ReadError> {
        let (current, people) =
            futures_util::try_join!(store::projects::read(conn, project), find::people(conn, project))?;
        let Some(Current { project: shown, .. }) = current else { return Ok(None) };
        let names = Names::of(project, shown.key.as_str(), &shown.labels, &shown.fields, &people);
        let Some(asked) = Asked::of(question, &names) else { return Ok(None) };
        let closed = statuses(&shown.workflow, &[Category::Done, Category::Cancelled]);
        Ok(Some(Asking { asked: asked.counted(conn).await?, closed }))
    }

    /// Where these tasks have the words, the best first.
    pub async fn hits(&self, conn: &AsyncPgConnection, tasks: &[Uuid]) -> Result<Vec<Hit>, ReadError> {
        Ok(find::hits(conn, &self.asked, &self.closed, tasks).await?)
    }

    /// The best of those that pass the filter, and whether more pass it than were ranked.
    pub async fn best(
        &self,
        conn: &AsyncPgConnection,
        filter: &Filter,
    ) -> Result<(Vec<Hit>, bool), ReadError> {
        let (candidates, more) = lists::candidates(conn, filter, &self.asked, MOST_RANKED).await?;
        Ok((self.hits(conn, &candidates).await?, more))
    }
}

/// The keys of the statuses of these categories.
pub fn statuses(workflow: &Workflow, categories: &[Category]) -> Vec<String> {
    let of = workflow.statuses.iter().filter(|status| categories.contains(&status.category));
    of.map(|status| status.key.as_str().to_owned()).collect()
}

//! The filters that somebody sees in a project.

use super::gone::{self, ShownFilter};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::{FilterId, ProjectId};

/// A page of the caller's own filters and the shared ones, by id.
pub struct OwnFilters {
    /// Who asks.
    pub caller: Caller,
    /// Whose filters.
    pub project: ProjectId,
    /// The last one of the page before.
    pub after: Option<FilterId>,
    /// At most so many.
    pub limit: usize,
}

/// Filters, and where the next page begins.
pub struct FilterPage {
    /// By id.
    pub filters: Vec<ShownFilter>,
    /// `None`: this is the last page.
    pub next: Option<FilterId>,
}

impl Question for OwnFilters {
    type Answer = FilterPage;

    async fn answer(self, from: &Sources) -> Result<FilterPage, ReadError> {
        let OwnFilters { caller, project, after, limit } = self;
        let (conn, _) = from.admitted(&caller, project).await?;
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let (current, mut found) = futures_util::try_join!(
            store::projects::read(&conn, project),
            store::filters::page(&conn, project, caller.user, after, one_more)
        )?;
        let current = current.ok_or(ReadError::NotFound)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|filter| filter.id);
        Ok(FilterPage { filters: gone::shown(&conn, &current.project, found).await?, next })
    }
}

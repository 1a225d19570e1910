//! The tasks that a person follows, in all their projects.

use super::places::{Places, within};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::lists::ProjectName;
use crate::question::{Question, Sources};
use domain::task::TaskRef;
use domain::{ProjectId, TaskId};

/// A page of what one follows, in the order of projects and tasks.
pub struct OwnWatching {
    /// Who asks.
    pub caller: Caller,
    /// In one of these projects; none: in any.
    pub projects: Vec<ProjectId>,
    /// Where the page before ended.
    pub after: Option<(ProjectId, TaskId)>,
    /// At most so many.
    pub limit: usize,
}

/// What one follows, and where the next page begins.
pub struct WatchingPage {
    /// In the order of projects and tasks.
    pub tasks: Vec<WatchedTask>,
    /// `None`: this is the last page.
    pub next: Option<(ProjectId, TaskId)>,
    /// Whether one follows tasks by themselves.
    pub automatic: bool,
}

/// A task that one follows.
pub struct WatchedTask {
    /// The task's project.
    pub project: ProjectName,
    /// The task.
    pub task: TaskRef,
}

impl Question for OwnWatching {
    type Answer = WatchingPage;

    async fn answer(self, from: &Sources) -> Result<WatchingPage, ReadError> {
        let OwnWatching { caller, projects, after, limit } = self;
        let projects = within(&caller, &projects);
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let conn = from.conn().await?;
        let (alive, automatic, mut found) = futures_util::try_join!(
            store::sessions::alive(&conn, caller.user, caller.sid),
            store::watchers::automatic(&conn, caller.user),
            store::watchers::followed_by(&conn, caller.user, projects, after, one_more),
        )?;
        if !alive {
            return Err(ReadError::SessionEnded);
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().copied().filter(|_| more);
        let wanted: Vec<_> = found.iter().map(|(project, task)| (*project, Some(*task))).collect();
        let places = Places::read(&conn, caller.user, &wanted).await?;
        let watched = |(project, task): (ProjectId, Option<TaskId>)| {
            let place = places.of(project, task)?;
            Some(WatchedTask { project: place.project, task: place.task?.task })
        };
        Ok(WatchingPage { tasks: wanted.into_iter().filter_map(watched).collect(), next, automatic })
    }
}

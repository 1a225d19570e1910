//! The tasks that somebody is assigned to, in all own projects that are neither archived nor in the bin.

use super::search::{ProjectName, projects, tasks};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::task::{Priority, Task};
use domain::time::Moment;
use domain::{ProjectId, TaskId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::listed::{Assigned, assigned_to};
use store::lists::{Order, Page, SortKey};

/// A page of one's tasks.
pub struct OwnTasks {
    /// Who asks.
    pub caller: Caller,
    /// In a status of one of these categories.
    pub categories: Vec<String>,
    /// Of one of these priorities; none: of any.
    pub priorities: Vec<String>,
    /// What they are sorted by.
    pub order: Order,
    /// From the last to the first.
    pub descending: bool,
    /// Where the page before ended.
    pub after: Option<OwnTasksPageEnd>,
    /// At most so many tasks.
    pub limit: usize,
}

/// Where a page of one's tasks ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct OwnTasksPageEnd {
    updated_at: Moment,
    due_on: Option<Date>,
    priority: Priority,
    project: ProjectId,
    task: TaskId,
}

/// One's tasks, and where the next page begins.
pub struct OwnTasksPage {
    /// In the order that was asked for.
    pub tasks: Vec<AssignedTask>,
    /// `None`: this is the last page.
    pub next: Option<OwnTasksPageEnd>,
}

/// A task with its project.
pub struct AssignedTask {
    /// The task's project.
    pub project: ProjectName,
    /// The task.
    pub task: Task,
}

impl From<&Assigned> for OwnTasksPageEnd {
    fn from(assigned: &Assigned) -> OwnTasksPageEnd {
        let Assigned { project, task, updated_at, due_on, priority } = assigned.clone();
        OwnTasksPageEnd { updated_at, due_on, priority, project, task }
    }
}

impl OwnTasksPageEnd {
    fn key(&self, order: Order) -> SortKey {
        match order {
            Order::Updated => SortKey::Updated(self.updated_at),
            Order::Priority => SortKey::Priority(self.priority),
            Order::Due | Order::Rank | Order::Number => SortKey::Due(self.due_on),
        }
    }
}

impl Question for OwnTasks {
    type Answer = OwnTasksPage;

    async fn answer(self, from: &Sources) -> Result<OwnTasksPage, ReadError> {
        let OwnTasks { caller, categories, priorities, order, descending, after, limit } = self;
        let begin = after.map(|after| (after.key(order), after.task));
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let asked = Page { order, descending, after: begin, limit: one_more };
        let only = caller.only_ids();
        let after_project = after.map(|after| after.project);
        let conn = from.conn().await?;
        let (alive, assigned) = futures_util::try_join!(
            store::sessions::alive(&conn, caller.user, caller.sid),
            assigned_to(&conn, caller.user, only.as_deref(), &categories, &priorities, &asked, after_project)
        )?;
        if !alive {
            return Err(ReadError::SessionEnded);
        }
        let mut mine: Vec<OwnTasksPageEnd> = assigned.iter().map(OwnTasksPageEnd::from).collect();
        let more = mine.len() > limit;
        mine.truncate(limit);
        let next = mine.last().copied().filter(|_| more);
        let task_ids: Vec<_> = mine.iter().map(|one| (one.project, one.task)).collect();
        let (mut tasks, projects) =
            futures_util::try_join!(tasks(&conn, &task_ids), projects(&conn, &task_ids))?;
        let assigned = |place: (ProjectId, TaskId)| {
            let (project, task) = (projects.get(&place.0)?.clone(), tasks.remove(&place)?);
            Some(AssignedTask { project, task })
        };
        Ok(OwnTasksPage { tasks: task_ids.into_iter().filter_map(assigned).collect(), next })
    }
}

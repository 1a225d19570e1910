//! Single tasks and their comments.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::comment::Comment;
use domain::task::Task;
use domain::{CommentId, ProjectId, TaskId, UserId, Version};
use store::tasks::{Leaving, StoredTask};

/// A task that is not in the bin, archived or not.
pub struct OneTask {
    /// Who asks.
    pub caller: Caller,
    /// The task's project.
    pub project: ProjectId,
    /// Which task.
    pub task: TaskId,
}

/// A task as one person sees it.
pub struct ShownTask {
    /// The project's version.
    pub version: Version,
    /// The task.
    pub task: Task,
    /// Whether who asks follows it.
    pub watching: bool,
    /// `None`: it is not in the archive.
    pub archived: Option<Leaving>,
}

impl Question for OneTask {
    type Answer = ShownTask;

    async fn answer(self, from: &Sources) -> Result<ShownTask, ReadError> {
        let (conn, admission) = from.admitted(&self.caller, self.project).await?;
        let ids = [self.task.0];
        let (found, watching) = futures_util::try_join!(
            store::tasks::by_ids(&conn, self.project, &ids),
            store::watchers::follows(&conn, self.project, self.task, self.caller.user),
        )?;
        let shown = |stored: &StoredTask| stored.deleted.is_none() || stored.is_archived();
        let stored = found.into_iter().next().filter(shown).ok_or(ReadError::NotFound)?;
        let archived = match stored.is_archived() {
            true => store::tasks::leavings(&conn, self.project, &ids).await?.remove(&self.task),
            false => None,
        };
        Ok(ShownTask { version: admission.version, task: stored.task, watching, archived })
    }
}

/// The id of the task with a name, which only a member learns.
pub struct NamedTask {
    /// Who asks.
    pub caller: Caller,
    /// The task's project.
    pub project: ProjectId,
    /// Its number, counted within the project, alone or after the project's key: `12` or `SHOP-12`.
    pub name: String,
}

impl Question for NamedTask {
    type Answer = TaskId;

    async fn answer(self, from: &Sources) -> Result<TaskId, ReadError> {
        let (conn, _) = from.admitted(&self.caller, self.project).await?;
        let number = match self.name.split_once('-') {
            None => &self.name,
            Some((key, number)) => {
                let current = store::projects::read(&conn, self.project).await?.ok_or(ReadError::NotFound)?;
                let is_own = current.project.key.as_str().eq_ignore_ascii_case(key);
                is_own.then_some(number).ok_or(ReadError::NotFound)?
            }
        };
        let number = number.parse().map_err(|_| ReadError::NotFound)?;
        store::tasks::by_number(&conn, self.project, number).await?.ok_or(ReadError::NotFound)
    }
}

/// The comments of a task that were made after a version, oldest first, at most `most`; and the project's version.
pub struct CommentsOfTask {
    /// Who asks.
    pub caller: Caller,
    /// The task's project.
    pub project: ProjectId,
    /// Whose comments.
    pub task: TaskId,
    /// Comments made above this version.
    pub after: Version,
    /// At most so many comments.
    pub most: usize,
}

impl Question for CommentsOfTask {
    type Answer = (Version, Vec<Comment>);

    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        let (conn, admission) = from.admitted(&self.caller, self.project).await?;
        if store::tasks::by_ids(&conn, self.project, &[self.task.0]).await?.is_empty() {
            return Err(ReadError::NotFound);
        }
        let most = i64::try_from(self.most).unwrap_or(i64::MAX);
        let found = store::comments::of_task(&conn, self.project, self.task, self.after, most).await?;
        Ok((admission.version, found))
    }
}

/// The members who follow a task, and the project's version.
pub struct WatchersOfTask {
    /// Who asks.
    pub caller: Caller,
    /// The task's project.
    pub project: ProjectId,
    /// Whose watchers.
    pub task: TaskId,
}

impl Question for WatchersOfTask {
    type Answer = (Version, Vec<UserId>);

    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        let (conn, admission) = from.admitted(&self.caller, self.project).await?;
        let task = [self.task.0];
        let (found, watchers) = futures_util::try_join!(
            store::tasks::by_ids(&conn, self.project, &task),
            store::watchers::of_tasks(&conn, self.project, &task),
        )?;
        if found.is_empty() {
            return Err(ReadError::NotFound);
        }
        Ok((admission.version, watchers.into_iter().map(|watcher| watcher.user).collect()))
    }
}

/// The task that a comment is on.
pub struct TaskOfComment {
    /// Who asks.
    pub caller: Caller,
    /// The comment's project.
    pub project: ProjectId,
    /// Which comment.
    pub comment: CommentId,
}

impl Question for TaskOfComment {
    type Answer = TaskId;

    async fn answer(self, from: &Sources) -> Result<TaskId, ReadError> {
        let (conn, _) = from.admitted(&self.caller, self.project).await?;
        let found = store::comments::by_ids(&conn, self.project, &[self.comment.0]).await?;
        found.first().map(|comment| comment.task).ok_or(ReadError::NotFound)
    }
}

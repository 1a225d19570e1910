//! Whom the news of one event concerns. A muted task or project tells only of mentions, assignments and the membership itself,
//! because those speak to the person and not of the task.

use super::{Cause, Told};
use crate::comment::mentioned;
use crate::facts::Facts;
use crate::ids::{CommentId, TaskId, UserId};
use crate::text::Key;
use std::collections::BTreeSet;

/// What of an event is news to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// There is a new task.
    Made(TaskId),
    /// A task is another, off the board, or back.
    Changed(TaskId),
    /// A task has these assignees.
    Assigned(TaskId, BTreeSet<UserId>),
    /// A task is in this status.
    Status(TaskId, Key),
    /// There is a new comment on a task, and perhaps it answers another one.
    Commented {
        /// The task.
        task: TaskId,
        /// The new comment.
        comment: CommentId,
        /// What it answers.
        reply_to: Option<CommentId>,
    },
    /// A comment mentions these members.
    Mentioned {
        /// The task that the comment is on.
        task: TaskId,
        /// The comment, new or with another text.
        comment: CommentId,
        /// The members.
        users: BTreeSet<UserId>,
    },
    /// A person became a member.
    Invited(UserId),
    /// A person is no member any more.
    Removed(UserId),
}

/// What of an event people are told. `facts` are those that it was decided on, before it is applied. Nobody is told of their
/// own doing.
pub fn told(news: &[News], facts: &Facts, actor: UserId) -> Vec<Told> {
    news.iter().flat_map(|news| news.told(facts)).filter(|told| told.user != actor).collect()
}

/// Who follows a task by themselves from here on: who makes it or comments on it, and who becomes an assignee or is
/// mentioned. `facts` are those of before the event.
pub(crate) fn followed(news: &[News], facts: &Facts, actor: UserId) -> BTreeSet<(TaskId, UserId)> {
    news.iter().flat_map(|news| news.followed(facts, actor)).collect()
}

impl News {
    fn told(&self, facts: &Facts) -> Vec<Told> {
        match self {
            News::Made(_) => Vec::new(),
            News::Changed(task) => of_watchers(facts, *task, None),
            News::Assigned(task, assignees) => {
                let new = new_assignees(facts, *task, assignees);
                each(new, Cause::Assigned, *task, None)
            }
            News::Status(task, status) => of_waiting(facts, *task, status),
            News::Commented { task, comment, reply_to } => {
                let mut told = of_watchers(facts, *task, Some(*comment));
                told.extend(each(author(facts, *reply_to), Cause::Replied, *task, Some(*comment)));
                told
            }
            News::Mentioned { task, comment, users } => {
                each(newly_mentioned(facts, *comment, users), Cause::Mentioned, *task, Some(*comment))
            }
            News::Invited(user) => {
                vec![Told { user: *user, cause: Cause::Invited, task: None, comment: None }]
            }
            News::Removed(user) => {
                vec![Told { user: *user, cause: Cause::Removed, task: None, comment: None }]
            }
        }
    }

    fn followed(&self, facts: &Facts, actor: UserId) -> Vec<(TaskId, UserId)> {
        match self {
            News::Made(task) | News::Commented { task, .. } => vec![(*task, actor)],
            News::Assigned(task, assignees) => {
                new_assignees(facts, *task, assignees).map(|user| (*task, user)).collect()
            }
            News::Mentioned { task, comment, users } => {
                newly_mentioned(facts, *comment, users).map(|user| (*task, user)).collect()
            }
            News::Changed(_) | News::Status(..) | News::Invited(_) | News::Removed(_) => Vec::new(),
        }
    }
}

fn each(
    users: impl IntoIterator<Item = UserId>,
    cause: Cause,
    task: TaskId,
    comment: Option<CommentId>,
) -> Vec<Told> {
    users.into_iter().map(|user| Told { user, cause, task: Some(task), comment }).collect()
}

fn of_watchers(facts: &Facts, task: TaskId, comment: Option<CommentId>) -> Vec<Told> {
    let followers = facts.followers(task).filter(|user| !facts.muted.contains(&(task, *user)));
    each(followers, Cause::Changed, task, comment)
}

fn new_assignees<'a>(
    facts: &'a Facts,
    task: TaskId,
    assignees: &'a BTreeSet<UserId>,
) -> impl Iterator<Item = UserId> + 'a {
    let before = facts.any_task(task).map(|task| &task.assignees);
    assignees.iter().filter(move |user| before.is_none_or(|before| !before.contains(*user))).copied()
}

/// Of a comment with another text only whom it did not mention before.
fn newly_mentioned(
    facts: &Facts,
    comment: CommentId,
    users: &BTreeSet<UserId>,
) -> impl Iterator<Item = UserId> {
    let before = facts.comments.get(&comment).and_then(|comment| comment.body.as_ref());
    let before = before.map(mentioned).unwrap_or_default();
    users.difference(&before).copied().collect::<Vec<_>>().into_iter()
}

fn author(facts: &Facts, reply_to: Option<CommentId>) -> Option<UserId> {
    let answered = reply_to.filter(|comment| facts.heard.contains(comment))?;
    facts.comments.get(&answered).map(|comment| comment.author)
}

/// Those who are assigned to open tasks that waited for `task`, if this status finishes it.
fn of_waiting(facts: &Facts, task: TaskId, status: &Key) -> Vec<Told> {
    let workflow = &facts.state.project.workflow;
    let was_open = facts.any_task(task).is_some_and(|task| workflow.category(&task.status).is_open());
    if !was_open || workflow.category(status).is_open() {
        return Vec::new();
    }
    let waiting = facts.waiting.get(&task).into_iter().flatten().filter(|waiting| {
        let now = facts.any_task(waiting.task).map_or(&waiting.status, |task| &task.status);
        !facts.deleted_tasks.contains_key(&waiting.task) && workflow.category(now).is_open()
    });
    waiting.flat_map(|w| each(w.assignees.iter().copied(), Cause::BlockerFinished, w.task, None)).collect()
}

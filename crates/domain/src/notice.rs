//! Who is told of what: an event says what of it is news, the facts say whom that concerns, and what one transaction tells a
//! person is gathered into few notices. All of it is pure; a muted task or project tells only of mentions, assignments and
//! the membership itself, because those speak to the person and not of the task.

use crate::Version;
use crate::comment::mentioned;
use crate::facts::Facts;
use crate::ids::{CommentId, ProjectId, TaskId, UserId};
use crate::text::Key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A transaction that tells one person of so many tasks makes one notice of the whole project.
pub const MANY_TASKS: usize = 20;

/// Why a person is told of something, the least direct first: where several causes meet, the greatest one stays.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A task that the person follows changed, or somebody commented on it.
    Changed,
    /// A task that one of the person's open tasks waited for is done or cancelled.
    BlockerFinished,
    /// Somebody answered a comment of the person.
    Replied,
    /// The person became an assignee.
    Assigned,
    /// A comment mentions the person.
    Mentioned,
    /// Somebody made the person a member.
    Invited,
    /// Somebody ended the person's membership.
    Removed,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 7] = [
        Cause::Changed,
        Cause::BlockerFinished,
        Cause::Replied,
        Cause::Assigned,
        Cause::Mentioned,
        Cause::Invited,
        Cause::Removed,
    ];

    /// The name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Changed => "changed",
            Cause::BlockerFinished => "blocker_finished",
            Cause::Replied => "replied",
            Cause::Assigned => "assigned",
            Cause::Mentioned => "mentioned",
            Cause::Invited => "invited",
            Cause::Removed => "removed",
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.as_str() == name)
    }
}

/// What of an event is news to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// There is a new task.
    Made(TaskId),
    /// A task is another, in the bin, or back.
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

/// That one event tells one person of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The person.
    pub user: UserId,
    /// Why.
    pub cause: Cause,
    /// The task that it is about; none: the project.
    pub task: Option<TaskId>,
    /// The comment that mentions or answers the person, or that is new.
    pub comment: Option<CommentId>,
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

/// What one transaction tells one person about one task, or about the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The person.
    pub user: UserId,
    /// The greatest of the causes.
    pub cause: Cause,
    /// The task; none: the project as a whole.
    pub task: Option<TaskId>,
    /// How many events it tells of.
    pub count: i64,
    /// The last event with this cause.
    pub version: Version,
    /// Who made that event.
    pub actor: UserId,
    /// The comment that it made or changed.
    pub comment: Option<CommentId>,
}

impl Notice {
    /// The id of what it is about: the task, or the project.
    pub fn about(&self, project: ProjectId) -> Uuid {
        self.task.map_or(project.0, |task| task.0)
    }
}

/// What the events of one transaction tell people, in the order of versions.
#[derive(Debug, Clone, Default)]
pub struct Gathering(BTreeMap<UserId, BTreeMap<Option<TaskId>, Vec<Tale>>>);

/// One telling, without whom it is for.
#[derive(Debug, Clone)]
struct Tale {
    cause: Cause,
    version: Version,
    actor: UserId,
    comment: Option<CommentId>,
}

impl Gathering {
    /// Adds what an event tells. Of a project that they had to leave, people are told nothing else.
    pub fn add(&mut self, version: Version, actor: UserId, told: &[Told]) {
        for Told { user, cause, task, comment } in told {
            let own = self.0.entry(*user).or_default();
            if *cause == Cause::Removed {
                own.clear();
            }
            let tale = Tale { cause: *cause, version, actor, comment: *comment };
            own.entry(*task).or_default().push(tale);
        }
    }

    /// One notice for each person and task, or for each person if there are many tasks; the latest last.
    pub fn notices(self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (user, own) in self.0 {
            let tasks = own.keys().filter(|task| task.is_some()).count();
            match tasks >= MANY_TASKS {
                true => notices.extend(notice(user, None, own.into_values().flatten().collect())),
                false => {
                    notices.extend(own.into_iter().filter_map(|(task, tales)| notice(user, task, tales)));
                }
            }
        }
        notices.sort_by_key(|notice: &Notice| notice.version);
        notices
    }
}

fn notice(user: UserId, task: Option<TaskId>, tales: Vec<Tale>) -> Option<Notice> {
    let versions: BTreeSet<Version> = tales.iter().map(|tale| tale.version).collect();
    let Tale { cause, version, actor, comment } =
        tales.into_iter().max_by_key(|tale| (tale.cause, tale.version))?;
    let count = i64::try_from(versions.len()).unwrap_or(i64::MAX);
    let comment = comment.filter(|_| task.is_some());
    Some(Notice { user, cause, task, count, version, actor, comment })
}

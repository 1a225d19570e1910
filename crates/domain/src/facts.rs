//! What the rules need to know to judge a list of commands, and nothing more: the touched rows, not the project.
//!
//! Facts are read under the project's lock. Deciding a command applies its event to them, so the next one sees what this
//! one did; an atomic group works on a copy that is dropped at its first rejection.

use crate::Version;
use crate::access::Role;
use crate::comment::Comment;
use crate::event::{Access, Event, EventBody};
use crate::ids::{CommentId, TaskId, UserId};
use crate::rank::Rank;
use crate::rejection::Rejection;
use crate::snapshot::State;
use crate::task::Task;
use crate::text::Key;
use crate::time::Moment;
use crate::undo::Undoing;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// What a list of commands touches: the question to which [`Facts`] is the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    pub tasks: BTreeSet<TaskId>,
    pub comments: BTreeSet<CommentId>,
    pub users: BTreeSet<UserId>,
    /// Statuses that a new workflow might take away.
    pub workflow: bool,
    /// Events that are to be undone.
    pub events: BTreeSet<Version>,
    /// Ranks that somebody wants back.
    pub ranks: BTreeSet<Rank>,
}

/// The answer, read under the lock.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The project; of its members and tasks only those that are touched, deleted tasks aside.
    pub state: State,
    pub version: Version,
    /// The time of what is decided now: the clock after the lock, never below the last event's.
    pub now: Moment,
    pub deleted: bool,
    /// The highest task number ever given.
    pub last_number: i64,
    pub owners: usize,
    /// Those of the touched users who have an account.
    pub accounts: BTreeSet<UserId>,
    pub deleted_tasks: BTreeMap<TaskId, Task>,
    pub comments: BTreeMap<CommentId, Comment>,
    pub ranks: Ranks,
    /// Statuses in which tasks stand; read only when a workflow is touched.
    pub statuses_in_use: BTreeSet<Key>,
    /// The events that are to be undone, as far as they exist.
    pub events: BTreeMap<Version, Undoing>,
}

/// The known part of the project's order: each touched task's rank with both neighbours, and the last rank of all.
/// Ranks that were left stay in it: a bound that is gone bounds as well.
#[derive(Debug, Clone, Default)]
pub struct Ranks(BTreeSet<Rank>);

impl Ranks {
    pub fn know(&mut self, rank: Rank) {
        self.0.insert(rank);
    }

    /// This rank if it is free, else one directly above it. It and its neighbours are known.
    pub fn at(&self, rank: &Rank) -> Rank {
        if self.0.contains(rank) { self.just_after(rank) } else { rank.clone() }
    }

    /// A free rank directly above `rank`.
    pub fn just_after(&self, rank: &Rank) -> Rank {
        Rank::between(Some(rank), self.next(rank))
    }

    /// A free rank directly below `rank`.
    pub fn just_before(&self, rank: &Rank) -> Rank {
        Rank::between(self.0.range(..rank.clone()).next_back(), Some(rank))
    }

    /// A free rank above all.
    pub fn end(&self) -> Rank {
        Rank::between(self.0.last(), None)
    }

    /// The next known rank above `rank`.
    pub fn next(&self, rank: &Rank) -> Option<&Rank> {
        self.0.range((Bound::Excluded(rank.clone()), Bound::Unbounded)).next()
    }
}

/// A whole resource, as an answer shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Project,
    Member(UserId),
    Task(TaskId),
    Comment(CommentId),
}

impl Facts {
    pub fn role(&self, user: UserId) -> Option<Role> {
        self.state.members.get(&user).copied()
    }

    /// A task that is there and not deleted.
    ///
    /// # Errors
    /// [`Rejection::TaskDeleted`] or [`Rejection::TaskNotFound`].
    pub fn task(&self, id: TaskId) -> Result<&Task, Rejection> {
        self.state.tasks.get(&id).ok_or(match self.deleted_tasks.contains_key(&id) {
            true => Rejection::TaskDeleted,
            false => Rejection::TaskNotFound,
        })
    }

    /// A task, deleted or not.
    pub fn any_task(&self, id: TaskId) -> Option<&Task> {
        self.state.tasks.get(&id).or_else(|| self.deleted_tasks.get(&id))
    }

    /// Applies an event that was decided on these facts.
    ///
    /// # Panics
    /// When the event does not fit, which `decide` rules out.
    pub fn apply(&mut self, event: &Event) {
        self.note_tasks(event);
        self.note_members(event);
        self.note_comments(event);
        self.state.apply(event).expect("an event fits the facts it was decided on");
        self.version = event.version;
    }

    fn note_tasks(&mut self, event: &Event) {
        match &event.body {
            EventBody::TaskCreated { task } => {
                self.last_number = task.number;
                self.ranks.know(task.rank.clone());
            }
            EventBody::TaskUpdated { set, .. } => {
                set.rank.iter().for_each(|rank| self.ranks.know(rank.clone()))
            }
            EventBody::TaskMoved { rank, .. } => self.ranks.know(rank.clone()),
            EventBody::TaskDeleted { tasks, .. } => {
                let gone = tasks.iter().filter_map(|id| self.state.tasks.get(id)).cloned();
                self.deleted_tasks.extend(gone.map(|task| (task.id, task)));
            }
            EventBody::TaskRestored { tasks, .. } => {
                for task in tasks {
                    self.deleted_tasks.remove(&task.id);
                }
            }
            EventBody::ProjectDeleted {} => self.deleted = true,
            EventBody::ProjectRestored {} => self.deleted = false,
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::MemberAdded { .. }
            | EventBody::MemberUpdated { .. }
            | EventBody::MemberRemoved { .. }
            | EventBody::CommentAdded { .. }
            | EventBody::CommentUpdated { .. }
            | EventBody::CommentDeleted { .. }
            | EventBody::CommentRestored { .. }
            | EventBody::CommentReacted { .. } => {}
        }
    }

    fn note_members(&mut self, event: &Event) {
        let (user, role) = match event.body.access() {
            Access::Granted(user, role) => (user, Some(role)),
            Access::Revoked(user) => (user, None),
            Access::Unchanged | Access::Closed | Access::Opened => return,
        };
        let was = self.role(user) == Some(Role::Owner);
        let is = role == Some(Role::Owner);
        self.owners = self.owners + usize::from(is) - usize::from(was);
    }

    fn note_comments(&mut self, event: &Event) {
        match &event.body {
            EventBody::CommentAdded { comment, task, body, reply_to, .. } => {
                let made = Comment {
                    id: *comment,
                    task: *task,
                    reply_to: *reply_to,
                    author: event.actor,
                    body: Some(body.clone()),
                    deleted: false,
                    reactions: BTreeMap::new(),
                    created_version: event.version,
                    version: event.version,
                    created_at: event.at,
                    updated_at: event.at,
                    withheld: None,
                };
                self.comments.insert(*comment, made);
            }
            EventBody::CommentUpdated { comment, body, .. }
            | EventBody::CommentRestored { comment, body, .. } => {
                self.change_comment(*comment, event, Some(body.clone()))
            }
            EventBody::CommentDeleted { comment, .. } => self.change_comment(*comment, event, None),
            EventBody::CommentReacted { comment, emoji, on, .. } => {
                self.comment(*comment).react(event.actor, emoji, *on)
            }
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::ProjectDeleted {}
            | EventBody::ProjectRestored {}
            | EventBody::MemberAdded { .. }
            | EventBody::MemberUpdated { .. }
            | EventBody::MemberRemoved { .. }
            | EventBody::TaskCreated { .. }
            | EventBody::TaskUpdated { .. }
            | EventBody::TaskMoved { .. }
            | EventBody::TaskDeleted { .. }
            | EventBody::TaskRestored { .. } => {}
        }
    }

    fn comment(&mut self, id: CommentId) -> &mut Comment {
        self.comments.get_mut(&id).expect("a comment that is changed was decided on")
    }

    fn change_comment(&mut self, id: CommentId, event: &Event, body: Option<crate::text::Body>) {
        let comment = self.comment(id);
        comment.deleted = body.is_none();
        comment.withheld = if comment.deleted { comment.body.take() } else { None };
        comment.body = body;
        comment.version = event.version;
        comment.updated_at = event.at;
    }
}

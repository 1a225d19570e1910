//! What the rules need to know to judge a list of commands, and nothing more: the touched rows, not the project.
//!
//! Facts are read under the project's lock. Deciding a command applies its event to them, so the next one sees what this
//! one did; an atomic group works on a copy that is dropped at its first rejection.

use crate::Version;
use crate::access::Role;
use crate::comment::Comment;
use crate::dependency::{Dependency, Kind};
use crate::ids::{CommentId, TaskId, UserId};
use crate::order::{Ranks, Reranked};
use crate::rank::Rank;
use crate::rejection::Rejection;
use crate::state::State;
use crate::task::{Task, TaskRef};
use crate::text::{Body, Key};
use crate::time::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// What a list of commands touches: the question to which [`Facts`] is the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Tasks that are changed or named.
    pub tasks: BTreeSet<TaskId>,
    /// Comments that are changed or named.
    pub comments: BTreeSet<CommentId>,
    /// People whose membership or account matters.
    pub users: BTreeSet<UserId>,
    /// Who wants to add whom as a member: whether they share a project.
    pub added: BTreeSet<(UserId, UserId)>,
    /// Statuses that a new workflow might take away.
    pub workflow: bool,
    /// Events that are to be undone.
    pub events: BTreeSet<Version>,
    /// Whether a task gets a place in the order: where the tasks of the list stand, and the end.
    pub order: bool,
    /// Tasks beside which another one goes.
    pub neighbours: BTreeSet<TaskId>,
    /// Ranks that somebody wants back.
    pub ranks: BTreeSet<Rank>,
    /// Tasks that may get into a gated status: what they wait for.
    pub gated: BTreeSet<TaskId>,
    /// Tasks that get an edge, or lose one: everything they wait for, over others too.
    pub linked: BTreeSet<TaskId>,
    /// Tasks that go into the bin or the archive: everything below them.
    pub removed: BTreeSet<TaskId>,
    /// Tasks that get another parent: if one of the list is removed, everything below them too.
    pub reparented: BTreeSet<TaskId>,
    /// Tasks that come out of the bin or the archive: everything that went there with them.
    pub restored: BTreeSet<TaskId>,
    /// Tasks that become a parent: everything above them.
    pub parents: BTreeSet<TaskId>,
    /// Tasks whose followers matter, because they are told of it, or because one begins or ends to follow.
    pub watched: BTreeSet<TaskId>,
}

impl Touched {
    /// Tasks whose subtasks must be known, because something is removed.
    pub fn removed_with(&self) -> BTreeSet<TaskId> {
        match self.removed.is_empty() {
            true => BTreeSet::new(),
            false => &self.removed | &self.reparented,
        }
    }
}

/// The answer, read under the lock.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The project; of its members and tasks only those that are touched, deleted tasks aside.
    pub state: State,
    /// The project's version.
    pub version: Version,
    /// The time of what is decided now: the clock after the lock, never below the last event's.
    pub now: Moment,
    /// Whether the project is in the bin.
    pub deleted: bool,
    /// The highest task number ever given.
    pub last_number: i64,
    /// How many owners the project has.
    pub owners: usize,
    /// Those of the touched users who have an account.
    pub accounts: BTreeSet<UserId>,
    /// Those who share a project that is not in the bin, of whom one wants to add the other.
    pub colleagues: BTreeSet<(UserId, UserId)>,
    /// Those whose removal from this project is to be undone.
    pub returning: BTreeSet<UserId>,
    /// Those of the touched tasks that are off the board: in the bin, or in the archive.
    pub deleted_tasks: BTreeMap<TaskId, Task>,
    /// For each of them the version of the event that took it there. Tasks that one event took have the same version.
    pub deletions: BTreeMap<TaskId, Version>,
    /// For those of them that were archived the version of that event. It is the one in `deletions`, unless the task went
    /// into the bin since.
    pub archivings: BTreeMap<TaskId, Version>,
    /// Tasks that are only looked at, as they were read: the ends of edges, and what stands above a parent.
    pub nearby: BTreeMap<TaskId, Nearby>,
    /// What is known of edges besides those in `state`.
    pub edges: Edges,
    /// The touched comments, deleted ones too.
    pub comments: BTreeMap<CommentId, Comment>,
    /// The known part of the order.
    pub ranks: Ranks,
    /// The members who follow a task, for those tasks whose watchers are touched.
    pub watchers: BTreeSet<(TaskId, UserId)>,
    /// Those of them who have muted the task or the project.
    pub muted: BTreeSet<(TaskId, UserId)>,
    /// Who follows a task because of what they did or what was said to them, in this transaction. Whether they want that, and
    /// whether the task has room for them, is known only where the rows are written.
    pub following: BTreeSet<(TaskId, UserId)>,
    /// The tasks that wait for those that may be finished.
    pub waiting: BTreeMap<TaskId, Vec<Waiting>>,
    /// Those of the touched comments whose author is a member and has not muted the task or the project.
    pub heard: BTreeSet<CommentId>,
    /// The number of tasks in each status. It is read only when a workflow is touched.
    pub statuses_in_use: BTreeMap<Key, i64>,
}

/// A task that no command of the list can change.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearby {
    /// The task, as problems name it.
    pub task: TaskRef,
    /// The task above it.
    pub parent: Option<TaskId>,
    /// Whether it is off the board: in the bin, or in the archive.
    pub deleted: bool,
}

/// A task that waits for a touched one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The task that waits.
    pub task: TaskId,
    /// Its status.
    pub status: Key,
    /// Its assignees who are members and have not muted it.
    pub assignees: BTreeSet<UserId>,
}

/// What is known of edges besides those in [`State`].
#[derive(Debug, Clone, Default)]
pub struct Edges {
    /// Edges with an end in the bin or the archive: they block nobody, and come back with it.
    pub asleep: BTreeSet<Dependency>,
    /// There are more edges than were read.
    pub truncated: bool,
    /// There are more tasks above a parent than were read.
    pub parents_truncated: bool,
}

/// A whole resource, as an answer shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The project itself.
    Project,
    /// A member, or somebody who was one.
    Member(UserId),
    /// A task, wherever it is.
    Task(TaskId),
    /// A comment, deleted or not.
    Comment(CommentId),
    /// An edge.
    Dependency(Dependency),
    /// A label, by its key.
    Label(Key),
    /// A custom field, by its key.
    Field(Key),
}

impl Facts {
    /// The role of a member.
    pub fn role(&self, user: UserId) -> Option<Role> {
        self.state.members.get(&user).copied()
    }

    /// Whether somebody may add a person who is no member: one who has an account and shares a project with them, or was a
    /// member here, if the removal is undone. Anybody else comes by an invitation.
    pub fn may_add(&self, actor: UserId, user: UserId) -> bool {
        let known = self.colleagues.contains(&(actor, user)) || self.returning.contains(&user);
        known && self.accounts.contains(&user)
    }

    /// A task that is there and may be changed.
    ///
    /// # Errors
    /// [`Rejection::TaskArchived`], [`Rejection::TaskDeleted`] or [`Rejection::TaskNotFound`].
    pub fn task(&self, id: TaskId) -> Result<&Task, Rejection> {
        match self.is_archived(id) {
            true => Err(Rejection::TaskArchived { task: id }),
            false => self.shown_task(id),
        }
    }

    /// A task that is there, archived or not.
    ///
    /// # Errors
    /// [`Rejection::TaskDeleted`] or [`Rejection::TaskNotFound`].
    pub fn shown_task(&self, id: TaskId) -> Result<&Task, Rejection> {
        let archived = self.deleted_tasks.get(&id).filter(|_| self.is_archived(id));
        self.state.tasks.get(&id).or(archived).ok_or(match self.deleted_tasks.contains_key(&id) {
            true => Rejection::TaskDeleted,
            false => Rejection::TaskNotFound,
        })
    }

    /// Whether a task is in the archive.
    pub fn is_archived(&self, id: TaskId) -> bool {
        self.archivings.get(&id).is_some_and(|version| self.deletions.get(&id) == Some(version))
    }

    /// The tasks that one event took off the board, this one among them.
    ///
    /// # Errors
    /// [`Rejection::TaskNotFound`].
    pub(crate) fn left_with(&self, id: TaskId) -> Result<BTreeSet<TaskId>, Rejection> {
        let event = self.deletions.get(&id).ok_or(Rejection::TaskNotFound)?;
        Ok(self.deletions.iter().filter(|(_, version)| *version == event).map(|(id, _)| *id).collect())
    }

    /// A task, wherever it is.
    pub fn any_task(&self, id: TaskId) -> Option<&Task> {
        self.state.tasks.get(&id).or_else(|| self.deleted_tasks.get(&id))
    }

    /// A task as problems name it.
    pub fn task_ref(&self, id: TaskId) -> Option<TaskRef> {
        let whole = self.any_task(id).map(Task::reference);
        whole.or_else(|| self.nearby.get(&id).map(|near| near.task.clone()))
    }

    /// Whether a task is on the board.
    pub fn is_there(&self, id: TaskId) -> bool {
        self.state.tasks.contains_key(&id)
            || !self.deleted_tasks.contains_key(&id) && self.nearby.get(&id).is_some_and(|near| !near.deleted)
    }

    /// The task above one.
    pub fn parent_of(&self, id: TaskId) -> Option<TaskId> {
        match self.state.tasks.get(&id) {
            Some(task) => task.parent,
            None => self.nearby.get(&id).and_then(|near| near.parent),
        }
    }

    /// The members who follow a task whose watchers are touched.
    pub fn followers(&self, id: TaskId) -> impl Iterator<Item = UserId> + '_ {
        let from = (id, UserId(uuid::Uuid::nil()));
        self.watchers.range(from..).take_while(move |(task, _)| *task == id).map(|(_, user)| *user)
    }

    /// A task and everything below it; of what is off the board only what one event took there.
    pub fn below(&self, id: TaskId) -> BTreeSet<TaskId> {
        let mut children: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
        let event = self.deletions.get(&id);
        let tasks = self.state.tasks.values().chain(self.deleted_tasks.values());
        for task in tasks.filter(|task| self.deletions.get(&task.id) == event) {
            if let Some(parent) = task.parent {
                children.entry(parent).or_default().push(task.id);
            }
        }
        let mut below = BTreeSet::new();
        let mut next = vec![id];
        while let Some(at) = next.pop() {
            if below.insert(at) {
                next.extend(children.get(&at).into_iter().flatten());
            }
        }
        below
    }

    /// The tasks that one waits for.
    pub fn waits_for(&self, id: TaskId) -> Vec<TaskId> {
        let from = Dependency { task: id, on: TaskId(uuid::Uuid::nil()), kind: Kind::Blocks };
        let own = self.state.dependencies.range(from..).take_while(|edge| edge.task == id);
        own.filter(|edge| edge.kind == Kind::Blocks).map(|edge| edge.on).collect()
    }

    /// Those of them that are neither done nor cancelled.
    pub fn open_blockers(&self, id: TaskId) -> Vec<TaskRef> {
        let workflow = &self.state.project.workflow;
        let blockers = self.waits_for(id).into_iter().filter_map(|on| self.task_ref(on));
        blockers.filter(|on| workflow.category(&on.status).is_open()).collect()
    }

    /// Tasks off the board make room as well, because they come back to their places.
    pub(crate) fn rerank(&mut self, reranked: &[Reranked]) {
        // Old ranks are taken out first, because one task may get the rank that another had.
        for Reranked { task, .. } in reranked {
            if let Some(was) = self.any_task(*task).map(|task| task.rank.clone()) {
                self.ranks.forget(&was);
            }
        }
        for Reranked { task, rank } in reranked {
            self.ranks.know(rank.clone());
            if let Some(deleted) = self.deleted_tasks.get_mut(task) {
                deleted.rank = rank.clone();
            }
        }
    }

    /// Adds `by` to the number of tasks in the status of each of these.
    pub(crate) fn count_statuses(&mut self, tasks: &[TaskId], by: i64) {
        for id in tasks {
            if let Some(task) = self.state.tasks.get(id) {
                *self.statuses_in_use.entry(task.status.clone()).or_default() += by;
            }
        }
    }

    /// Counts the owners anew for somebody who gets this role, or none.
    pub(crate) fn count_owner(&mut self, user: UserId, role: Option<Role>) {
        let was = self.role(user) == Some(Role::Owner);
        let is = role == Some(Role::Owner);
        self.owners = self.owners + usize::from(is) - usize::from(was);
    }

    /// A comment that an event changes.
    ///
    /// # Panics
    /// When it is not there, which deciding the event rules out.
    pub(crate) fn comment(&mut self, id: CommentId) -> &mut Comment {
        self.comments.get_mut(&id).expect("a comment that is changed was decided on")
    }

    /// Gives a comment another text, or takes it away.
    pub(crate) fn change_comment(&mut self, id: CommentId, version: Version, at: Moment, body: Option<Body>) {
        let comment = self.comment(id);
        comment.deleted = body.is_none();
        comment.withheld = if comment.deleted { comment.body.take() } else { None };
        comment.body = body;
        comment.version = version;
        comment.updated_at = at;
    }
}

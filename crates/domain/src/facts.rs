//! What the rules need to know to judge a list of commands, and nothing more: the touched rows, not the project.
//!
//! Facts are read under the project's lock. Deciding a command applies its event to them, so the next one sees what this
//! one did; an atomic group works on a copy that is dropped at its first rejection.

use crate::Version;
use crate::access::Role;
use crate::comment::Comment;
use crate::dependency::{Dependency, Kind, TaskRef};
use crate::event::{Access, Event, EventBody};
use crate::ids::{CommentId, TaskId, UserId};
use crate::order::Ranks;
use crate::rank::Rank;
use crate::rejection::Rejection;
use crate::snapshot::State;
use crate::task::Task;
use crate::text::Key;
use crate::time::Moment;
use crate::undo::Undoing;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Tasks that go into the bin: everything below them.
    pub removed: BTreeSet<TaskId>,
    /// Tasks that get another parent: if one of the list is removed, everything below them too.
    pub reparented: BTreeSet<TaskId>,
    /// Tasks that come out of the bin: everything that went there with them.
    pub restored: BTreeSet<TaskId>,
    /// Tasks that become a parent: everything above them.
    pub parents: BTreeSet<TaskId>,
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
    /// For each of them, the version that put it into the bin: what one deletion took has one.
    pub deletions: BTreeMap<TaskId, Version>,
    /// Tasks that are only looked at, as they were read: the ends of edges, and what stands above a parent.
    pub nearby: BTreeMap<TaskId, Nearby>,
    pub edges: Edges,
    pub comments: BTreeMap<CommentId, Comment>,
    pub ranks: Ranks,
    /// How many tasks stand in each status; right only when a workflow is touched.
    pub statuses_in_use: BTreeMap<Key, i64>,
    /// The events that are to be undone, as far as they exist.
    pub events: BTreeMap<Version, Undoing>,
}

/// A task that no command of the list can change.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearby {
    pub task: TaskRef,
    pub parent: Option<TaskId>,
    pub deleted: bool,
}

/// What is known of edges besides those in [`State`].
#[derive(Debug, Clone, Default)]
pub struct Edges {
    /// Edges with an end in the bin: they block nobody, and come back with it.
    pub asleep: BTreeSet<Dependency>,
    /// There are more than were read.
    pub truncated: bool,
    /// There are more tasks above a parent than were read.
    pub parents_truncated: bool,
}

/// A whole resource, as an answer shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Project,
    Member(UserId),
    Task(TaskId),
    Comment(CommentId),
    Dependency(Dependency),
    Label(Key),
    Field(Key),
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

    /// A task as problems name it.
    pub fn task_ref(&self, id: TaskId) -> Option<TaskRef> {
        let whole = self.any_task(id).map(|task| TaskRef {
            id,
            number: task.number,
            title: task.title.clone(),
            status: task.status.clone(),
        });
        whole.or_else(|| self.nearby.get(&id).map(|near| near.task.clone()))
    }

    /// Whether a task is there and not deleted.
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

    /// A task and everything below it.
    pub fn below(&self, id: TaskId) -> BTreeSet<TaskId> {
        let mut children: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
        for task in self.state.tasks.values() {
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

    /// Applies an event that was decided on these facts.
    ///
    /// # Panics
    /// When the event does not fit, which `decide` rules out.
    pub fn apply(&mut self, event: &Event) {
        self.note_reranked(event);
        self.note_tasks(event);
        self.note_edges(event);
        self.note_members(event);
        self.note_comments(event);
        self.count_statuses(&event.body, -1);
        self.state.apply(event).expect("an event fits the facts it was decided on");
        self.count_statuses(&event.body, 1);
        self.version = event.version;
    }

    fn count_statuses(&mut self, body: &EventBody, by: i64) {
        for id in body.tasks() {
            if let Some(task) = self.state.tasks.get(&id) {
                *self.statuses_in_use.entry(task.status.clone()).or_default() += by;
            }
        }
    }

    /// Edges fall asleep with a task that goes into the bin.
    fn note_edges(&mut self, event: &Event) {
        if let EventBody::TaskRestored { dependencies, dropped, .. } = &event.body {
            for edge in dependencies.iter().chain(dropped) {
                self.edges.asleep.remove(edge);
            }
        }
        if let EventBody::TaskDeleted { tasks, .. } = &event.body {
            let gone: BTreeSet<&TaskId> = tasks.iter().collect();
            let edges = self.state.dependencies.iter();
            let asleep = edges.filter(|edge| gone.contains(&edge.task) || gone.contains(&edge.on)).copied();
            self.edges.asleep.extend(asleep);
        }
    }

    /// Tasks in the bin make room as well: they come back to their places.
    fn note_reranked(&mut self, event: &Event) {
        // All leave before any arrives: one may get the rank that another had.
        for reranked in &event.reranked {
            if let Some(was) = self.any_task(reranked.task).map(|task| task.rank.clone()) {
                self.ranks.forget(&was);
            }
        }
        for reranked in &event.reranked {
            self.ranks.know(reranked.rank.clone());
            if let Some(deleted) = self.deleted_tasks.get_mut(&reranked.task) {
                deleted.rank = reranked.rank.clone();
            }
        }
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
                self.deletions.extend(tasks.iter().map(|id| (*id, event.version)));
            }
            EventBody::TaskRestored { tasks, .. } => {
                for task in tasks {
                    self.deleted_tasks.remove(&task.id);
                    self.deletions.remove(&task.id);
                }
            }
            EventBody::ProjectDeleted {} => self.deleted = true,
            EventBody::ProjectRestored {} => self.deleted = false,
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. }
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. }
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
            | EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. }
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. }
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

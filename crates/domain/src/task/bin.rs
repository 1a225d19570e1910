//! `task.delete` and `task.restore`: into the bin with everything below, and out of it whole. Each is the undo of the other.
//! What goes into the bin from the archive comes back to the archive.

use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::dependency::Dependency;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, only};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use crate::task::Task;
use crate::task::group::{self, GROUP_BYTES, Returning};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

const TOO_LARGE: Code = (RejectionKind::Unprocessable, "too_large_to_delete");

/// Puts a task and everything below it into the bin.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeleteTask {
    /// Which task.
    pub task: TaskId,
}

/// A task and everything below it are in the bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskDeleted {
    /// The task that was deleted.
    pub task: TaskId,
    /// It and everything below it.
    pub tasks: Vec<TaskId>,
}

impl CommandRules for DeleteTask {
    type Event = TaskDeleted;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "task", TaskId::read).map(|task| DeleteTask { task })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.removed.insert(self.task);
        touched.watched.insert(self.task);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::task(self.task)
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<TaskDeleted>, Rejection> {
        match facts.shown_task(self.task) {
            Err(Rejection::TaskDeleted) => return Ok(Decision::unchanged(Subject::Task(self.task))),
            shown => shown?,
        };
        let (taken, bytes) = group::with_all_below(facts, self.task);
        if bytes > GROUP_BYTES {
            return Err(Rejection::TooLargeAtOnce { code: TOO_LARGE.1, bytes, most: GROUP_BYTES });
        }
        let event = TaskDeleted { task: self.task, tasks: taken.into_iter().collect() };
        Ok(Decision::change(event, Subject::Task(self.task)))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
    }

    fn refusals() -> Vec<Code> {
        vec![(RejectionKind::NotFound, "task_not_found"), rejection::ARCHIVED, TOO_LARGE]
    }
}

impl EventRules for TaskDeleted {
    type Undo = RestoreTask;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        group::leave(state, &self.tasks);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        group::note_leaving(facts, &self.tasks, stamp);
    }

    fn effects(&self) -> Effects {
        let news = self.tasks.iter().copied().map(News::Changed).collect();
        Effects { off_board: true, news, ..Effects::tasks(self.tasks.clone()) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        Vec::new()
    }

    fn undo(&self, _: Undone<'_>) -> Result<RestoreTask, Rejection> {
        Ok(RestoreTask { task: self.task })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed("deleted", facts.shown_task(self.task).is_ok())
    }
}

/// Takes a task out of the bin: whatever one deletion took comes back together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RestoreTask {
    /// Any of the tasks that the deletion took.
    pub task: TaskId,
}

/// Tasks are out of the bin again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskRestored {
    /// The task that was asked for.
    pub task: TaskId,
    /// Whole, because a snapshot made meanwhile does not have them.
    pub tasks: Vec<Task>,
    /// Those that are in the archive again, from which they were deleted, the highest one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<TaskId>,
    /// Their edges that come back with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Those that would close a cycle now, and are gone for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Dependency>,
}

impl CommandRules for RestoreTask {
    type Event = TaskRestored;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "task", TaskId::read).map(|task| RestoreTask { task })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.restored.insert(self.task);
        touched.watched.insert(self.task);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::task(self.task)
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<TaskRestored>, Rejection> {
        let subject = Subject::Task(self.task);
        if facts.shown_task(self.task).is_ok() {
            return Ok(Decision::unchanged(subject));
        }
        let back = facts.left_with(self.task)?;
        let to_archive = facts.archivings.contains_key(&self.task);
        let event = if to_archive { self.to_archive(facts, &back) } else { self.to_board(facts, &back)? };
        Ok(Decision::change(event, subject))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_ANY_TASK, &[(RejectionKind::Unprocessable, "graph_too_large")]].concat()
    }
}

impl RestoreTask {
    fn to_board(&self, facts: &Facts, back: &BTreeSet<TaskId>) -> Result<TaskRestored, Rejection> {
        let Returning { tasks, dependencies, dropped } = group::returning(facts, back)?;
        Ok(TaskRestored { task: self.task, tasks, archived: Vec::new(), dependencies, dropped })
    }

    fn to_archive(&self, facts: &Facts, back: &BTreeSet<TaskId>) -> TaskRestored {
        let tasks: Vec<Task> = back.iter().filter_map(|id| facts.deleted_tasks.get(id)).cloned().collect();
        let top = group::top(&tasks, self.task);
        let archived = std::iter::once(top).chain(back.iter().copied().filter(|id| *id != top)).collect();
        TaskRestored {
            task: self.task,
            tasks: Vec::new(),
            archived,
            dependencies: Vec::new(),
            dropped: Vec::new(),
        }
    }
}

impl TaskRestored {
    /// The task whose deletion took all of these.
    fn top(&self) -> TaskId {
        self.archived.first().copied().unwrap_or_else(|| group::top(&self.tasks, self.task))
    }
}

impl EventRules for TaskRestored {
    type Undo = DeleteTask;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        group::come_back(state, &self.tasks, &self.dependencies);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        group::note_return(facts, &self.tasks, self.dependencies.iter().chain(&self.dropped));
        for id in &self.archived {
            facts.deletions.extend(facts.archivings.get(id).map(|version| (*id, *version)));
        }
    }

    fn effects(&self) -> Effects {
        let tasks: Vec<TaskId> = self.tasks.iter().map(|task| task.id).chain(self.archived.clone()).collect();
        let news = tasks.iter().copied().map(News::Changed).collect();
        let edges = self.dropped.iter().map(|edge| (*edge, false)).collect();
        Effects { off_board: true, edges, news, ..Effects::tasks(tasks) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        Vec::new()
    }

    fn undo(&self, _: Undone<'_>) -> Result<DeleteTask, Rejection> {
        Ok(DeleteTask { task: self.top() })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let is_there = match self.archived.is_empty() {
            true => facts.state.tasks.contains_key(&self.top()),
            false => facts.is_archived(self.top()),
        };
        changed("deleted", !is_there)
    }
}

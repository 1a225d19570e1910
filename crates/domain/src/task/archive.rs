//! `task.archive` and `task.unarchive`: off the board with everything below, and back whole. Each is the undo of the other.
//! What is archived is read, found and followed, and read-only.

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
use utoipa::ToSchema;

const TOO_LARGE: Code = (RejectionKind::Unprocessable, "too_large_to_archive");

/// Puts a task and everything below it into the archive.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArchiveTask {
    /// Which task.
    pub task: TaskId,
}

/// A task and everything below it are in the archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskArchived {
    /// The task that was archived.
    pub task: TaskId,
    /// It and everything below it.
    pub tasks: Vec<TaskId>,
}

impl CommandRules for ArchiveTask {
    type Event = TaskArchived;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "task", TaskId::read).map(|task| ArchiveTask { task })
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

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<TaskArchived>, Rejection> {
        let subject = Subject::Task(self.task);
        facts.shown_task(self.task)?;
        if facts.is_archived(self.task) {
            return Ok(Decision::unchanged(subject));
        }
        let (taken, bytes) = group::with_all_below(facts, self.task);
        if bytes > GROUP_BYTES {
            return Err(Rejection::TooLargeAtOnce { code: TOO_LARGE.1, bytes, most: GROUP_BYTES });
        }
        let event = TaskArchived { task: self.task, tasks: taken.into_iter().collect() };
        Ok(Decision::change(event, subject))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_ANY_TASK, &[TOO_LARGE]].concat()
    }
}

impl EventRules for TaskArchived {
    type Undo = UnarchiveTask;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        group::leave(state, &self.tasks);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        group::note_leaving(facts, &self.tasks, stamp);
        facts.archivings.extend(self.tasks.iter().map(|id| (*id, stamp.version)));
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

    fn undo(&self, _: Undone<'_>) -> Result<UnarchiveTask, Rejection> {
        Ok(UnarchiveTask { task: self.task })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed("archived", facts.state.tasks.contains_key(&self.task))
    }
}

/// Takes a task out of the archive: whatever was archived with it comes back together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnarchiveTask {
    /// Any of the tasks that were archived together.
    pub task: TaskId,
}

/// Tasks are out of the archive again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskUnarchived {
    /// The task that was asked for.
    pub task: TaskId,
    /// Whole, because a snapshot made meanwhile does not have them.
    pub tasks: Vec<Task>,
    /// Their edges that come back with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Those that would close a cycle now, and are gone for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Dependency>,
}

impl CommandRules for UnarchiveTask {
    type Event = TaskUnarchived;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "task", TaskId::read).map(|task| UnarchiveTask { task })
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

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<TaskUnarchived>, Rejection> {
        let subject = Subject::Task(self.task);
        facts.shown_task(self.task)?;
        if !facts.is_archived(self.task) {
            return Ok(Decision::unchanged(subject));
        }
        let Returning { tasks, dependencies, dropped } =
            group::returning(facts, &facts.left_with(self.task)?)?;
        Ok(Decision::change(TaskUnarchived { task: self.task, tasks, dependencies, dropped }, subject))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_ANY_TASK, &[(RejectionKind::Unprocessable, "graph_too_large")]].concat()
    }
}

impl EventRules for TaskUnarchived {
    type Undo = ArchiveTask;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        group::come_back(state, &self.tasks, &self.dependencies);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        group::note_return(facts, &self.tasks, self.dependencies.iter().chain(&self.dropped));
    }

    fn effects(&self) -> Effects {
        let tasks: Vec<TaskId> = self.tasks.iter().map(|task| task.id).collect();
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

    fn undo(&self, _: Undone<'_>) -> Result<ArchiveTask, Rejection> {
        Ok(ArchiveTask { task: group::top(&self.tasks, self.task) })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let top = group::top(&self.tasks, self.task);
        changed("archived", !facts.state.tasks.contains_key(&top))
    }
}

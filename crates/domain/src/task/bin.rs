//! `task.delete` and `task.restore`: into the bin with everything below, and out of it whole. Each is the undo of the other.

use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::dependency::{Dependency, Kind};
use crate::facts::{Facts, Subject, Touched};
use crate::graph::refuse_cycle;
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, only};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::{self, Rejection};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use crate::task::Task;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Most bytes, as JSON, that one deletion takes: its restore is one event, and no event exceeds 1 MiB.
pub const DELETED_BYTES: usize = 512 * 1024;

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
        facts.task(self.task)?;
        let taken = facts.below(self.task);
        let tasks = taken.iter().filter_map(|id| facts.state.tasks.get(id));
        let edges = facts.state.dependencies.iter().chain(&facts.edges.asleep);
        let edges = edges.filter(|edge| taken.contains(&edge.task) || taken.contains(&edge.on));
        let bytes = tasks.map(written).sum::<usize>() + edges.map(written).sum::<usize>();
        if bytes > DELETED_BYTES {
            return Err(Rejection::TooLargeToDelete { bytes, most: DELETED_BYTES });
        }
        let event = TaskDeleted { task: self.task, tasks: taken.into_iter().collect() };
        Ok(Decision::change(event, Subject::Task(self.task)))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_TASK, &[(rejection::RejectionKind::Unprocessable, "too_large_to_delete")]].concat()
    }
}

/// How many bytes something has as JSON.
fn written(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).expect("what the domain holds is JSON").len()
}

impl EventRules for TaskDeleted {
    type Undo = RestoreTask;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        for id in &self.tasks {
            state.tasks.remove(id);
        }
        let gone: BTreeSet<&TaskId> = self.tasks.iter().collect();
        state.dependencies.retain(|edge| !gone.contains(&edge.task) && !gone.contains(&edge.on));
        Ok(())
    }

    /// Puts edges aside with a task that goes into the bin.
    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        let tasks = self.tasks.iter().filter_map(|id| facts.state.tasks.get(id)).cloned();
        facts.deleted_tasks.extend(tasks.map(|task| (task.id, task)));
        facts.deletions.extend(self.tasks.iter().map(|id| (*id, stamp.version)));
        let gone: BTreeSet<&TaskId> = self.tasks.iter().collect();
        let edges = facts.state.dependencies.iter();
        let asleep = edges.filter(|edge| gone.contains(&edge.task) || gone.contains(&edge.on)).copied();
        facts.edges.asleep.extend(asleep);
    }

    fn effects(&self) -> Effects {
        let news = self.tasks.iter().copied().map(News::Changed).collect();
        Effects { bin: true, news, ..Effects::tasks(self.tasks.clone()) }
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
        changed("deleted", facts.state.tasks.contains_key(&self.task))
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
        if facts.state.tasks.contains_key(&self.task) {
            return Ok(Decision::unchanged(subject));
        }
        let deletion = facts.deletions.get(&self.task).ok_or(Rejection::TaskNotFound)?;
        let back = facts.deletions.iter().filter(|(_, version)| *version == deletion).map(|(id, _)| *id);
        let back: BTreeSet<TaskId> = back.collect();
        let tasks = back.iter().filter_map(|id| facts.deleted_tasks.get(id));
        let tasks = tasks.map(|task| fitting(facts, &back, task.clone())).collect();
        let (dependencies, dropped) = edges_of(facts, &back)?;
        Ok(Decision::change(TaskRestored { task: self.task, tasks, dependencies, dropped }, subject))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_TASK, &[(rejection::RejectionKind::Unprocessable, "graph_too_large")]].concat()
    }
}

/// A task as it can be now: a status that is gone becomes the first one, a parent that is gone becomes none.
fn fitting(facts: &Facts, back: &BTreeSet<TaskId>, mut task: Task) -> Task {
    let workflow = &facts.state.project.workflow;
    let lost_status = !workflow.has(&task.status);
    let lost_parent = task.parent.is_some_and(|parent| !back.contains(&parent) && !facts.is_there(parent));
    if lost_status {
        task.status = workflow.first().clone();
    }
    if lost_parent {
        task.parent = None;
    }
    if lost_status || lost_parent {
        task.version = facts.version + 1;
        task.updated_at = facts.now;
    }
    task
}

/// The edges that come back with these tasks, and those that would close a cycle now.
fn edges_of(facts: &Facts, back: &BTreeSet<TaskId>) -> Result<(Vec<Dependency>, Vec<Dependency>), Rejection> {
    let there = |id: TaskId| back.contains(&id) || facts.is_there(id);
    let own = facts.edges.asleep.iter().filter(|edge| back.contains(&edge.task) || back.contains(&edge.on));
    let (mut kept, mut dropped): (Vec<Dependency>, Vec<Dependency>) = (Vec::new(), Vec::new());
    for edge in own.filter(|edge| there(edge.task) && there(edge.on)) {
        let closes = match edge.kind {
            Kind::Relates => Ok(()),
            Kind::Blocks => {
                let steps = |at: TaskId| {
                    let restored = kept.iter().filter(|kept| kept.kind == Kind::Blocks && kept.task == at);
                    facts.waits_for(at).into_iter().chain(restored.map(|kept| kept.on)).collect()
                };
                refuse_cycle(facts, edge.task, edge.on, steps, !facts.edges.truncated)
            }
        };
        match closes {
            Ok(()) => kept.push(*edge),
            Err(Rejection::DependencyCycle { .. }) => dropped.push(*edge),
            Err(other) => return Err(other),
        }
    }
    Ok((kept, dropped))
}

impl TaskRestored {
    /// The task whose deletion took all of these. Its parent is not among them. It is looked for, because `task` may be any
    /// of them.
    fn top(&self) -> TaskId {
        let below = |task: &&Task| self.tasks.iter().any(|other| task.parent == Some(other.id));
        self.tasks.iter().find(|task| !below(task)).map_or(self.task, |task| task.id)
    }
}

impl EventRules for TaskRestored {
    type Undo = DeleteTask;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        state.dependencies.extend(&self.dependencies);
        state.tasks.extend(self.tasks.iter().map(|task| (task.id, task.clone())));
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        for task in &self.tasks {
            facts.deleted_tasks.remove(&task.id);
            facts.deletions.remove(&task.id);
        }
        for edge in self.dependencies.iter().chain(&self.dropped) {
            facts.edges.asleep.remove(edge);
        }
    }

    fn effects(&self) -> Effects {
        let tasks: Vec<TaskId> = self.tasks.iter().map(|task| task.id).collect();
        let news = tasks.iter().copied().map(News::Changed).collect();
        let edges = self.dropped.iter().map(|edge| (*edge, false)).collect();
        Effects { bin: true, edges, news, ..Effects::tasks(tasks) }
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
        changed("deleted", !facts.state.tasks.contains_key(&self.top()))
    }
}

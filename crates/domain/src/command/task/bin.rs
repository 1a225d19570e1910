//! `task.delete` and `task.restore`: into the bin with everything below, and out of it whole.

use super::super::Decision;
use crate::dependency::{Dependency, Kind, refuse_cycle};
use crate::event::EventBody;
use crate::facts::{Facts, Subject};
use crate::ids::TaskId;
use crate::json::{Fields, Invalid};
use crate::rejection::Rejection;
use crate::task::Task;
use serde::Serialize;
use std::collections::BTreeSet;

/// Most bytes, as JSON, that one deletion takes: its restore is one event, and no event exceeds 1 MiB.
pub const DELETED_BYTES: usize = 512 * 1024;

/// `task.delete`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeleteTask {
    pub task: TaskId,
}

impl DeleteTask {
    pub(in crate::command) fn read(fields: Fields) -> Result<Self, Invalid> {
        only_task(fields).map(|task| DeleteTask { task })
    }

    pub(in crate::command) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        facts.task(self.task)?;
        let taken = facts.below(self.task);
        let tasks = taken.iter().filter_map(|id| facts.state.tasks.get(id));
        let edges = facts.state.dependencies.iter().chain(&facts.edges.asleep);
        let edges = edges.filter(|edge| taken.contains(&edge.task) || taken.contains(&edge.on));
        let bytes = tasks.map(written).sum::<usize>() + edges.map(written).sum::<usize>();
        if bytes > DELETED_BYTES {
            return Err(Rejection::TooLargeToDelete { bytes, most: DELETED_BYTES });
        }
        let event = EventBody::TaskDeleted { task: self.task, tasks: taken.into_iter().collect() };
        Ok(Decision::change(event, Subject::Task(self.task)))
    }
}

/// How many bytes something has as JSON.
fn written(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).expect("what the domain holds is JSON").len()
}

/// `task.restore`: whatever one deletion took comes back together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestoreTask {
    pub task: TaskId,
}

impl RestoreTask {
    pub(in crate::command) fn read(fields: Fields) -> Result<Self, Invalid> {
        only_task(fields).map(|task| RestoreTask { task })
    }

    pub(in crate::command) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
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
        let event = EventBody::TaskRestored { task: self.task, tasks, dependencies, dropped };
        Ok(Decision::change(event, subject))
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

fn only_task(mut fields: Fields) -> Result<TaskId, Invalid> {
    let task = fields.required("task", TaskId::read);
    fields.finish()?;
    Ok(task.expect("required"))
}

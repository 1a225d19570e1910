//! Tasks that leave a project's board together, into the bin or the archive, and come back together.

use crate::dependency::{Dependency, Kind};
use crate::facts::Facts;
use crate::graph::refuse_cycle;
use crate::ids::TaskId;
use crate::rejection::Rejection;
use crate::rules::Stamp;
use crate::state::State;
use crate::task::Task;
use serde::Serialize;
use std::collections::BTreeSet;

/// Most bytes, as JSON, that leave the board at once. What brings them back is one event, and no event exceeds 1 MiB.
pub const GROUP_BYTES: usize = 512 * 1024;

/// A task and everything below it, and how many bytes they have with their edges.
pub(super) fn with_all_below(facts: &Facts, task: TaskId) -> (BTreeSet<TaskId>, usize) {
    let taken = facts.below(task);
    let tasks = taken.iter().filter_map(|id| facts.state.tasks.get(id));
    let edges = facts.state.dependencies.iter().chain(&facts.edges.asleep);
    let edges = edges.filter(|edge| taken.contains(&edge.task) || taken.contains(&edge.on));
    let bytes = tasks.map(written).sum::<usize>() + edges.map(written).sum::<usize>();
    (taken, bytes)
}

/// How many bytes something has as JSON.
fn written(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).expect("what the domain holds is JSON").len()
}

/// Takes tasks out of a snapshot, with their edges.
pub(super) fn leave(state: &mut State, tasks: &[TaskId]) {
    for id in tasks {
        state.tasks.remove(id);
    }
    let gone: BTreeSet<&TaskId> = tasks.iter().collect();
    state.dependencies.retain(|edge| !gone.contains(&edge.task) && !gone.contains(&edge.on));
}

/// Notes that tasks leave the board by this event, and puts their edges aside.
pub(super) fn note_leaving(facts: &mut Facts, tasks: &[TaskId], stamp: &Stamp) {
    let whole = tasks.iter().filter_map(|id| facts.state.tasks.get(id)).cloned();
    facts.deleted_tasks.extend(whole.map(|task| (task.id, task)));
    facts.deletions.extend(tasks.iter().map(|id| (*id, stamp.version)));
    let gone: BTreeSet<&TaskId> = tasks.iter().collect();
    let edges = facts.state.dependencies.iter();
    let asleep = edges.filter(|edge| gone.contains(&edge.task) || gone.contains(&edge.on)).copied();
    facts.edges.asleep.extend(asleep);
}

/// What comes back to the board.
pub(super) struct Returning {
    /// Whole, as they can be now.
    pub tasks: Vec<Task>,
    /// Their edges that come back with them.
    pub dependencies: Vec<Dependency>,
    /// Those that would close a cycle now.
    pub dropped: Vec<Dependency>,
}

/// These tasks as they come back to the board now.
///
/// # Errors
/// [`Rejection::GraphTooLarge`]
pub(super) fn returning(facts: &Facts, back: &BTreeSet<TaskId>) -> Result<Returning, Rejection> {
    let tasks = back.iter().filter_map(|id| facts.deleted_tasks.get(id));
    let tasks = tasks.map(|task| fitting(facts, back, task.clone())).collect();
    let (dependencies, dropped) = edges_of(facts, back)?;
    Ok(Returning { tasks, dependencies, dropped })
}

/// Puts tasks back into a snapshot.
pub(super) fn come_back(state: &mut State, tasks: &[Task], dependencies: &[Dependency]) {
    state.dependencies.extend(dependencies);
    state.tasks.extend(tasks.iter().map(|task| (task.id, task.clone())));
}

/// Notes that tasks are on the board again. `edges` are those that came back, and those that are gone for good.
pub(super) fn note_return<'a>(
    facts: &mut Facts,
    tasks: &[Task],
    edges: impl IntoIterator<Item = &'a Dependency>,
) {
    for task in tasks {
        facts.deleted_tasks.remove(&task.id);
        facts.deletions.remove(&task.id);
        facts.archivings.remove(&task.id);
    }
    for edge in edges {
        facts.edges.asleep.remove(edge);
    }
}

/// The task that left with all of these below it. Its parent is not among them. `named` may be any of them.
pub(super) fn top(tasks: &[Task], named: TaskId) -> TaskId {
    let is_below = |task: &&Task| tasks.iter().any(|other| task.parent == Some(other.id));
    tasks.iter().find(|task| !is_below(task)).map_or(named, |task| task.id)
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

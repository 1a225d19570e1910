//! Walks over edges and parents, to keep them free of cycles.

use crate::dependency::MOST_EDGES;
use crate::facts::Facts;
use crate::ids::TaskId;
use crate::rejection::Rejection;
use crate::task::TaskRef;
use std::collections::{BTreeMap, VecDeque};

/// Refuses an edge that would close a cycle: `on` already waits, over others, for `task`. `steps` are the edges to walk,
/// from each task to those it waits for; `whole`: all of them are known.
///
/// # Errors
/// [`Rejection::DependencyCycle`] with the way round, [`Rejection::GraphTooLarge`].
pub(crate) fn refuse_cycle(
    facts: &Facts,
    task: TaskId,
    on: TaskId,
    steps: impl Fn(TaskId) -> Vec<TaskId>,
    whole: bool,
) -> Result<(), Rejection> {
    let mut came_from: BTreeMap<TaskId, TaskId> = BTreeMap::from([(on, task)]);
    let mut next = VecDeque::from([on]);
    let mut walked = 0;
    while let Some(at) = next.pop_front() {
        if at == task {
            return Err(Rejection::DependencyCycle { path: way_round(facts, &came_from, task, on) });
        }
        for to in steps(at) {
            walked += 1;
            if walked > MOST_EDGES {
                return Err(Rejection::GraphTooLarge);
            }
            came_from.entry(to).or_insert_with(|| {
                next.push_back(to);
                at
            });
        }
    }
    // Edges that were not read may close a cycle.
    if whole { Ok(()) } else { Err(Rejection::GraphTooLarge) }
}

/// From `task` over `on` back to `task`.
fn way_round(facts: &Facts, came_from: &BTreeMap<TaskId, TaskId>, task: TaskId, on: TaskId) -> Vec<TaskRef> {
    let mut back = vec![task];
    let mut at = task;
    while at != on {
        at = came_from[&at];
        back.push(at);
    }
    back.push(task);
    back.iter().rev().filter_map(|id| facts.task_ref(*id)).collect()
}

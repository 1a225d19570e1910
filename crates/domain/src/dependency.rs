//! Edges between tasks: `blocks` binds and forms no cycle, `relates` is shown.

use crate::facts::Facts;
use crate::ids::TaskId;
use crate::json::{Refused, string};
use crate::rejection::Rejection;
use crate::text::{Key, Title};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

/// Most edges that are walked to judge one command.
pub const MOST_EDGES: usize = 10_000;

/// What an edge means.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `task` waits for `on`.
    #[default]
    Blocks,
    Relates,
}

impl Kind {
    /// The name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Blocks => "blocks",
            Kind::Relates => "relates",
        }
    }

    pub fn parse(name: &str) -> Option<Kind> {
        [Kind::Blocks, Kind::Relates].into_iter().find(|kind| kind.as_str() == name)
    }

    /// Reads one from JSON.
    ///
    /// # Errors
    /// When the value names no kind.
    pub fn read(value: Value) -> Result<Kind, Refused> {
        Kind::parse(&string(value)?).ok_or_else(|| Refused::invalid("must be blocks or relates"))
    }
}

/// An edge, in the order in which a snapshot lists them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
pub struct Dependency {
    pub task: TaskId,
    pub on: TaskId,
    pub kind: Kind,
}

impl Dependency {
    /// The edge as it is kept: of `relates` there is one, with the smaller id as `task`.
    pub fn new(task: TaskId, on: TaskId, kind: Kind) -> Dependency {
        match kind == Kind::Relates && on < task {
            true => Dependency { task: on, on: task, kind },
            false => Dependency { task, on, kind },
        }
    }

    pub fn touches(&self, task: TaskId) -> bool {
        self.task == task || self.on == task
    }
}

/// A task as problems name it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskRef {
    pub id: TaskId,
    pub number: i64,
    pub title: Title,
    pub status: Key,
}

/// Refuses an edge that would close a cycle: `on` already waits, over others, for `task`. `steps` are the edges to walk,
/// from each task to those it waits for; `whole`: all of them are known.
///
/// # Errors
/// [`Rejection::DependencyCycle`] with the way round, [`Rejection::GraphTooLarge`].
pub fn refuse_cycle(
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
    // What was not read may hold the rest of a cycle.
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

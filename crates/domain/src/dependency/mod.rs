//! Edges between tasks: `blocks` binds and forms no cycle, `relates` is shown.

pub mod link;

use crate::ids::TaskId;
use crate::json::{Refused, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// The two have to do with each other.
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

    /// The kind of that name.
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
    /// The task that waits.
    pub task: TaskId,
    /// The task that it waits for.
    pub on: TaskId,
    /// What the edge means.
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

    /// Whether the edge begins or ends at `task`.
    pub fn touches(&self, task: TaskId) -> bool {
        self.task == task || self.on == task
    }
}

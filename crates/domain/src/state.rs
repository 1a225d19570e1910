//! What events change: the state of a project that a snapshot holds, and the overlay on which a batch is decided.

use crate::Version;
use crate::access::Role;
use crate::dependency::Dependency;
use crate::ids::{TaskId, UserId};
use crate::member::Member;
use crate::order::Reranked;
use crate::project::Project;
use crate::task::Task;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// Everything of a project but its comments, of which each task has the number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct State {
    /// The project itself.
    pub project: Project,
    /// Its members, by id.
    #[serde(serialize_with = "members", deserialize_with = "read_members")]
    #[schema(value_type = Vec<Member>)]
    pub members: BTreeMap<UserId, Role>,
    /// The tasks that are neither in the bin nor archived, by id.
    #[serde(serialize_with = "tasks", deserialize_with = "read_tasks")]
    #[schema(value_type = Vec<Task>)]
    pub tasks: BTreeMap<TaskId, Task>,
    /// Edges between tasks that are there.
    pub dependencies: BTreeSet<Dependency>,
}

/// Why an event does not follow on a state; never for events in version order from one log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// It is not the next one.
    #[error("version {found} does not follow {last}")]
    Gap {
        /// The version of the state.
        last: Version,
        /// The version of the event.
        found: Version,
    },
    /// The log does not begin as a log begins, or begins again.
    #[error("the first event is not project.created")]
    NotCreated,
    /// The event names a task that the state does not have.
    #[error("task {0} is not there")]
    NoTask(TaskId),
}

impl State {
    /// A task that an event changes.
    ///
    /// # Errors
    /// [`FoldError::NoTask`]
    pub(crate) fn task(&mut self, id: TaskId) -> Result<&mut Task, FoldError> {
        self.tasks.get_mut(&id).ok_or(FoldError::NoTask(id))
    }

    /// Gives neighbours that make room their new ranks. Those off the board are not here; they come back whole.
    pub(crate) fn rerank(&mut self, reranked: &[Reranked]) {
        for Reranked { task, rank } in reranked {
            if let Some(task) = self.tasks.get_mut(task) {
                task.rank = rank.clone();
            }
        }
    }
}

fn members<S: Serializer>(members: &BTreeMap<UserId, Role>, to: S) -> Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(members.len()))?;
    for (user, role) in members {
        list.serialize_element(&Member { user: *user, role: *role })?;
    }
    list.end()
}

fn read_members<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<UserId, Role>, D::Error> {
    let list = Vec::<Member>::deserialize(from)?;
    Ok(list.into_iter().map(|member| (member.user, member.role)).collect())
}

fn tasks<S: Serializer>(tasks: &BTreeMap<TaskId, Task>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(tasks.values())
}

fn read_tasks<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<TaskId, Task>, D::Error> {
    let list = Vec::<Task>::deserialize(from)?;
    Ok(list.into_iter().map(|task| (task.id, task)).collect())
}

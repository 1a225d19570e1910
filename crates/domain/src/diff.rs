//! The difference between two snapshots of one project.

use crate::access::Role;
use crate::activity::Change;
use crate::ids::UserId;
use crate::snapshot::Snapshot;
use crate::task::{Task, TaskRef};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is different at one version from another.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Diff {
    /// Fields of the project itself.
    pub project: Vec<Change>,
    /// Members who came, left, or have another role.
    pub members: Vec<MemberDiff>,
    /// Tasks.
    pub tasks: TasksDiff,
    /// Edges between tasks.
    pub dependencies: EdgesDiff,
}

/// A person whose role is another; `null` is no member.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MemberDiff {
    /// The person.
    pub user: UserId,
    /// The role at the one version.
    pub from: Option<Role>,
    /// The role at the other version.
    pub to: Option<Role>,
}

/// Tasks by what became of them, each list by id.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TasksDiff {
    /// Whole.
    pub added: Vec<Task>,
    /// Those that are gone.
    pub removed: Vec<TaskRef>,
    /// Those that are there at both versions and are not the same.
    pub changed: Vec<TaskDiff>,
}

/// A task that is there at both versions.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TaskDiff {
    /// Which task.
    #[serde(flatten)]
    pub task: TaskRef,
    /// Its fields that are not the same.
    pub changes: Vec<Change>,
}

/// Edges, as a snapshot has them.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct EdgesDiff {
    /// Those that are new.
    #[schema(value_type = Vec<Object>)]
    pub added: Vec<Value>,
    /// Those that are gone.
    #[schema(value_type = Vec<Object>)]
    pub removed: Vec<Value>,
}

/// What is different in `to`, seen from `from`.
pub fn between(from: &Snapshot, to: &Snapshot) -> Diff {
    let (was, is) = (&from.state, &to.state);
    let users: BTreeSet<UserId> = was.members.keys().chain(is.members.keys()).copied().collect();
    let members = users.into_iter().map(|user| MemberDiff {
        user,
        from: was.members.get(&user).copied(),
        to: is.members.get(&user).copied(),
    });
    Diff {
        project: fields(json!(was.project), json!(is.project)),
        members: members.filter(|member| member.from != member.to).collect(),
        tasks: tasks(from, to),
        dependencies: edges(&dependencies(from), &dependencies(to)),
    }
}

fn tasks(from: &Snapshot, to: &Snapshot) -> TasksDiff {
    let (was, is) = (&from.state.tasks, &to.state.tasks);
    let changed = is.values().filter_map(|task| {
        let before = was.get(&task.id).filter(|before| *before != task)?;
        Some(TaskDiff { task: task.reference(), changes: fields(json!(before), json!(task)) })
    });
    TasksDiff {
        added: is.values().filter(|task| !was.contains_key(&task.id)).cloned().collect(),
        removed: was.values().filter(|task| !is.contains_key(&task.id)).map(Task::reference).collect(),
        changed: changed.collect(),
    }
}

/// The members of two objects of one kind that are not the same.
fn fields(from: Value, to: Value) -> Vec<Change> {
    let Value::Object(to) = to else { return Vec::new() };
    let changed = to.into_iter().filter(|(field, to)| from[field] != *to);
    changed.map(|(field, to)| Change { from: from[&field].clone(), field, to }).collect()
}

fn dependencies(snapshot: &Snapshot) -> Vec<Value> {
    snapshot.state.dependencies.iter().map(|edge| json!(edge)).collect()
}

fn edges(from: &[Value], to: &[Value]) -> EdgesDiff {
    let texts = |edges: &[Value]| edges.iter().map(Value::to_string).collect::<BTreeSet<String>>();
    let (was, is) = (texts(from), texts(to));
    EdgesDiff {
        added: to.iter().filter(|edge| !was.contains(&edge.to_string())).cloned().collect(),
        removed: from.iter().filter(|edge| !is.contains(&edge.to_string())).cloned().collect(),
    }
}

//! What holds for edges, parents and the gate at every version.

use std::collections::BTreeSet;

use domain::dependency::{Dependency, Kind};
use domain::event::{self, Event, EventBody};
use domain::snapshot::State;
use domain::text::Key;
use domain::{Role, TaskId};

use crate::run::World;

/// Edges and parents are tasks that are there, and go round in no circle.
pub fn rules(state: &State) {
    for edge in &state.dependencies {
        assert!([edge.task, edge.on].iter().all(|end| state.tasks.contains_key(end)), "{edge:?} hangs");
    }
    let parents: BTreeSet<_> =
        state.tasks.values().filter_map(|task| Some((task.id, task.parent?))).collect();
    assert!(parents.iter().all(|(_, parent)| state.tasks.contains_key(parent)), "a parent is gone");
    no_cycle(parents);
    let blocks = state.dependencies.iter().filter(|edge| edge.kind == Kind::Blocks);
    no_cycle(blocks.map(|edge| (edge.task, edge.on)).collect());
}

/// Takes away, again and again, what waits for nothing: only a cycle is left over.
fn no_cycle(mut edges: BTreeSet<(TaskId, TaskId)>) {
    while !edges.is_empty() {
        let waiting: BTreeSet<TaskId> = edges.iter().map(|(task, _)| *task).collect();
        let left = edges.len();
        edges.retain(|(_, on)| waiting.contains(on));
        assert!(edges.len() < left, "a cycle within {edges:?}");
    }
}

/// No event moves a task into a gated category while it waits for something open, save an owner's that names what it passed.
pub fn gate(before: &State, event: &Event) {
    let (task, status) = if let EventBody::TaskUpdated(event::TaskUpdated { task, set }) = &event.body {
        (task, set.status.as_ref())
    } else if let EventBody::TaskMoved(event::TaskMoved { task, status, .. }) = &event.body {
        (task, status.as_ref())
    } else {
        return assert!(event.overrode.is_empty(), "{event:?}");
    };
    let project = &before.project;
    let meaning = |key: &Key| project.workflow.category(key);
    let from = meaning(&before.tasks[task].status);
    let gated = status.is_some_and(|status| project.blocked_gate.stops(from, meaning(status)));
    let waits = |edge: &&Dependency| edge.task == *task && edge.kind == Kind::Blocks;
    let blockers = before.dependencies.iter().filter(waits).map(|edge| edge.on);
    let open: Vec<TaskId> =
        blockers.filter(|on| gated && meaning(&before.tasks[on].status).is_open()).collect();
    assert_eq!(event.overrode, open, "{event:?}");
    assert!(open.is_empty() || before.members[&event.actor] == Role::Owner, "{event:?}");
}

/// The table of edges has those of the fold, and beside them only some with an end in the bin.
pub async fn stored(world: &World, state: &State) {
    let query = "SELECT d.task_id, d.on_id, d.kind FROM dependencies d \
                 JOIN tasks t ON t.project_id = d.project_id AND t.id = d.task_id AND t.deleted_version IS NULL \
                 JOIN tasks o ON o.project_id = d.project_id AND o.id = d.on_id AND o.deleted_version IS NULL \
                 WHERE d.project_id = $1";
    let rows = world.cluster.database.sql().await.query(query, &[&world.project]).await.expect("the edges");
    let edges = rows.iter().map(|row| Dependency {
        task: TaskId(row.get(0)),
        on: TaskId(row.get(1)),
        kind: Kind::parse(row.get(2)).expect("a kind"),
    });
    assert_eq!(edges.collect::<BTreeSet<_>>(), state.dependencies);
}

//! Edges, parents, the gate; deletions that take subtasks along, and what comes back.

use super::*;
use crate::dependency::{Dependency, Kind};
use crate::event;

fn wait(task: TaskId, on: TaskId) -> Value {
    json!({"type": "dependency.add", "task": task, "on": on})
}

fn below(task: TaskId, parent: Option<TaskId>) -> Value {
    json!({"type": "task.update", "task": task, "set": {"parent": parent}})
}

fn status(task: TaskId, status: &str) -> Value {
    json!({"type": "task.update", "task": task, "set": {"status": status}})
}

fn ids(value: &Value) -> Vec<TaskId> {
    let tasks = value.as_array().into_iter().flatten();
    tasks.map(|task| TaskId::read(task["id"].clone()).expect("an id")).collect()
}

#[test]
fn an_edge_that_closes_a_circle_is_refused_with_the_way_round() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, wait(a, b));
    world.must(owner, wait(b, c));
    let refused = world.try_(owner, wait(c, a)).expect_err("a circle");
    assert_eq!(refused.code(), "dependency_cycle");
    assert_eq!(ids(&refused.extensions()["path"]), [c, a, b, c]);
    let refused = world.try_(owner, wait(a, a)).expect_err("a circle of one");
    assert_eq!(ids(&refused.extensions()["path"]), [a, a]);
    world.must(owner, json!({"type": "dependency.remove", "task": b, "on": c}));
    world.must(owner, wait(c, a));
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn related_tasks_form_no_circle_and_have_one_edge() {
    let mut world = World::new();
    let owner = world.owner;
    let (a, b) = (world.task("A"), world.task("B"));
    let relate = |task: TaskId, on: TaskId| json!({"type": "dependency.add", "task": task, "on": on, "kind": "relates"});
    world.must(owner, relate(b.max(a), b.min(a)));
    assert_eq!(world.try_(owner, relate(a.min(b), a.max(b))), Ok(None));
    let edge = Dependency { task: a.min(b), on: a.max(b), kind: Kind::Relates };
    assert_eq!(world.folded().state.dependencies, BTreeSet::from([edge]));
    world.must(owner, wait(a, b));
    assert_eq!(world.refusal(owner, relate(a, a)), "invalid_value");
    assert_eq!(world.refusal(owner, relate(a, TaskId::new())), "task_not_found");
    world.must(owner, json!({"type": "dependency.remove", "task": b, "on": a, "kind": "relates"}));
    assert_eq!(world.try_(owner, json!({"type": "dependency.remove", "task": b, "on": a})), Ok(None));
}

#[test]
fn a_walk_over_more_than_ten_thousand_edges_is_refused() {
    let mut world = World::new();
    let owner = world.owner;
    let (first, other) = (world.task("first"), world.task("other"));
    let chain: Vec<TaskId> = (0..10_001).map(|_| TaskId::new()).collect();
    let edges = std::iter::once(&first)
        .chain(&chain)
        .zip(&chain)
        .map(|(task, on)| Dependency::new(*task, *on, Kind::Blocks));
    world.facts.state.dependencies.extend(edges);
    assert_eq!(world.refusal(owner, wait(other, first)), "graph_too_large");
    let last = Dependency::new(chain[9_999], chain[10_000], Kind::Blocks);
    world.facts.state.dependencies.remove(&last);
    world.must(owner, wait(other, first));
    world.facts.edges.truncated = true;
    assert_eq!(world.refusal(owner, wait(first, other)), "dependency_cycle");
    let third = world.task("third");
    assert_eq!(world.refusal(owner, wait(third, other)), "graph_too_large");
}

#[test]
fn a_blocked_task_cannot_be_finished() {
    let mut world = World::new();
    let (owner, editor) = (world.owner, world.member("editor"));
    let (a, b) = (world.task("A"), world.task("B"));
    world.must(editor, wait(a, b));
    world.must(editor, status(a, "in_progress"));
    for command in [
        status(a, "done"),
        json!({"type": "task.move", "task": a, "status": "done"}),
        json!({"type": "task.move", "task": a, "status": "done", "override": true}),
    ] {
        let refused = world.try_(editor, command).expect_err("blocked");
        assert_eq!((refused.code(), ids(&refused.extensions()["blockers"])), ("blocked", vec![b]));
    }
    assert_eq!(world.refusal(owner, status(a, "done")), "blocked");
    let mut passing = status(a, "done");
    passing["override"] = json!(true);
    world.must(owner, passing);
    assert_eq!(world.log.last().expect("an event").overrode, [b]);
    world.must(editor, status(a, "cancelled"));
    world.must(editor, status(b, "cancelled"));
    world.must(editor, status(a, "done"));
    assert!(world.log.last().expect("an event").overrode.is_empty());
    // What opens a blocker later is allowed.
    world.must(editor, status(b, "todo"));
}

#[test]
fn the_gate_can_stop_the_start_too_or_nothing() {
    let mut world = World::new();
    let owner = world.owner;
    let (a, b) = (world.task("A"), world.task("B"));
    world.must(owner, wait(a, b));
    let gate = |gate: &str| json!({"type": "project.update", "set": {"blocked_gate": gate}});
    world.must(owner, gate("start"));
    assert_eq!(world.refusal(owner, status(a, "in_progress")), "blocked");
    world.must(owner, status(a, "todo"));
    world.must(owner, gate("off"));
    world.must(owner, status(a, "in_progress"));
    world.must(owner, gate("start"));
    world.must(owner, status(a, "in_review"));
    assert_eq!(world.refusal(owner, status(a, "done")), "blocked");
}

#[test]
fn a_parent_is_there_and_not_below() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, below(b, Some(a)));
    world.must(owner, below(c, Some(b)));
    let refused = world.try_(owner, below(a, Some(c))).expect_err("a circle");
    assert_eq!((refused.code(), ids(&refused.extensions()["path"])), ("dependency_cycle", vec![a, c, b, a]));
    assert_eq!(world.refusal(owner, below(a, Some(a))), "dependency_cycle");
    assert_eq!(world.refusal(owner, below(a, Some(TaskId::new()))), "task_not_found");
    // Two separate graphs: a task may wait for what stands below it.
    world.must(owner, wait(a, c));
    world.must(owner, below(b, None));
    world.must(owner, below(a, Some(c)));
    world.must(owner, json!({"type": "task.create", "title": "D", "parent": a}));
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn a_deletion_takes_subtasks_along_and_its_restore_brings_them_back() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c, other] = ["A", "B", "C", "Other"].map(|title| world.task(title));
    world.must(owner, below(b, Some(a)));
    world.must(owner, below(c, Some(b)));
    world.must(owner, wait(other, c));
    world.must(owner, wait(b, other));
    let before = world.folded();
    world.must(owner, json!({"type": "task.delete", "task": a}));
    let snapshot = world.folded();
    assert_eq!(snapshot.state.tasks.keys().collect::<Vec<_>>(), [&other]);
    assert!(snapshot.state.dependencies.is_empty());
    world.must(owner, status(other, "done"));
    world.must(owner, status(other, "backlog"));
    world.must(owner, json!({"type": "task.restore", "task": c}));
    let after = world.folded();
    assert_eq!(after.state.dependencies, before.state.dependencies);
    for id in [a, b, c] {
        assert_eq!(after.state.tasks[&id], before.state.tasks[&id], "whole, as it was");
    }
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn edges_come_back_when_both_ends_are_there_and_close_no_circle() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, wait(a, b));
    world.must(owner, wait(b, c));
    let delete = |task: TaskId| json!({"type": "task.delete", "task": task});
    let restore = |task: TaskId| json!({"type": "task.restore", "task": task});
    world.must(owner, delete(b));
    world.must(owner, wait(c, a));
    world.must(owner, delete(c));
    world.must(owner, restore(b));
    assert_eq!(world.folded().state.dependencies, BTreeSet::from([Dependency::new(a, b, Kind::Blocks)]));
    world.must(owner, restore(c));
    let EventBody::TaskRestored(event::TaskRestored { dependencies, dropped, .. }) =
        &world.log.last().expect("one").body
    else {
        panic!("another event")
    };
    assert_eq!((dependencies.len(), dropped.len()), (1, 1), "one of the two closes the circle");
    assert_eq!(world.folded().state, world.facts.state);
    assert!(world.facts.edges.asleep.is_empty());
}

#[test]
fn a_parent_that_is_gone_at_restore_becomes_none() {
    let mut world = World::new();
    let owner = world.owner;
    let (a, b) = (world.task("A"), world.task("B"));
    world.must(owner, below(b, Some(a)));
    world.must(owner, json!({"type": "task.delete", "task": b}));
    world.must(owner, json!({"type": "task.delete", "task": a}));
    let version = world.must(owner, json!({"type": "task.restore", "task": b}));
    let restored = &world.folded().state.tasks[&b];
    assert_eq!((restored.parent, restored.version), (None, version));
    assert!(!world.folded().state.tasks.contains_key(&a), "another deletion took it");
}

#[test]
fn a_deletion_of_more_than_512_kib_is_refused() {
    let mut world = World::new();
    let (owner, parent) = (world.owner, world.task("All"));
    for n in 0..6 {
        let text = "x".repeat(100_000);
        world.must(
            owner,
            json!({"type": "task.create", "title": format!("{n}"), "parent": parent, "description": text}),
        );
    }
    let refused = world.try_(owner, json!({"type": "task.delete", "task": parent})).expect_err("too large");
    assert_eq!((refused.code(), &refused.extensions()["most"]), ("too_large_to_delete", &json!(524_288)));
    let child = world.facts.state.tasks.values().find(|task| task.parent.is_some()).expect("one").id;
    world.must(owner, json!({"type": "task.delete", "task": child}));
    world.must(owner, json!({"type": "task.delete", "task": parent}));
}

#[test]
fn a_status_that_a_batch_has_just_emptied_may_go_and_one_it_has_filled_may_not() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("One");
    let keep = |keys: [&str; 2]| {
        let statuses = keys.map(|key| json!({"key": key, "name": key, "category": "open"}));
        json!({"type": "project.update", "set": {"workflow": {"statuses": statuses}}})
    };
    world.must(owner, status(task, "todo"));
    assert_eq!(world.refusal(owner, keep(["backlog", "done"])), "status_in_use");
    world.must(owner, keep(["todo", "done"]));
}

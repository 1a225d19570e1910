//! Archived tasks: off the board, read-only, and back whole.

use super::*;
use crate::event;

fn archive(task: TaskId) -> Value {
    json!({"type": "task.archive", "task": task})
}

fn unarchive(task: TaskId) -> Value {
    json!({"type": "task.unarchive", "task": task})
}

fn delete(task: TaskId) -> Value {
    json!({"type": "task.delete", "task": task})
}

fn restore(task: TaskId) -> Value {
    json!({"type": "task.restore", "task": task})
}

fn undo(version: Version) -> Value {
    json!({"type": "event.undo", "version": version})
}

fn below(task: TaskId, parent: TaskId) -> Value {
    json!({"type": "task.update", "task": task, "set": {"parent": parent}})
}

#[test]
fn an_archived_task_leaves_the_board_with_its_subtasks_and_edges_and_comes_back_whole() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, below(b, a));
    world.must(owner, json!({"type": "dependency.add", "task": c, "on": b}));
    let before = world.folded().state;
    world.must(owner, archive(a));
    let archived = world.folded().state;
    assert_eq!(archived.tasks.keys().copied().collect::<Vec<_>>(), [c]);
    assert!(archived.dependencies.is_empty());
    assert_eq!(world.try_(owner, archive(b)), Ok(None), "it is archived");
    world.must(owner, json!({"type": "task.move", "task": c, "status": "done"}));
    world.must(owner, unarchive(b));
    let after = world.folded().state;
    assert_eq!((&after.tasks[&a], &after.tasks[&b]), (&before.tasks[&a], &before.tasks[&b]));
    assert_eq!(after.dependencies, before.dependencies);
    assert_eq!(world.try_(owner, unarchive(a)), Ok(None), "it is on the board");
    assert_eq!(world.refusal(owner, unarchive(TaskId::new())), "task_not_found");
}

#[test]
fn an_archived_task_is_read_only_and_the_refusal_names_the_way_back() {
    let mut world = World::new();
    let owner = world.owner;
    let (task, other, comment) = (world.task("One"), world.task("Other"), CommentId::new());
    world.must(owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "x"}));
    world.must(owner, json!({"type": "dependency.add", "task": task, "on": other}));
    let renamed = json!({"type": "task.update", "task": task, "set": {"title": "Two"}});
    let renamed = world.must(owner, renamed);
    world.must(owner, archive(task));
    for command in [
        json!({"type": "task.update", "task": task, "set": {"title": "x"}}),
        json!({"type": "task.update", "task": other, "set": {"parent": task}}),
        json!({"type": "task.create", "title": "x", "parent": task}),
        json!({"type": "task.move", "task": task, "status": "done"}),
        json!({"type": "dependency.add", "task": other, "on": task}),
        json!({"type": "dependency.remove", "task": task, "on": other}),
        json!({"type": "comment.add", "task": task, "body": "x"}),
        json!({"type": "comment.update", "comment": comment, "body": "y"}),
        json!({"type": "comment.delete", "comment": comment}),
        json!({"type": "comment.react", "comment": comment, "emoji": "👍", "on": true}),
        undo(renamed),
    ] {
        let refused = world.try_(owner, command.clone()).expect_err("read-only");
        assert_eq!(
            (refused.code(), &refused.extensions()["task"]),
            ("task_archived", &json!(task)),
            "{command}"
        );
        assert!(refused.detail().contains("task.unarchive"));
    }
    world.must(owner, json!({"type": "task.watch", "task": task}));
    world.must(owner, json!({"type": "task.unwatch", "task": task}));
    let beside = json!({"type": "task.move", "task": other, "after": task});
    assert_eq!(world.try_(owner, beside), Ok(None), "a neighbour that has left");
}

#[test]
fn the_number_the_id_and_the_place_of_an_archived_task_stay_taken_and_its_status_does_not() {
    let mut world = World::new();
    let owner = world.owner;
    let [_, b, _] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, json!({"type": "task.move", "task": b, "status": "todo"}));
    let rank = world.facts.state.tasks[&b].rank.clone();
    world.must(owner, archive(b));
    assert_eq!(world.refusal(owner, json!({"type": "task.create", "id": b, "title": "x"})), "id_taken");
    let new = world.task("D");
    assert_eq!(world.facts.state.tasks[&new].number, 4);
    let statuses = json!([{"key": "backlog", "name": "Backlog", "category": "open"}]);
    world.must(owner, json!({"type": "project.update", "set": {"workflow": {"statuses": statuses}}}));
    let back = world.must(owner, unarchive(b));
    let task = &world.folded().state.tasks[&b];
    assert_eq!((task.status.as_str(), task.version), ("backlog", back), "a status that is gone");
    assert_eq!(task.rank, rank);
}

#[test]
fn what_is_archived_later_apart_stays_when_the_first_comes_back_and_a_parent_that_is_gone_becomes_none() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b] = ["A", "B"].map(|title| world.task(title));
    world.must(owner, below(b, a));
    world.must(owner, archive(b));
    world.must(owner, archive(a));
    world.must(owner, unarchive(b));
    let state = world.folded().state;
    assert_eq!((state.tasks.contains_key(&a), state.tasks[&b].parent), (false, None));
}

#[test]
fn an_edge_that_would_close_a_circle_now_is_dropped_when_a_task_comes_back() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    let edge = |task: TaskId, on: TaskId| json!({"type": "dependency.add", "task": task, "on": on});
    world.must(owner, edge(a, b));
    world.must(owner, edge(b, c));
    world.must(owner, archive(b));
    world.must(owner, edge(c, a));
    world.must(owner, unarchive(b));
    let Some(EventBody::TaskUnarchived(event::TaskUnarchived { dependencies, dropped, .. })) =
        world.log.last().map(|event| &event.body)
    else {
        panic!("it came back")
    };
    assert_eq!((dependencies.len(), dropped.len()), (1, 1));
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn what_goes_from_the_archive_into_the_bin_comes_back_to_the_archive() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, below(b, a));
    world.must(owner, below(c, b));
    world.must(owner, archive(a));
    let deleted = world.must(owner, delete(b));
    assert_eq!(world.refusal(owner, unarchive(b)), "task_deleted");
    assert_eq!(world.refusal(owner, unarchive(c)), "task_deleted");
    assert!(world.facts.is_archived(a));
    world.must(owner, restore(c));
    assert!([a, b, c].iter().all(|id| world.facts.is_archived(*id)));
    assert_eq!(world.refusal(owner, undo(deleted)), "undo_conflict");
    assert_eq!(world.try_(owner, restore(b)), Ok(None), "it is not in the bin");
    world.must(owner, unarchive(a));
    assert_eq!(world.folded().state.tasks.len(), 3);
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn what_was_archived_since_it_was_made_is_not_deleted_by_an_undo() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let made = world.facts.version;
    world.must(owner, archive(task));
    let refused = world.try_(owner, undo(made));
    assert_eq!(refused, Err(Rejection::UndoConflict { fields: vec!["archived".into()] }));
}

#[test]
fn an_archiving_of_more_than_512_kib_is_refused() {
    let mut world = World::new();
    let (owner, parent) = (world.owner, world.task("All"));
    for n in 0..6 {
        let text = "x".repeat(100_000);
        let child =
            json!({"type": "task.create", "title": format!("{n}"), "parent": parent, "description": text});
        world.must(owner, child);
    }
    let refused = world.try_(owner, archive(parent)).expect_err("too large");
    assert_eq!((refused.code(), &refused.extensions()["most"]), ("too_large_to_archive", &json!(524_288)));
    assert!(refused.detail().ends_with("too large to be archived at once; archive parts first"));
}

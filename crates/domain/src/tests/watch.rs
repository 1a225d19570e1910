//! What members follow.

use super::*;

fn watch(task: TaskId) -> Value {
    json!({"type": "task.watch", "task": task})
}

fn unwatch(task: TaskId) -> Value {
    json!({"type": "task.unwatch", "task": task})
}

#[test]
fn who_follows_a_task_changes_neither_the_snapshot_nor_the_task() {
    let mut world = World::new();
    let (viewer, task) = (world.member("viewer"), world.task("One"));
    let before = world.folded();
    let version = world.must(viewer, watch(task));
    assert_eq!(world.folded().state, before.state);
    assert!(world.facts.watchers.contains(&(task, viewer)));
    assert_eq!(world.try_(viewer, watch(task)), Ok(None), "it already is so");
    world.must(viewer, unwatch(task));
    assert_eq!(world.try_(viewer, unwatch(task)), Ok(None));
    assert_eq!(world.folded().state, before.state);
    assert!(world.log[version as usize - 1].body.concerns().is_empty(), "it is in no task's activity");
}

#[test]
fn a_viewer_follows_tasks_of_an_archived_project_and_nobody_a_deleted_one() {
    let mut world = World::new();
    let (owner, viewer) = (world.owner, world.member("viewer"));
    let (task, gone) = (world.task("One"), world.task("Two"));
    world.must(owner, json!({"type": "task.delete", "task": gone}));
    assert_eq!(world.refusal(viewer, watch(gone)), "task_deleted");
    assert_eq!(world.refusal(viewer, watch(TaskId::new())), "task_not_found");
    world.must(owner, json!({"type": "project.update", "set": {"archived": true}}));
    world.must(viewer, watch(task));
}

#[test]
fn only_who_follows_a_task_undoes_it_and_only_as_it_was_left() {
    let mut world = World::new();
    let (owner, viewer, task) = (world.owner, world.member("viewer"), world.task("One"));
    let version = world.must(viewer, watch(task));
    let undo = |version: Version| json!({"type": "event.undo", "version": version});
    assert_eq!(world.refusal(owner, undo(version)), "cannot_undo");
    let undone = world.must(viewer, undo(version));
    assert!(!world.facts.watchers.contains(&(task, viewer)));
    assert_eq!(world.refusal(viewer, undo(version)), "undo_conflict");
    world.must(viewer, undo(undone));
    assert!(world.facts.watchers.contains(&(task, viewer)));
}

#[test]
fn what_somebody_follows_ends_with_the_membership() {
    let mut world = World::new();
    let (owner, editor, task) = (world.owner, world.member("editor"), world.task("One"));
    world.must(editor, watch(task));
    world.must(owner, watch(task));
    world.must(owner, json!({"type": "member.remove", "user": editor}));
    assert_eq!(world.facts.watchers, BTreeSet::from([(task, owner)]));
}

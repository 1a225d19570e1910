//! What is deleted or archived.

use super::*;

#[test]
fn a_deleted_task_cannot_be_changed_and_comes_back_whole() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("One");
    world.must(owner, json!({"type": "comment.add", "task": task, "body": "hello"}));
    let before = world.facts.state.tasks[&task].clone();
    world.must(owner, json!({"type": "task.delete", "task": task}));
    for command in [
        json!({"type": "task.update", "task": task, "set": {"title": "x"}}),
        json!({"type": "comment.add", "task": task, "body": "x"}),
    ] {
        assert_eq!(world.refusal(owner, command), "task_deleted");
    }
    assert_eq!(
        world.try_(owner, json!({"type": "task.delete", "task": task})),
        Ok(None),
        "it is deleted already"
    );
    assert!(world.folded().state.tasks.is_empty());
    world.must(owner, json!({"type": "task.restore", "task": task}));
    assert_eq!(world.folded().state.tasks[&task], before);
    assert_eq!(
        world.refusal(owner, json!({"type": "task.restore", "task": TaskId::new()})),
        "task_not_found"
    );
}

#[test]
fn an_archived_project_is_read_only_and_a_deleted_one_is_gone() {
    let mut world = World::new();
    let owner = world.owner;
    let archived = |archived: bool| json!({"type": "project.update", "set": {"archived": archived}});
    world.must(owner, archived(true));
    assert_eq!(world.refusal(owner, json!({"type": "task.create", "title": "x"})), "project_archived");
    world.must(owner, archived(false));
    world.must(owner, json!({"type": "project.delete"}));
    assert_eq!(world.refusal(owner, json!({"type": "task.create", "title": "x"})), "not_found");
    world.must(owner, json!({"type": "project.restore"}));
    world.task("back");
}

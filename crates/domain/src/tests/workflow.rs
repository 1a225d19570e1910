//! Statuses, and which may follow which.

use super::*;

#[test]
fn a_transition_that_the_workflow_lacks_is_refused_with_what_it_has() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("One");
    let mut workflow = json!(world.facts.state.project.workflow);
    workflow["transitions"] = json!({"backlog": ["todo"]});
    world.must(owner, json!({"type": "project.update", "set": {"workflow": workflow}}));
    let to = |status: &str| json!({"type": "task.update", "task": task, "set": {"status": status}});
    let refused = world.try_(owner, to("done")).expect_err("not allowed");
    assert_eq!(refused.extensions()["allowed"], json!(["todo"]));
    assert_eq!(
        world.refusal(owner, json!({"type": "task.move", "task": task, "status": "nowhere"})),
        "unknown_status"
    );
    world.must(owner, to("todo"));
    world.must(owner, to("done"));
}

#[test]
fn a_status_in_use_cannot_go() {
    let mut world = World::new();
    let owner = world.owner;
    world.task("One");
    let only = |key: &str| json!({"type": "project.update", "set": {"workflow": {"statuses": [{"key": key, "name": "S", "category": "open"}]}}});
    assert_eq!(world.refusal(owner, only("other")), "status_in_use");
    world.must(owner, only("backlog"));
}

#[test]
fn a_status_that_is_gone_at_restore_becomes_the_first_one() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("One");
    world.must(owner, json!({"type": "task.delete", "task": task}));
    world.must(
        owner,
        json!({"type": "project.update", "set": {"workflow":
        {"statuses": [{"key": "new", "name": "New", "category": "open"}]}}}),
    );
    let version = world.must(owner, json!({"type": "task.restore", "task": task}));
    let restored = &world.folded().state.tasks[&task];
    assert_eq!((restored.status.as_str(), restored.version), ("new", version));
}

//! Tasks: what changes nothing, what is stale, ids and limits.

use super::*;

#[test]
fn what_already_is_as_asked_makes_no_event() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("One");
    for same in [
        json!({"type": "task.update", "task": task, "set": {"title": "One", "due_on": null, "config": {"a": null}}}),
        json!({"type": "task.move", "task": task}),
        json!({"type": "task.move", "task": task, "status": "backlog", "after": task}),
        json!({"type": "task.restore", "task": task}),
        json!({"type": "project.update", "set": {"name": "Web shop", "archived": false}}),
        json!({"type": "project.restore"}),
    ] {
        assert_eq!(world.try_(owner, same.clone()), Ok(None), "{same}");
    }
}

#[test]
fn a_stale_expectation_is_refused_and_a_move_does_not_make_it_stale() {
    let mut world = World::new();
    let owner = world.owner;
    let (task, other) = (world.task("One"), world.task("Two"));
    world.must(owner, json!({"type": "task.move", "task": task, "after": other}));
    let expect = |version: Version, title: &str| json!({"type": "task.update", "task": task, "expect": version, "set": {"title": title}});
    let version = world.must(owner, expect(2, "Uno"));
    assert_eq!(world.refusal(owner, expect(2, "Eins")), "stale");
    world.must(owner, expect(version, "Eins"));
}

#[test]
fn an_id_that_is_used_is_taken() {
    let mut world = World::new();
    let owner = world.owner;
    let (task, comment) = (world.task("One"), CommentId::new());
    world.must(owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "x"}));
    assert_eq!(world.refusal(owner, json!({"type": "task.create", "id": task, "title": "Two"})), "id_taken");
    assert_eq!(
        world.refusal(owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "y"})),
        "id_taken"
    );
}

#[test]
fn a_config_that_grows_beyond_its_limit_by_merging_is_refused() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("One");
    let put = |key: &str, bytes: usize| json!({"type": "task.update", "task": task, "set": {"config": {key: "x".repeat(bytes)}}});
    world.must(owner, put("a", 40_000));
    assert_eq!(world.refusal(owner, put("b", 40_000)), "config_too_large");
    world.must(owner, put("a", 10));
    world.must(owner, put("b", 40_000));
}

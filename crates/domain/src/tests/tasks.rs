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

/// The rule for every field that comes later, by the one that came first.
#[test]
fn a_field_that_an_older_event_or_snapshot_does_not_have_is_null() {
    let mut world = World::new();
    let task = world.task("One");
    world.must(world.owner, json!({"type": "task.update", "task": task, "set": {"title": "Two"}}));
    world.must(world.owner, json!({"type": "task.delete", "task": task}));
    world.must(world.owner, json!({"type": "task.restore", "task": task}));
    let older = |text: String| text.replace("\"start_on\":null,", "");
    let log: Vec<Event> = world.log.iter().map(|event| older(json!(event).to_string())).map(read).collect();
    let snapshot: Snapshot = read(older(json!(world.folded()).to_string()));
    let digest = crate::digest::of(&world.folded());
    assert_eq!(crate::digest::of(&Snapshot::fold("e".into(), &log).expect("it folds")), digest);
    assert_eq!(crate::digest::of(&snapshot), digest);
    assert_eq!(snapshot.state.tasks[&task].start_on, None);
}

fn read<T: serde::de::DeserializeOwned>(text: String) -> T {
    assert!(!text.contains("start_on"), "{text}");
    serde_json::from_str(&text).expect("what the version before wrote")
}

#[test]
fn the_day_a_task_begins_is_set_changed_and_taken_back() {
    let mut world = World::new();
    let (owner, task) = (world.owner, TaskId::new());
    world.must(owner, json!({"type": "task.create", "id": task, "title": "One", "start_on": "2026-12-01"}));
    let start = |world: &World| world.facts.state.tasks[&task].start_on.map(|date| date.to_string());
    assert_eq!(start(&world).as_deref(), Some("2026-12-01"));
    let set = |value: Value| json!({"type": "task.update", "task": task, "set": {"start_on": value}});
    let changed = world.must(owner, set(json!("2026-12-24")));
    world.must(owner, json!({"type": "event.undo", "version": changed}));
    assert_eq!(start(&world).as_deref(), Some("2026-12-01"));
    world.must(owner, set(Value::Null));
    assert_eq!(start(&world), None);
    assert_eq!(world.folded().state, world.facts.state);
    let wrong = Command::read(set(json!("tomorrow"))).expect_err("refused");
    assert_eq!(wrong.errors[0].pointer, "/set/start_on");
}

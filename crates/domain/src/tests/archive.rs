//! An archived project is read-only: every type of command, by the table.

use super::*;

/// What goes on in an archived project. `event.undo` is judged as the command that it becomes.
const GOES_ON: [&str; 6] =
    ["project.delete", "project.restore", "member.remove", "task.watch", "task.unwatch", "event.undo"];

fn archived(on: bool) -> Value {
    json!({"type": "project.update", "set": {"archived": on}})
}

#[test]
fn an_archived_project_refuses_every_command_but_those_that_are_named() {
    let mut world = World::new();
    world.must(world.owner, archived(true));
    for kind in Command::types() {
        let mut example = kind.example;
        example["type"] = json!(kind.kind);
        let (command, _) = Command::read(example).expect("a valid example");
        let decided = command.decide(&world.facts, &Past::new(), world.owner);
        let is_refused = decided.err() == Some(Rejection::ProjectArchived);
        assert_eq!(is_refused, !GOES_ON.contains(&kind.kind), "{}", kind.kind);
    }
}

#[test]
fn nothing_is_undone_in_an_archived_project_but_its_archiving_and_a_membership() {
    let mut world = World::new();
    let owner = world.owner;
    let task = world.task("Paint the door");
    let comment = CommentId::new();
    for command in [
        json!({"type": "project.update", "set": {"name": "Shop"}}),
        json!({"type": "label.put", "key": "paint", "name": "Paint", "color": "#336699"}),
        json!({"type": "field.put", "key": "size", "name": "Size", "field_type": "number"}),
        json!({"type": "task.update", "task": task, "set": {"title": "Paint it"}}),
        json!({"type": "task.move", "task": task, "status": "done"}),
        json!({"type": "comment.add", "id": comment, "task": task, "body": "Green?"}),
        json!({"type": "comment.react", "comment": comment, "emoji": "👍", "on": true}),
    ] {
        world.must(owner, command);
    }
    let last = world.facts.version;
    let user = world.member("editor");
    let joined = world.facts.version;
    let archiving = world.must(owner, archived(true));
    for version in 2..=last {
        let undo = json!({"type": "event.undo", "version": version});
        let refusal = world.refusal(owner, undo);
        assert!(["project_archived", "undo_conflict"].contains(&refusal), "{version}: {refusal}");
    }
    world.must(owner, json!({"type": "event.undo", "version": joined}));
    assert_eq!(world.facts.role(user), None);
    world.must(owner, json!({"type": "event.undo", "version": archiving}));
    world.must(owner, json!({"type": "event.undo", "version": last}));
}

#[test]
fn an_archived_project_goes_into_the_bin_and_comes_back_archived() {
    let mut world = World::new();
    let owner = world.owner;
    world.must(owner, archived(true));
    world.must(owner, json!({"type": "project.delete"}));
    assert_eq!(world.refusal(owner, archived(false)), "not_found");
    world.must(owner, json!({"type": "project.restore"}));
    assert!(world.facts.state.project.archived);
    world.must(owner, archived(false));
    world.task("Goes on");
}

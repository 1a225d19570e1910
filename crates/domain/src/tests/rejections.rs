//! Every rejection is what some command is answered.

use super::*;
use crate::dependency::{Dependency, Kind};

/// What the layer above answers, by what it knows of the caller and by what the domain tells it: [`Command::hash`] and
/// [`Command::names`].
const ABOVE: [&str; 4] =
    ["idempotency_key_reused", "depends_on_refused", "insufficient_scope", "session_required"];

#[test]
fn every_rejection_is_what_some_command_is_answered() {
    let mut world = undo::begun();
    let task = *world.facts.state.tasks.keys().next().expect("a task");
    let refused: BTreeSet<&str> = [who(&mut world, task), what(&mut world, task), which(&mut world, task)]
        .concat()
        .into_iter()
        .chain([too_much(), gone()].concat())
        .collect();
    let source = include_str!("../rejection.rs");
    let codes = source.split("pub fn kind(").next().expect("the codes").split("=> \"").skip(1);
    let codes: BTreeSet<&str> = codes.filter_map(|rest| rest.split('"').next()).collect();
    let missing: Vec<_> = codes.iter().filter(|code| !refused.contains(*code)).collect();
    assert!(missing.iter().all(|code| ABOVE.contains(code)), "no command is answered {missing:?}");
    // Those that carry a code of their own.
    let own = ["unknown_field", "too_many_labels", "too_large_to_delete", "too_large_to_archive"];
    assert!(refused.is_superset(&BTreeSet::from(own)));
}

/// Refusals of people.
fn who(world: &mut World, task: TaskId) -> Vec<&'static str> {
    let (owner, editor, comment) = (world.owner, world.member("editor"), CommentId::new());
    world.must(owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "x"}));
    let mut alone = World::new();
    let last = json!({"type": "member.remove", "user": alone.owner});
    vec![
        world.refusal(editor, json!({"type": "project.delete"})),
        world.refusal(editor, json!({"type": "comment.delete", "comment": comment})),
        world.refusal(UserId::new(), json!({"type": "project.delete"})),
        world.refusal(owner, json!({"type": "member.remove", "user": UserId::new()})),
        world.refusal(owner, json!({"type": "member.add", "user": editor, "role": "owner"})),
        world.refusal(owner, json!({"type": "member.add", "user": UserId::new(), "role": "owner"})),
        world.refusal(
            owner,
            json!({"type": "task.update", "task": task, "set": {"assignees": [UserId::new()]}}),
        ),
        alone.refusal(alone.owner, last),
    ]
}

/// Refusals of what is asked.
fn what(world: &mut World, task: TaskId) -> Vec<&'static str> {
    let (owner, other) = (world.owner, world.task("Other"));
    let update = |set: Value| json!({"type": "task.update", "task": task, "set": set});
    let field = |kind: &str| json!({"type": "field.put", "key": "size", "name": "Size", "field_type": kind});
    let workflow = |transitions: Value, last: &str| {
        let statuses = ["backlog", last].map(|key| json!({"key": key, "name": key, "category": "done"}));
        json!({"type": "project.update", "set": {"workflow": {"statuses": statuses, "transitions": transitions}}})
    };
    world.must(owner, field("number"));
    world.must(owner, json!({"type": "dependency.add", "task": task, "on": other}));
    let mut codes = vec![
        world.refusal(owner, json!({"type": "task.create", "id": task, "title": "x"})),
        world.refusal(owner, update(json!({"labels": ["nothing"]}))),
        world.refusal(owner, update(json!({"fields": {"nothing": 1}}))),
        world.refusal(owner, field("text")),
        world.refusal(owner, json!({"type": "dependency.add", "task": other, "on": task})),
        world.refusal(owner, update(json!({"status": "done"}))),
        world.refusal(owner, update(json!({"status": "nowhere"}))),
        world.refusal(
            owner,
            json!({"type": "task.update", "task": task, "set": {"title": "x"}, "expect": 1_000}),
        ),
        world.refusal(owner, json!({"type": "event.undo", "version": 1})),
        world.refusal(owner, json!({"type": "event.undo", "version": 1_000})),
    ];
    world.must(owner, workflow(json!({"backlog": []}), "end"));
    codes.push(world.refusal(owner, update(json!({"status": "end"}))));
    world.must(owner, workflow(Value::Null, "end"));
    world.must(owner, json!({"type": "project.update", "set": {"blocked_gate": "off"}}));
    let ended = world.must(owner, update(json!({"status": "end"})));
    codes.push(world.refusal(owner, workflow(Value::Null, "over")));
    world.must(owner, update(json!({"status": "backlog"})));
    codes.push(world.refusal(owner, json!({"type": "event.undo", "version": ended})));
    codes
}

/// Refusals of things that are not there.
fn which(world: &mut World, task: TaskId) -> Vec<&'static str> {
    let (owner, comment) = (world.owner, CommentId::new());
    world.must(owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "x"}));
    let delete = json!({"type": "comment.delete", "comment": comment});
    world.must(owner, delete.clone());
    let change = json!({"type": "comment.update", "comment": comment, "body": "y"});
    let deleted = world.refusal(owner, change);
    world.must(owner, json!({"type": "task.archive", "task": task}));
    let archived = world.refusal(owner, delete);
    world.must(owner, json!({"type": "task.delete", "task": task}));
    vec![
        deleted,
        archived,
        world.refusal(owner, json!({"type": "task.move", "task": task})),
        world.refusal(owner, json!({"type": "task.delete", "task": TaskId::new()})),
        world.refusal(owner, json!({"type": "comment.delete", "comment": CommentId::new()})),
        world.refusal(owner, json!({"type": "label.archive", "key": "nothing"})),
        world.refusal(owner, json!({"type": "field.archive", "key": "nothing"})),
    ]
}

/// Refusals of what would be too large.
fn too_much() -> Vec<&'static str> {
    let mut world = World::new();
    let (owner, parent, other) = (world.owner, world.task("All"), world.task("Other"));
    for _ in 0..6 {
        let text = "x".repeat(100_000);
        let child = json!({"type": "task.create", "title": "x", "parent": parent, "description": text});
        world.must(owner, child);
    }
    let label =
        |n: usize| json!({"type": "label.put", "key": format!("l{n}"), "name": "x", "color": "#d4380d"});
    for n in 0..200 {
        world.must(owner, label(n));
    }
    let chain: Vec<TaskId> = std::iter::once(parent).chain((0..10_001).map(|_| TaskId::new())).collect();
    let edges = chain.windows(2).map(|pair| Dependency::new(pair[0], pair[1], Kind::Blocks));
    world.facts.state.dependencies.extend(edges);
    world.facts.watchers.extend((0..500).map(|_| (other, UserId::new())));
    vec![
        world.refusal(owner, json!({"type": "task.watch", "task": other})),
        world.refusal(owner, json!({"type": "task.delete", "task": parent})),
        world.refusal(owner, json!({"type": "task.archive", "task": parent})),
        world.refusal(owner, label(200)),
        world.refusal(owner, json!({"type": "dependency.add", "task": other, "on": parent})),
    ]
}

/// Refusals of whatever it is.
fn gone() -> Vec<&'static str> {
    let mut world = World::new();
    let owner = world.owner;
    world.must(owner, json!({"type": "project.update", "set": {"archived": true}}));
    vec![world.refusal(owner, json!({"type": "task.create", "title": "x"}))]
}

#[test]
fn a_command_names_what_it_cannot_mean_anything_without() {
    let (task, other, comment) = (TaskId::new(), TaskId::new(), CommentId::new());
    let read = |command: Value| Command::read(command).expect("valid").0;
    let create = read(json!({"type": "task.create", "id": task, "title": "x", "parent": other}));
    assert_eq!(create.creates(), Some(Subject::Task(task)));
    assert!(create.names(&Subject::Task(other)) && !create.names(&Subject::Task(task)));
    let reply = json!({"type": "comment.add", "task": task, "body": "x", "reply_to": comment});
    assert!(read(reply).names(&Subject::Comment(comment)));
    for command in [
        json!({"type": "task.update", "task": task, "set": {"title": "x"}}),
        json!({"type": "task.update", "task": other, "set": {"parent": task}}),
        json!({"type": "task.move", "task": task}),
        json!({"type": "task.delete", "task": task}),
        json!({"type": "task.restore", "task": task}),
        json!({"type": "task.archive", "task": task}),
        json!({"type": "task.unarchive", "task": task}),
        json!({"type": "dependency.add", "task": other, "on": task}),
        json!({"type": "dependency.remove", "task": task, "on": other}),
        json!({"type": "comment.add", "task": task, "body": "x"}),
    ] {
        assert!(read(command.clone()).names(&Subject::Task(task)), "{command}");
    }
    let beside = json!({"type": "task.move", "task": other, "after": task});
    assert!(!read(beside).names(&Subject::Task(task)), "a neighbour that is missing is no error");
}

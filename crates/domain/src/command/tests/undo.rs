//! Undo: everything that was changed is as it was before, or the undo is refused with a reason.

use super::*;
use crate::comment::Comment;
use proptest::prelude::*;

/// Everything an undo has to bring back: the snapshot and the comments, without what goes with the version, and with the
/// order of the tasks in place of their ranks.
fn picture(world: &World) -> Value {
    let mut state = world.facts.state.clone();
    state.project.labels.retain(|label| !label.archived);
    state.project.fields.retain(|field| !field.archived);
    let snapshot = Snapshot { epoch: String::new(), version: 0, state };
    let mut picture = json!({
        "snapshot": snapshot,
        "order": world.order(),
        "comments": world.facts.comments.values().filter(|comment| !comment.deleted).collect::<Vec<&Comment>>(),
    });
    forget(&mut picture);
    picture
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in ["version", "updated_at", "rank"] {
                members.remove(name);
            }
            members.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

fn undo(version: Version) -> Value {
    json!({"type": "event.undo", "version": version})
}

/// Something that somebody may ask for, made of random numbers; often a rule refuses it.
fn command(world: &World, [kind, one, two, three]: [u16; 4]) -> Value {
    let of = |items: &[Value], n: u16| items.get(usize::from(n) % items.len().max(1)).cloned();
    let state = &world.facts.state;
    let tasks: Vec<Value> =
        state.tasks.keys().chain(world.facts.deleted_tasks.keys()).map(|id| json!(id)).collect();
    let comments: Vec<Value> = world.facts.comments.keys().map(|id| json!(id)).collect();
    let people: Vec<Value> = world.facts.accounts.iter().map(|id| json!(id)).collect();
    let statuses: Vec<Value> = state.project.workflow.keys().iter().map(|key| json!(key)).collect();
    let (task, comment) = (of(&tasks, one), of(&comments, one));
    let config = match two % 5 {
        0 => json!({"a": {"b": two, "c": {}}}),
        1 => json!({"a": null}),
        2 => json!({"a": two}),
        3 => json!({"a": {"b": null, "c": {"d": [null, two]}}, "x": true}),
        _ => json!({"x": null, "y": {}}),
    };
    let (role, gate) = if two % 2 == 0 { ("viewer", "off") } else { ("owner", "start") };
    let key = ["red", "blue"][usize::from(two % 2)];
    match kind % 31 {
        0 | 1 => {
            json!({"type": "task.create", "title": format!("Task {two}"), "status": of(&statuses, three)})
        }
        2 => {
            json!({"type": "task.update", "task": task, "set": {"title": format!("Title {two}"), "due_on": null}})
        }
        3 => {
            json!({"type": "task.update", "task": task, "set": {"due_on": "2026-12-24", "estimate": two % 9}})
        }
        4 => json!({"type": "task.update", "task": task, "set": {"config": config, "description": "x"}}),
        5 | 6 => {
            json!({"type": "task.update", "task": task, "set": {"status": of(&statuses, two), "priority": "high"}})
        }
        7 => {
            json!({"type": "task.update", "task": task, "set": {}, "add": {"assignees": [of(&people, two)]}})
        }
        8 => {
            json!({"type": "task.update", "task": task, "set": {}, "remove": {"assignees": [of(&people, two)]}})
        }
        9 => json!({"type": "task.move", "task": task, "after": of(&tasks, two)}),
        10 => {
            json!({"type": "task.move", "task": task, "status": of(&statuses, three), "before": of(&tasks, two)})
        }
        11 => json!({"type": "task.delete", "task": task}),
        12 => json!({"type": "task.restore", "task": task}),
        13 | 14 => json!({"type": "comment.add", "task": task, "body": format!("Comment {two}")}),
        15 => json!({"type": "comment.update", "comment": comment, "body": format!("Body {two}")}),
        16 => json!({"type": "comment.delete", "comment": comment}),
        17 => json!({"type": "comment.restore", "comment": comment}),
        18 => json!({"type": "comment.react", "comment": comment, "emoji": "👍", "on": two % 3 > 0}),
        19 => {
            json!({"type": "member.update", "user": of(&people, two), "role": role})
        }
        20 if two % 2 == 0 => json!({"type": "member.add", "user": of(&people, two), "role": "editor"}),
        20 => json!({"type": "member.remove", "user": of(&people, two)}),
        22 => json!({"type": "label.put", "key": key, "name": format!("Label {three}"), "color": "#00ff00"}),
        23 => json!({"type": "label.archive", "key": key}),
        24 => {
            json!({"type": "field.put", "key": key, "name": format!("Field {three}"), "field_type": "number"})
        }
        25 => json!({"type": "field.archive", "key": key}),
        26 => json!({"type": "dependency.add", "task": task, "on": of(&tasks, two)}),
        27 => {
            let edges: Vec<Value> = state.dependencies.iter().map(|edge| json!(edge)).collect();
            let mut remove = of(&edges, one).unwrap_or_else(|| json!({}));
            remove["type"] = json!("dependency.remove");
            remove
        }
        28 => {
            json!({"type": "task.update", "task": task, "set": {"parent": of(&tasks, three)}, "add": {"labels": [key]}})
        }
        29 => json!({"type": "task.update", "task": task, "set": {"fields": {key: three}}}),
        _ => {
            json!({"type": "project.update", "set": {"name": format!("Name {two}"), "blocked_gate": gate}})
        }
    }
}

fn without_nulls(mut command: Value) -> Value {
    if let Value::Object(members) = &mut command {
        members.retain(|_, value| !value.is_null());
    }
    command
}

/// A small project with some of everything.
fn begun() -> World {
    let mut world = World::new();
    world.member("editor");
    world.member("owner");
    for title in ["One", "Two", "Three"] {
        let task = world.task(title);
        world.must(world.owner, json!({"type": "comment.add", "task": task, "body": "First"}));
    }
    world
}

/// Commands one after the other; each event is undone, and that undone too, in a world of its own. Returns what was undone.
fn each_undone(plan: &[[u16; 4]]) -> BTreeSet<&'static str> {
    let (mut world, mut kinds) = (begun(), BTreeSet::new());
    for numbers in plan {
        let asked = without_nulls(command(&world, *numbers));
        if Command::read(asked.clone()).is_err() {
            continue;
        }
        let owners = |world: &World| {
            world.facts.state.members.iter().find(|(_, r)| **r == Role::Owner).map(|(u, _)| *u)
        };
        let actor = owners(&world).expect("a project has an owner");
        let before = picture(&world);
        let Ok(Some(version)) = world.try_(actor, asked) else { continue };
        let after = picture(&world);
        let body = world.log.last().expect("an event").body.clone();
        let mut undone = world.clone();
        let actor = if undone.facts.role(actor) == Some(Role::Owner) {
            actor
        } else {
            owners(&undone).expect("an owner")
        };
        // A gate that closed meanwhile stands for the way back too.
        let again = match undone.try_(actor, undo(version)) {
            Err(Rejection::Blocked { .. }) => continue,
            again => again.expect("it can be undone").expect("it changes something"),
        };
        assert_eq!(picture(&undone), before, "undoing {body:?}");
        assert_eq!(undone.log.last().expect("an event").undoes, Some(version));
        assert_eq!(undone.folded().state, undone.facts.state);
        kinds.insert(body.kind());
        undone.must(actor, undo(again));
        assert_eq!(picture(&undone), after, "doing {body:?} again");
        assert_eq!(undone.refusal(actor, undo(again)), "undo_conflict", "{body:?} undone twice");
    }
    kinds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn undo_of_any_event_brings_back_what_was_before(plan in prop::collection::vec(any::<[u16; 4]>(), 1..25)) {
        each_undone(&plan);
    }
}

#[test]
fn every_kind_of_event_that_can_be_undone_is() {
    // A linear congruential generator: the same plan in every run.
    let mut number = 1u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 40) as u16
    };
    let plan: Vec<[u16; 4]> = (0..600).map(|_| [next(), next(), next(), next()]).collect();
    let undone = each_undone(&plan);
    let source = include_str!("../../event.rs");
    let known = source.split("#[serde(rename = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let known: BTreeSet<&str> = known.filter(|name| name.contains('.')).collect();
    let never = BTreeSet::from(["project.created", "project.deleted", "project.restored"]);
    assert_eq!(undone, known.difference(&never).copied().collect());
}

#[test]
fn creating_and_deleting_a_project_cannot_be_undone_but_restoring_it_can() {
    let mut world = World::new();
    let owner = world.owner;
    assert_eq!(world.refusal(owner, undo(1)), "cannot_undo");
    assert_eq!(world.refusal(owner, undo(2)), "event_not_found");
    let deleted = world.must(owner, json!({"type": "project.delete"}));
    assert_eq!(world.refusal(owner, undo(deleted)), "not_found");
    let restored = world.must(owner, json!({"type": "project.restore"}));
    assert_eq!(world.refusal(owner, undo(deleted)), "cannot_undo");
    world.must(owner, undo(restored));
    assert!(world.facts.deleted);
}

#[test]
fn what_was_changed_again_since_is_not_undone() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let update = |set: Value| json!({"type": "task.update", "task": task, "set": set});
    let first = world.must(owner, update(json!({"title": "Two", "due_on": "2026-12-24"})));
    world.must(owner, update(json!({"estimate": 3})));
    let other = world.clone();
    world.must(owner, update(json!({"title": "Three"})));
    let refused = world.try_(owner, undo(first));
    assert_eq!(refused, Err(Rejection::UndoConflict { fields: vec!["title".into()] }));
    let mut world = other;
    world.must(owner, undo(first));
    let task = &world.facts.state.tasks[&task];
    assert_eq!((task.title.as_str(), task.due_on, task.estimate), ("One", None, Some(3)), "the rest stays");
}

#[test]
fn an_undo_is_judged_by_the_role_and_the_rules_of_the_command_that_changes_it_back() {
    let mut world = World::new();
    let (owner, editor, viewer) = (world.owner, world.member("editor"), world.member("viewer"));
    let task = world.task("One");
    let renamed = world.must(owner, json!({"type": "project.update", "set": {"name": "Shop"}}));
    assert_eq!(world.refusal(editor, undo(renamed)), "forbidden");
    world.must(owner, json!({"type": "project.update", "set": {"name": "Store"}}));
    assert_eq!(world.refusal(editor, undo(renamed)), "forbidden", "whether it fits is not theirs to know");
    let made = world.must(editor, json!({"type": "task.update", "task": task, "set": {"title": "Two"}}));
    assert_eq!(world.refusal(viewer, undo(made)), "forbidden");
    let forward = json!({"statuses": world.facts.state.project.workflow.keys().iter().map(|key| {
        json!({"key": key, "name": key, "category": "open"})
    }).collect::<Vec<_>>(), "transitions": {"backlog": ["todo"], "todo": ["done"]}});
    world.must(owner, json!({"type": "project.update", "set": {"workflow": forward}}));
    let moved = world.must(editor, json!({"type": "task.move", "task": task, "status": "todo"}));
    assert_eq!(world.refusal(editor, undo(moved)), "transition_not_allowed");
    let comment = CommentId::new();
    let said = world.must(owner, json!({"type": "comment.add", "id": comment, "task": task, "body": "x"}));
    assert_eq!(world.refusal(editor, undo(said)), "not_author");
    let liked =
        world.must(editor, json!({"type": "comment.react", "comment": comment, "emoji": "👍", "on": true}));
    assert_eq!(world.refusal(owner, undo(liked)), "cannot_undo", "a reaction is one's own");
    world.must(editor, undo(liked));
    let second = world.member("owner");
    let left = world.must(second, json!({"type": "member.remove", "user": second}));
    world.must(owner, undo(left));
    assert_eq!(world.facts.role(second), Some(Role::Owner));
    world.must(owner, json!({"type": "project.update", "set": {"archived": true}}));
    assert_eq!(world.refusal(editor, undo(made)), "project_archived");
}

#[test]
fn making_a_task_is_not_undone_once_somebody_worked_on_it() {
    let mut world = World::new();
    let (owner, task) = (world.owner, TaskId::new());
    let made = world.must(owner, json!({"type": "task.create", "id": task, "title": "One"}));
    let untouched = world.clone();
    world.must(owner, json!({"type": "task.update", "task": task, "set": {"title": "Two"}}));
    assert_eq!(world.refusal(owner, undo(made)), "undo_conflict");
    world.must(owner, json!({"type": "task.delete", "task": task}));
    assert_eq!(world.refusal(owner, undo(made)), "undo_conflict");
    let mut world = untouched;
    world.must(owner, undo(made));
    assert!(world.facts.state.tasks.is_empty());
}

#[test]
fn what_was_not_kept_cannot_be_undone() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let version = world.must(owner, json!({"type": "task.update", "task": task, "set": {"title": "Two"}}));
    world.befores[version as usize - 1] = None;
    assert_eq!(world.refusal(owner, undo(version)), "cannot_undo");
}

#[test]
fn a_place_that_somebody_took_is_given_back_directly_behind_them() {
    let mut world = World::new();
    let owner = world.owner;
    let [one, two, three] = ["One", "Two", "Three"].map(|title| world.task(title));
    let moved = world.must(owner, json!({"type": "task.move", "task": two}));
    let free = world.facts.state.tasks[&one].rank.clone();
    let taken = world.befores[moved as usize - 1].clone();
    let Some(Before::Place { rank, .. }) = taken else { panic!("{taken:?}") };
    assert!(free < rank);
    world.facts.state.tasks.get_mut(&three).expect("there").rank = rank;
    world.must(owner, undo(moved));
    assert_eq!(world.order(), ["One", "Three", "Two"]);
}

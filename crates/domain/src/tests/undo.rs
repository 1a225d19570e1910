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
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn undo(version: Version) -> Value {
    json!({"type": "event.undo", "version": version})
}

/// A small project with some of everything.
pub(super) fn begun() -> World {
    let mut world = World::new();
    world.member("editor");
    world.member("owner");
    for title in ["One", "Two", "Three"] {
        let task = world.task(title);
        world.must(world.owner, json!({"type": "comment.add", "task": task, "body": "First"}));
    }
    world
}

/// Undoes an event; `None` where a rule stands for the way back too: a closed gate, a step that the workflow lacks, somebody
/// or something that may be kept but not given anew.
fn taken_back(world: &mut World, actor: UserId, version: Version) -> Option<Version> {
    let body = world.log[version as usize - 1].body.clone();
    let left = matches!(body, EventBody::MemberRemoved(_));
    match world.try_(actor, undo(version)) {
        Err(
            Rejection::Blocked { .. }
            | Rejection::TransitionNotAllowed { .. }
            | Rejection::UnknownLabel { .. }
            | Rejection::UnknownAssignee { .. }
            | Rejection::InvalidField { .. },
        ) if matches!(body, EventBody::TaskUpdated(_) | EventBody::TaskMoved(_)) => None,
        // An archived project can be left, and not joined.
        Err(Rejection::ProjectArchived) if left => None,
        again => {
            Some(again.unwrap_or_else(|no| panic!("undoing {body:?}: {no:?}")).expect("it changes something"))
        }
    }
}

/// Commands one after the other; each event is undone, and that undone too, in a world of its own. Returns what was undone.
fn each_undone(steps: &[[u16; 4]]) -> BTreeSet<&'static str> {
    let (mut world, mut kinds) = (begun(), BTreeSet::new());
    for numbers in steps {
        let Some(asked) = plan::command(&world, *numbers) else { continue };
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
        let Some(again) = taken_back(&mut undone, actor, version) else { continue };
        assert_eq!(picture(&undone), before, "undoing {body:?}");
        assert_eq!(undone.log.last().expect("an event").undoes, Some(version));
        assert_eq!(undone.folded().state, undone.facts.state);
        kinds.insert(body.kind());
        if taken_back(&mut undone, actor, again).is_none() {
            continue;
        }
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
    let undone = each_undone(&plan::fixed_plan(1_500));
    let never = BTreeSet::from(["project.created", "project.deleted", "project.restored"]);
    assert_eq!(undone, plan::event_kinds().difference(&never).copied().collect());
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

#[test]
fn undoing_a_restore_that_named_a_subtask_deletes_all_that_came_back() {
    let mut world = World::new();
    let (owner, parent, child) = (world.owner, world.task("All"), TaskId::new());
    world.must(owner, json!({"type": "task.create", "id": child, "title": "Part", "parent": parent}));
    world.must(owner, json!({"type": "task.delete", "task": parent}));
    let restored = world.must(owner, json!({"type": "task.restore", "task": child}));
    world.must(owner, undo(restored));
    assert!(world.facts.state.tasks.is_empty());
}

#[test]
fn each_field_that_was_changed_again_since_is_named_by_the_refused_undo() {
    let mut world = begun();
    let owner = world.owner;
    let [one, two, three] = [0, 1, 2].map(|n| *world.facts.state.tasks.keys().nth(n).expect("a task"));
    let people: Vec<UserId> = world.facts.accounts.iter().copied().collect();
    let comment = *world.facts.comments.keys().next().expect("a comment");
    let label = |name: &str| json!({"type": "label.put", "key": "red", "name": name, "color": "#00ff00"});
    let field =
        |name: &str| json!({"type": "field.put", "key": "size", "name": name, "field_type": "number"});
    world.must(owner, label("Red"));
    world.must(owner, field("Size"));
    let set = |field: &str, value: Value| json!({"type": "task.update", "task": one, "set": {field: value}});
    let project = |field: &str, value: Value| json!({"type": "project.update", "set": {field: value}});
    let react = |on: bool| json!({"type": "comment.react", "comment": comment, "emoji": "👍", "on": on});
    let edge = |verb: &str| json!({"type": format!("dependency.{verb}"), "task": one, "on": two});
    let role = |role: &str| json!({"type": "member.update", "user": people[1], "role": role});
    for (field, first, second) in [
        ("title", set("title", json!("A")), set("title", json!("B"))),
        ("description", set("description", json!("A")), set("description", json!("B"))),
        ("status", set("status", json!("todo")), set("status", json!("in_progress"))),
        (
            "status",
            json!({"type": "task.move", "task": one, "status": "todo"}),
            set("status", json!("backlog")),
        ),
        (
            "rank",
            json!({"type": "task.move", "task": one, "after": two}),
            json!({"type": "task.move", "task": one, "after": three}),
        ),
        ("assignees", set("assignees", json!([people[0]])), set("assignees", json!([people[1]]))),
        ("labels", set("labels", json!(["red"])), set("labels", json!([]))),
        ("priority", set("priority", json!("low")), set("priority", json!("high"))),
        ("due_on", set("due_on", json!("2026-12-24")), set("due_on", Value::Null)),
        ("estimate", set("estimate", json!(1)), set("estimate", json!(2))),
        ("parent", set("parent", json!(two)), set("parent", json!(three))),
        ("config", set("config", json!({"a": 1})), set("config", json!({"a": 2}))),
        ("fields", set("fields", json!({"size": 1})), set("fields", json!({"size": 2}))),
        ("name", project("name", json!("A")), project("name", json!("B"))),
        ("blocked_gate", project("blocked_gate", json!("off")), project("blocked_gate", json!("start"))),
        ("label", label("A"), label("B")),
        ("field", field("A"), field("B")),
        (
            "body",
            json!({"type": "comment.update", "comment": comment, "body": "A"}),
            json!({"type": "comment.update", "comment": comment, "body": "B"}),
        ),
        ("reaction", react(true), react(false)),
        ("dependency", edge("add"), edge("remove")),
        ("role", role("viewer"), role("editor")),
    ] {
        let first = world.must(owner, first);
        world.must(owner, second);
        let refused = world.try_(owner, undo(first));
        assert_eq!(refused, Err(Rejection::UndoConflict { fields: vec![field.into()] }));
    }
}

mod comments;
mod crowds;
mod definitions;
mod graph;
mod undo;

use super::*;
use crate::before::Before;
use crate::event::Event;
use crate::facts::Edges;
use crate::ids::ProjectId;
use crate::order::{Ranks, Span};
use crate::snapshot::Snapshot;
use crate::task::Task;
use crate::text::{Key, Name, ProjectKey};
use crate::time::Moment;
use crate::undo::Undoing;
use crate::{Role, Version};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// All of the order.
fn everything() -> Ranks {
    let mut ranks = Ranks::default();
    ranks.know_span(Span { above: None, below: None });
    ranks
}

/// A project in memory: facts that know everything, and the log of what was decided.
#[derive(Clone)]
struct World {
    facts: Facts,
    log: Vec<Event>,
    /// What each event of the log replaced.
    befores: Vec<Option<Before>>,
    owner: UserId,
}

impl World {
    fn new() -> World {
        let owner = UserId::new();
        let command =
            CreateProject::read(Fields::of(json!({"name": "Web shop"})).expect("object")).expect("valid");
        let first = Event {
            project: ProjectId::new(),
            version: 1,
            body: command.event(owner),
            at: Moment::now(),
            actor: owner,
            command_id: CommandId::new(),
            undoes: None,
            overrode: Vec::new(),
            reranked: Vec::new(),
        };
        let snapshot = Snapshot::begin("e".into(), &first).expect("the first event");
        let facts = Facts {
            state: snapshot.state,
            version: 1,
            now: first.at,
            deleted: false,
            last_number: 0,
            owners: 1,
            accounts: BTreeSet::from([owner]),
            deleted_tasks: BTreeMap::new(),
            deletions: BTreeMap::new(),
            nearby: BTreeMap::new(),
            edges: Edges::default(),
            comments: BTreeMap::new(),
            ranks: everything(),
            statuses_in_use: BTreeMap::new(),
            events: BTreeMap::new(),
        };
        World { facts, log: vec![first], befores: vec![None], owner }
    }

    fn member(&mut self, role: &str) -> UserId {
        let user = UserId::new();
        self.facts.accounts.insert(user);
        self.must(self.owner, json!({"type": "member.add", "user": user, "role": role}));
        user
    }

    fn task(&mut self, title: &str) -> TaskId {
        let id = TaskId::new();
        self.must(self.owner, json!({"type": "task.create", "id": id, "title": title}));
        id
    }

    fn try_(&mut self, actor: UserId, command: Value) -> Result<Option<Version>, Rejection> {
        let (command, _) = Command::read(command).expect("a valid command");
        if let Some(version) = command.undoes() {
            let index = version as usize - 1;
            let event = self.log.get(index).cloned();
            let undoing = event.map(|event| Undoing { event, before: self.befores[index].clone() });
            self.facts.events.extend(undoing.map(|undoing| (version, undoing)));
        }
        let decision = command.decide(&self.facts, actor)?;
        let Some(body) = decision.event else { return Ok(None) };
        let event = Event {
            project: self.facts.state.project.id,
            version: self.facts.version + 1,
            body,
            at: self.facts.now,
            actor,
            command_id: CommandId::new(),
            undoes: command.undoes(),
            overrode: decision.overrode,
            reranked: decision.reranked,
        };
        let before = serde_json::to_string(&Before::of(&self.facts, &event)).expect("JSON");
        self.befores.push(serde_json::from_str(&before).expect("what was before is read as it was written"));
        self.facts.apply(&event);
        let text = serde_json::to_string(&event).expect("JSON");
        self.log.push(serde_json::from_str(&text).expect("an event is read as it was written"));
        Ok(Some(event.version))
    }

    fn must(&mut self, actor: UserId, command: Value) -> Version {
        let text = command.to_string();
        self.try_(actor, command).unwrap_or_else(|no| panic!("{text}: {no:?}")).expect("it changes something")
    }

    fn refusal(&mut self, actor: UserId, command: Value) -> &'static str {
        let text = command.to_string();
        self.try_(actor, command).err().unwrap_or_else(|| panic!("{text} was allowed")).code()
    }

    fn order(&self) -> Vec<String> {
        let mut tasks: Vec<&Task> = self.facts.state.tasks.values().collect();
        tasks.sort_by(|a, b| a.rank.cmp(&b.rank));
        tasks.iter().map(|task| task.title.to_string()).collect()
    }

    fn folded(&self) -> Snapshot {
        Snapshot::fold("e".into(), &self.log).expect("the log folds")
    }
}

#[test]
fn a_viewer_changes_nothing_and_an_editor_no_members() {
    let mut world = World::new();
    let (viewer, editor) = (world.member("viewer"), world.member("editor"));
    let task = world.task("One");
    assert_eq!(
        world.refusal(viewer, json!({"type": "task.update", "task": task, "set": {"title": "x"}})),
        "forbidden"
    );
    assert_eq!(world.refusal(viewer, json!({"type": "comment.add", "task": task, "body": "x"})), "forbidden");
    assert_eq!(world.refusal(editor, json!({"type": "member.remove", "user": viewer})), "forbidden");
    assert_eq!(world.refusal(editor, json!({"type": "project.update", "set": {"name": "x"}})), "forbidden");
    world.must(viewer, json!({"type": "member.remove", "user": viewer}));
    assert_eq!(world.refusal(viewer, json!({"type": "project.restore"})), "not_found");
}

#[test]
fn a_project_keeps_an_owner() {
    let mut world = World::new();
    let owner = world.owner;
    assert_eq!(world.refusal(owner, json!({"type": "member.remove", "user": owner})), "last_owner");
    assert_eq!(
        world.refusal(owner, json!({"type": "member.update", "user": owner, "role": "editor"})),
        "last_owner"
    );
    let second = world.member("owner");
    world.must(owner, json!({"type": "member.update", "user": owner, "role": "viewer"}));
    assert_eq!(world.refusal(second, json!({"type": "member.remove", "user": second})), "last_owner");
}

#[test]
fn members_are_people_with_an_account() {
    let mut world = World::new();
    let (owner, nobody) = (world.owner, UserId::new());
    let editor = world.member("editor");
    assert_eq!(
        world.refusal(owner, json!({"type": "member.add", "user": nobody, "role": "viewer"})),
        "unknown_user"
    );
    assert_eq!(
        world.refusal(owner, json!({"type": "member.add", "user": editor, "role": "viewer"})),
        "already_member"
    );
    assert_eq!(world.try_(owner, json!({"type": "member.add", "user": editor, "role": "editor"})), Ok(None));
    assert_eq!(
        world.refusal(owner, json!({"type": "member.update", "user": nobody, "role": "viewer"})),
        "member_not_found"
    );
}

#[test]
fn only_members_are_assigned_but_who_left_may_stay() {
    let mut world = World::new();
    let (owner, editor) = (world.owner, world.member("editor"));
    let task = world.task("One");
    let assign = |user: UserId| json!({"type": "task.update", "task": task, "add": {"assignees": [user]}});
    assert_eq!(world.refusal(owner, assign(UserId::new())), "unknown_assignee");
    world.must(owner, assign(editor));
    world.must(owner, json!({"type": "member.remove", "user": editor}));
    world.must(owner, assign(owner));
    assert_eq!(world.facts.state.tasks[&task].assignees, BTreeSet::from([owner, editor]));
    world.must(owner, json!({"type": "task.update", "task": task, "remove": {"assignees": [editor]}}));
    assert_eq!(world.refusal(owner, assign(editor)), "unknown_assignee");
}

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
fn tasks_go_where_they_are_dropped() {
    let mut world = World::new();
    let owner = world.owner;
    let [a, b, c] = ["A", "B", "C"].map(|title| world.task(title));
    world.must(owner, json!({"type": "task.move", "task": c, "after": a}));
    assert_eq!(world.order(), ["A", "C", "B"]);
    world.must(owner, json!({"type": "task.move", "task": b, "before": a}));
    assert_eq!(world.order(), ["B", "A", "C"]);
    world.must(owner, json!({"type": "task.move", "task": b}));
    assert_eq!(world.order(), ["A", "C", "B"]);
    // A neighbour that has left the column does not count, and is no error.
    world.must(owner, json!({"type": "task.update", "task": a, "set": {"status": "done"}}));
    world.must(owner, json!({"type": "task.move", "task": c, "after": a, "before": b}));
    assert_eq!(world.order(), ["C", "B", "A"]);
}

#[test]
fn a_thousand_drops_at_one_place_keep_their_order() {
    let mut world = World::new();
    let owner = world.owner;
    let first = world.task("first");
    for number in 0..1_000 {
        let id = TaskId::new();
        world.must(
            owner,
            json!({"type": "task.create", "id": id, "title": format!("{number}"), "after": first}),
        );
    }
    let newest_first: Vec<String> = (0..1_000).rev().map(|number| number.to_string()).collect();
    assert_eq!(world.order()[1..], newest_first);
}

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
        json!({"type": "task.delete", "task": task}),
        json!({"type": "comment.add", "task": task, "body": "x"}),
    ] {
        assert_eq!(world.refusal(owner, command), "task_deleted");
    }
    assert!(world.folded().state.tasks.is_empty());
    world.must(owner, json!({"type": "task.restore", "task": task}));
    assert_eq!(world.folded().state.tasks[&task], before);
    assert_eq!(
        world.refusal(owner, json!({"type": "task.restore", "task": TaskId::new()})),
        "task_not_found"
    );
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

#[test]
fn a_comment_is_changed_by_its_author_or_an_owner() {
    let mut world = World::new();
    let (owner, author, other) = (world.owner, world.member("editor"), world.member("editor"));
    let (task, comment) = (world.task("One"), CommentId::new());
    world.must(author, json!({"type": "comment.add", "id": comment, "task": task, "body": "hello"}));
    let say = |body: &str| json!({"type": "comment.update", "comment": comment, "body": body});
    assert_eq!(world.refusal(other, say("x")), "not_author");
    world.must(author, say("y"));
    world.must(owner, say("z"));
    world.must(author, json!({"type": "comment.delete", "comment": comment}));
    assert_eq!(world.refusal(author, say("again")), "comment_deleted");
    assert_eq!(
        world.refusal(author, json!({"type": "comment.delete", "comment": CommentId::new()})),
        "comment_not_found"
    );
    assert_eq!(world.folded().state.tasks[&task].comment_count, 0);
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

#[test]
fn the_fold_of_the_log_is_what_was_decided() {
    let mut world = World::new();
    let owner = world.owner;
    let editor = world.member("editor");
    let tasks = ["A", "B", "C"].map(|title| world.task(title));
    world.must(
        editor,
        json!({"type": "task.update", "task": tasks[0], "set":
        {"description": "**x**", "due_on": "2027-01-31", "estimate": 3, "config": {"a": {"b": 1}}}}),
    );
    world.must(editor, json!({"type": "task.update", "task": tasks[0], "set": {"due_on": null, "config": {"a": {"b": null}}}}));
    world.must(editor, json!({"type": "task.move", "task": tasks[2], "status": "done", "before": tasks[0]}));
    world.must(owner, json!({"type": "task.delete", "task": tasks[1]}));
    world.must(owner, json!({"type": "member.update", "user": editor, "role": "viewer"}));
    let folded = world.folded();
    assert_eq!(folded.state, world.facts.state);
    let text = serde_json::to_string(&folded).expect("JSON");
    let read: Snapshot = serde_json::from_str(&text).expect("a snapshot is read as it was written");
    assert_eq!(crate::digest::of(&read), crate::digest::of(&folded));
}

#[test]
fn a_repeat_has_the_same_hash_and_another_command_has_not() {
    let task = TaskId::new();
    let hash = |command: Value| Command::read(command).expect("valid").0.hash();
    let create = || json!({"type": "task.create", "title": "One", "config": {"b": 1, "a": 2}});
    assert_eq!(hash(create()), hash(create()));
    assert_ne!(hash(create()), hash(json!({"type": "task.create", "title": "Two"})));
    let due = |value: Value| json!({"type": "task.update", "task": task, "set": {"due_on": value}});
    assert_ne!(hash(due(Value::Null)), hash(json!({"type": "task.update", "task": task, "set": {}})));
}

#[test]
fn a_command_with_an_unknown_field_or_type_is_refused() {
    let code = |command: Value| Command::read(command).expect_err("refused").code();
    assert_eq!(code(json!({"type": "task.create", "title": "x", "number": 7})), "unknown_field");
    assert_eq!(
        code(json!({"type": "task.update", "task": TaskId::new(), "set": {"rank": "a0"}})),
        "unknown_field"
    );
    assert_eq!(code(json!({"type": "task.burn"})), "unknown_command");
    assert_eq!(code(json!({})), "missing");
}

#[test]
fn names_that_the_tests_use_are_as_the_project_has_them() {
    let world = World::new();
    let project = &world.facts.state.project;
    assert_eq!(project.name, Name::stored("Web shop".into()));
    assert_eq!(project.key, ProjectKey::stored("WS".into()));
    assert_eq!(project.workflow.first(), &Key::stored("backlog".into()));
    assert_eq!(world.facts.role(world.owner), Some(Role::Owner));
}

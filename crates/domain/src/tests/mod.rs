//! Each rule, in memory: a project, commands of its members, and what they are answered.

mod archive;
mod archived_tasks;
mod bin;
mod comments;
mod crowds;
mod definitions;
mod graph;
mod joining;
mod members;
mod model;
mod notices;
mod order;
mod plan;
mod reading;
mod rejections;
mod table;
mod tasks;
mod undo;
mod vectors;
mod watch;
mod words;
mod workflow;

use crate::access::Access;
use crate::before::Before;
use crate::command::{Command, CreateProject, Past, Undoing};
use crate::event::{Event, EventBody};
use crate::facts::{Edges, Facts, Subject, Touched};
use crate::ids::{CommandId, CommentId, ProjectId, TaskId, UserId};
use crate::json::Fields;
use crate::order::{Ranks, Span};
use crate::rejection::Rejection;
use crate::snapshot::Snapshot;
use crate::task::Task;
use crate::text::{Key, Name, ProjectKey};
use crate::time::Moment;
use crate::{Role, Version};
use serde_json::{Value, json};
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
    /// The events that somebody wants undone.
    past: Past,
    log: Vec<Event>,
    /// What each event of the log replaced.
    befores: Vec<Option<Before>>,
    owner: UserId,
}

impl World {
    fn new() -> World {
        World::begin(ProjectId::new(), UserId::new(), Moment::now())
    }

    fn begin(project: ProjectId, owner: UserId, at: Moment) -> World {
        let command =
            CreateProject::read(Fields::of(json!({"name": "Web shop"})).expect("object")).expect("valid");
        let first = Event {
            project,
            version: 1,
            body: command.event(owner).into(),
            at,
            actor: owner,
            command_id: CommandId::new(),
            via: None,
            undoes: None,
            overrode: Vec::new(),
            reranked: Vec::new(),
        };
        let snapshot = Snapshot::begin("e".into(), &first).expect("the first event");
        let facts = Facts { accounts: BTreeSet::from([owner]), ..World::empty(&snapshot, first.at) };
        World { facts, past: Past::new(), log: vec![first], befores: vec![None], owner }
    }

    /// The facts of a project to which nothing has happened yet.
    fn empty(begun: &Snapshot, now: Moment) -> Facts {
        Facts {
            state: begun.state.clone(),
            version: begun.version,
            now,
            deleted: false,
            last_number: 0,
            owners: 1,
            accounts: BTreeSet::new(),
            colleagues: BTreeSet::new(),
            returning: BTreeSet::new(),
            deleted_tasks: BTreeMap::new(),
            deletions: BTreeMap::new(),
            archivings: BTreeMap::new(),
            nearby: BTreeMap::new(),
            edges: Edges::default(),
            comments: BTreeMap::new(),
            ranks: everything(),
            watchers: BTreeSet::new(),
            muted: BTreeSet::new(),
            following: BTreeSet::new(),
            waiting: BTreeMap::new(),
            heard: BTreeSet::new(),
            statuses_in_use: BTreeMap::new(),
        }
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
        // Whoever has an account is a colleague of everybody.
        let mut touched = Touched::default();
        command.touch_for(actor, &mut touched);
        self.facts.colleagues.extend(touched.added);
        if let Some(version) = command.undoes() {
            let index = version as usize - 1;
            let event = self.log.get(index).cloned();
            let undoing = event.map(|event| Undoing { event, before: self.befores[index].clone() });
            let removed = undoing.as_ref().map(|undoing| undoing.event.body.access());
            if let Some(Access::Revoked(user)) = removed {
                self.facts.returning.insert(user);
            }
            self.past.extend(undoing.map(|undoing| (version, undoing)));
        }
        let decision = command.decide(&self.facts, &self.past, actor)?;
        let Some(body) = decision.event else { return Ok(None) };
        let event = Event {
            project: self.facts.state.project.id,
            version: self.facts.version + 1,
            body,
            at: self.facts.now,
            actor,
            command_id: CommandId::new(),
            via: None,
            undoes: command.undoes(),
            overrode: decision.overrode,
            reranked: decision.reranked,
        };
        let before = serde_json::to_string(&event.before(&self.facts)).expect("JSON");
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

/// Proves L4.
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
fn names_that_the_tests_use_are_as_the_project_has_them() {
    let world = World::new();
    let project = &world.facts.state.project;
    assert_eq!(project.name, Name::stored("Web shop".into()));
    assert_eq!(project.key, ProjectKey::stored("WS".into()));
    assert_eq!(project.workflow.first(), &Key::stored("backlog".into()));
    assert_eq!(world.facts.role(world.owner), Some(Role::Owner));
}

//! `task.update`

use super::super::Decision;
use super::{checked_fields, estimate, known_labels, label_keys, may_follow, may_stand_below, members_only};
use super::{nullable, object, pass_gate, priority, touch_people, user_ids};
use crate::access::Role;
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, MAX_INTEGER, Refused, boolean, integer};
use crate::rejection::Rejection;
use crate::task::{MOST_ASSIGNEES, MOST_LABELS, Task, TaskChange, check_config, merged};
use crate::text::{Key, Markdown, Title};
use crate::{Version, time};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// `task.update`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateTask {
    pub task: TaskId,
    pub set: TaskChange,
    pub add: BTreeSet<UserId>,
    pub remove: BTreeSet<UserId>,
    // What came later is left out where it is empty, so that the hash of an older command stays as it was.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub add_labels: BTreeSet<Key>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub remove_labels: BTreeSet<Key>,
    /// The task version that the client last saw; another one refuses the command.
    pub expect: Option<Version>,
    /// Whether open blockers are passed, if the actor is an owner.
    #[serde(rename = "override", skip_serializing_if = "std::ops::Not::not")]
    pub overrides: bool,
}

/// What `add` and `remove` have.
#[derive(Default)]
struct Lists {
    assignees: BTreeSet<UserId>,
    labels: BTreeSet<Key>,
}

impl UpdateTask {
    /// The command that sets these fields. A `rank` among them is where a changed status puts the task.
    pub(crate) fn setting(task: TaskId, set: TaskChange) -> UpdateTask {
        UpdateTask {
            task,
            set,
            add: BTreeSet::new(),
            remove: BTreeSet::new(),
            add_labels: BTreeSet::new(),
            remove_labels: BTreeSet::new(),
            expect: None,
            overrides: false,
        }
    }

    pub(in crate::command) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let task = fields.required("task", TaskId::read);
        let set = fields.nested("set", read_change);
        let add = fields.nested("add", read_lists).unwrap_or_default();
        let remove = fields.nested("remove", read_lists).unwrap_or_default();
        let expect = fields.optional("expect", |value| integer(&value, 1..=MAX_INTEGER));
        let overrides = fields.optional("override", boolean);
        fields.finish()?;
        Ok(UpdateTask {
            task: task.expect("required"),
            set: set.unwrap_or_default(),
            add: add.assignees,
            remove: remove.assignees,
            add_labels: add.labels,
            remove_labels: remove.labels,
            expect,
            overrides: overrides.unwrap_or(false),
        })
    }

    pub(in crate::command) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.users.extend(self.set.assignees.iter().flatten());
        touched.users.extend(&self.add);
        self.set.fields.iter().for_each(|fields| touch_people(fields, touched));
        if let Some(Some(parent)) = self.set.parent {
            touched.tasks.insert(parent);
            touched.parents.insert(parent);
            // Whoever deletes the parent in the same batch takes along what stands below this one.
            touched.reparented.insert(self.task);
        }
        if self.set.status.is_some() {
            touched.gated.insert(self.task);
            // Another status is another column: the task goes to its end.
            touched.order = true;
        }
    }

    pub(in crate::command) fn names(&self, task: TaskId) -> bool {
        self.task == task || self.set.parent == Some(Some(task))
    }

    pub(in crate::command) fn decide(&self, facts: &Facts, role: Role) -> Result<Decision, Rejection> {
        let task = facts.task(self.task)?;
        if self.expect.is_some_and(|expected| expected != task.version) {
            return Err(Rejection::Stale { current: task.version });
        }
        let mut set = self.set.clone();
        set.assignees = Some(self.assignees(facts, task)?);
        set.labels = Some(self.labels(facts, task)?);
        if let Some(patch) = &set.fields {
            set.fields = Some(checked_fields(facts, &task.fields, patch, "/set/fields")?);
        }
        let place = set.rank.take();
        let mut set = set.against(task);
        if let Some(Some(parent)) = set.parent {
            may_stand_below(facts, self.task, parent)?;
        }
        if let Some(patch) = &set.config {
            check_config(&merged(&task.config, patch))
                .map_err(|refused| Rejection::InvalidField { pointer: "/set/config".to_owned(), refused })?;
        }
        let (mut overrode, mut reranked) = (Vec::new(), Vec::new());
        if let Some(status) = &set.status {
            may_follow(facts, task, status)?;
            overrode = pass_gate(facts, task, status, self.overrides, role)?;
            let rank = place.map_or_else(|| facts.ranks.end(), |rank| facts.ranks.at(&rank));
            let (rank, made_room) = facts.with_room(rank, self.task);
            (set.rank, reranked) = (Some(rank), made_room);
        }
        let subject = Subject::Task(self.task);
        if set.is_empty() {
            return Ok(Decision::unchanged(subject));
        }
        let event = EventBody::TaskUpdated { task: self.task, set: Box::new(set) };
        Ok(Decision { overrode, reranked, ..Decision::change(event, subject) })
    }

    /// `set` replaces the list, `add` and `remove` change the current one. Only who is new must be a member.
    fn assignees(&self, facts: &Facts, task: &Task) -> Result<BTreeSet<UserId>, Rejection> {
        let mut assignees = self.set.assignees.clone().unwrap_or_else(|| task.assignees.clone());
        assignees.extend(&self.add);
        assignees.retain(|user| !self.remove.contains(user));
        members_only(facts, assignees.difference(&task.assignees))?;
        match assignees.len() > MOST_ASSIGNEES {
            true => Err(too_many("assignees", MOST_ASSIGNEES)),
            false => Ok(assignees),
        }
    }

    /// The same for labels. Only a new one must be in use.
    fn labels(&self, facts: &Facts, task: &Task) -> Result<BTreeSet<Key>, Rejection> {
        let mut labels = self.set.labels.clone().unwrap_or_else(|| task.labels.clone());
        labels.extend(self.add_labels.iter().cloned());
        labels.retain(|label| !self.remove_labels.contains(label));
        known_labels(facts, labels.difference(&task.labels))?;
        match labels.len() > MOST_LABELS {
            true => Err(too_many("labels", MOST_LABELS)),
            false => Ok(labels),
        }
    }
}

fn too_many(what: &str, most: usize) -> Rejection {
    let refused = Refused::invalid(format!("a task has at most {most} {what}"));
    Rejection::InvalidField { pointer: format!("/add/{what}"), refused }
}

fn read_change(value: Value, pointer: &str) -> Result<TaskChange, Invalid> {
    let mut fields = Fields::at(value, pointer)?;
    let change = TaskChange {
        title: fields.optional("title", Title::read),
        description: fields.optional("description", Markdown::read),
        status: fields.optional("status", Key::read),
        rank: None,
        assignees: fields.optional("assignees", user_ids),
        labels: fields.optional("labels", label_keys),
        priority: fields.optional("priority", priority),
        due_on: fields.optional("due_on", |value| nullable(value, time::date)),
        estimate: fields.optional("estimate", |value| nullable(value, estimate)),
        parent: fields.optional("parent", |value| nullable(value, TaskId::read)),
        config: fields.optional("config", object),
        fields: fields.optional("fields", object),
    };
    fields.finish().map(|()| change)
}

fn read_lists(value: Value, pointer: &str) -> Result<Lists, Invalid> {
    let mut fields = Fields::at(value, pointer)?;
    let assignees = fields.optional("assignees", user_ids);
    let labels = fields.optional("labels", label_keys);
    fields.finish()?;
    Ok(Lists { assignees: assignees.unwrap_or_default(), labels: labels.unwrap_or_default() })
}

//! Commands on tasks.

use super::place::Place;
use super::{Decision, chosen, fresh_task};
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, MAX_INTEGER, Refused, integer, string};
use crate::rejection::Rejection;
use crate::task::{MOST_ASSIGNEES, NewTask, Priority, Task, TaskChange, check_config, merged};
use crate::text::{Key, Markdown, Title};
use crate::{Version, time};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// `task.create`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateTask {
    #[serde(skip)]
    pub id: TaskId,
    /// The id as the client chose it, if it did: a repeat without one is still a repeat.
    #[serde(rename = "id")]
    pub chosen: Option<TaskId>,
    pub title: Title,
    pub description: Markdown,
    pub status: Option<Key>,
    pub assignees: BTreeSet<UserId>,
    pub priority: Priority,
    pub due_on: Option<Date>,
    pub estimate: Option<i64>,
    pub config: Map<String, Value>,
    #[serde(flatten)]
    pub place: Place,
}

impl CreateTask {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let id = fields.optional("id", TaskId::read);
        let title = fields.required("title", Title::read);
        let description = fields.optional("description", Markdown::read);
        let status = fields.optional("status", Key::read);
        let assignees = fields.optional("assignees", user_ids);
        let priority = fields.optional("priority", priority);
        let due_on = fields.optional("due_on", |value| nullable(value, time::date));
        let estimate = fields.optional("estimate", |value| nullable(value, estimate));
        let config = fields.optional("config", |value| {
            let config = merged(&Map::new(), &object(value)?);
            check_config(&config).map(|()| config)
        });
        let place = Place::read(&mut fields);
        fields.finish()?;
        Ok(CreateTask {
            id: chosen(id, fresh_task),
            chosen: id,
            title: title.expect("required"),
            description: description.unwrap_or_else(|| Markdown::stored(String::new())),
            status,
            assignees: assignees.unwrap_or_default(),
            priority: priority.unwrap_or_default(),
            due_on: due_on.flatten(),
            estimate: estimate.flatten(),
            config: config.unwrap_or_default(),
            place,
        })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.id);
        touched.users.extend(&self.assignees);
        self.place.touch(touched);
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        if facts.any_task(self.id).is_some() {
            return Err(Rejection::IdTaken);
        }
        let workflow = &facts.state.project.workflow;
        let status = self.status.clone().unwrap_or_else(|| workflow.first().clone());
        if !workflow.has(&status) {
            return Err(Rejection::UnknownStatus { allowed: workflow.keys() });
        }
        members_only(facts, self.assignees.iter())?;
        let task = NewTask {
            id: self.id,
            number: facts.last_number + 1,
            title: self.title.clone(),
            description: self.description.clone(),
            rank: self.place.rank(facts, &status)?,
            status,
            assignees: self.assignees.clone(),
            labels: BTreeSet::new(),
            priority: self.priority,
            due_on: self.due_on,
            estimate: self.estimate,
            parent: None,
            config: self.config.clone(),
            fields: Map::new(),
        };
        Ok(Decision::change(EventBody::TaskCreated { task: Box::new(task) }, Subject::Task(self.id)))
    }
}

/// `task.update`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateTask {
    pub task: TaskId,
    pub set: TaskChange,
    pub add: BTreeSet<UserId>,
    pub remove: BTreeSet<UserId>,
    /// The task version that the client last saw; another one refuses the command.
    pub expect: Option<Version>,
}

impl UpdateTask {
    /// The command that sets these fields. A `rank` among them is where a changed status puts the task.
    pub(crate) fn setting(task: TaskId, set: TaskChange) -> UpdateTask {
        UpdateTask { task, set, add: BTreeSet::new(), remove: BTreeSet::new(), expect: None }
    }

    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let task = fields.required("task", TaskId::read);
        let set = fields.nested("set", read_change);
        let add = fields.nested("add", read_people);
        let remove = fields.nested("remove", read_people);
        let expect = fields.optional("expect", |value| integer(&value, 1..=MAX_INTEGER));
        fields.finish()?;
        Ok(UpdateTask {
            task: task.expect("required"),
            set: set.unwrap_or_default(),
            add: add.unwrap_or_default(),
            remove: remove.unwrap_or_default(),
            expect,
        })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.users.extend(self.set.assignees.iter().flatten());
        touched.users.extend(&self.add);
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let task = facts.task(self.task)?;
        if self.expect.is_some_and(|expected| expected != task.version) {
            return Err(Rejection::Stale { current: task.version });
        }
        let mut set = self.set.clone();
        set.assignees = self.assignees(facts, task)?;
        let place = set.rank.take();
        let mut set = set.against(task);
        if let Some(status) = &set.status {
            may_follow(facts, task, status)?;
            set.rank = Some(place.map_or_else(|| facts.ranks.end(), |rank| facts.ranks.at(&rank)));
        }
        if let Some(patch) = &set.config {
            check_config(&merged(&task.config, patch))
                .map_err(|refused| Rejection::InvalidField { pointer: "/set/config", refused })?;
        }
        let subject = Subject::Task(self.task);
        match set.is_empty() {
            true => Ok(Decision::unchanged(subject)),
            false => {
                Ok(Decision::change(EventBody::TaskUpdated { task: self.task, set: Box::new(set) }, subject))
            }
        }
    }

    /// `set` replaces the list, `add` and `remove` change the current one. Only who is new must be a member.
    fn assignees(&self, facts: &Facts, task: &Task) -> Result<Option<BTreeSet<UserId>>, Rejection> {
        let mut assignees = self.set.assignees.clone().unwrap_or_else(|| task.assignees.clone());
        assignees.extend(&self.add);
        assignees.retain(|user| !self.remove.contains(user));
        members_only(facts, assignees.difference(&task.assignees))?;
        if assignees.len() > MOST_ASSIGNEES {
            let refused = Refused::invalid(format!("a task has at most {MOST_ASSIGNEES} assignees"));
            return Err(Rejection::InvalidField { pointer: "/add/assignees", refused });
        }
        Ok(Some(assignees))
    }
}

/// `task.move`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoveTask {
    pub task: TaskId,
    pub status: Option<Key>,
    #[serde(flatten)]
    pub place: Place,
}

impl MoveTask {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let task = fields.required("task", TaskId::read);
        let status = fields.optional("status", Key::read);
        let place = Place::read(&mut fields);
        fields.finish()?;
        Ok(MoveTask { task: task.expect("required"), status, place })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        self.place.touch(touched);
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let task = facts.task(self.task)?;
        let status = self.status.clone().filter(|status| *status != task.status);
        if let Some(status) = &status {
            may_follow(facts, task, status)?;
        }
        let subject = Subject::Task(self.task);
        if status.is_none() && self.place.is_where_it_stands(facts, task) {
            return Ok(Decision::unchanged(subject));
        }
        let rank = self.place.rank(facts, status.as_ref().unwrap_or(&task.status))?;
        Ok(Decision::change(EventBody::TaskMoved { task: self.task, rank, status }, subject))
    }
}

/// `task.delete`: into the bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeleteTask {
    pub task: TaskId,
}

impl DeleteTask {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        only_task(fields).map(|task| DeleteTask { task })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        facts.task(self.task)?;
        let event = EventBody::TaskDeleted { task: self.task, tasks: vec![self.task] };
        Ok(Decision::change(event, Subject::Task(self.task)))
    }
}

/// `task.restore`: out of the bin, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestoreTask {
    pub task: TaskId,
}

impl RestoreTask {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        only_task(fields).map(|task| RestoreTask { task })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let subject = Subject::Task(self.task);
        if facts.state.tasks.contains_key(&self.task) {
            return Ok(Decision::unchanged(subject));
        }
        let mut task = facts.deleted_tasks.get(&self.task).ok_or(Rejection::TaskNotFound)?.clone();
        let workflow = &facts.state.project.workflow;
        if !workflow.has(&task.status) {
            task.status = workflow.first().clone();
            task.version = facts.version + 1;
            task.updated_at = facts.now;
        }
        let event = EventBody::TaskRestored { task: self.task, tasks: vec![task] };
        Ok(Decision::change(event, subject))
    }
}

fn only_task(mut fields: Fields) -> Result<TaskId, Invalid> {
    let task = fields.required("task", TaskId::read);
    fields.finish()?;
    Ok(task.expect("required"))
}

fn read_change(value: Value, pointer: &str) -> Result<TaskChange, Invalid> {
    let mut fields = Fields::at(value, pointer)?;
    let change = TaskChange {
        title: fields.optional("title", Title::read),
        description: fields.optional("description", Markdown::read),
        status: fields.optional("status", Key::read),
        rank: None,
        assignees: fields.optional("assignees", user_ids),
        priority: fields.optional("priority", priority),
        due_on: fields.optional("due_on", |value| nullable(value, time::date)),
        estimate: fields.optional("estimate", |value| nullable(value, estimate)),
        config: fields.optional("config", object),
    };
    fields.finish().map(|()| change)
}

fn read_people(value: Value, pointer: &str) -> Result<BTreeSet<UserId>, Invalid> {
    let mut fields = Fields::at(value, pointer)?;
    let assignees = fields.optional("assignees", user_ids);
    fields.finish().map(|()| assignees.unwrap_or_default())
}

fn may_follow(facts: &Facts, task: &Task, status: &Key) -> Result<(), Rejection> {
    let workflow = &facts.state.project.workflow;
    let allowed = workflow.allowed_from(&task.status);
    if !workflow.has(status) {
        return Err(Rejection::UnknownStatus { allowed });
    }
    match allowed.contains(status) {
        true => Ok(()),
        false => Err(Rejection::TransitionNotAllowed { from: task.status.clone(), allowed }),
    }
}

fn members_only<'a>(facts: &Facts, users: impl Iterator<Item = &'a UserId>) -> Result<(), Rejection> {
    let users: Vec<UserId> = users.filter(|user| facts.role(**user).is_none()).copied().collect();
    if users.is_empty() { Ok(()) } else { Err(Rejection::UnknownAssignee { users }) }
}

fn user_ids(value: Value) -> Result<BTreeSet<UserId>, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list of user ids")) };
    if items.len() > MOST_ASSIGNEES {
        return Err(Refused::invalid(format!("must have at most {MOST_ASSIGNEES} people")));
    }
    items.into_iter().map(UserId::read).collect()
}

fn priority(value: Value) -> Result<Priority, Refused> {
    Priority::parse(&string(value)?)
        .ok_or_else(|| Refused::invalid("must be none, low, medium, high or urgent"))
}

fn estimate(value: Value) -> Result<i64, Refused> {
    integer(&value, 0..=10_000)
}

fn object(value: Value) -> Result<Map<String, Value>, Refused> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(Refused::not_a("an object")),
    }
}

fn nullable<T>(value: Value, read: impl FnOnce(Value) -> Result<T, Refused>) -> Result<Option<T>, Refused> {
    if value.is_null() { Ok(None) } else { read(value).map(Some) }
}

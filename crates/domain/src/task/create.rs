//! `task.create`

use super::judge::{OF_FIELDS, checked_fields, known_labels, members_only, touch_people};
use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, JsonObject};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use crate::task::bin::DeleteTask;
use crate::task::config::{check_config, merged};
use crate::task::place::Place;
use crate::task::{NewTask, TaskFields};
use crate::text::Title;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Makes a task.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(into = "Value")]
pub struct CreateTask {
    /// The id as the client chose it, or a new one.
    #[serde(skip)]
    pub id: TaskId,
    /// The id as the client chose it, if it did: a repeat without one is still a repeat.
    #[serde(rename = "id")]
    #[schema(nullable = false)]
    pub chosen: Option<TaskId>,
    /// One line.
    pub title: Title,
    /// Its other fields.
    #[serde(flatten)]
    pub set: TaskFields,
    /// Where in its column it goes.
    #[serde(flatten)]
    pub place: Place,
}

/// There is a new task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskCreated {
    /// The task as it was made.
    pub task: Box<NewTask>,
}

/// What the hash of a command is made of: the members that the first release had, whether they were given or not, and of
/// later ones those that say something. So a command has one hash in every release.
impl From<CreateTask> for Value {
    fn from(CreateTask { id: _, chosen, title, set, place }: CreateTask) -> Value {
        let mut content = json!({
            "id": chosen, "title": title, "description": "", "status": null, "assignees": [], "priority": "none",
            "due_on": null, "estimate": null, "config": {}, "after": place.after, "before": place.before,
        });
        let Value::Object(set) = json!(set) else { unreachable!("fields are an object") };
        for (name, value) in set {
            if !content[&name].is_null() || !says_nothing(&value) {
                content[name] = value;
            }
        }
        content
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

impl CommandRules for CreateTask {
    type Event = TaskCreated;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let id = fields.optional("id", TaskId::read);
        let title = fields.required("title", Title::read);
        let mut set = TaskFields::read(&mut fields);
        let place = Place::read(&mut fields);
        if let Some(config) = &mut set.config {
            *config = merged(&Map::new(), config).into();
            if let Err(refused) = check_config(config) {
                fields.refuse("config", refused);
            }
        }
        fields.finish()?;
        let title = title.expect("required");
        Ok(CreateTask { id: id.unwrap_or_else(TaskId::new), chosen: id, title, set, place })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.id);
        touched.tasks.extend(self.set.parent.flatten());
        touched.users.extend(self.set.assignees.iter().flatten());
        self.set.fields.iter().for_each(|fields| touch_people(fields, touched));
        self.place.touch(touched);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        let needs = self.set.parent.flatten().map(Subject::Task).into_iter().collect();
        Involves { creates: Some(Subject::Task(self.id)), needs, matched: None }
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<TaskCreated>, Rejection> {
        if facts.any_task(self.id).is_some() {
            return Err(Rejection::IdTaken);
        }
        let workflow = &facts.state.project.workflow;
        let status = self.set.status.clone().unwrap_or_else(|| workflow.first().clone());
        if !workflow.has(&status) {
            return Err(Rejection::UnknownStatus { allowed: workflow.keys() });
        }
        members_only(facts, self.set.assignees.iter().flatten())?;
        known_labels(facts, self.set.labels.iter().flatten())?;
        if let Some(parent) = self.set.parent.flatten() {
            facts.task(parent)?;
        }
        let (rank, reranked) = self.place.rank(facts, self.id, &status);
        let values = self.set.fields.as_ref();
        let values =
            values.map(|values| checked_fields(facts, &Map::new(), values, "/fields")).transpose()?;
        let set = TaskFields {
            title: Some(self.title.clone()),
            status: Some(status),
            fields: values.map(JsonObject::from),
            ..self.set.clone()
        };
        let task = set.into_new(self.id, facts.last_number + 1, rank);
        let event = TaskCreated { task: Box::new(task) };
        Ok(Decision { reranked, ..Decision::change(event, Subject::Task(self.id)) })
    }

    fn example() -> Value {
        json!({"title": "Paint the door", "status": "todo", "priority": "high", "due_on": "2026-12-01"})
    }

    fn refusals() -> Vec<Code> {
        let own = [(RejectionKind::Conflict, "id_taken"), (RejectionKind::Unprocessable, "unknown_status")];
        [rejection::OF_TASK, &own, OF_FIELDS].concat()
    }
}

impl EventRules for TaskCreated {
    type Undo = DeleteTask;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        let task = self.task.clone().into_task(stamp.version, stamp.at, stamp.actor);
        state.tasks.insert(task.id, task);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.last_number = self.task.number;
        facts.ranks.know(self.task.rank.clone());
    }

    fn effects(&self) -> Effects {
        let task = &self.task;
        let news = vec![News::Made(task.id), News::Assigned(task.id, task.assignees.clone())];
        Effects { news, ..Effects::tasks(vec![task.id]) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        vec![Change::new("title", Value::Null, json!(self.task.title))]
    }

    fn undo(&self, _: Undone<'_>) -> Result<DeleteTask, Rejection> {
        Ok(DeleteTask { task: self.task.id })
    }

    /// Every field that was changed since the task was made, because an undo would put other people's work into the bin.
    fn changed_since(&self, facts: &Facts, stamp: &Stamp) -> Vec<String> {
        if facts.is_archived(self.task.id) {
            return changed("archived", true);
        }
        let Some(task) = facts.state.tasks.get(&self.task.id) else { return changed("deleted", true) };
        let mut fields = changed("version", task.version != stamp.version);
        let has_subtasks = facts.state.tasks.values().any(|other| other.parent == Some(task.id));
        fields.extend(changed("subtasks", has_subtasks));
        fields
    }
}

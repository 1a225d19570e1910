//! `task.create`

use super::super::place::Place;
use super::super::{Decision, chosen, fresh_task};
use super::{checked_fields, estimate, known_labels, label_keys, members_only, nullable, object, priority};
use super::{touch_people, user_ids};
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid};
use crate::rejection::Rejection;
use crate::task::{NewTask, Priority, check_config, merged};
use crate::text::{Key, Markdown, Title};
use crate::time;
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
    // What came later is left out where it is empty, so that the hash of an older command stays as it was.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Key>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<TaskId>,
    #[serde(flatten)]
    pub place: Place,
}

impl CreateTask {
    pub(in crate::command) fn read(mut fields: Fields) -> Result<Self, Invalid> {
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
        let labels = fields.optional("labels", label_keys);
        let values = fields.optional("fields", object);
        let parent = fields.optional("parent", |value| nullable(value, TaskId::read));
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
            labels: labels.unwrap_or_default(),
            fields: values.unwrap_or_default(),
            parent: parent.flatten(),
            place,
        })
    }

    pub(in crate::command) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.id);
        touched.tasks.extend(self.parent);
        touched.users.extend(&self.assignees);
        touch_people(&self.fields, touched);
        self.place.touch(touched);
    }

    pub(in crate::command) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        if facts.any_task(self.id).is_some() {
            return Err(Rejection::IdTaken);
        }
        let workflow = &facts.state.project.workflow;
        let status = self.status.clone().unwrap_or_else(|| workflow.first().clone());
        if !workflow.has(&status) {
            return Err(Rejection::UnknownStatus { allowed: workflow.keys() });
        }
        members_only(facts, self.assignees.iter())?;
        known_labels(facts, self.labels.iter())?;
        if let Some(parent) = self.parent {
            facts.task(parent)?;
        }
        let (rank, reranked) = self.place.rank(facts, self.id, &status);
        let task = NewTask {
            id: self.id,
            number: facts.last_number + 1,
            title: self.title.clone(),
            description: self.description.clone(),
            rank,
            status,
            assignees: self.assignees.clone(),
            labels: self.labels.clone(),
            priority: self.priority,
            due_on: self.due_on,
            estimate: self.estimate,
            parent: self.parent,
            config: self.config.clone(),
            fields: checked_fields(facts, &Map::new(), &self.fields, "/fields")?,
        };
        let event = EventBody::TaskCreated { task: Box::new(task) };
        Ok(Decision { reranked, ..Decision::change(event, Subject::Task(self.id)) })
    }
}

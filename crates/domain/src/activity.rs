//! The log as people read it: what each event changed, from what to what.

use crate::before::Before;
use crate::event::EventBody;
use serde::Serialize;
use serde_json::{Value, json};

/// One field that changed. `null` is nothing: before what was made, after what was taken away.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Change {
    pub field: String,
    pub from: Value,
    pub to: Value,
}

impl Change {
    pub fn new(field: &str, from: Value, to: Value) -> Change {
        Change { field: field.to_owned(), from, to }
    }
}

/// What an event changed, for people: fields and texts, not where a card stands among others. Of an event that is older than
/// what is kept beside it, `from` is `null`.
pub fn changes(event: &EventBody, before: Option<&Before>) -> Vec<Change> {
    match event {
        EventBody::ProjectCreated(new) => vec![Change::new("name", Value::Null, json!(new.name))],
        EventBody::ProjectUpdated { set } => fields(json!(set), before),
        EventBody::MemberAdded { role, .. } => vec![Change::new("role", Value::Null, json!(role))],
        EventBody::MemberUpdated { role, .. } => vec![Change::new("role", old(before), json!(role))],
        EventBody::MemberRemoved { .. } => vec![Change::new("role", old(before), Value::Null)],
        EventBody::TaskCreated { task } => vec![Change::new("title", Value::Null, json!(task.title))],
        EventBody::TaskUpdated { set, .. } => fields(json!(set), before),
        EventBody::TaskMoved { status: Some(status), .. } => {
            let from = match before {
                Some(Before::Place { status, .. }) => json!(status),
                _ => Value::Null,
            };
            vec![Change::new("status", from, json!(status))]
        }
        EventBody::CommentAdded { body, .. } => vec![Change::new("body", Value::Null, json!(body))],
        EventBody::CommentUpdated { body, .. } => vec![Change::new("body", old(before), json!(body))],
        EventBody::CommentReacted { emoji, on: true, .. } => {
            vec![Change::new("reaction", Value::Null, json!(emoji))]
        }
        EventBody::CommentReacted { emoji, on: false, .. } => {
            vec![Change::new("reaction", json!(emoji), Value::Null)]
        }
        EventBody::LabelPut { name, .. } => vec![Change::new("label", old(before), json!(name))],
        EventBody::LabelArchived { .. } => vec![Change::new("label", old(before), Value::Null)],
        EventBody::FieldPut { name, .. } => vec![Change::new("field", old(before), json!(name))],
        EventBody::FieldArchived { .. } => vec![Change::new("field", old(before), Value::Null)],
        EventBody::DependencyAdded { on, kind, .. } => {
            vec![Change::new(kind.as_str(), Value::Null, json!(on))]
        }
        EventBody::DependencyRemoved { on, kind, .. } => {
            vec![Change::new(kind.as_str(), json!(on), Value::Null)]
        }
        EventBody::ProjectDeleted {}
        | EventBody::ProjectRestored {}
        | EventBody::TaskMoved { status: None, .. }
        | EventBody::TaskDeleted { .. }
        | EventBody::TaskRestored { .. }
        | EventBody::CommentDeleted { .. }
        | EventBody::CommentRestored { .. } => Vec::new(),
    }
}

/// The one old value.
fn old(before: Option<&Before>) -> Value {
    match before {
        Some(Before::Role(role)) => json!(role),
        Some(Before::Body(body)) => json!(body),
        Some(Before::Label(label)) if !label.archived => json!(label.name),
        Some(Before::Field(field)) if !field.archived => json!(field.name),
        Some(Before::Label(_) | Before::Field(_)) => Value::Null,
        Some(Before::Project(_) | Before::Task(_) | Before::Place { .. }) | None => Value::Null,
    }
}

/// Each field that was set, with the old value of the same name.
fn fields(set: Value, before: Option<&Before>) -> Vec<Change> {
    let before = match before {
        Some(Before::Project(set)) => json!(set),
        Some(Before::Task(set)) => json!(set),
        Some(
            Before::Role(_) | Before::Place { .. } | Before::Body(_) | Before::Label(_) | Before::Field(_),
        )
        | None => Value::Null,
    };
    let Value::Object(set) = set else { return Vec::new() };
    let told = set.into_iter().filter(|(field, _)| field != "rank");
    told.map(|(field, to)| Change { from: before[&field].clone(), field, to }).collect()
}

//! A project as its snapshot shows it.

pub mod bin;
pub mod create;
pub mod update;

use crate::field::Field;
use crate::ids::{ProjectId, UserId};
use crate::label::Label;
use crate::text::{Key, Markdown, Name, ProjectKey};
use crate::time::Moment;
use crate::workflow::{Category, Workflow};
use serde::{Deserialize, Serialize};

/// Which moves an open blocker stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockedGate {
    /// A blocked task cannot be finished.
    #[default]
    Finish,
    /// Nor can it be started.
    Start,
    /// Dependencies are shown and bind nobody.
    Off,
}

impl BlockedGate {
    /// Whether a blocked task may not be moved from a status that means `from` to one that means `to`.
    pub fn stops(self, from: Category, to: Category) -> bool {
        let gated = match self {
            BlockedGate::Finish => to == Category::Done,
            BlockedGate::Start => matches!(to, Category::Active | Category::Done),
            BlockedGate::Off => false,
        };
        gated && from != to
    }

    /// The name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            BlockedGate::Finish => "finish",
            BlockedGate::Start => "start",
            BlockedGate::Off => "off",
        }
    }

    /// The gate of that name.
    pub fn parse(name: &str) -> Option<BlockedGate> {
        [BlockedGate::Finish, BlockedGate::Start, BlockedGate::Off]
            .into_iter()
            .find(|gate| gate.as_str() == name)
    }
}

/// A project's own fields; its version and counts are told beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Project {
    /// Chosen by the client, or by the server.
    pub id: ProjectId,
    /// Its key for people, as in `SHOP-12`.
    pub key: ProjectKey,
    /// Its name.
    pub name: Name,
    /// Markdown.
    pub description: Markdown,
    /// Its statuses and the steps between them.
    pub workflow: Workflow,
    /// Definitions of labels, sorted by key.
    pub labels: Vec<Label>,
    /// Definitions of custom fields, sorted by key.
    pub fields: Vec<Field>,
    /// Which moves an open blocker stops.
    pub blocked_gate: BlockedGate,
    /// Whether it is read-only and hidden from lists.
    pub archived: bool,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: UserId,
    /// The time of the last event that changed one of these fields, or took the project into or out of the bin.
    pub updated_at: Moment,
}

/// What `project.updated` changed; absent is unchanged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProjectChange {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Markdown>,
    /// Its key for people, as in `SHOP-12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ProjectKey>,
    /// Its statuses and the steps between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Workflow>,
    /// Which moves an open blocker stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_gate: Option<BlockedGate>,
    /// Whether it is read-only and hidden from lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

impl ProjectChange {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == ProjectChange::default()
    }

    /// The same change without what already is as it asks.
    pub fn against(self, project: &Project) -> ProjectChange {
        ProjectChange {
            name: self.name.filter(|v| *v != project.name),
            description: self.description.filter(|v| *v != project.description),
            key: self.key.filter(|v| *v != project.key),
            workflow: self.workflow.filter(|v| *v != project.workflow),
            blocked_gate: self.blocked_gate.filter(|v| *v != project.blocked_gate),
            archived: self.archived.filter(|v| *v != project.archived),
        }
    }

    /// The change that takes this one back, for `project` as it is before this one.
    pub fn before(&self, project: &Project) -> ProjectChange {
        ProjectChange {
            name: self.name.as_ref().map(|_| project.name.clone()),
            description: self.description.as_ref().map(|_| project.description.clone()),
            key: self.key.as_ref().map(|_| project.key.clone()),
            workflow: self.workflow.as_ref().map(|_| project.workflow.clone()),
            blocked_gate: self.blocked_gate.map(|_| project.blocked_gate),
            archived: self.archived.map(|_| project.archived),
        }
    }
}

impl Project {
    /// Applies what an event changed.
    pub fn apply(&mut self, change: &ProjectChange) {
        let ProjectChange { name, description, key, workflow, blocked_gate, archived } = change.clone();
        self.name = name.unwrap_or_else(|| self.name.clone());
        self.description = description.unwrap_or_else(|| self.description.clone());
        self.key = key.unwrap_or_else(|| self.key.clone());
        self.workflow = workflow.unwrap_or_else(|| self.workflow.clone());
        self.blocked_gate = blocked_gate.unwrap_or(self.blocked_gate);
        self.archived = archived.unwrap_or(self.archived);
    }

    /// The label with this key, archived or not.
    pub fn label(&self, key: &Key) -> Option<&Label> {
        self.labels.iter().find(|label| label.key == *key)
    }

    /// The custom field with this key, archived or not.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key.as_str() == key)
    }

    /// Adds a label, or puts it in the place of the one with its key.
    pub fn put_label(&mut self, label: Label) {
        match self.labels.binary_search_by(|other| other.key.cmp(&label.key)) {
            Ok(at) => self.labels[at] = label,
            Err(at) => self.labels.insert(at, label),
        }
    }

    /// Adds a field, or puts it in the place of the one with its key.
    pub fn put_field(&mut self, field: Field) {
        match self.fields.binary_search_by(|other| other.key.cmp(&field.key)) {
            Ok(at) => self.fields[at] = field,
            Err(at) => self.fields.insert(at, field),
        }
    }

    /// The keys of statuses that `workflow` would take away.
    pub fn statuses_removed_by(&self, workflow: &Workflow) -> Vec<Key> {
        self.workflow.keys().into_iter().filter(|key| !workflow.has(key)).collect()
    }
}

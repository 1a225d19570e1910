//! Commands on the project itself.

use super::Decision;
use crate::event::{EventBody, NewProject};
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{ProjectId, UserId};
use crate::json::{Fields, Invalid, Refused, boolean, string};
use crate::project::{BlockedGate, ProjectChange};
use crate::rejection::Rejection;
use crate::text::{Markdown, Name, ProjectKey};
use crate::workflow::Workflow;
use serde::Serialize;
use serde_json::Value;

/// `project.create`: there is no project to lock yet, so it is not one of [`super::Command`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateProject {
    /// The client's choice; what identifies a project is not part of its content.
    #[serde(skip)]
    pub id: Option<ProjectId>,
    pub name: Name,
    pub description: Markdown,
    pub key: ProjectKey,
    pub workflow: Workflow,
}

impl CreateProject {
    /// # Errors
    /// Every field that is refused, with its pointer.
    pub fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let id = fields.optional("id", ProjectId::read);
        let name = fields.required("name", Name::read);
        let description = fields.optional("description", Markdown::read);
        let key = fields.optional("key", ProjectKey::read);
        let workflow = fields.nested("workflow", Workflow::read);
        fields.finish()?;
        let name = name.expect("required");
        Ok(CreateProject {
            id,
            key: key.unwrap_or_else(|| ProjectKey::from_name(&name)),
            description: description.unwrap_or_else(|| Markdown::stored(String::new())),
            workflow: workflow.unwrap_or_default(),
            name,
        })
    }

    /// Version 1 of the project.
    pub fn event(&self, owner: UserId) -> EventBody {
        EventBody::ProjectCreated(NewProject {
            key: self.key.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            workflow: self.workflow.clone(),
            blocked_gate: BlockedGate::default(),
            owner,
        })
    }

    /// SHA-256 over the canonical JSON of its content: what tells a repeat from another project.
    pub fn hash(&self) -> [u8; 32] {
        crate::digest::hash(self)
    }
}

/// `project.update`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateProject {
    pub set: ProjectChange,
}

impl UpdateProject {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let set = fields.nested("set", read_change);
        if set.is_none() && fields.is_empty() {
            fields.refuse("set", Refused { code: "missing", detail: "is required".to_owned() });
        }
        fields.finish()?;
        Ok(UpdateProject { set: set.expect("required") })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.workflow |= self.set.workflow.is_some();
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        if let Some(workflow) = &self.set.workflow {
            let removed = facts.state.project.statuses_removed_by(workflow);
            let statuses: Vec<_> = removed
                .into_iter()
                .filter(|key| facts.statuses_in_use.get(key).is_some_and(|n| *n > 0))
                .collect();
            if !statuses.is_empty() {
                return Err(Rejection::StatusInUse { statuses });
            }
        }
        let set = self.set.clone().against(&facts.state.project);
        match set.is_empty() {
            true => Ok(Decision::unchanged(Subject::Project)),
            false => Ok(Decision::change(EventBody::ProjectUpdated { set }, Subject::Project)),
        }
    }
}

fn read_change(value: Value, pointer: &str) -> Result<ProjectChange, Invalid> {
    let mut fields = Fields::at(value, pointer)?;
    let change = ProjectChange {
        name: fields.optional("name", Name::read),
        description: fields.optional("description", Markdown::read),
        key: fields.optional("key", ProjectKey::read),
        workflow: fields.nested("workflow", Workflow::read),
        blocked_gate: fields.optional("blocked_gate", |value| {
            BlockedGate::parse(&string(value)?)
                .ok_or_else(|| Refused::invalid("must be finish, start or off"))
        }),
        archived: fields.optional("archived", boolean),
    };
    fields.finish().map(|()| change)
}

/// `project.delete`: into the bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeleteProject {}

impl DeleteProject {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        fields.finish().map(|()| DeleteProject {})
    }
}

/// `project.restore`: out of the bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestoreProject {}

impl RestoreProject {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        fields.finish().map(|()| RestoreProject {})
    }

    pub(super) fn decide(facts: &Facts) -> Decision {
        match facts.deleted {
            true => Decision::change(EventBody::ProjectRestored {}, Subject::Project),
            false => Decision::unchanged(Subject::Project),
        }
    }
}

//! `POST /projects` and `project.created`. There is no project to lock yet, so [`CreateProject`] is not in the table of commands.

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::Facts;
use crate::ids::{ProjectId, UserId};
use crate::json::{Fields, Invalid};
use crate::order::Reranked;
use crate::project::{BlockedGate, Project};
use crate::rejection::Rejection;
use crate::rules::{Effects, EventRules, Stamp, Undone};
use crate::state::{FoldError, State};
use crate::text::{Markdown, Name, ProjectKey};
use crate::workflow::Workflow;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use utoipa::ToSchema;

/// Makes a project; who asks becomes its owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateProject {
    /// The id that the client chose. The content's hash leaves it out.
    #[serde(skip)]
    pub id: Option<ProjectId>,
    /// Its name.
    pub name: Name,
    /// Markdown, empty if left out.
    pub description: Markdown,
    /// Made of the name if left out.
    pub key: ProjectKey,
    /// The usual one if left out.
    pub workflow: Workflow,
}

/// A project was made: version 1 of every project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectCreated {
    /// Its key for people.
    pub key: ProjectKey,
    /// Its name.
    pub name: Name,
    /// Markdown.
    pub description: Markdown,
    /// Its statuses and the steps between them.
    pub workflow: Workflow,
    /// Which moves an open blocker stops.
    pub blocked_gate: BlockedGate,
    /// Its first member.
    pub owner: UserId,
}

/// The body of `POST /projects`, for the documentation.
#[derive(ToSchema)]
pub struct NewProject {
    /// The client's choice.
    #[schema(nullable = false)]
    pub id: Option<ProjectId>,
    /// Its name.
    pub name: Name,
    /// Markdown, empty if left out.
    #[schema(nullable = false)]
    pub description: Option<Markdown>,
    /// Made of the name if left out.
    #[schema(nullable = false)]
    pub key: Option<ProjectKey>,
    /// The usual one if left out.
    #[schema(nullable = false)]
    pub workflow: Option<Workflow>,
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
            description: description.unwrap_or_default(),
            workflow: workflow.unwrap_or_default(),
            name,
        })
    }

    /// Version 1 of the project.
    pub fn event(&self, owner: UserId) -> ProjectCreated {
        ProjectCreated {
            key: self.key.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            workflow: self.workflow.clone(),
            blocked_gate: BlockedGate::default(),
            owner,
        }
    }

    /// SHA-256 over the canonical JSON of its content: what tells a repeat from another project.
    pub fn hash(&self) -> [u8; 32] {
        crate::canonical::hash(self)
    }

    /// A valid body of `POST /projects`, as the documentation shows it.
    pub fn example() -> Value {
        json!({"name": "Web shop", "key": "SHOP"})
    }
}

impl ProjectCreated {
    /// The state at version 1 of the project `id`.
    pub fn begin(&self, id: ProjectId, stamp: &Stamp) -> State {
        let project = Project {
            id,
            key: self.key.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            workflow: self.workflow.clone(),
            labels: Vec::new(),
            fields: Vec::new(),
            blocked_gate: self.blocked_gate,
            archived: false,
            created_at: stamp.at,
            created_by: stamp.actor,
            updated_at: stamp.at,
        };
        let members = BTreeMap::from([(self.owner, Role::Owner)]);
        State { project, members, tasks: BTreeMap::new(), dependencies: BTreeSet::new() }
    }
}

impl EventRules for ProjectCreated {
    type Undo = Infallible;

    /// It makes a state; nothing has one before it.
    fn apply(&self, _: &mut State, _: &Stamp) -> Result<(), FoldError> {
        Err(FoldError::NotCreated)
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        Effects::project(Access::Granted(self.owner, Role::Owner))
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        vec![Change::new("name", Value::Null, json!(self.name))]
    }

    fn undo(&self, _: Undone<'_>) -> Result<Infallible, Rejection> {
        Err(Rejection::CannotUndo { reason: "creating or deleting a project cannot be undone" })
    }

    fn changed_since(&self, _: &Facts, _: &Stamp) -> Vec<String> {
        Vec::new()
    }
}

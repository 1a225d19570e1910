//! `project.delete` and `project.restore`: into the bin, and out of it.

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid};
use crate::order::Reranked;
use crate::rejection::Rejection;
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone,
};
use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::convert::Infallible;
use utoipa::ToSchema;

/// Puts the project into the bin.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeleteProject {}

/// The project is in the bin: nobody gets anything above this event until it is restored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectDeleted {}

impl CommandRules for DeleteProject {
    type Event = ProjectDeleted;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        fields.finish().map(|()| DeleteProject {})
    }

    fn touch(&self, _: &mut Touched) {}

    fn needs(&self, _: UserId) -> Role {
        Role::Owner
    }

    fn possible(&self) -> Possible {
        Possible::Archived
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, _: &Facts, _: Actor) -> Result<Decision<ProjectDeleted>, Rejection> {
        Ok(Decision::change(ProjectDeleted {}, Subject::Project))
    }

    fn example() -> Value {
        json!({})
    }

    fn refusals() -> Vec<Code> {
        Vec::new()
    }
}

impl EventRules for ProjectDeleted {
    type Undo = Infallible;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.deleted = true;
    }

    fn effects(&self) -> Effects {
        Effects::project(Access::Closed)
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        Vec::new()
    }

    fn undo(&self, _: Undone<'_>) -> Result<Infallible, Rejection> {
        Err(Rejection::CannotUndo { reason: "creating or deleting a project cannot be undone" })
    }

    fn changed_since(&self, _: &Facts, _: &Stamp) -> Vec<String> {
        Vec::new()
    }
}

/// Takes the project out of the bin.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RestoreProject {}

/// The project is out of the bin again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectRestored {}

impl CommandRules for RestoreProject {
    type Event = ProjectRestored;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        fields.finish().map(|()| RestoreProject {})
    }

    fn touch(&self, _: &mut Touched) {}

    fn needs(&self, _: UserId) -> Role {
        Role::Owner
    }

    fn possible(&self) -> Possible {
        Possible::Bin
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<ProjectRestored>, Rejection> {
        Ok(match facts.deleted {
            true => Decision::change(ProjectRestored {}, Subject::Project),
            false => Decision::unchanged(Subject::Project),
        })
    }

    fn example() -> Value {
        json!({})
    }

    fn refusals() -> Vec<Code> {
        Vec::new()
    }
}

impl EventRules for ProjectRestored {
    type Undo = DeleteProject;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.deleted = false;
    }

    fn effects(&self) -> Effects {
        Effects::project(Access::Opened)
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        Vec::new()
    }

    fn undo(&self, _: Undone<'_>) -> Result<DeleteProject, Rejection> {
        Ok(DeleteProject {})
    }

    fn changed_since(&self, _: &Facts, _: &Stamp) -> Vec<String> {
        Vec::new()
    }
}

//! `project.update`

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid, Refused, boolean, string};
use crate::order::Reranked;
use crate::project::{BlockedGate, ProjectChange};
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, names,
};
use crate::state::{FoldError, State};
use crate::text::{Markdown, Name, ProjectKey};
use crate::workflow::Workflow;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Changes the project's own fields.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UpdateProject {
    /// The fields that change.
    pub set: ProjectChange,
}

/// Fields of the project changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectUpdated {
    /// The fields that changed.
    pub set: ProjectChange,
}

impl CommandRules for UpdateProject {
    type Event = ProjectUpdated;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let set = fields.nested("set", read_change);
        if set.is_none() && fields.is_empty() {
            fields.refuse("set", Refused { code: "missing", detail: "is required".to_owned() });
        }
        fields.finish()?;
        Ok(UpdateProject { set: set.expect("required") })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.workflow |= self.set.workflow.is_some();
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Owner
    }

    /// An archived project can be taken out of the archive.
    fn possible(&self) -> Possible {
        if self.set.archived == Some(false) { Possible::Archived } else { Possible::Active }
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<ProjectUpdated>, Rejection> {
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
            false => Ok(Decision::change(ProjectUpdated { set }, Subject::Project)),
        }
    }

    fn example() -> Value {
        json!({"set": {"name": "Web shop 2", "blocked_gate": "start"}})
    }

    fn refusals() -> Vec<Code> {
        vec![rejection::ARCHIVED, (RejectionKind::Unprocessable, "status_in_use")]
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

impl EventRules for ProjectUpdated {
    type Undo = UpdateProject;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        state.project.apply(&self.set);
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        Effects::project(Access::Unchanged)
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        Some(Before::Project(self.set.before(&facts.state.project)))
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        Change::each(json!(self.set), set_of(before).map_or(Value::Null, |set| json!(set)))
    }

    fn undo(&self, undone: Undone<'_>) -> Result<UpdateProject, Rejection> {
        let set = set_of(undone.before).cloned();
        set.map_or_else(Undone::not_kept, |set| Ok(UpdateProject { set }))
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        names(&self.set.clone().against(&facts.state.project))
    }
}

fn set_of(before: Option<&Before>) -> Option<&ProjectChange> {
    match before {
        Some(Before::Project(set)) => Some(set),
        Some(_) | None => None,
    }
}

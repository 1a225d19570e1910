//! `label.put` and `label.archive`: each is the undo of the other.

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid, only};
use crate::label::{Label, MOST_LABELS};
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, Either, EventRules, Involves, Possible, Stamp, Undone,
    changed,
};
use crate::state::{FoldError, State};
use crate::text::{Color, Key, Name};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Adds a label or changes the one with its key; an archived one is back.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PutLabel {
    /// Never changes.
    pub key: Key,
    /// May change.
    pub name: Name,
    /// May change.
    pub color: Color,
}

/// A label was added, changed or brought back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LabelPut {
    /// Which label.
    pub key: Key,
    /// Its name from here on.
    pub name: Name,
    /// Its colour from here on.
    pub color: Color,
}

impl CommandRules for PutLabel {
    type Event = LabelPut;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let key = fields.required("key", Key::read);
        let name = fields.required("name", Name::read);
        let color = fields.required("color", Color::read);
        fields.finish()?;
        Ok(PutLabel {
            key: key.expect("required"),
            name: name.expect("required"),
            color: color.expect("required"),
        })
    }

    fn touch(&self, _: &mut Touched) {}

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<LabelPut>, Rejection> {
        let PutLabel { key, name, color } = self.clone();
        let subject = Subject::Label(key.clone());
        let new = Label { key: key.clone(), name: name.clone(), color: color.clone(), archived: false };
        match facts.state.project.label(&key) {
            Some(label) if *label == new => Ok(Decision::unchanged(subject)),
            None if facts.state.project.labels.len() >= MOST_LABELS => {
                Err(Rejection::TooManyDefinitions { code: "too_many_labels", most: MOST_LABELS })
            }
            Some(_) | None => Ok(Decision::change(LabelPut { key, name, color }, subject)),
        }
    }

    fn example() -> Value {
        json!({"key": "bug", "name": "Bug", "color": "#d4380d"})
    }

    fn refusals() -> Vec<Code> {
        vec![rejection::ARCHIVED, (RejectionKind::Unprocessable, "too_many_labels")]
    }
}

impl EventRules for LabelPut {
    type Undo = Either<PutLabel, ArchiveLabel>;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        let LabelPut { key, name, color } = self.clone();
        state.project.put_label(Label { key, name, color, archived: false });
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        Effects::project(Access::Unchanged)
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.state.project.label(&self.key).cloned().map(Before::Label)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        vec![Change::new("label", name_of(before), json!(self.name))]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<Self::Undo, Rejection> {
        match in_use(undone.before) {
            Some(label) => Ok(Either::One(put(label))),
            None => Ok(Either::Other(ArchiveLabel { key: self.key.clone() })),
        }
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let label = facts.state.project.label(&self.key);
        let is = label.is_some_and(|l| !l.archived && l.name == self.name && l.color == self.color);
        changed("label", !is)
    }
}

/// Takes a label out of use. Tasks that have it keep it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArchiveLabel {
    /// Which label.
    pub key: Key,
}

/// A label was taken out of use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LabelArchived {
    /// Which label.
    pub key: Key,
}

impl CommandRules for ArchiveLabel {
    type Event = LabelArchived;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "key", Key::read).map(|key| ArchiveLabel { key })
    }

    fn touch(&self, _: &mut Touched) {}

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<LabelArchived>, Rejection> {
        let subject = Subject::Label(self.key.clone());
        match facts.state.project.label(&self.key).ok_or(Rejection::LabelNotFound)?.archived {
            true => Ok(Decision::unchanged(subject)),
            false => Ok(Decision::change(LabelArchived { key: self.key.clone() }, subject)),
        }
    }

    fn example() -> Value {
        json!({"key": "bug"})
    }

    fn refusals() -> Vec<Code> {
        vec![(RejectionKind::NotFound, "label_not_found"), rejection::ARCHIVED]
    }
}

impl EventRules for LabelArchived {
    type Undo = PutLabel;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        let labels = state.project.labels.iter_mut();
        labels.filter(|label| label.key == self.key).for_each(|label| label.archived = true);
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        Effects::project(Access::Unchanged)
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.state.project.label(&self.key).cloned().map(Before::Label)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        vec![Change::new("label", name_of(before), Value::Null)]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<PutLabel, Rejection> {
        in_use(undone.before).map_or_else(Undone::not_kept, |label| Ok(put(label)))
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let label = facts.state.project.label(&self.key);
        changed("archived", !label.is_some_and(|label| label.archived))
    }
}

/// The label that an event replaced, if tasks could get it.
fn in_use(before: Option<&Before>) -> Option<&Label> {
    match before {
        Some(Before::Label(label)) if !label.archived => Some(label),
        Some(_) | None => None,
    }
}

fn name_of(before: Option<&Before>) -> Value {
    in_use(before).map_or(Value::Null, |label| json!(label.name))
}

fn put(label: &Label) -> PutLabel {
    let Label { key, name, color, archived: _ } = label.clone();
    PutLabel { key, name, color }
}

//! `field.put` and `field.archive`: each is the undo of the other.

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::field::{Field, FieldOption, FieldType, MOST_FIELDS, read_options};
use crate::ids::UserId;
use crate::json::{Fields, Invalid, Refused, only};
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, Either, EventRules, Involves, Possible, Stamp, Undone,
    changed,
};
use crate::state::{FoldError, State};
use crate::text::{Key, Name};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Adds a field or changes the one with its key; an archived one is back. Its type never changes. Tasks keep options that are
/// left out; no task gets them anew.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PutField {
    /// Never changes.
    pub key: Key,
    /// May change.
    pub name: Name,
    /// The type of the field's values. It never changes. Its name in JSON is `field_type`, because `type` names the command.
    #[serde(rename = "field_type")]
    pub kind: FieldType,
    /// Of `select` and `multi_select`, and only of them.
    #[schema(min_items = 1, max_items = 50)]
    pub options: Option<Vec<FieldOption>>,
}

/// A field was added, changed or brought back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldPut {
    /// Which field.
    pub key: Key,
    /// Its name from here on.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Of `select` and `multi_select`; `null` for the others.
    pub options: Option<Vec<FieldOption>>,
}

impl CommandRules for PutField {
    type Event = FieldPut;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let key = fields.required("key", Key::read);
        let name = fields.required("name", Name::read);
        let kind = fields.required("field_type", FieldType::read);
        let options = fields.optional("options", read_options).flatten();
        if let Some(kind) = kind
            && kind.has_options() != options.is_some()
        {
            let detail = "select and multi_select have options, other types have none";
            fields.refuse("options", Refused::invalid(detail));
        }
        fields.finish()?;
        Ok(PutField {
            key: key.expect("required"),
            name: name.expect("required"),
            kind: kind.expect("required"),
            options,
        })
    }

    fn touch(&self, _: &mut Touched) {}

    fn needs(&self, _: UserId) -> Role {
        Role::Owner
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<FieldPut>, Rejection> {
        let PutField { key, name, kind, options } = self.clone();
        let subject = Subject::Field(key.clone());
        let new =
            Field { key: key.clone(), name: name.clone(), kind, options: options.clone(), archived: false };
        match facts.state.project.field(key.as_str()) {
            Some(field) if field.kind != kind => Err(Rejection::FieldTypeFixed { kind: field.kind }),
            Some(field) if *field == new => Ok(Decision::unchanged(subject)),
            None if facts.state.project.fields.len() >= MOST_FIELDS => {
                Err(Rejection::TooManyDefinitions { code: "too_many_fields", most: MOST_FIELDS })
            }
            Some(_) | None => Ok(Decision::change(FieldPut { key, name, kind, options }, subject)),
        }
    }

    fn example() -> Value {
        let options = ["S", "M"].map(|key| json!({"key": key, "name": key}));
        json!({"key": "size", "name": "Size", "field_type": "select", "options": options})
    }

    fn refusals() -> Vec<Code> {
        let own = ["too_many_fields", "field_type_fixed"].map(|code| (RejectionKind::Unprocessable, code));
        [&[rejection::ARCHIVED], &own[..]].concat()
    }
}

impl EventRules for FieldPut {
    type Undo = Either<PutField, ArchiveField>;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        let FieldPut { key, name, kind, options } = self.clone();
        state.project.put_field(Field { key, name, kind, options, archived: false });
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        Effects::project(Access::Unchanged)
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.state.project.field(self.key.as_str()).cloned().map(Before::Field)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        vec![Change::new("field", name_of(before), json!(self.name))]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<Self::Undo, Rejection> {
        match in_use(undone.before) {
            Some(field) => Ok(Either::One(put(field))),
            None => Ok(Either::Other(ArchiveField { key: self.key.clone() })),
        }
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let field = facts.state.project.field(self.key.as_str());
        let is = field.is_some_and(|f| !f.archived && f.name == self.name && f.options == self.options);
        changed("field", !is)
    }
}

/// Takes a field out of use. Tasks that have a value in it keep it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArchiveField {
    /// Which field.
    pub key: Key,
}

/// A field was taken out of use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldArchived {
    /// Which field.
    pub key: Key,
}

impl CommandRules for ArchiveField {
    type Event = FieldArchived;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "key", Key::read).map(|key| ArchiveField { key })
    }

    fn touch(&self, _: &mut Touched) {}

    fn needs(&self, _: UserId) -> Role {
        Role::Owner
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<FieldArchived>, Rejection> {
        let subject = Subject::Field(self.key.clone());
        match facts.state.project.field(self.key.as_str()).ok_or(Rejection::FieldNotFound)?.archived {
            true => Ok(Decision::unchanged(subject)),
            false => Ok(Decision::change(FieldArchived { key: self.key.clone() }, subject)),
        }
    }

    fn example() -> Value {
        json!({"key": "size"})
    }

    fn refusals() -> Vec<Code> {
        vec![(RejectionKind::NotFound, "field_not_found"), rejection::ARCHIVED]
    }
}

impl EventRules for FieldArchived {
    type Undo = PutField;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        let fields = state.project.fields.iter_mut();
        fields.filter(|field| field.key == self.key).for_each(|field| field.archived = true);
        state.project.updated_at = stamp.at;
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        Effects::project(Access::Unchanged)
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.state.project.field(self.key.as_str()).cloned().map(Before::Field)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        vec![Change::new("field", name_of(before), Value::Null)]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<PutField, Rejection> {
        in_use(undone.before).map_or_else(Undone::not_kept, |field| Ok(put(field)))
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let field = facts.state.project.field(self.key.as_str());
        changed("archived", !field.is_some_and(|field| field.archived))
    }
}

/// The field that an event replaced, if tasks could get values in it.
fn in_use(before: Option<&Before>) -> Option<&Field> {
    match before {
        Some(Before::Field(field)) if !field.archived => Some(field),
        Some(_) | None => None,
    }
}

fn name_of(before: Option<&Before>) -> Value {
    in_use(before).map_or(Value::Null, |field| json!(field.name))
}

fn put(field: &Field) -> PutField {
    let Field { key, name, kind, options, archived: _ } = field.clone();
    PutField { key, name, kind, options }
}

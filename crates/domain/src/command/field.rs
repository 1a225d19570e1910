//! Commands on the custom fields of a project.

use super::Decision;
use super::label::only_key;
use crate::event::EventBody;
use crate::facts::{Facts, Subject};
use crate::field::{Field, FieldOption, FieldType, MOST_FIELDS, read_options};
use crate::json::{Fields, Invalid, Refused};
use crate::rejection::Rejection;
use crate::text::{Key, Name};
use serde::Serialize;

/// `field.put`: adds a field or changes the one with its key; an archived one is back. Its type never changes. Tasks keep
/// options that are left out; no task gets them anew.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PutField {
    pub key: Key,
    pub name: Name,
    #[serde(rename = "field_type")]
    pub kind: FieldType,
    pub options: Option<Vec<FieldOption>>,
}

impl PutField {
    /// In a batch the field's type stands beside the command's as `field_type`, for `type` is the command's own.
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
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

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
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
            Some(_) | None => Ok(Decision::change(EventBody::FieldPut { key, name, kind, options }, subject)),
        }
    }
}

/// `field.archive`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArchiveField {
    pub key: Key,
}

impl ArchiveField {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        only_key(fields).map(|key| ArchiveField { key })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let subject = Subject::Field(self.key.clone());
        match facts.state.project.field(self.key.as_str()).ok_or(Rejection::FieldNotFound)?.archived {
            true => Ok(Decision::unchanged(subject)),
            false => Ok(Decision::change(EventBody::FieldArchived { key: self.key.clone() }, subject)),
        }
    }
}

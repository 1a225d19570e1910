//! Commands on the labels of a project.

use super::Decision;
use crate::event::EventBody;
use crate::facts::{Facts, Subject};
use crate::json::{Fields, Invalid};
use crate::label::{Label, MOST_LABELS};
use crate::rejection::Rejection;
use crate::text::{Color, Key, Name};
use serde::Serialize;

/// `label.put`: adds a label or changes the one with its key; an archived one is back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PutLabel {
    pub key: Key,
    pub name: Name,
    pub color: Color,
}

impl PutLabel {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
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

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let PutLabel { key, name, color } = self.clone();
        let subject = Subject::Label(key.clone());
        let new = Label { key: key.clone(), name: name.clone(), color: color.clone(), archived: false };
        match facts.state.project.label(&key) {
            Some(label) if *label == new => Ok(Decision::unchanged(subject)),
            None if facts.state.project.labels.len() >= MOST_LABELS => {
                Err(Rejection::TooManyDefinitions { code: "too_many_labels", most: MOST_LABELS })
            }
            Some(_) | None => Ok(Decision::change(EventBody::LabelPut { key, name, color }, subject)),
        }
    }
}

/// `label.archive`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArchiveLabel {
    pub key: Key,
}

impl ArchiveLabel {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        only_key(fields).map(|key| ArchiveLabel { key })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let subject = Subject::Label(self.key.clone());
        match facts.state.project.label(&self.key).ok_or(Rejection::LabelNotFound)?.archived {
            true => Ok(Decision::unchanged(subject)),
            false => Ok(Decision::change(EventBody::LabelArchived { key: self.key.clone() }, subject)),
        }
    }
}

pub(super) fn only_key(mut fields: Fields) -> Result<Key, Invalid> {
    let key = fields.required("key", Key::read);
    fields.finish()?;
    Ok(key.expect("required"))
}

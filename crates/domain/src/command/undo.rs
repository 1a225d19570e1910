//! `event.undo`

use super::Decision;
use crate::Version;
use crate::access::Role;
use crate::facts::{Facts, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid, MAX_INTEGER, integer};
use crate::rejection::Rejection;
use serde::Serialize;

/// `event.undo`: takes back what the event of `version` changed, by the command that changes it back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UndoEvent {
    pub version: Version,
}

impl UndoEvent {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let version = fields.required("version", |value| integer(&value, 1..=MAX_INTEGER));
        fields.finish()?;
        Ok(UndoEvent { version: version.expect("required") })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.events.insert(self.version);
    }

    /// Judged as the compensating command is: its role, then whether it still fits, then its rules.
    pub(super) fn decide(&self, facts: &Facts, actor: UserId, role: Role) -> Result<Decision, Rejection> {
        let undoing = facts.events.get(&self.version).ok_or(Rejection::EventNotFound)?;
        let command = undoing.compensation(actor)?;
        command.allowed_to(role, actor)?;
        let fields = undoing.changed_since(facts);
        if !fields.is_empty() {
            return Err(Rejection::UndoConflict { fields });
        }
        command.decide(facts, actor)
    }
}

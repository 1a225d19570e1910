//! `event.undo`

use crate::facts::{Facts, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid, MAX_INTEGER, integer, only};
use crate::rejection::{Code, Rejection, RejectionKind};
use crate::rules::{Actor, CommandRules, Decision, Involves, Possible};
use crate::{Role, Version};
use serde::Serialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use utoipa::ToSchema;

/// Takes back what an event changed, by the command that changes it back. It is judged in [`crate::command`], because it becomes any
/// other command.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UndoEvent {
    /// The version of the event.
    #[schema(minimum = 1, value_type = i64)]
    pub version: Version,
}

impl CommandRules for UndoEvent {
    /// Its event is that of the command that it becomes.
    type Event = Infallible;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "version", |value| integer(&value, 1..=MAX_INTEGER)).map(|version| UndoEvent { version })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.events.insert(self.version);
    }

    /// Its compensating command is judged by itself.
    fn needs(&self, _: UserId) -> Role {
        Role::Viewer
    }

    /// Its compensating command is judged by itself.
    fn possible(&self) -> Possible {
        Possible::Archived
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    /// Refused here, because only `Command::decide` is given the past events.
    fn decide(&self, _: &Facts, _: Actor) -> Result<Decision<Infallible>, Rejection> {
        Err(Rejection::EventNotFound)
    }

    fn example() -> Value {
        json!({"version": 41})
    }

    fn refusals() -> Vec<Code> {
        let unprocessable = (RejectionKind::Unprocessable, "cannot_undo");
        vec![
            (RejectionKind::NotFound, "event_not_found"),
            (RejectionKind::Conflict, "undo_conflict"),
            unprocessable,
        ]
    }
}

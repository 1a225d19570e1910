//! Steps 1 and 4 of 8: commands, read from JSON and decided on facts. [`crate::table`] has all of them.
//!
//! `decide` is pure: it looks at the facts and answers with what happened, with "nothing changes", or with the rule that
//! forbids it.

use crate::before::Before;
use crate::event::Event;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommandId, TaskId, UserId};
use crate::json::{Fields, Invalid, string};
use crate::rejection::Rejection;
use crate::rules::{self, Actor, CommandRules, EventRules, Involves, Possible, Undone};
pub use crate::table::*;
use crate::table::{each_command, each_event};
use crate::{Role, Version, canonical};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a command comes to, when no rule forbids it.
pub type Decision = rules::Decision<EventBody>;

impl Command {
    /// Reads a command of a batch: `{"type", "command_id"?, …}`.
    ///
    /// # Errors
    /// Every field that is refused, with its pointer.
    pub fn read(value: Value) -> Result<(Command, Option<CommandId>), Invalid> {
        let mut fields = Fields::of(value)?;
        let kind = fields.required("type", string);
        let id = fields.optional("command_id", CommandId::read);
        match kind {
            Some(kind) => Ok((Command::read_as(&kind, fields)?, id)),
            None => Err(fields.finish().expect_err("the type was refused")),
        }
    }

    /// Adds what has to be known to decide it.
    pub fn touch(&self, touched: &mut Touched) {
        each_command!(self, command => command.touch(touched));
    }

    /// Adds what else has to be known because `actor` sends it.
    pub fn touch_for(&self, actor: UserId, touched: &mut Touched) {
        if let Command::AddMember(add) = self {
            touched.added.insert((actor, add.user));
        }
    }

    /// Judges the command. `actor` is a member; what that role allows is judged here, as is everything else. `past` has the
    /// events that are to be undone, as far as they exist.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn decide(&self, facts: &Facts, past: &Past, actor: UserId) -> Result<Decision, Rejection> {
        let role = facts.role(actor).ok_or(Rejection::ProjectNotFound)?;
        let possible = self.possible();
        if facts.deleted && possible != Possible::Bin {
            return Err(Rejection::ProjectNotFound);
        }
        self.allowed_to(role, actor)?;
        if facts.state.project.archived && possible == Possible::Active {
            return Err(Rejection::ProjectArchived);
        }
        if let Command::UndoEvent(undo) = self {
            return undo.compensated(facts, past, actor, role);
        }
        let actor = Actor { user: actor, role };
        each_command!(self, command => Ok(command.decide(facts, actor)?.map(EventBody::from)))
    }

    fn possible(&self) -> Possible {
        each_command!(self, command => command.possible())
    }

    fn allowed_to(&self, role: Role, actor: UserId) -> Result<(), Rejection> {
        let needs = each_command!(self, command => command.needs(actor));
        if role >= needs { Ok(()) } else { Err(Rejection::Forbidden { needs }) }
    }

    fn involves(&self) -> Involves {
        each_command!(self, command => command.involves())
    }

    /// What the command makes, if it makes something that a later command of its batch can name.
    pub fn creates(&self) -> Option<Subject> {
        self.involves().creates
    }

    /// Whether the command cannot mean anything without `subject`.
    pub fn names(&self, subject: &Subject) -> bool {
        self.involves().needs.contains(subject)
    }

    /// The task that an `If-Match` of the command's request speaks of.
    pub fn task(&self) -> Option<TaskId> {
        self.involves().matched
    }

    /// The version of the event that the command undoes.
    pub fn undoes(&self) -> Option<Version> {
        if let Command::UndoEvent(undo) = self { Some(undo.version) } else { None }
    }

    /// SHA-256 over the command's canonical JSON (RFC 8785): what tells a repeat from another command with its id.
    pub fn hash(&self) -> [u8; 32] {
        canonical::hash(self)
    }
}

/// A new random id for a command that brought none.
pub fn fresh_id() -> CommandId {
    CommandId::new()
}

/// The events that are to be undone.
pub type Past = BTreeMap<Version, Undoing>;

/// An event that somebody wants undone, with what it replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoing {
    /// The event.
    pub event: Event,
    /// What was kept beside it.
    pub before: Option<Before>,
}

impl Undoing {
    /// Adds what has to be known to undo it.
    pub fn touch(&self, touched: &mut Touched) {
        if let Ok(command) = self.compensation(self.event.actor) {
            command.touch(touched);
        }
        match &self.before {
            Some(Before::Place { rank, .. }) => touched.ranks.extend([rank.clone()]),
            Some(Before::Task(set)) => touched.ranks.extend(set.rank.clone()),
            Some(
                Before::Project(_) | Before::Role(_) | Before::Body(_) | Before::Label(_) | Before::Field(_),
            )
            | None => {}
        }
    }

    /// The command of `actor` that takes the event back.
    ///
    /// # Errors
    /// [`Rejection::CannotUndo`].
    fn compensation(&self, actor: UserId) -> Result<Command, Rejection> {
        let undone = Undone { before: self.before.as_ref(), made_by: self.event.actor, by: actor };
        each_event!(&self.event.body, event => event.undo(undone).map(Command::from))
    }
}

impl UndoEvent {
    /// Judged as the compensating command is: its role, then whether it still fits, then its rules.
    fn compensated(
        &self,
        facts: &Facts,
        past: &Past,
        actor: UserId,
        role: Role,
    ) -> Result<Decision, Rejection> {
        let undoing = past.get(&self.version).ok_or(Rejection::EventNotFound)?;
        let command = undoing.compensation(actor)?;
        command.allowed_to(role, actor)?;
        let fields = undoing.event.changed_since(facts);
        if !fields.is_empty() {
            return Err(Rejection::UndoConflict { fields });
        }
        command.decide(facts, past, actor)
    }
}

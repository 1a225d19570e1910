//! What a member asks of a project, and what they are answered.

use super::outcome::{Outcome, Refusal};
use crate::caller::Caller;
use backon::ExponentialBuilder;
use domain::command::Command;
use domain::{CommandId, ProjectId, UserId, Version};
use std::time::Duration;
use store::StoreError;

/// A command with the id that makes its repeat recognisable.
#[derive(Debug, Clone)]
pub struct Identified {
    /// What is asked.
    pub command: Command,
    /// The client's id, or one that the server made.
    pub id: CommandId,
    /// Whether the client brought the id: only then can there be a repeat, and only then is a decision kept.
    pub repeatable: bool,
    /// The task version that the request's `If-Match` names.
    pub if_match: Option<Version>,
}

/// How a list of commands hangs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All or nothing.
    Atomic,
    /// Each on its own, in order.
    Each,
}

/// The key of a whole batch, under which its refusal is kept, and the hash of all of it.
#[derive(Debug, Clone, Copy)]
pub struct BatchKey {
    /// The `command_id` of the batch.
    pub id: CommandId,
    /// A hash of every command in it.
    pub hash: [u8; 32],
}

/// What a member asks of one project at once.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The project that it changes.
    pub project: ProjectId,
    /// Who asks.
    pub caller: Caller,
    /// In the order in which they are decided.
    pub commands: Vec<Identified>,
    /// What one refusal means to the others.
    pub mode: Mode,
    /// With an id of the whole batch only.
    pub batch: Option<BatchKey>,
}

/// The answer to a submission.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Each command was decided.
    Decided {
        /// One for each command, refusals among them.
        outcomes: Vec<Outcome>,
        /// The project's version after all of them.
        version: Version,
        /// Whether all of it had been decided before.
        replayed: bool,
    },
    /// An atomic list was refused because of one command; nothing changed.
    Refused {
        /// The index of the command in the list, from 0.
        index: usize,
        /// Why it was refused.
        refusal: Refusal,
        /// Whether it had been refused before.
        replayed: bool,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExecuteError {
    /// No such project, or the caller is not a member.
    #[error("not found")]
    NotFound,
    /// The session ended, or the account was disabled.
    #[error("the session has ended")]
    SessionEnded,
    /// Too many commands wait for this project; nothing happened.
    #[error("too many commands wait for this project")]
    Busy,
    /// Nothing happened.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// It may have happened: COMMIT's answer was lost, and nobody could tell in time.
    #[error("outcome unknown")]
    OutcomeUnknown,
    /// An id of the batch has an event already, but its result is no longer kept; nothing happened.
    #[error("a command id was used before")]
    UsedBefore,
    /// A defect of ours; nothing happened.
    #[error("defect: {0}")]
    Defect(String),
}

impl ExecuteError {
    /// Whether trying again can help: it lost against another transaction, or Postgres is away.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, ExecuteError::Unavailable(_))
    }
}

impl From<StoreError> for ExecuteError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Serialization(_) | StoreError::Unsuitable(_) => {
                ExecuteError::Unavailable(error.to_string())
            }
            StoreError::Constraint { name } if name.ends_with(store::log::COMMAND_ID_IS_UNIQUE) => {
                ExecuteError::UsedBefore
            }
            StoreError::NotFound | StoreError::Constraint { .. } | StoreError::Query(_) => {
                ExecuteError::Defect(error.to_string())
            }
        }
    }
}

impl From<store::QueryError> for ExecuteError {
    fn from(error: store::QueryError) -> Self {
        StoreError::from(error).into()
    }
}

/// How often a transaction is tried again; the deadlines of the requests end it.
pub(super) fn retry_policy() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_millis(500))
        .with_jitter()
        .without_max_times()
}

impl Submission {
    /// The ids under which something may have been decided before; those that the server made are new.
    pub(super) fn ids(&self) -> impl Iterator<Item = (UserId, CommandId)> {
        let own =
            self.commands.iter().filter(|identified| identified.repeatable).map(|identified| identified.id);
        self.batch.iter().map(|batch| batch.id).chain(own).map(|id| (self.caller.user, id))
    }

    /// How much of a transaction it takes.
    pub(super) fn weight(&self) -> usize {
        self.commands.len().max(1)
    }
}

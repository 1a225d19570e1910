//! Steps 2 to 6 of 8: the spine. The only writer of project state.
//!
//! A submission is a list of commands of one member on one project. What waits for one project on this instance goes into
//! one transaction ([`queue`], [`transaction`]): lock and facts, decisions, writes, version, commit. What was committed
//! goes to the room and to the publisher before the next transaction begins, so both get it in version order.
//!
//! Invariants: I1 (versions without gap), I2 (what is acknowledged is in the log), I3 (one command id, at most one event),
//! I10 (no effect without a role check in the same transaction).

mod create;
mod decide;
mod plan;
mod problem;
mod queue;
mod transaction;
mod write;

pub use create::create_project;
pub use problem::Problem;
pub use queue::Queues;

use crate::app::App;
use crate::auth::Caller;
use backon::ExponentialBuilder;
use domain::command::Command;
use domain::{CommandId, ProjectId, UserId, Version};
use queue::Waiting;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::results::Decided;
use tokio::time::Instant;

/// A command with the id that makes its repeat recognisable.
#[derive(Debug, Clone)]
pub struct Identified {
    pub command: Command,
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
    pub id: CommandId,
    pub hash: [u8; 32],
}

/// What a member asks of one project at once.
#[derive(Debug, Clone)]
pub struct Submission {
    pub project: ProjectId,
    pub caller: Caller,
    pub commands: Vec<Identified>,
    pub mode: Mode,
    pub batch: Option<BatchKey>,
}

/// What was decided for one command, and whether it had been decided before.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub decided: Decided,
    pub replayed: bool,
}

/// The answer to a submission.
#[derive(Debug, Clone)]
pub enum Answer {
    /// For each command what was decided, a refusal included, and the version that all of them came to. `replayed`: all of
    /// it had been decided before.
    Decided { outcomes: Vec<Outcome>, version: Version, replayed: bool },
    /// An atomic list was refused because of the command at `index`; nothing changed.
    Refused { index: usize, problem: Problem, replayed: bool },
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
    fn may_pass(&self) -> bool {
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

impl From<diesel::result::Error> for ExecuteError {
    fn from(error: diesel::result::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Decides and writes a submission, with whatever else waits for its project. A client that hangs up leaves nothing half
/// done: the transaction belongs to the queue, not to the request.
///
/// # Errors
/// See [`ExecuteError`]; within the deadline of a request in any case.
///
/// # Cancel safety
/// Dropping the future gives up the answer, not the submission.
pub async fn execute(app: &Arc<App>, submission: Submission) -> Result<Answer, ExecuteError> {
    let project = submission.project;
    let deadline = Instant::now() + Duration::from_secs(app.config.limits.request_seconds);
    let (waiting, told) = Waiting::new(submission, deadline);
    if app.queues.join(waiting).map_err(|_| ExecuteError::Busy)? {
        app.spawn(lead(app.clone(), project));
    }
    told.hear().await
}

/// Takes what waits for a project, batch by batch, until nothing does.
async fn lead(app: Arc<App>, project: ProjectId) {
    let leading = Leading { app: &app, project };
    while let Some(batch) = app.queues.next(project) {
        transaction::run(&app, project, batch).await;
    }
    drop(leading);
}

/// A leader that panics must not leave its project without one.
struct Leading<'a> {
    app: &'a App,
    project: ProjectId,
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.app.queues.forget(self.project);
        }
    }
}

/// How often a transaction is tried again; the deadlines of the requests end it.
fn patiently() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_millis(500))
        .with_jitter()
        .without_max_times()
}

impl Submission {
    /// The ids under which something may have been decided before; those that the server made are new.
    fn ids(&self) -> impl Iterator<Item = (UserId, CommandId)> {
        let own =
            self.commands.iter().filter(|identified| identified.repeatable).map(|identified| identified.id);
        self.batch.iter().map(|batch| batch.id).chain(own).map(|id| (self.caller.user, id))
    }

    /// How much of a transaction it takes.
    fn weight(&self) -> usize {
        self.commands.len().max(1)
    }
}

//! Steps 2 to 6 of 8: the spine. The only writer of project state.
//!
//! A submission is a list of commands of one member on one project. It takes the project's turn on this instance, and then
//! one transaction: lock, facts, decisions, writes, version, commit. What was committed goes to the room and to the
//! publisher while the turn is still held, so both get it in version order.
//!
//! Invariants: I1 (versions without gap), I2 (what is acknowledged is in the log), I3 (one command id, at most one event),
//! I10 (no effect without a role check in the same transaction).

mod create;
mod plan;
mod problem;
mod turn;
mod write;

pub use create::create_project;
pub use problem::Problem;
pub use turn::Turns;

use crate::app::App;
use crate::auth::Caller;
use crate::realtime::Frame;
use backon::{ExponentialBuilder, Retryable};
use diesel_async::AsyncConnection;
use domain::command::Command;
use domain::{CommandId, ProjectId, Version};
use plan::Plan;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::results::Decided;
use store::{AsyncPgConnection, StoreError};

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
#[derive(Debug, thiserror::Error)]
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

/// Decides and writes a submission. Runs in a task of its own, so that a client that hangs up leaves nothing half done.
///
/// # Errors
/// See [`ExecuteError`]; within the deadline of a request in any case.
///
/// # Cancel safety
/// Dropping the future leaves the task running to its end.
pub async fn execute(app: &Arc<App>, submission: Submission) -> Result<Answer, ExecuteError> {
    let running = app.clone();
    let task = app.runtime.spawn(async move { run(&running, &submission).await });
    task.await.unwrap_or_else(|error| Err(ExecuteError::Defect(error.to_string())))
}

/// What is known of attempts so far: whether one of them may have committed, and what it would have done.
#[derive(Default)]
struct Attempts {
    uncertain: AtomicBool,
    last: std::sync::Mutex<Option<Plan>>,
}

async fn run(app: &Arc<App>, submission: &Submission) -> Result<Answer, ExecuteError> {
    let attempts = Attempts::default();
    let deadline = Duration::from_secs(app.config.limits.request_seconds);
    let ended = tokio::time::timeout(deadline, async {
        let _turn = app.turns.take(submission.project).await.map_err(|_| ExecuteError::Busy)?;
        attempt_until_told(app, submission, &attempts).await
    });
    match ended.await {
        Ok(answer) => answer,
        Err(_) if attempts.uncertain.load(Ordering::Relaxed) => Err(ExecuteError::OutcomeUnknown),
        Err(_) => Err(ExecuteError::Unavailable("no answer within the deadline".to_owned())),
    }
}

/// Tries again what lost against another transaction or lost its connection, until the caller's deadline ends it. An
/// attempt whose COMMIT was not answered is not repeated blindly: the next one takes the lock, which waits for the old
/// backend's fate, and looks whether its events are there.
async fn attempt_until_told(
    app: &Arc<App>,
    submission: &Submission,
    attempts: &Attempts,
) -> Result<Answer, ExecuteError> {
    let plan = (|| attempt(app, submission, attempts))
        .retry(patiently())
        .when(ExecuteError::may_pass)
        .notify(|cause, _| tracing::debug!(project.id = %submission.project, %cause, "a transaction is tried again"))
        .await?;
    Ok(settle(app, submission, plan))
}

/// How often a transaction is tried again; the deadline of the request ends it.
fn patiently() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_millis(500))
        .with_jitter()
        .without_max_times()
}

async fn attempt(app: &Arc<App>, submission: &Submission, attempts: &Attempts) -> Result<Plan, ExecuteError> {
    let mut conn = store::pool::get(&app.pools.write).await?;
    let earlier = attempts.last.lock().expect("nobody panics with it").take();
    let transaction = (*conn).transaction(async |conn: &mut AsyncPgConnection| {
        let plan = decide_and_write(conn, submission, earlier.as_ref()).await?;
        attempts.uncertain.store(plan.writes(), Ordering::Relaxed);
        *attempts.last.lock().expect("nobody panics with it") = Some(plan);
        Ok::<(), ExecuteError>(())
    });
    let ended = transaction.await;
    let planned = attempts.last.lock().expect("nobody panics with it").take();
    match (ended, planned) {
        (Ok(()), Some(plan)) => {
            attempts.uncertain.store(false, Ordering::Relaxed);
            Ok(plan)
        }
        // COMMIT failed. What wrote nothing is decided all the same.
        (Err(_), Some(plan)) if !plan.writes() => Ok(plan),
        (Err(error), Some(plan)) => {
            *attempts.last.lock().expect("nobody panics with it") = Some(plan);
            Err(error)
        }
        (Err(error), None) => {
            // Keep what an earlier attempt may have done.
            *attempts.last.lock().expect("nobody panics with it") = earlier;
            Err(error)
        }
        (Ok(()), None) => Err(ExecuteError::Defect("a transaction without a plan".to_owned())),
    }
}

/// One transaction, read top to bottom: lock, facts, decisions, writes.
async fn decide_and_write(
    conn: &mut AsyncPgConnection,
    submission: &Submission,
    earlier: Option<&Plan>,
) -> Result<Plan, ExecuteError> {
    let locked = store::projects::lock(conn, submission.project).await?.ok_or(ExecuteError::NotFound)?;
    if let Some(earlier) = earlier
        && happened(conn, submission, earlier).await?
    {
        return Ok(earlier.clone().already_committed());
    }
    let caller = &submission.caller;
    let ids = submission.ids();
    let touched = submission.touched();
    let (alive, mut before, facts) = futures_util::try_join!(
        store::sessions::alive(conn, caller.user, caller.sid),
        store::results::of(conn, submission.project, caller.user, &ids),
        store::facts::load(conn, &locked, caller.user, &touched),
    )?;
    if !alive {
        return Err(ExecuteError::SessionEnded);
    }
    if facts.role(caller.user).is_none() {
        return Err(ExecuteError::NotFound);
    }
    before.extend(creation(&locked, caller));
    let plan = plan::decide(submission, &locked, facts, &before);
    write::all(conn, &locked, submission, &plan).await?;
    Ok(plan)
}

/// The one decision on a project that stands in its row, because there was nothing else yet: its creation used up an id of
/// its creator's too.
fn creation(locked: &store::projects::LockedProject, caller: &Caller) -> Option<Decided> {
    let current = &locked.0;
    (current.project.created_by == caller.user).then(|| Decided {
        command_id: current.create_command_id,
        hash: current.create_hash.clone(),
        version: 1,
        event: None,
        resource: None,
        problem: None,
    })
}

/// Whether an attempt whose COMMIT was not answered was committed after all. The lock is held, so this is final.
async fn happened(
    conn: &AsyncPgConnection,
    submission: &Submission,
    earlier: &Plan,
) -> Result<bool, ExecuteError> {
    let (project, user) = (submission.project, submission.caller.user);
    let ids = earlier.new_ids();
    let (events, results) = futures_util::try_join!(
        store::events::of_commands(conn, project, user, &ids),
        store::results::of(conn, project, user, &ids),
    )?;
    Ok(!events.is_empty() || !results.is_empty())
}

/// Step 6: what was committed goes to the room at once and to the publisher; the answer waits for neither.
fn settle(app: &Arc<App>, submission: &Submission, plan: Plan) -> Answer {
    let frames: Vec<Arc<Frame>> =
        plan.events.iter().map(|event| Arc::new(Frame::of(&plan.epoch, event))).collect();
    if !frames.is_empty() {
        tracing::debug!(project.id = %submission.project, version = plan.events.last().map(|e| e.version), "committed");
        app.realtime.committed(submission.project, &frames);
    }
    if !plan.concerned.is_empty() {
        app.realtime.people_changed();
    }
    plan.answer
}

impl Submission {
    /// All ids under which something may have been decided before.
    fn ids(&self) -> Vec<uuid::Uuid> {
        self.batch.iter().map(|batch| batch.id.0).chain(self.commands.iter().map(|c| c.id.0)).collect()
    }

    fn touched(&self) -> domain::facts::Touched {
        let mut touched = domain::facts::Touched::default();
        self.commands.iter().for_each(|identified| identified.command.touch(&mut touched));
        touched
    }
}

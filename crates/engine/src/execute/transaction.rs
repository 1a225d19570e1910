//! Steps 3 to 6 of 8: one transaction for everything that waits for a project, tried again until it is told how it ended.

use super::plan::Plan;
use super::queue::Waiting;
use super::spine::Spine;
use super::submission::{ExecuteError, retry_policy};
use super::{decide, write};
use crate::announce::Committed;
use crate::frame::Frame;
use backon::BackoffBuilder;
use domain::facts::Touched;
use domain::{CommandId, ProjectId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::AsyncPgConnection;
use store::projects::LockedProject;
use store::results::Decided;
use tokio::time::Instant;

/// Runs a batch to its end: every submission in it is told what became of it, or finds its time up by itself.
pub async fn run(spine: &Spine, project: ProjectId, mut batch: Vec<Waiting>) {
    let mut uncertain: Option<Plan> = None;
    let mut memory = Memory::Results;
    let mut delays = retry_policy().build();
    loop {
        if uncertain.is_none() {
            batch.retain(|waiting| waiting.deadline > Instant::now() || !waiting.fate.give_up());
        }
        let Some(latest) = batch.iter().map(|waiting| waiting.deadline).max() else { return };
        let attempting = attempt(spine, project, &batch, memory, &mut uncertain);
        match tokio::time::timeout_at(latest, attempting).await {
            // Every caller in it has given up.
            Err(_) => return,
            Ok(Ok(plan)) => return settle(spine, project, batch, plan),
            Ok(Err(Failed::GivenUp)) => {}
            Ok(Err(Failed::NotHappened)) => batch.iter().for_each(|waiting| waiting.fate.rolled_back()),
            Ok(Err(Failed::Because(error))) if error.may_pass() || uncertain.is_some() => {
                tracing::debug!(project.id = %project, cause = %error, "a transaction is tried again");
                tokio::time::sleep(delays.next().unwrap_or_default()).await;
            }
            Ok(Err(Failed::Because(ExecuteError::UsedBefore))) if memory == Memory::Results => {
                memory = Memory::Log
            }
            Ok(Err(Failed::Because(ExecuteError::Defect(defect)))) if batch.len() > 1 => {
                tracing::error!(project.id = %project, defect, "a batch failed: its halves are tried one by one");
                return halves(spine, project, batch).await;
            }
            Ok(Err(Failed::Because(error))) => {
                return batch.into_iter().for_each(|waiting| waiting.tell(Err(error.clone())));
            }
        }
    }
}

/// A batch that Postgres refuses is halved until the submission at fault runs alone, so only that one fails.
async fn halves(spine: &Spine, project: ProjectId, mut first: Vec<Waiting>) {
    let second = first.split_off(first.len() / 2);
    Box::pin(run(spine, project, first)).await;
    Box::pin(run(spine, project, second)).await;
}

/// Where to look for what was decided for an id before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Memory {
    Results,
    /// In the results and among the events, because the command's result may no longer be kept.
    Log,
}

/// Why an attempt came to nothing.
enum Failed {
    /// A caller's time was up before COMMIT. The batch runs again without that submission.
    GivenUp,
    /// An earlier COMMIT that was not answered did not happen.
    NotHappened,
    Because(ExecuteError),
}

impl<E: Into<ExecuteError>> From<E> for Failed {
    fn from(error: E) -> Failed {
        Failed::Because(error.into())
    }
}

/// One attempt. If its COMMIT is not answered, `uncertain` keeps what it would have done: the next attempt takes the lock,
/// which waits for the old backend's fate, and looks whether its events are there.
async fn attempt(
    spine: &Spine,
    project: ProjectId,
    batch: &[Waiting],
    memory: Memory,
    uncertain: &mut Option<Plan>,
) -> Result<Plan, Failed> {
    let mut conn = store::pool::get(&spine.pool).await?;
    if let Some(earlier) = uncertain.take() {
        let looked = conn.transaction(async |conn| happened(conn, project, &earlier).await).await;
        return match looked {
            Ok(true) => Ok(earlier),
            Ok(false) => Err(Failed::NotHappened),
            Err(error) => {
                *uncertain = Some(earlier);
                Err(Failed::Because(error))
            }
        };
    }
    let mut planned = None;
    let transaction = conn.transaction(async |conn: &AsyncPgConnection| {
        let plan = decide_and_write(conn, project, batch, memory).await?;
        // All submissions are marked as committing, or none is: otherwise a caller could be told that nothing happened while
        // the batch commits.
        let taken = &batch[..plan.answers.len()];
        if taken.iter().filter(|waiting| waiting.fate.commit()).count() < taken.len() {
            return Err(Failed::GivenUp);
        }
        planned = Some(plan);
        Ok(())
    });
    let ended = transaction.await;
    match (ended, planned) {
        (Ok(()), Some(plan)) => Ok(plan),
        // COMMIT failed. A batch that wrote nothing is decided nevertheless, because there was nothing to commit.
        (Err(_), Some(plan)) if !plan.writes() => Ok(plan),
        (Err(error), Some(plan)) => {
            *uncertain = Some(plan);
            Err(error)
        }
        (Err(error), None) => {
            batch.iter().for_each(|waiting| waiting.fate.rolled_back());
            Err(error)
        }
        (Ok(()), None) => Err(ExecuteError::Defect("a transaction without a plan".to_owned()).into()),
    }
}

/// One transaction, read top to bottom: lock and facts in one flight, decisions, writes in another.
async fn decide_and_write(
    conn: &AsyncPgConnection,
    project: ProjectId,
    batch: &[Waiting],
    memory: Memory,
) -> Result<Plan, Failed> {
    let asked = Asked::of(batch);
    let asked_of_log = if memory == Memory::Log { asked.ids.as_slice() } else { &[] };
    let (locked, callers, stored, logged, found) = futures_util::try_join!(
        store::projects::lock(conn, project),
        store::members::callers(conn, project, &asked.sessions),
        store::results::of(conn, project, &asked.ids),
        store::results::of_log(conn, project, asked_of_log),
        store::facts::read(conn, project, &asked.touched),
    )?;
    let locked = locked.ok_or(ExecuteError::NotFound)?;
    let mut decided_earlier = stored;
    decided_earlier.push(creation(&locked));
    decided_earlier.extend(logged);
    let alive = callers.iter().filter(|caller| caller.alive).map(|caller| caller.session).collect();
    let submissions = batch.iter().map(|waiting| &waiting.submission);
    let plan = decide::decide(submissions, &locked, found.under(&locked, &callers), decided_earlier, &alive);
    write::all(conn, &locked, &plan).await?;
    Ok(plan)
}

/// What a batch asks Postgres, each thing once.
#[derive(Default)]
struct Asked {
    sessions: Vec<(UserId, uuid::Uuid)>,
    ids: Vec<(UserId, CommandId)>,
    touched: Touched,
}

impl Asked {
    fn of(batch: &[Waiting]) -> Asked {
        let mut asked = Asked::default();
        let mut sessions = BTreeSet::new();
        for waiting in batch {
            let submission = &waiting.submission;
            sessions.insert((submission.caller.user, submission.caller.sid));
            asked.ids.extend(submission.ids());
            for identified in &submission.commands {
                identified.command.touch(&mut asked.touched);
                identified.command.touch_for(submission.caller.user, &mut asked.touched);
            }
        }
        asked.sessions = sessions.into_iter().collect();
        asked.ids.sort_unstable();
        asked.ids.dedup();
        asked
    }
}

/// The one decision on a project that stands in its row, because there was nothing else yet: its creation used up an id of
/// its creator's too.
fn creation(locked: &LockedProject) -> (UserId, Decided) {
    let current = &locked.0;
    let decided = Decided {
        command_id: current.create_command_id,
        hash: current.create_hash.clone(),
        version: 1,
        event: None,
        resource: None,
        problem: None,
    };
    (current.project.created_by, decided)
}

/// Whether an attempt whose COMMIT was not answered was committed after all. The lock is held, so this is final.
async fn happened(
    conn: &AsyncPgConnection,
    project: ProjectId,
    earlier: &Plan,
) -> Result<bool, ExecuteError> {
    store::projects::lock(conn, project).await?.ok_or(ExecuteError::NotFound)?;
    let ids = earlier.new_ids();
    let (events, results) = futures_util::try_join!(
        store::events::any_of_commands(conn, project, &ids),
        store::results::of(conn, project, &ids),
    )?;
    Ok(events || !results.is_empty())
}

/// Step 6: the listeners are told of the commit. No answer waits for them.
fn settle(spine: &Spine, project: ProjectId, mut batch: Vec<Waiting>, plan: Plan) {
    announce(spine, &plan);
    spine.queues.put_back(project, batch.split_off(plan.answers.len()));
    spine.transactions.inc();
    spine.commands.inc_by(batch.iter().map(|waiting| waiting.submission.commands.len() as u64).sum());
    batch.into_iter().zip(plan.answers).for_each(|(waiting, answer)| waiting.tell(answer));
}

/// Tells the listeners what a plan came to. It is committed.
pub fn announce(spine: &Spine, plan: &Plan) {
    let (Some(first), Some(last)) = (plan.events.first(), plan.events.last()) else { return };
    let project = plan.current.project.id;
    tracing::debug!(project.id = %project, version = last.version, "committed");
    let frames: Vec<Arc<Frame>> =
        plan.events.iter().map(|event| Arc::new(Frame::of(&plan.epoch, event))).collect();
    spine.listeners.tell(&Committed {
        project,
        before: first.version - 1,
        after: last.version,
        frames: &frames,
        concerned: &plan.concerned,
        urgent: plan.is_urgent(),
        change: &|| Some(plan.change()),
    });
}

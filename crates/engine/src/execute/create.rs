//! `POST /projects`: the one command without a project to lock. A command id makes one project at most (`projects::claim`).
//! The primary key of `projects` decides which of two concurrent commands made a project.

use super::outcome::{Outcome, Refusal, Resource, Verdict};
use super::spine::Spine;
use super::submission::{ExecuteError, retry_policy};
use crate::announce::Committed;
use crate::caller::Caller;
use backon::Retryable;
use domain::command::CreateProject;
use domain::event::{Access, Event};
use domain::snapshot::Snapshot;
use domain::time::Moment;
use domain::{CommandId, ProjectId, Rejection, Role};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::AsyncPgConnection;
use store::feeds::{self, Concerns};
use store::log::{NewEvent, NewHead};
use store::projects::NewProject;

/// Makes a project, or finds that this very command has made it before.
///
/// # Errors
/// See [`ExecuteError`].
///
/// # Cancel safety
/// Dropping the future leaves the task running to its end.
pub async fn create_project(
    spine: &Arc<Spine>,
    caller: Caller,
    id: ProjectId,
    command_id: CommandId,
    command: CreateProject,
) -> Result<Outcome, ExecuteError> {
    let running = spine.clone();
    let task = spine.work.spawn(async move {
        let uncertain = AtomicBool::new(false);
        let telling = until_told(&running, &caller, id, command_id, &command, &uncertain);
        match tokio::time::timeout(running.work.deadline(), telling).await {
            Ok(told) => told,
            Err(_) if uncertain.load(Ordering::Relaxed) => Err(ExecuteError::OutcomeUnknown),
            Err(_) => Err(ExecuteError::Unavailable("no answer within the deadline".to_owned())),
        }
    });
    task.await.unwrap_or_else(|error| Err(ExecuteError::Defect(error.to_string())))
}

/// Trying again is safe whatever became of the attempt before, because a repeat finds its own row.
async fn until_told(
    spine: &Spine,
    caller: &Caller,
    id: ProjectId,
    command_id: CommandId,
    command: &CreateProject,
    uncertain: &AtomicBool,
) -> Result<Outcome, ExecuteError> {
    let first = first_event(id, caller, command_id, command);
    let outcome = (|| attempt(spine, caller, &first, command, uncertain))
        .retry(retry_policy())
        .when(ExecuteError::may_pass)
        .notify(|cause, _| tracing::debug!(project.id = %id, %cause, "making a project is tried again"))
        .await?;
    if !outcome.replayed && outcome.event().is_some() {
        // Only the owner's list of projects is announced, because no other client can know of the project yet.
        spine.listeners.tell(&Committed {
            project: id,
            before: 0,
            after: outcome.version,
            frames: &[],
            concerned: &[(caller.user, Concerns::PROJECTS)],
            urgent: false,
            change: &|| None,
        });
    }
    Ok(outcome)
}

async fn attempt(
    spine: &Spine,
    caller: &Caller,
    first: &Event,
    command: &CreateProject,
    uncertain: &AtomicBool,
) -> Result<Outcome, ExecuteError> {
    let mut conn = store::pool::get(&spine.pool).await?;
    conn.transaction(async |conn: &AsyncPgConnection| {
        if !store::sessions::alive(conn, caller.user, caller.sid).await? {
            return Err(ExecuteError::SessionEnded);
        }
        if let Some(rejection) = forbidden(caller) {
            return Ok(refused(first, rejection));
        }
        let hash = command.hash();
        let claimed = store::projects::claim(conn, caller.user, first.command_id, first.project).await?;
        if claimed != first.project {
            return Ok(refused(first, Rejection::IdempotencyKeyReused));
        }
        let body = serde_json::to_string(first).expect("an event is JSON");
        let snapshot =
            Snapshot::begin(store::epochs::fresh(), first).expect("it is project.created at version 1");
        let new = NewProject {
            project: &snapshot.state.project,
            epoch: &snapshot.epoch,
            bytes: i64::try_from(body.len()).unwrap_or(i64::MAX),
            command_id: first.command_id,
            hash: &hash,
        };
        if !store::projects::create(conn, &new).await? {
            return found(conn, caller, first, &hash).await;
        }
        store::members::put(conn, first.project, caller.user, Role::Owner).await?;
        let head = NewHead {
            project: first.project,
            version: 1,
            total_bytes: new.bytes,
            last_number: 0,
            changed_at: first.at,
        };
        store::log::append(conn, head, &[log_entry(first, body.clone())], &[]).await?;
        feeds::raise(conn, &[(caller.user, Concerns::PROJECTS)]).await?;
        // From here on a lost answer leaves open whether it happened.
        uncertain.store(true, Ordering::Relaxed);
        Ok(made(first, body, false))
    })
    .await
}

/// Why this credential makes no project: it may only read, or it is for other projects.
fn forbidden(caller: &Caller) -> Option<Rejection> {
    match caller.may_write() {
        false => Some(Rejection::InsufficientScope),
        true => caller.only().map(|_| Rejection::SessionRequired),
    }
}

/// The id is taken. If the same person made the project by the same command with the same content, the first answer is given
/// again.
async fn found(
    conn: &AsyncPgConnection,
    caller: &Caller,
    asked: &Event,
    hash: &[u8],
) -> Result<Outcome, ExecuteError> {
    let current = store::projects::read(conn, asked.project).await?.ok_or(ExecuteError::NotFound)?;
    if current.project.created_by != caller.user || current.create_command_id != asked.command_id {
        return Ok(refused(asked, Rejection::IdTaken));
    }
    // Membership is judged first, for a repeat too.
    if store::projects::admit(conn, asked.project, caller.user, caller.sid).await?.is_none() {
        return Err(ExecuteError::NotFound);
    }
    if current.create_hash != hash {
        return Ok(refused(asked, Rejection::IdempotencyKeyReused));
    }
    let first = store::events::after(conn, asked.project, 0, 1).await?;
    let body =
        first.into_iter().next().ok_or_else(|| ExecuteError::Defect("a project without events".into()))?;
    let event: Event = serde_json::from_str(&body).map_err(|e| ExecuteError::Defect(e.to_string()))?;
    Ok(made(&event, body, true))
}

fn first_event(id: ProjectId, caller: &Caller, command_id: CommandId, command: &CreateProject) -> Event {
    Event {
        project: id,
        version: 1,
        body: command.event(caller.user).into(),
        at: Moment::now(),
        actor: caller.user,
        command_id,
        via: caller.via().map(str::to_owned),
        undoes: None,
        overrode: Vec::new(),
        reranked: Vec::new(),
    }
}

fn log_entry(first: &Event, body: String) -> NewEvent {
    NewEvent {
        version: 1,
        kind: first.body.kind(),
        access: Access::Granted(first.actor, Role::Owner),
        at: first.at,
        actor: first.actor,
        command_id: first.command_id,
        total_bytes: i64::try_from(body.len()).unwrap_or(i64::MAX),
        body,
        before: None,
        tasks: Vec::new(),
    }
}

/// The answer, the same at every repeat: it shows the project as version 1 made it.
fn made(first: &Event, event: String, replayed: bool) -> Outcome {
    let snapshot = Snapshot::begin(String::new(), first).expect("it is project.created at version 1");
    let resource = Some(Resource::Project(Box::new(snapshot.state.project)));
    Outcome { id: first.command_id, version: 1, verdict: Verdict::Changed { event, resource }, replayed }
}

fn refused(asked: &Event, rejection: Rejection) -> Outcome {
    let verdict = Verdict::Refused(Refusal::Fresh(rejection));
    Outcome { id: asked.command_id, version: 0, verdict, replayed: false }
}

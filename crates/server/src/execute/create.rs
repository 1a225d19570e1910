//! `POST /projects`: the one command without a project to lock. The command's id decides which project it makes, the
//! project's primary key who made it.

use super::{ExecuteError, Outcome, Problem, patiently};
use crate::app::App;
use crate::auth::Caller;
use backon::Retryable;
use domain::command::CreateProject;
use domain::event::{Access, Event};
use domain::snapshot::Snapshot;
use domain::time::Moment;
use domain::{CommandId, ProjectId, Rejection, Role, UserId};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::AsyncPgConnection;
use store::log::{NewEvent, NewHead};
use store::projects::NewRow;
use store::results::Decided;

/// Makes a project, or finds that this very command has made it before.
///
/// # Errors
/// See [`ExecuteError`].
///
/// # Cancel safety
/// Dropping the future leaves the task running to its end.
pub async fn create_project(
    app: &Arc<App>,
    caller: Caller,
    id: ProjectId,
    command_id: CommandId,
    command: CreateProject,
) -> Result<Outcome, ExecuteError> {
    let running = app.clone();
    let deadline = Duration::from_secs(app.config.limits.request_seconds);
    let task = app.spawn(async move {
        let uncertain = AtomicBool::new(false);
        let telling = until_told(&running, &caller, id, command_id, &command, &uncertain);
        match tokio::time::timeout(deadline, telling).await {
            Ok(told) => told,
            Err(_) if uncertain.load(Ordering::Relaxed) => Err(ExecuteError::OutcomeUnknown),
            Err(_) => Err(ExecuteError::Unavailable("no answer within the deadline".to_owned())),
        }
    });
    task.await.unwrap_or_else(|error| Err(ExecuteError::Defect(error.to_string())))
}

/// A repeat finds its own row, so it is safe to try again whatever became of the attempt before.
async fn until_told(
    app: &Arc<App>,
    caller: &Caller,
    id: ProjectId,
    command_id: CommandId,
    command: &CreateProject,
    uncertain: &AtomicBool,
) -> Result<Outcome, ExecuteError> {
    let first = first_event(id, caller.user, command_id, command);
    let outcome = (|| attempt(app, caller, &first, command, uncertain))
        .retry(patiently())
        .when(ExecuteError::may_pass)
        .notify(|cause, _| tracing::debug!(project.id = %id, %cause, "making a project is tried again"))
        .await?;
    if !outcome.replayed && outcome.decided.event.is_some() {
        app.realtime.people_changed();
    }
    Ok(outcome)
}

async fn attempt(
    app: &Arc<App>,
    caller: &Caller,
    first: &Event,
    command: &CreateProject,
    uncertain: &AtomicBool,
) -> Result<Outcome, ExecuteError> {
    let mut conn = store::pool::get(&app.pools.write).await?;
    conn.transaction(async |conn: &AsyncPgConnection| {
        if !store::sessions::alive(conn, caller.user, caller.sid).await? {
            return Err(ExecuteError::SessionEnded);
        }
        let hash = command.hash();
        let claimed = store::projects::claim(conn, caller.user, first.command_id, first.project).await?;
        if claimed != first.project {
            return Ok(refused(first, &hash, &Rejection::IdempotencyKeyReused));
        }
        let body = serde_json::to_string(first).expect("an event is JSON");
        let snapshot =
            Snapshot::begin(store::epochs::fresh(), first).expect("it is project.created at version 1");
        let new = NewRow {
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
        store::users::raise_feed_version(conn, &[caller.user]).await?;
        // From here on a lost answer leaves open whether it happened.
        uncertain.store(true, Ordering::Relaxed);
        Ok(Outcome { decided: made(first, &hash, body), replayed: false })
    })
    .await
}

/// The id exists: by the same person with the same command and content it is the first answer again.
async fn found(
    conn: &AsyncPgConnection,
    caller: &Caller,
    asked: &Event,
    hash: &[u8],
) -> Result<Outcome, ExecuteError> {
    let current = store::projects::read(conn, asked.project).await?.ok_or(ExecuteError::NotFound)?;
    if current.project.created_by != caller.user || current.create_command_id != asked.command_id {
        return Ok(refused(asked, hash, &Rejection::IdTaken));
    }
    // Membership is judged first, for a repeat too.
    if store::projects::admit(conn, asked.project, caller.user, caller.sid).await?.is_none() {
        return Err(ExecuteError::NotFound);
    }
    if current.create_hash != hash {
        return Ok(refused(asked, hash, &Rejection::IdempotencyKeyReused));
    }
    let first = store::events::after(conn, asked.project, 0, 1).await?;
    let body =
        first.into_iter().next().ok_or_else(|| ExecuteError::Defect("a project without events".into()))?;
    let event: Event = serde_json::from_str(&body).map_err(|e| ExecuteError::Defect(e.to_string()))?;
    Ok(Outcome { decided: made(&event, hash, body), replayed: true })
}

fn first_event(id: ProjectId, owner: UserId, command_id: CommandId, command: &CreateProject) -> Event {
    Event {
        project: id,
        version: 1,
        body: command.event(owner).into(),
        at: Moment::now(),
        actor: owner,
        command_id,
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
fn made(first: &Event, hash: &[u8], body: String) -> Decided {
    let snapshot = Snapshot::begin(String::new(), first).expect("it is project.created at version 1");
    Decided {
        command_id: first.command_id,
        hash: hash.to_vec(),
        version: 1,
        event: Some(body),
        resource: Some(json!({"project": snapshot.state.project}).to_string()),
        problem: None,
    }
}

fn refused(asked: &Event, hash: &[u8], rejection: &Rejection) -> Outcome {
    let decided = Decided {
        command_id: asked.command_id,
        hash: hash.to_vec(),
        version: 0,
        event: None,
        resource: None,
        problem: Some(Problem::from(rejection).to_json()),
    };
    Outcome { decided, replayed: false }
}

//! `POST …/commands`: a batch, atomic or each on its own; the same over the socket.

use crate::api::request;
use crate::app::{App, Routes, at, post};
use crate::auth::Caller;
use crate::body;
use crate::error::ApiError;
use crate::execute::{self, Answer, BatchKey, Identified, Mode, Outcome, Problem, Submission};
use crate::openapi;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::command::{Command, fresh_id};
use domain::json::{FieldProblem, Fields, Invalid, Refused, boolean};
use domain::{CommandId, ProjectId};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;

/// Most commands of a batch.
const MOST_COMMANDS: usize = 500;

pub fn routes(routes: &mut Routes) {
    routes.service(at("/projects/{project}/commands", [post(run, openapi::batch())]));
}

async fn run(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let body = body::read(&request, payload, app.config.limits.commands_body_bytes).await?;
    let key = request::idempotency_key(&request)?;
    let (answer, replayed) =
        execute_batch(&app.into_inner(), caller, project, Fields::of(body)?, key).await?;
    let mut response = HttpResponse::Ok();
    if replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.json(answer))
}

/// The rpc method `commands`: `{project, commands, atomic?}`.
///
/// # Errors
/// What HTTP would answer.
pub async fn over_socket(app: &Arc<App>, caller: Caller, data: Value) -> Result<Value, ApiError> {
    let mut fields = Fields::of(data)?;
    let project = fields.required("project", ProjectId::read);
    let Some(project) = project else {
        return Err(fields.finish().expect_err("the project was refused").into());
    };
    let (answer, _) = execute_batch(app, caller, project, fields, None).await?;
    serde_json::to_value(answer).map_err(|error| ApiError::internal(error.to_string()))
}

async fn execute_batch(
    app: &Arc<App>,
    caller: Caller,
    project: ProjectId,
    fields: Fields,
    key: Option<CommandId>,
) -> Result<(BatchAnswer, bool), ApiError> {
    let (commands, mode) = read(fields, key)?;
    let batch = key.map(|id| BatchKey { id, hash: hash(&commands, mode) });
    let submission = Submission { project, caller, commands, mode, batch };
    match execute::execute(app, submission).await? {
        Answer::Refused { index, problem, replayed } => Err(refused(index, problem, replayed)),
        Answer::Decided { outcomes, version, replayed } => {
            Ok((BatchAnswer::of(&outcomes, version, mode)?, replayed))
        }
    }
}

fn read(mut fields: Fields, key: Option<CommandId>) -> Result<(Vec<Identified>, Mode), ApiError> {
    let commands = fields.required("commands", |value| match value {
        Value::Array(items) if items.len() <= MOST_COMMANDS => Ok(items),
        Value::Array(_) => {
            Err(Refused { code: "too_many_commands", detail: format!("at most {MOST_COMMANDS}") })
        }
        _ => Err(Refused::not_a("a list of commands")),
    });
    let atomic = fields.optional("atomic", boolean).unwrap_or(true);
    fields.finish()?;
    let mut read = Vec::new();
    let mut errors: Vec<FieldProblem> = Vec::new();
    for (index, value) in commands.unwrap_or_default().into_iter().enumerate() {
        match Command::read(value) {
            Ok((_, Some(_))) if key.is_some() => {
                let detail = "Idempotency-Key sets the ids of all commands; leave command_id out.";
                return Err(ApiError::new("command_id_twice", detail));
            }
            Ok((command, own)) => {
                read.push(identified(command, own.or(key.map(|key| request::id_at(key, index)))))
            }
            Err(invalid) => errors.extend(invalid.below(&format!("/commands/{index}")).errors),
        }
    }
    if !errors.is_empty() {
        return Err(Invalid { errors }.into());
    }
    Ok((read, if atomic { Mode::Atomic } else { Mode::Each }))
}

fn identified(command: Command, id: Option<CommandId>) -> Identified {
    Identified { command, id: id.unwrap_or_else(fresh_id), repeatable: id.is_some(), if_match: None }
}

fn hash(commands: &[Identified], mode: Mode) -> [u8; 32] {
    let commands: Vec<&Command> = commands.iter().map(|identified| &identified.command).collect();
    domain::digest::hash(&json!({"commands": commands, "atomic": mode == Mode::Atomic}))
}

fn refused(index: usize, problem: Problem, replayed: bool) -> ApiError {
    let error = ApiError::from(problem).with("index", json!(index));
    match replayed {
        true => {
            error.header(actix_web::http::header::HeaderName::from_static("idempotency-replayed"), "true")
        }
        false => error,
    }
}

/// What a batch is answered with. Events are the log's own bytes.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum BatchAnswer {
    Atomic { version: i64, events: Vec<Box<RawValue>> },
    Each { version: i64, results: Vec<ResultOf> },
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum ResultOf {
    Decided { version: i64, event: Option<Box<RawValue>> },
    Refused { problem: Value },
}

impl BatchAnswer {
    fn of(outcomes: &[Outcome], version: i64, mode: Mode) -> Result<BatchAnswer, ApiError> {
        Ok(match mode {
            Mode::Atomic => {
                let events = outcomes.iter().filter_map(|outcome| event(outcome).transpose());
                BatchAnswer::Atomic { version, events: events.collect::<Result<_, _>>()? }
            }
            Mode::Each => {
                let results = outcomes.iter().map(result).collect::<Result<_, _>>()?;
                BatchAnswer::Each { version, results }
            }
        })
    }
}

fn result(outcome: &Outcome) -> Result<ResultOf, ApiError> {
    Ok(match &outcome.decided.problem {
        Some(problem) => ResultOf::Refused { problem: ApiError::from(Problem::stored(problem)).document() },
        None => ResultOf::Decided { version: outcome.decided.version, event: event(outcome)? },
    })
}

fn event(outcome: &Outcome) -> Result<Option<Box<RawValue>>, ApiError> {
    let event = outcome.decided.event.clone().map(RawValue::from_string).transpose();
    event.map_err(|error| ApiError::internal(error.to_string()))
}

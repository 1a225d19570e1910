//! The answer to a write: `{version, events, <resource>}`, put together from JSON that was encoded when it was decided.

use crate::api::request;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::execute::{self, Answer, Identified, Mode, Outcome, Problem, Submission};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use domain::command::{Command, fresh_id};
use serde::Deserialize;
use serde_json::Value;

/// Executes the one command of an endpoint and answers it. `created`: the path of what it makes, from the resource.
///
/// # Errors
/// The rule that refused it, or why there is no answer.
pub async fn write(
    request: &HttpRequest,
    app: &web::Data<App>,
    caller: Caller,
    project: ProjectId,
    command: Command,
    created: Option<fn(ProjectId, &Value) -> String>,
) -> Result<HttpResponse, ApiError> {
    let key = request::idempotency_key(request)?;
    let if_match = request::if_match(request)?;
    if if_match.is_some() && command.task().is_none() {
        return Err(ApiError::new(
            "malformed_request",
            "If-Match is understood for changes of one task only.",
        ));
    }
    let one = Identified { command, id: key.unwrap_or_else(fresh_id), repeatable: key.is_some(), if_match };
    let submission = Submission { project, caller, commands: vec![one], mode: Mode::Each, batch: None };
    match execute::execute(&app.clone().into_inner(), submission).await? {
        Answer::Decided { outcomes, .. } => {
            let outcome = outcomes.into_iter().next();
            let outcome = outcome.ok_or_else(|| ApiError::internal("a command without an outcome"))?;
            of_outcome(
                &outcome,
                if_match.is_some(),
                created.map(|path| move |made: &Value| path(project, made)),
            )
        }
        Answer::Refused { problem, .. } => Err(problem.into()),
    }
}

/// The answer to one decided command.
///
/// # Errors
/// Its refusal.
pub fn of_outcome(
    outcome: &Outcome,
    preconditioned: bool,
    created: Option<impl FnOnce(&Value) -> String>,
) -> Result<HttpResponse, ApiError> {
    let decided = &outcome.decided;
    if let Some(problem) = &decided.problem {
        return Err(refusal(Problem::stored(problem), preconditioned, outcome.replayed));
    }
    let resource = decided.resource.as_deref().unwrap_or("{}");
    let location = match created.filter(|_| decided.event.is_some()) {
        Some(path) => read::<Value>(resource)?.as_object().and_then(|named| named.values().next()).map(path),
        None => None,
    };
    let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
    if let Some(Versioned { version }) = read::<Named>(resource)?.task {
        response.insert_header(request::task_tag(version));
    }
    if outcome.replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.content_type("application/json").body(body(decided, resource)))
}

/// What the headers of an answer say of its resource. The rest is not looked at: it goes out as it was decided.
#[derive(Deserialize)]
struct Named {
    task: Option<Versioned>,
}

#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

fn read<'a, T: Deserialize<'a>>(resource: &'a str) -> Result<T, ApiError> {
    serde_json::from_str(resource).map_err(|error| ApiError::internal(error.to_string()))
}

fn body(decided: &store::results::Decided, resource: &str) -> String {
    let event = decided.event.as_deref().unwrap_or_default();
    let rest = resource.strip_prefix('{').filter(|rest| *rest != "}");
    let comma = if rest.is_some() { "," } else { "" };
    format!(r#"{{"version":{},"events":[{event}]{comma}{}"#, decided.version, rest.unwrap_or("}"))
}

/// A precondition of the request that failed is 412 (RFC 9110 §15.5.13), one of the command 409.
fn refusal(mut problem: Problem, preconditioned: bool, replayed: bool) -> ApiError {
    if preconditioned && problem.code == "stale" {
        problem.status = StatusCode::PRECONDITION_FAILED.as_u16();
    }
    // Where one command has an endpoint of its own, what it sets stands at the top level of the body.
    for error in problem.extensions.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(pointer) = error["pointer"].as_str().and_then(|pointer| pointer.strip_prefix("/set")) {
            error["pointer"] = Value::String(pointer.to_owned());
        }
    }
    let error = ApiError::from(problem);
    match replayed {
        true => error.header(header::HeaderName::from_static("idempotency-replayed"), "true"),
        false => error,
    }
}

/// An id in a resource, for a path.
pub fn id_in<'a>(resource: &'a Value, name: &str) -> &'a str {
    resource[name].as_str().unwrap_or_default()
}

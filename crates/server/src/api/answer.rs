//! The answer to a write: `{version, events, <resource>}`.

use crate::api::request;
use crate::app::App;
use crate::error::ApiError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::command::{Command, fresh_id};
use domain::{ProjectId, Version};
use engine::Caller;
use engine::execute::{Answer, Identified, Mode, Outcome, Resource, Submission, Verdict};
use serde::Deserialize;
use std::collections::BTreeMap;

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
    created: Option<fn(ProjectId, &Made) -> String>,
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
    match app.engine.submit(submission).await? {
        Answer::Decided { outcomes, .. } => {
            let outcome = outcomes.into_iter().next();
            let outcome = outcome.ok_or_else(|| ApiError::internal("a command without an outcome"))?;
            let path = created.map(|path| move |made: &Made| path(project, made));
            of_outcome(&outcome, path)
        }
        Answer::Refused { refusal, .. } => Err(ApiError::refused(&refusal)),
    }
}

/// The answer to one decided command.
///
/// # Errors
/// Its refusal.
pub fn of_outcome(
    outcome: &Outcome,
    created: Option<impl FnOnce(&Made) -> String>,
) -> Result<HttpResponse, ApiError> {
    let (event, resource) = match &outcome.verdict {
        Verdict::Refused(refusal) => {
            return Err(ApiError::refused(refusal).with_set_at_top().replayed(outcome.replayed));
        }
        Verdict::Changed { event, resource } => (Some(event.as_str()), resource.as_ref()),
        Verdict::Unchanged { resource } => (None, resource.as_ref()),
    };
    let location = match created.filter(|_| event.is_some()) {
        Some(path) => resource.map(Made::of).transpose()?.flatten().map(|made| path(&made)),
        None => None,
    };
    let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
    if let Some(version) = resource.map(task_version).transpose()?.flatten() {
        response.insert_header(request::task_tag(version));
    }
    if outcome.replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.content_type("application/json").body(body(outcome.version, event, resource)))
}

/// What the address of something that was made consists of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Made {
    pub id: String,
    pub user: String,
    pub task: String,
    pub on: String,
    pub kind: String,
}

impl Made {
    fn of(resource: &Resource) -> Result<Option<Made>, ApiError> {
        Ok(match resource {
            Resource::Project(project) => Some(Made { id: project.id.to_string(), ..Made::default() }),
            Resource::Member { user, .. } => Some(Made { user: user.to_string(), ..Made::default() }),
            Resource::Task(task) => {
                task.as_ref().map(|task| Made { id: task.id.to_string(), ..Made::default() })
            }
            Resource::Comment(comment) => comment.as_ref().map(|comment| Made {
                id: comment.id.to_string(),
                task: comment.task.to_string(),
                ..Made::default()
            }),
            Resource::Dependency(edge) => Some(Made {
                task: edge.task.to_string(),
                on: edge.on.to_string(),
                kind: edge.kind.as_str().to_owned(),
                ..Made::default()
            }),
            Resource::Label(_) | Resource::Field(_) => None,
            Resource::Stored(text) => read::<BTreeMap<String, Made>>(text)?.into_values().next(),
        })
    }
}

/// What the headers of an answer say of its resource, if that is a task.
fn task_version(resource: &Resource) -> Result<Option<Version>, ApiError> {
    Ok(match resource {
        Resource::Task(task) => task.as_ref().map(|task| task.version),
        Resource::Stored(text) => read::<Named>(text)?.task.map(|task| task.version),
        Resource::Project(_)
        | Resource::Member { .. }
        | Resource::Comment(_)
        | Resource::Dependency(_)
        | Resource::Label(_)
        | Resource::Field(_) => None,
    })
}

/// The members of an earlier answer's resource that headers need. The resource itself goes out in the bytes that it had.
#[derive(Deserialize)]
struct Named {
    task: Option<Versioned>,
}

#[derive(Deserialize)]
struct Versioned {
    version: Version,
}

fn read<'a, T: Deserialize<'a>>(resource: &'a str) -> Result<T, ApiError> {
    serde_json::from_str(resource).map_err(|error| ApiError::internal(error.to_string()))
}

fn body(version: Version, event: Option<&str>, resource: Option<&Resource>) -> String {
    let event = event.unwrap_or_default();
    let resource = resource.map(Resource::to_json);
    let rest = resource.as_deref().and_then(|named| named.strip_prefix('{')).filter(|rest| *rest != "}");
    let comma = if rest.is_some() { "," } else { "" };
    format!(r#"{{"version":{version},"events":[{event}]{comma}{}"#, rest.unwrap_or("}"))
}

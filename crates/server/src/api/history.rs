//! `…/activity` and `…/diff`: the log for people, and what is different between two versions.

use crate::api::events::resync;
use crate::api::page::{self, Query};
use crate::api::request::{self, snapshot_tag};
use crate::app::{App, Routes, at, get};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::history;
use crate::openapi::{list, named, object, op, version};
use actix_web::http::header::{self, ETag};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::activity::Change;
use domain::before::Before;
use domain::event::{Event, EventBody};
use domain::json::MAX_INTEGER;
use domain::time::Moment;
use domain::{CommentId, ProjectId, TaskId, UserId, Version, diff};
use serde::Serialize;
use serde_json::json;
use store::history::{Entry, Part};
use store::projects::Admission;

/// A page of the activity ends after about so many bytes of events, whatever its limit.
const PAGE_BYTES: i64 = 4 << 20;

pub fn routes(routes: &mut Routes) {
    let task = json!({"type": "string", "description": "A task's id or number."});
    let flag = json!({"type": "boolean", "default": false});
    let lists = op("Who changed what, from what to what; newest first")
        .query("task", task, "Only what concerns this task.")
        .query("watching", flag, "Also who began or ceased to follow a task.")
        .paged()
        .answers(200, "A page.", list(named("Activity"), true), "activity");
    routes.service(at("/projects/{project}/activity", [get(activity, lists)]));
    let at_version = |name| (name, version());
    let members = json!({
        "epoch": {"type": "string"}, "from": version(), "to": version(), "diff": named("Diff"),
    });
    let [(from, from_schema), (to, to_schema)] = ["from", "to"].map(at_version);
    let compares = op("What is different between two versions")
        .required_query(from, from_schema, "The one version.")
        .required_query(to, to_schema, "The other one; it may be the older.")
        .answers(200, "The difference.", object(members), "diff")
        .problem(409, &["resync"]);
    routes.service(at("/projects/{project}/diff", [get(compare, compares)]));
}

/// An event as people read it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Activity {
    pub version: Version,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub at: Moment,
    pub actor: UserId,
    /// The version of the event that this one undid.
    pub undoes: Option<Version>,
    /// The tasks it concerns.
    pub tasks: Vec<TaskId>,
    pub comment: Option<CommentId>,
    /// The member it concerns.
    pub user: Option<UserId>,
    pub changes: Vec<Change>,
}

impl Activity {
    fn of(entry: &Entry) -> Result<Activity, ApiError> {
        let unreadable = |error: serde_json::Error| ApiError::internal(format!("an event: {error}"));
        let event: Event = serde_json::from_str(&entry.event).map_err(unreadable)?;
        let before = entry.before.as_deref().map(serde_json::from_str::<Before>).transpose();
        let before = before.map_err(unreadable)?;
        Ok(Activity {
            version: event.version,
            kind: event.body.kind(),
            at: event.at,
            actor: event.actor,
            undoes: event.undoes,
            tasks: event.body.concerns(),
            comment: event.body.comment(),
            user: event.body.user(),
            changes: event.activity(before.as_ref()),
        })
    }
}

async fn activity(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let limit = query.limit()?;
    let task = match query.text("task")? {
        Some(task) => Some(request::task(&app, &caller, project, &task).await?),
        None => None,
    };
    let filters = format!("activity {}", task.map(|task| task.to_string()).unwrap_or_default());
    let below = query.version_cursor(&filters)?.unwrap_or(Version::MAX);
    let without: &[&str] = if query.flag("watching")? { &[] } else { EventBody::QUIET };
    query.finish()?;
    let state = app.clone();
    let (admission, (entries, more)) = app
        .ask(async move {
            let conn = state.read().await?;
            let admission = request::admitted(&conn, &caller, project).await?;
            if let Some(task) = task
                && store::tasks::by_ids(&conn, project, &[task.0]).await?.is_empty()
            {
                return Err(ApiError::not_found());
            }
            let part = Part { project, task, below, without };
            Ok((admission, store::history::newest(&conn, part, limit, PAGE_BYTES).await?))
        })
        .await?;
    let items = entries.iter().map(Activity::of).collect::<Result<Vec<_>, _>>()?;
    let last = items.last().filter(|_| more);
    let next_cursor = last.map(|last| page::version_cursor(&filters, last.version));
    Ok(HttpResponse::Ok()
        .json(json!({"version": admission.version, "items": items, "next_cursor": next_cursor})))
}

/// The project as it was at one version, which never changes while the epoch lasts.
///
/// # Errors
/// 409 `resync` for a version that is not there yet.
pub async fn snapshot(
    request: &HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    project: ProjectId,
    version: Version,
) -> Result<HttpResponse, ApiError> {
    let has = request::if_none_match(request);
    let state = app.clone();
    let (tag, body) = app
        .ask(async move {
            let admission = admitted(&state, caller, project, version).await?;
            let tag = snapshot_tag(&admission.epoch, version);
            if has.iter().any(|other| other.weak_eq(&tag)) {
                return Ok((tag, None));
            }
            let snapshot = history::at(&state, project, &admission.epoch, version).await?;
            let encoded = tokio::task::block_in_place(|| serde_json::to_vec(&snapshot));
            Ok((tag, Some(encoded.map_err(|error| ApiError::internal(error.to_string()))?)))
        })
        .await?;
    let mut response = if body.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
    response.insert_header(ETag(tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    Ok(match body {
        Some(body) => response.content_type("application/json").body(body),
        None => response.finish(),
    })
}

/// What a member may see of a project whose log has reached `version`.
async fn admitted(
    app: &App,
    caller: Caller,
    project: ProjectId,
    version: Version,
) -> Result<Admission, ApiError> {
    let conn = app.read().await?;
    let admission = request::admitted(&conn, &caller, project).await?;
    if version > admission.version {
        return Err(resync(&admission.epoch, admission.version));
    }
    Ok(admission)
}

async fn compare(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let versions = [query.number("from", 1..=MAX_INTEGER)?, query.number("to", 1..=MAX_INTEGER)?];
    query.finish()?;
    let [Some(from), Some(to)] = versions else {
        return Err(ApiError::new("invalid_query", "from and to are needed."));
    };
    let state = app.clone();
    let answer = app
        .ask(async move {
            let admission = admitted(&state, caller, project, from.max(to)).await?;
            let was = history::at(&state, project, &admission.epoch, from).await?;
            let is = history::at(&state, project, &admission.epoch, to).await?;
            let diff = tokio::task::block_in_place(|| diff::between(&was, &is));
            Ok(json!({"epoch": admission.epoch, "from": from, "to": to, "diff": diff}))
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}

//! `…/activity` and `…/diff`: the log for people, and what is different between two versions.

use crate::activity::Activity;
use crate::api::page::{self, Query};
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{list, named, object, op, version};
use crate::routing::{Routes, at, get};
use actix_web::http::header::{self, ETag};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::event::EventBody;
use domain::json::MAX_INTEGER;
use domain::{ProjectId, Version};
use engine::Caller;
use engine::read::{ActivityBelow, Compared, Comparison, OldProject};
use serde_json::json;

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

async fn activity(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
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
    let found = app.engine.read(ActivityBelow { caller, project, task, below, without, limit }).await?;
    let items: Vec<Activity> =
        found.events.iter().map(|(event, before)| Activity::of(event, before.as_ref())).collect();
    let last = items.last().filter(|_| found.more);
    let next_cursor = last.map(|last| page::version_cursor(&filters, last.version));
    Ok(HttpResponse::Ok().json(json!({"version": found.version, "items": items, "next_cursor": next_cursor})))
}

/// The project as it was at one version, which never changes while the epoch lasts.
///
/// # Errors
/// 409 `resync` for a version that is not there yet.
pub async fn snapshot(
    request: &HttpRequest,
    app: &App,
    caller: Caller,
    project: ProjectId,
    version: Version,
) -> Result<HttpResponse, ApiError> {
    let known = request::known_snapshots(request).into_iter();
    let known = known.filter(|(_, named)| *named == version).map(|(epoch, _)| epoch).collect();
    let (epoch, body) = app.engine.read(OldProject { caller, project, version, known }).await?;
    let tag = request::snapshot_tag(&epoch, version);
    let body = body.filter(|_| !request::knows_any(request));
    let mut response = if body.is_some() { HttpResponse::Ok() } else { HttpResponse::NotModified() };
    response.insert_header(ETag(tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    Ok(match body {
        Some(body) => response.content_type("application/json").body(body),
        None => response.finish(),
    })
}

async fn compare(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let versions = [query.number("from", 1..=MAX_INTEGER)?, query.number("to", 1..=MAX_INTEGER)?];
    query.finish()?;
    let [Some(from), Some(to)] = versions else {
        return Err(ApiError::new("invalid_query", "The query parameters from and to are required."));
    };
    let show = move |Compared { epoch, diff }| json!({"epoch": epoch, "from": from, "to": to, "diff": diff});
    let question = Comparison { caller, project, from, to };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(question, show).await?))
}

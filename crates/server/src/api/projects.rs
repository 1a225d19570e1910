//! `/projects`: the list, and a project's own fields.

use crate::api::answer::{self, Made};
use crate::api::page::{self, PageEnd, Query};
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::body::{JsonBody, OptionalBody};
use crate::error::ApiError;
use crate::openapi::{self, change, command, list as list_of, named, object, op};
use crate::routing::{Routes, at, delete, get, patch, post};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::command::{CreateProject, fresh_id};
use domain::json::Fields;
use domain::{ProjectId, Role};
use engine::read::{OneProject, OwnProjects, ShownProject, Summary};
use serde_json::{Value, json};
use std::cmp::Reverse;

pub fn routes(routes: &mut Routes) {
    let flag = || json!({"type": "boolean", "default": false});
    let lists = op("Own projects, newest change first")
        .query("deleted", flag(), "Those in the bin that you own, archived or not.")
        .query("archived", flag(), "Those that are archived; with `deleted`, of those in the bin.")
        .paged()
        .answers(200, "A page.", list_of(listed_schema(), false), "projects");
    let (body, example) = openapi::create_project();
    let creates = op("Makes a project; you become its owner")
        .idempotent()
        .with_body(body, example)
        .writes("project", "Project", true)
        .problem(409, &["id_taken"])
        .problem(422, &["idempotency_key_reused"]);
    routes.service(at("/projects", [get(list, lists), post(create, creates)]));
    let shown = object(json!({
        "epoch": {"type": "string"}, "version": openapi::version(), "role": named("Role"), "project": named("Project"),
    }));
    let shows = op("A project's own fields").answers(200, "The project.", shown, "one_project");
    let updates = change("project.update", "Changes them", &[]).writes("project", "Project", false);
    let removes = command("project.delete", "Puts the project into the bin", &[])
        .without_body()
        .writes("project", "Project", false);
    routes.service(at(
        "/projects/{project}",
        [get(show, shows), patch(update, updates), delete(remove, removes)],
    ));
    let restores = command("project.restore", "Takes it out again", &[]).writes("project", "Project", false);
    routes.service(at("/projects/{project}/restore", [post(restore, restores)]));
}

async fn create(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let command = CreateProject::read(Fields::of(body)?)?;
    let key = request::idempotency_key(&request)?;
    let command_id = key.unwrap_or_else(fresh_id);
    let id = command.id.unwrap_or_else(|| request::project_of_key(caller.user, command_id));
    let made = app.engine.create_project(caller, id, command_id, command).await?;
    let path = |made: &Made| format!("/api/v1/projects/{}", made.id);
    answer::of_outcome(&made, Some(path))
}

async fn list(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let (deleted, archived, limit) = (query.flag("deleted")?, query.flag("archived")?, query.limit()?);
    let filters = format!("projects deleted={deleted} archived={archived}");
    let after = query.cursor(&filters)?.map(|place| (place.at, ProjectId(place.id)));
    query.finish()?;
    let mut found = app.engine.read(OwnProjects { caller }).await?;
    found.retain(|(summary, role)| {
        // The bin has archived projects too.
        let shown = summary.deleted == deleted && (summary.archived == archived || deleted && !archived);
        let follows = after.is_none_or(|after| (summary.changed_at, summary.id) < after);
        shown && follows && (!deleted || *role == Role::Owner)
    });
    found.sort_by_key(|(summary, _)| Reverse((summary.changed_at, summary.id)));
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more).map(|(summary, _)| summary);
    let next_cursor = last.map(|last| page::cursor(&filters, PageEnd { at: last.changed_at, id: last.id.0 }));
    let items: Vec<Value> = found.iter().map(|(summary, role)| item(summary, *role)).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next_cursor})))
}

fn listed_schema() -> Value {
    let text = json!({"type": "string"});
    object(json!({
        "id": named("ProjectId"), "key": named("ProjectKey"), "name": named("Name"), "role": named("Role"),
        "version": openapi::version(), "task_counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "changed_at": text, "archived": {"type": "boolean"}, "deleted": {"type": "boolean"},
    }))
}

fn item(summary: &Summary, role: Role) -> Value {
    json!({
        "id": summary.id,
        "key": summary.key,
        "name": summary.name,
        "role": role,
        "version": summary.version,
        "task_counts": summary.task_counts,
        "changed_at": summary.changed_at,
        "archived": summary.archived,
        "deleted": summary.deleted,
    })
}

async fn show(
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let ShownProject { role, current } = app.engine.read(OneProject { caller, project }).await?;
    Ok(HttpResponse::Ok().json(json!({
        "epoch": current.epoch,
        "version": current.version,
        "role": role,
        "project": current.project,
    })))
}

async fn update(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let command = request::change("project.update", body, &[], &[])?;
    answer::write(&request, &app, caller, project, command, None).await
}

async fn remove(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let command = request::command("project.delete", json!({}), &[])?;
    answer::write(&request, &app, caller, project, command, None).await
}

async fn restore(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let command = request::command("project.restore", body, &[])?;
    answer::write(&request, &app, caller, project, command, None).await
}

//! `…/tasks`: one task at a time.

use crate::api::answer::{self, Made};
use crate::api::{lists, request};
use crate::app::App;
use crate::auth::Bearer;
use crate::body::{JsonBody, OptionalBody};
use crate::error::ApiError;
use crate::openapi::{self, change, command, named, object, op};
use crate::routing::{Routes, at, delete, get, patch, post};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use engine::Caller;
use engine::read::{OneTask, ShownTask, WatchersOfTask};
use serde_json::{Value, json};

pub fn routes(routes: &mut Routes) {
    let creates = command("task.create", "Makes a task", &[]).writes("task", "Task", true);
    routes.service(at(
        "/projects/{project}/tasks",
        [get(lists::list, lists::operation()), post(create, creates)],
    ));
    let watching = json!({"type": "boolean", "description": "Whether you follow it."});
    let archived_at = json!({"type": ["string", "null"], "format": "date-time", "description": "`null`: it is not archived."});
    let archived_by = json!({"anyOf": [named("UserId"), {"type": "null"}]});
    let one = object(json!({"version": openapi::version(), "task": named("Task"), "watching": watching,
                            "archived_at": archived_at, "archived_by": archived_by}));
    let shows = op("One task")
        .answers(200, "The task.", one, "one_task")
        .answers_header("etag", "Its version in quotes.")
        .answers_empty(304, "It is at the version that `If-None-Match` names, and not archived.");
    let updates =
        change("task.update", "Changes a task", &["task"]).conditional().writes("task", "Task", false);
    let removes = on_task_op("task.delete", "Puts a task into the bin").without_body();
    routes.service(at(
        "/projects/{project}/tasks/{task}",
        [get(show, shows), patch(update, updates), delete(remove, removes)],
    ));
    let moves = on_task_op("task.move", "Puts a task elsewhere in the order, or into another column");
    routes.service(at("/projects/{project}/tasks/{task}/move", [post(move_task, moves)]));
    let user = object(json!({"user": named("UserId")}));
    let follow = op("Who follows a task").answers(200, "All of them.", openapi::list(user, true), "watchers");
    routes.service(at("/projects/{project}/tasks/{task}/watchers", [get(watchers, follow)]));
    let restores = on_task_op("task.restore", "Takes a task out of the bin");
    routes.service(at("/projects/{project}/tasks/{task}/restore", [post(restore, restores)]));
    let archives = on_task_op("task.archive", "Puts a task into the archive");
    routes.service(at("/projects/{project}/tasks/{task}/archive", [post(archive, archives)]));
    let unarchives = on_task_op("task.unarchive", "Takes a task out of the archive");
    routes.service(at("/projects/{project}/tasks/{task}/unarchive", [post(unarchive, unarchives)]));
}

fn on_task_op(kind: &str, summary: &'static str) -> openapi::Operation {
    command(kind, summary, &["task"]).conditional().writes("task", "Task", false)
}

async fn create(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let command = request::command("task.create", body, &[])?;
    let path = |project: ProjectId, task: &Made| format!("/api/v1/projects/{project}/tasks/{}", task.id);
    answer::write(&request, &app, caller, project, command, Some(path)).await
}

async fn show(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(&app, &caller, project, &path.1).await?;
    let shown = app.engine.read(OneTask { caller, project, task }).await?;
    let ShownTask { version, task, watching, archived } = shown;
    let tag = request::task_tag(task.version);
    // The tag is the task's own, and tells nothing of the archive.
    if archived.is_none() && request::knows(&request, &tag.0) {
        return Ok(HttpResponse::NotModified().insert_header(tag).finish());
    }
    let (archived_at, archived_by) =
        (archived.map(|archived| archived.at), archived.map(|archived| archived.by));
    Ok(HttpResponse::Ok().insert_header(tag).json(json!({
        "version": version, "task": task, "watching": watching, "archived_at": archived_at, "archived_by": archived_by,
    })))
}

async fn watchers(
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(&app, &caller, project, &path.1).await?;
    let (version, users) = app.engine.read(WatchersOfTask { caller, project, task }).await?;
    let items: Vec<Value> = users.iter().map(|user| json!({"user": user})).collect();
    Ok(HttpResponse::Ok().json(json!({"version": version, "items": items, "next_cursor": null})))
}

async fn update(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(&app, &caller, project, &path.1).await?;
    let from_path = [("task", task.to_string())];
    let command = request::change("task.update", body, &["add", "remove", "expect", "override"], &from_path)?;
    answer::write(&request, &app, caller, project, command, None).await
}

async fn move_task(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    on_task("task.move", &request, &path, &app, caller, body).await
}

async fn remove(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    on_task("task.delete", &request, &path, &app, caller, json!({})).await
}

async fn restore(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    on_task("task.restore", &request, &path, &app, caller, body).await
}

async fn archive(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    on_task("task.archive", &request, &path, &app, caller, body).await
}

async fn unarchive(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    on_task("task.unarchive", &request, &path, &app, caller, body).await
}

async fn on_task(
    kind: &str,
    request: &HttpRequest,
    path: &(String, String),
    app: &web::Data<App>,
    caller: Caller,
    body: Value,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(app, &caller, project, &path.1).await?;
    let command = request::command(kind, body, &[("task", task.to_string())])?;
    answer::write(request, app, caller, project, command, None).await
}

//! `…/tasks/{task}/dependencies/{on}`: edges between tasks. The snapshot lists them.

use crate::api::answer::{self, Made};
use crate::api::page::Query;
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{self, command};
use crate::routing::{Routes, at, delete, put};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use domain::command::Command;
use domain::dependency::Kind;
use engine::Caller;
use serde_json::json;

pub fn routes(routes: &mut Routes) {
    let changes = |kind: &str, summary, makes| {
        let kinds = json!({"type": "string", "enum": ["blocks", "relates"], "default": "blocks"});
        let operation: openapi::Operation = command(kind, summary, &["task", "on", "kind"]);
        operation.without_body().query("kind", kinds, "`blocks`: the task waits for the other one.").writes(
            "dependency",
            "Dependency",
            makes,
        )
    };
    let adds = changes("dependency.add", "Makes a task wait for another one, or relates the two", true);
    let removes = changes("dependency.remove", "Takes an edge between two tasks away", false);
    let edge = "/projects/{project}/tasks/{task}/dependencies/{on}";
    routes.service(at(edge, [put(add, adds), delete(remove, removes)]));
}

type Path = web::Path<(String, String, String)>;

async fn add(
    request: HttpRequest,
    path: Path,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let (project, command) = read("dependency.add", &request, &path, &app, &caller).await?;
    let location = |project: ProjectId, edge: &Made| {
        let Made { task, on, kind, .. } = edge;
        format!("/api/v1/projects/{project}/tasks/{task}/dependencies/{on}?kind={kind}")
    };
    answer::write(&request, &app, caller, project, command, Some(location)).await
}

async fn remove(
    request: HttpRequest,
    path: Path,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let (project, command) = read("dependency.remove", &request, &path, &app, &caller).await?;
    answer::write(&request, &app, caller, project, command, None).await
}

async fn read(
    kind: &str,
    request: &HttpRequest,
    path: &Path,
    app: &web::Data<App>,
    caller: &Caller,
) -> Result<(ProjectId, Command), ApiError> {
    let mut query = Query::of(request.query_string());
    let edge_kind = query.one("kind", "blocks or relates", Kind::parse)?.unwrap_or_default();
    query.finish()?;
    let project = request::project(&path.0)?;
    let task = request::task(app, caller, project, &path.1).await?;
    let on = request::task(app, caller, project, &path.2).await?;
    let named = [("task", task.to_string()), ("on", on.to_string()), ("kind", edge_kind.as_str().to_owned())];
    Ok((project, request::command(kind, json!({}), &named)?))
}

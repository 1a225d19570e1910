//! `…/tasks/{task}/comments`.

use crate::api::answer::{self, Made};
use crate::api::page::{self, Query};
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{command, list as list_of, named, op};
use crate::routing::{Routes, at, delete, get, patch, post, put};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use engine::Caller;
use engine::read::{CommentsOfTask, TaskOfComment};
use serde_json::{Value, json};

pub fn routes(routes: &mut Routes) {
    let lists = op("A task's comments, oldest first").paged().answers(
        200,
        "A page.",
        list_of(named("Comment"), true),
        "comments",
    );
    let adds = command("comment.add", "Comments on a task", &["task"]).writes("comment", "Comment", true);
    routes.service(at("/projects/{project}/tasks/{task}/comments", [get(list, lists), post(add, adds)]));
    let updates =
        command("comment.update", "Changes a comment", &["comment"]).writes("comment", "Comment", false);
    let removes = command("comment.delete", "Takes a comment's text away", &["comment"])
        .without_body()
        .writes("comment", "Comment", false);
    let one = "/projects/{project}/tasks/{task}/comments/{comment}";
    routes.service(at(one, [patch(update, updates), delete(remove, removes)]));
    let restores = command("comment.restore", "Brings a comment's text back", &["comment"])
        .without_body()
        .writes("comment", "Comment", false);
    let restored = "/projects/{project}/tasks/{task}/comments/{comment}/restore";
    routes.service(at(restored, [post(restore, restores)]));
    let reaction = "/projects/{project}/tasks/{task}/comments/{comment}/reactions/{emoji}";
    let reacts = |summary| {
        command("comment.react", summary, &["comment", "emoji", "on"])
            .without_body()
            .writes("comment", "Comment", false)
    };
    let (adds, takes) = (reacts("Adds one's reaction to a comment"), reacts("Takes one's reaction away"));
    routes.service(at(reaction, [put(react, adds), delete(take_back, takes)]));
}

async fn list(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(&app, &caller, project, &path.1).await?;
    let mut query = Query::of(request.query_string());
    let limit = query.limit()?;
    let filters = format!("comments {task}");
    let after = query.version_cursor(&filters)?.unwrap_or(0);
    query.finish()?;
    let question = CommentsOfTask { caller, project, task, after, most: limit + 1 };
    let (version, mut found) = app.engine.read(question).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    let next_cursor = last.map(|last| page::version_cursor(&filters, last.created_version));
    let answer = json!({"version": version, "items": found, "next_cursor": next_cursor});
    Ok(HttpResponse::Ok().json(answer))
}

async fn add(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(&app, &caller, project, &path.1).await?;
    let command = request::command("comment.add", body, &[("task", task.to_string())])?;
    answer::write(&request, &app, caller, project, command, Some(address)).await
}

/// Where a comment is changed; it is read through its task's list.
fn address(project: ProjectId, Made { task, id: comment, .. }: &Made) -> String {
    format!("/api/v1/projects/{project}/tasks/{task}/comments/{comment}")
}

async fn update(
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    on_comment("comment.update", &request, &path, &app, caller, body).await
}

async fn remove(
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    on_comment("comment.delete", &request, &path, &app, caller, json!({})).await
}

async fn restore(
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    on_comment("comment.restore", &request, &path, &app, caller, json!({})).await
}

async fn react(
    request: HttpRequest,
    path: web::Path<(String, String, String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let (project, task, comment, emoji) = path.into_inner();
    let reaction = json!({"emoji": emoji, "on": true});
    on_comment("comment.react", &request, &(project, task, comment), &app, caller, reaction).await
}

async fn take_back(
    request: HttpRequest,
    path: web::Path<(String, String, String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let (project, task, comment, emoji) = path.into_inner();
    let reaction = json!({"emoji": emoji, "on": false});
    on_comment("comment.react", &request, &(project, task, comment), &app, caller, reaction).await
}

/// The path names the task too: a comment of another one is not there.
async fn on_comment(
    kind: &str,
    request: &HttpRequest,
    path: &(String, String, String),
    app: &web::Data<App>,
    caller: Caller,
    body: Value,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let task = request::task(app, &caller, project, &path.1).await?;
    let comment = request::comment(&path.2)?;
    let found = app.engine.read(TaskOfComment { caller: caller.clone(), project, comment }).await?;
    if found != task {
        return Err(ApiError::not_found());
    }
    let command = request::command(kind, body, &[("comment", comment.to_string())])?;
    answer::write(request, app, caller, project, command, None).await
}

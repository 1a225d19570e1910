//! `…/members`.

use crate::api::answer::{self, Made};
use crate::api::request;
use crate::app::App;
use crate::auth::{Bearer, Session};
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{command, list as list_of, named, op};
use crate::routing::{Routes, at, delete, get, patch, post};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use engine::read::ProjectMembers;
use serde_json::{Value, json};

pub fn routes(routes: &mut Routes) {
    let lists = op("Who is a member").answers(200, "All of them.", list_of(named("Member"), true), "members");
    let adds =
        command("member.add", "Makes somebody a member", &[]).session().writes("member", "Member", true);
    routes.service(at("/projects/{project}/members", [get(list, lists), post(add, adds)]));
    let updates =
        command("member.update", "Changes a role", &["user"]).session().writes("member", "Member", false);
    let removes = command("member.remove", "Takes a membership away, or leaves", &["user"])
        .session()
        .without_body()
        .writes("member", "FormerMember", false);
    routes
        .service(at("/projects/{project}/members/{user}", [patch(update, updates), delete(remove, removes)]));
}

async fn list(
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let (version, members) = app.engine.read(ProjectMembers { caller, project }).await?;
    let items: Vec<Value> =
        members.into_iter().map(|(user, role)| json!({"user": user, "role": role})).collect();
    Ok(HttpResponse::Ok().json(json!({"version": version, "items": items, "next_cursor": null})))
}

async fn add(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let command = request::command("member.add", body, &[])?;
    let path =
        |project: ProjectId, member: &Made| format!("/api/v1/projects/{project}/members/{}", member.user);
    answer::write(&request, &app, caller, project, command, Some(path)).await
}

async fn update(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (project, user) = (request::project(&path.0)?, request::user(&path.1)?);
    let command = request::command("member.update", body, &[("user", user.to_string())])?;
    answer::write(&request, &app, caller, project, command, None).await
}

async fn remove(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let (project, user) = (request::project(&path.0)?, request::user(&path.1)?);
    let command = request::command("member.remove", json!({}), &[("user", user.to_string())])?;
    answer::write(&request, &app, caller, project, command, None).await
}

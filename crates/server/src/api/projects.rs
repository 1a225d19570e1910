//! `/projects`: the list, and a project's own fields.

use crate::api::answer::{self, Made};
use crate::api::page::{self, Query};
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
use domain::time::Moment;
use domain::words::fold;
use domain::{ProjectId, Role};
use engine::read::{OneProject, OwnProjects, ShownProject, Summary};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub fn routes(routes: &mut Routes) {
    let flag = || json!({"type": "boolean", "default": false});
    let orders: Vec<String> =
        ORDERS.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    let order = json!({"enum": orders, "default": "-changed_at"});
    let lists = op("Own projects, newest change first")
        .query("deleted", flag(), "Those in the bin that you own, archived or not.")
        .query("archived", flag(), "Those that are archived; with `deleted`, of those in the bin.")
        .query("sort", order, "By name or creation, which stays while others work, or by the last change.")
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

/// What the list is ordered by; ties by id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    Created,
    Changed,
}

const ORDERS: [(&str, Order); 3] =
    [("name", Order::Name), ("created_at", Order::Created), ("changed_at", Order::Changed)];

/// Where a project stands in an order, which is also how pages end.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Standing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    id: ProjectId,
}

impl Standing {
    fn of(summary: &Summary, order: Order) -> Standing {
        let id = summary.id;
        match order {
            Order::Name => Standing { at: None, name: Some(fold(summary.name.as_str())), id },
            Order::Created => Standing { at: Some(summary.created_at), name: None, id },
            Order::Changed => Standing { at: Some(summary.changed_at), name: None, id },
        }
    }

    /// Whether the server can have written it.
    fn is_possible(&self, order: Order) -> bool {
        let is_old = self.at.is_some_and(|at| at.timestamp() < jiff::Timestamp::UNIX_EPOCH);
        !is_old && self.name.is_some() == (order == Order::Name)
    }
}

/// `sort`: an order, and whether it is reversed.
fn sort(query: &mut Query) -> Result<(Order, bool), ApiError> {
    let sort = query.one("sort", "name, created_at or changed_at, with - before it to reverse", |text| {
        let name = text.strip_prefix('-').unwrap_or(text);
        Some((ORDERS.iter().find(|(known, _)| *known == name)?.1, text.starts_with('-')))
    })?;
    Ok(sort.unwrap_or((Order::Changed, true)))
}

async fn list(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let (deleted, archived, limit) = (query.flag("deleted")?, query.flag("archived")?, query.limit()?);
    let (order, descending) = sort(&mut query)?;
    let mut filters = format!("projects deleted={deleted} archived={archived}");
    if let Some((name, _)) =
        ORDERS.iter().find(|(_, o)| *o == order && (*o, descending) != (Order::Changed, true))
    {
        filters.push_str(&format!(" sort={name} descending={descending}"));
    }
    let after = query.place::<Standing>(&filters)?;
    query.finish()?;
    if after.as_ref().is_some_and(|after| !after.is_possible(order)) {
        return Err(page::invalid("cursor", "is not one that this list gave"));
    }
    let mut found = app.engine.read(OwnProjects { caller }).await?;
    found.retain(|(summary, role)| {
        // The bin has archived projects too.
        let shown = summary.deleted == deleted && (summary.archived == archived || deleted && !archived);
        shown && (!deleted || *role == Role::Owner)
    });
    let mut standing: Vec<_> =
        found.iter().map(|(summary, role)| (Standing::of(summary, order), summary, *role)).collect();
    standing.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    if descending {
        standing.reverse();
    }
    let follows = |place: &Standing| {
        after.as_ref().is_none_or(|after| if descending { place < after } else { place > after })
    };
    standing.retain(|(place, ..)| follows(place));
    let more = standing.len() > limit;
    standing.truncate(limit);
    let items: Vec<Value> = standing.iter().map(|(_, summary, role)| item(summary, *role)).collect();
    let last = standing.pop().filter(|_| more);
    let next_cursor = last.map(|(place, ..)| page::cursor(&filters, place));
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next_cursor})))
}

fn listed_schema() -> Value {
    let text = json!({"type": "string"});
    object(json!({
        "id": named("ProjectId"), "key": named("ProjectKey"), "name": named("Name"), "role": named("Role"),
        "version": openapi::version(), "task_counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "created_at": text, "changed_at": text, "archived": {"type": "boolean"}, "deleted": {"type": "boolean"},
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
        "created_at": summary.created_at,
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

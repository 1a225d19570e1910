//! `…/filters`: saved filters of a project's tasks.

use crate::api::page::{self, Query};
use crate::api::{request, saved_query};
use crate::app::App;
use crate::auth::Bearer;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{Operation, closed, list as list_of, named, object, op};
use crate::routing::{Routes, at, delete, get, put};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::FilterId;
use domain::json::{Fields, boolean};
use domain::text::Name;
use engine::filters::{FilterContent, FilterPage, OwnFilters, ShownFilter, Written};
use serde_json::{Value, json};

pub fn routes(routes: &mut Routes) {
    let lists = op("Your saved filters and the shared ones, by id").paged().answers(
        200,
        "A page.",
        list_of(filter_schema(), false),
        "filters",
    );
    routes.service(at("/projects/{project}/filters", [get(list, lists)]));
    let fields = json!({
        "name": named("Name"), "query": saved_query::schema(), "shared": {"type": "boolean", "default": false},
    });
    let example =
        json!({"name": "Mine, due soon", "query": {"assignee": ["me"], "sort": "due_on"}, "shared": false});
    let shown = || object(json!({"filter": filter_schema()}));
    let puts = writing("Makes a saved filter, or changes the one with this id")
        .with_body(closed(&["name", "query"], fields), example)
        .answers(200, "Changed.", shown(), "filter")
        .answers(201, "Made.", shown(), "filter")
        .answers_header("location", "Where what was made can be changed.")
        .problem(409, &["id_taken"])
        .problem(422, &["too_many_filters"]);
    let deletes = writing("Deletes a saved filter").answers_empty(204, "It is gone.");
    let path = "/projects/{project}/filters/{filter}";
    routes.service(at(path, [put(save, puts), delete(remove, deletes)]));
}

fn writing(summary: &'static str) -> Operation {
    let operation = op(summary).problem(403, &["forbidden"]).problem(422, &["project_archived"]);
    operation.problem(503, &["outcome_unknown"])
}

fn filter_schema() -> Value {
    let pointer = json!({"type": "string"});
    object(json!({
        "id": named("FilterId"), "user": named("UserId"), "name": named("Name"), "query": saved_query::schema(),
        "shared": {"type": "boolean"}, "updated_at": named("Moment"),
        "gone": {"type": "array", "items": pointer,
            "description": "JSON Pointers into `query`, to what the project does not have any more."},
    }))
}

async fn list(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("filters {project} {}", caller.user));
    let (limit, after) = (query.limit()?, query.place::<FilterId>(&fingerprint)?);
    query.finish()?;
    let FilterPage { filters, next } = app.engine.read(OwnFilters { caller, project, after, limit }).await?;
    let items: Vec<Value> = filters.iter().map(shown).collect();
    let next_cursor = next.map(|next| page::cursor(&fingerprint, next));
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next_cursor})))
}

async fn save(
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (project, id) = (request::project(&path.0)?, filter(&path.1)?);
    let mut fields = Fields::of(body)?;
    let name = fields.required("name", Name::read);
    let query = fields.required_nested("query", saved_query::read);
    let shared = fields.optional("shared", boolean).unwrap_or(false);
    fields.finish()?;
    let content = FilterContent { name: request::read(name)?, query: request::read(query)?, shared };
    let Written { filter, made } = app.engine.filters.put(caller, project, id, content).await?;
    let mut response = HttpResponse::build(if made { StatusCode::CREATED } else { StatusCode::OK });
    if made {
        response.insert_header((header::LOCATION, format!("/api/v1/projects/{project}/filters/{id}")));
    }
    Ok(response.json(json!({"filter": shown(&filter)})))
}

async fn remove(
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let (project, id) = (request::project(&path.0)?, filter(&path.1)?);
    app.engine.filters.delete(caller, project, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is no UUID names nothing.
fn filter(path: &str) -> Result<FilterId, ApiError> {
    FilterId::parse(path).ok_or_else(ApiError::not_found)
}

fn shown(ShownFilter { filter, gone }: &ShownFilter) -> Value {
    json!({
        "id": filter.id,
        "user": filter.user,
        "name": filter.name,
        "query": filter.query,
        "shared": filter.shared,
        "updated_at": filter.updated_at,
        "gone": gone,
    })
}

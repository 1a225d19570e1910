//! `GET /search` and `GET /me/tasks`: across all own projects, those that are neither archived nor in the bin.

use crate::api::matches;
use crate::api::page::{self, Query, invalid};
use crate::api::task_filter::{EVERYWHERE, filter_everywhere, parameters, search_text};
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{list as list_of, named, object, op};
use crate::routing::{Routes, at, get};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::task::Priority;
use engine::lists::{
    AssignedTask, FoundTask, Order, OwnTasks, OwnTasksPage, OwnTasksPageEnd, ProjectName, SearchEverywhere,
    SearchPage, SearchPageEnd,
};
use serde_json::{Value, json};

pub fn routes(routes: &mut Routes) {
    let named_project =
        object(json!({"id": named("ProjectId"), "key": named("ProjectKey"), "name": named("Name")}));
    let task = object(json!({
        "id": named("TaskId"), "number": {"type": "integer", "minimum": 1}, "title": named("Title"),
        "status": named("Key"),
    }));
    let hit = object(json!({"project": named_project, "task": task, "match": matches::schema()}));
    let q = json!({"type": "string", "minLength": 1, "maxLength": 500});
    let searches = op("Searches all own projects, the best first")
        .required_query(
            "q",
            q,
            "Words of a task, the last one also by its beginning; `\"two words\"` as they stand, `-word` not.",
        )
        .problem(422, &["unknown_value"]);
    let narrowing = parameters().into_iter().filter(|parameter| EVERYWHERE.contains(&parameter.name));
    let searches = narrowing
        .fold(searches, |searches, asked| searches.query(asked.name, asked.schema, asked.description))
        .paged()
        .answers(200, "A page.", matches::ranked(list_of(hit, false)), "hits");
    routes.service(at("/search", [get(find, searches)]));
    let many = |items: Value| json!({"type": "array", "items": items, "maxItems": 100});
    let orders: Vec<String> =
        ORDERS.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    let mine = object(json!({"project": named_project, "task": named("Task")}));
    let lists = op("The tasks you are assigned to, in all own projects")
        .query("category", many(named("Category")), "In a status of one of these categories.")
        .query("priority", many(named("Priority")), "Of one of these priorities.")
        .query("sort", json!({"enum": orders, "default": "due_on"}), "The order.")
        .paged()
        .answers(200, "A page.", list_of(mine, false), "my_tasks");
    routes.service(at("/me/tasks", [get(my_tasks, lists)]));
}

async fn find(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("search {}", caller.user));
    let q = search_text(&mut query)?.ok_or_else(|| invalid("q", "is what to search for"))?;
    let filter = filter_everywhere(&mut query, caller.user)?;
    let (limit, after): (usize, Option<SearchPageEnd>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let show = move |SearchPage { hits, next, ranked }| {
        let items: Vec<Value> = hits.iter().map(hit).collect();
        let next = next.map(|next| page::cursor(&fingerprint, next));
        json!({"items": items, "next_cursor": next, "ranked": matches::shown_ranked(ranked)})
    };
    let question = SearchEverywhere { caller, q, filter, after, limit };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(question, show).await?))
}

fn hit(FoundTask { project, task, matched }: &FoundTask) -> Value {
    json!({
        "project": named_project(project),
        "task": {"id": task.id, "number": task.number, "title": task.title, "status": task.status},
        "match": matches::shown(matched),
    })
}

fn named_project(ProjectName { id, key, name }: &ProjectName) -> Value {
    json!({"id": id, "key": key, "name": name})
}

const ORDERS: [(&str, Order); 3] =
    [("updated_at", Order::Updated), ("due_on", Order::Due), ("priority", Order::Priority)];
const CATEGORIES: [&str; 5] = ["backlog", "open", "active", "done", "cancelled"];

async fn my_tasks(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("my tasks {}", caller.user));
    let category = |text: &str| CATEGORIES.contains(&text).then(|| text.to_owned());
    let categories = query.any_of("category", "backlog, open, active, done or cancelled", category)?;
    let priority = |text: &str| Priority::parse(text).map(|priority| priority.as_str().to_owned());
    let priorities = query.any_of("priority", "none, low, medium, high or urgent", priority)?;
    let sort = query.one("sort", "updated_at, due_on or priority, with - before it to reverse", |text| {
        let name = text.strip_prefix('-').unwrap_or(text);
        Some((ORDERS.iter().find(|(known, _)| *known == name)?.1, text.starts_with('-')))
    })?;
    let (order, descending) = sort.unwrap_or((Order::Due, false));
    let (limit, after): (usize, Option<OwnTasksPageEnd>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let question = OwnTasks { caller, categories, priorities, order, descending, after, limit };
    let show = move |OwnTasksPage { tasks, next }| {
        let items: Vec<Value> = tasks.iter().map(own_task).collect();
        let next = next.map(|next| page::cursor(&fingerprint, next));
        json!({"items": items, "next_cursor": next})
    };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(question, show).await?))
}

fn own_task(AssignedTask { project, task }: &AssignedTask) -> Value {
    json!({"project": named_project(project), "task": task})
}

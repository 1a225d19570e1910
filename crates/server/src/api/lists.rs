//! `GET …/tasks`: the tasks of a project, filtered, ordered or ranked, page by page.

use crate::api::matches;
use crate::api::page::{self, Query, invalid};
use crate::api::request;
use crate::api::task_filter::{fields, fields_schema, filter, parameters, search_text, sort};
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{Operation, list as list_of, op};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use domain::json::MAX_INTEGER;
use engine::Caller;
use engine::lists::{Leaving, ListedTask, Order, Place, SortValue, TaskList, TaskPage, TaskPageEnd};
use serde_json::{Value, json};

/// What the document says of the list.
pub fn operation() -> Operation {
    let asked = parameters().into_iter().fold(op("A project's tasks"), |operation, parameter| {
        operation.query(parameter.name, parameter.schema, parameter.description)
    });
    asked
        .query(
            "fields",
            fields_schema(),
            "`field.<key>`: one of these values in a custom field; `none`: without one. `field_all.<key>`, `field_not.<key>`: all, none.",
        )
        .query(
            "min_version",
            json!({"type": "integer", "minimum": 0, "maximum": MAX_INTEGER}),
            "Not older than this version; by default as new as the request. An older one may come from a read replica.",
        )
        .paged()
        .answers(200, "A page.", matches::ranked(list_of(matches::task_schema(), true)), "tasks")
        .problem(409, &["resync"])
        .problem(422, &["unknown_value"])
}

pub async fn list(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("tasks {project} {}", caller.user));
    let asked = read(query, &fingerprint, caller, project)?;
    let place = asked.filter.place;
    let show = move |TaskPage { version, tasks, next, ranked }| {
        let items: Vec<Value> = tasks.iter().map(|listed| item(listed, place)).collect();
        let next_cursor = next.map(|next| page::cursor(&fingerprint, next));
        let mut page = json!({"version": version, "items": items, "next_cursor": next_cursor});
        if let Some(ranked) = ranked {
            page["ranked"] = matches::shown_ranked(ranked);
        }
        page
    };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(asked, show).await?))
}

fn item(listed: &ListedTask, place: Place) -> Value {
    let mut item = json!(listed.task);
    if let Some(matched) = &listed.matched {
        item["match"] = matches::shown(matched);
    }
    if let Some(Leaving { at, by }) = &listed.left {
        let names = match place {
            Place::Bin => ["deleted_at", "deleted_by"],
            Place::Archive | Place::Board => ["archived_at", "archived_by"],
        };
        item[names[0]] = json!(at);
        item[names[1]] = json!(by);
    }
    item
}

fn read(
    mut query: Query,
    fingerprint: &str,
    caller: Caller,
    project: ProjectId,
) -> Result<TaskList, ApiError> {
    let filter = filter(&mut query, caller.user)?;
    let fields = fields(&mut query)?;
    let q = search_text(&mut query)?;
    let sort = sort(&mut query)?;
    let (limit, after) = (query.limit()?, query.place(fingerprint)?);
    let min_version = query.number("min_version", 0..=MAX_INTEGER)?;
    query.finish()?;
    let order = sort.map(|(order, _)| order).or(if q.is_none() { Some(Order::Rank) } else { None });
    let descending = sort.is_some_and(|(_, descending)| descending);
    if after.as_ref().is_some_and(|after| !fits(after, order)) {
        return Err(invalid("cursor", "is not one that this list gave"));
    }
    Ok(TaskList { caller, project, filter, fields, q, order, descending, after, limit, min_version })
}

/// Whether a cursor's place belongs to this order and has a value that the server can have written.
fn fits(place: &TaskPageEnd, order: Option<Order>) -> bool {
    match (&place.at, order) {
        (SortValue::Score(standing), None) => standing.class <= 3 && standing.score.is_finite(),
        (SortValue::Updated(at), Some(Order::Updated)) => at.timestamp() >= jiff::Timestamp::UNIX_EPOCH,
        (SortValue::Due(date), Some(Order::Due)) => date.is_none_or(|date| date.year() >= 1900),
        (SortValue::Priority(_), Some(Order::Priority)) | (SortValue::Number(_), Some(Order::Number)) => true,
        (SortValue::Rank(rank), Some(Order::Rank)) => rank.bytes().all(|c| c.is_ascii_alphanumeric()),
        _ => false,
    }
}

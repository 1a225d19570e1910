//! `GET …/tasks`: the tasks of a project, filtered, ordered or ranked, page by page.

use crate::api::matches;
use crate::api::page::{self, Query, invalid};
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{Operation, list as list_of, named, op};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::{MAX_INTEGER, Refused};
use domain::task::Priority;
use domain::text::Key as Name;
use domain::time::{self, Moment};
use domain::{ProjectId, TaskId, UserId};
use engine::Caller;
use engine::lists::{
    Archiving, Chosen, Filter, ListedTask, Order, Place, SortValue, TaskList, TaskPage, TaskPageEnd,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Longest text that is searched for, in characters.
pub const LONGEST_SEARCH: usize = 500;

/// A parameter that chooses or orders tasks.
pub struct Parameter {
    pub name: &'static str,
    /// Of an array: it may stand several times.
    pub schema: Value,
    description: &'static str,
}

/// What the document says of the list.
pub fn operation() -> Operation {
    let asked = parameters().into_iter().fold(op("A project's tasks"), |operation, parameter| {
        operation.query(parameter.name, parameter.schema, parameter.description)
    });
    asked
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

/// Everything that chooses or orders tasks; saved filters have the same.
pub fn parameters() -> Vec<Parameter> {
    let text = json!({"type": "string"});
    let many = |items: Value| json!({"type": "array", "items": items, "maxItems": page::MOST_VALUES});
    let id_or =
        |words: &[&str]| many(json!({"anyOf": [{"type": "string", "format": "uuid"}, {"enum": words}]}));
    let date = || json!({"type": "string", "format": "date"});
    let flag = || json!({"type": "boolean"});
    let orders: Vec<String> =
        ORDERS.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    [
        ("status", many(named("Key")), "In one of these statuses."),
        ("assignee", id_or(&["me", "none"]), "Assigned to one of these people; `none`: to nobody."),
        ("assignee_all", id_or(&["me"]), "Assigned to all of these people."),
        ("assignee_not", id_or(&["me", "none"]), "Assigned to none of these people; `none`: to somebody."),
        ("label", many(named("Key")), "With one of these labels; `none`: without labels."),
        ("label_all", many(named("Key")), "With all of these labels."),
        ("label_not", many(named("Key")), "With none of these labels; `none`: with some label."),
        ("priority", many(named("Priority")), "Of one of these priorities."),
        ("parent", id_or(&["none"]), "Directly below one of these tasks."),
        ("created_by", id_or(&["me"]), "Made by one of these people."),
        ("number", many(json!({"type": "integer", "minimum": 1})), "With one of these numbers."),
        ("due_from", date(), "Due on this day or later."),
        ("due_before", date(), "Due before this day."),
        ("updated_since", json!({"type": "string", "format": "date-time"}), "Changed at this time or later."),
        ("blocked", flag(), "Whether a task it waits for is open."),
        ("ready", flag(), "Whether it is not begun and waits for nothing."),
        ("watching", json!({"type": "boolean", "default": false}), "Only those that one follows."),
        ("deleted", json!({"type": "boolean", "default": false}), "Those in the bin instead."),
        (
            "archived",
            json!({"type": "boolean", "default": false}),
            "Those in the archive instead; not with `deleted`.",
        ),
        (
            "q",
            text,
            "Words of a task, the last one also by its beginning; `\"two words\"` as they stand, `-word` not.",
        ),
        ("sort", json!({"enum": orders}), "`rank` by default; with `q` the best first."),
    ]
    .map(|(name, schema, description)| Parameter { name, schema, description })
    .into()
}

/// Sees whether the list takes this value of a parameter.
///
/// # Errors
/// When it does not.
pub fn accepts(name: &str, value: String) -> Result<(), Refused> {
    let mut query = Query::only(name, value);
    let nobody = UserId(Uuid::nil());
    let read =
        filter(&mut query, nobody).and_then(|_| search_text(&mut query)).and_then(|_| sort(&mut query));
    read.map(drop).map_err(|error| Refused::invalid(error.detail()))
}

const ORDERS: [(&str, Order); 5] = [
    ("updated_at", Order::Updated),
    ("due_on", Order::Due),
    ("priority", Order::Priority),
    ("rank", Order::Rank),
    ("number", Order::Number),
];

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
    let show = move |TaskPage { version, tasks, next, ranked }| {
        let items: Vec<Value> = tasks.iter().map(item).collect();
        let next_cursor = next.map(|next| page::cursor(&fingerprint, next));
        let mut page = json!({"version": version, "items": items, "next_cursor": next_cursor});
        if let Some(ranked) = ranked {
            page["ranked"] = matches::shown_ranked(ranked);
        }
        page
    };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(asked, show).await?))
}

fn item(listed: &ListedTask) -> Value {
    let mut item = json!(listed.task);
    if let Some(matched) = &listed.matched {
        item["match"] = matches::shown(matched);
    }
    if let Some(Archiving { at, by }) = &listed.archived {
        item["archived_at"] = json!(at);
        item["archived_by"] = json!(by);
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
    Ok(TaskList { caller, project, filter, q, order, descending, after, limit, min_version })
}

/// `sort`: an order, and whether it is reversed.
fn sort(query: &mut Query) -> Result<Option<(Order, bool)>, ApiError> {
    let allowed = "updated_at, due_on, priority, rank or number, with - before it to reverse";
    query.one("sort", allowed, |text| {
        let name = text.strip_prefix('-').unwrap_or(text);
        let order = ORDERS.iter().find(|(known, _)| *known == name)?.1;
        Some((order, text.starts_with('-')))
    })
}

/// `q`, bounded.
pub fn search_text(query: &mut Query) -> Result<Option<String>, ApiError> {
    let allowed = format!("at most {LONGEST_SEARCH} characters");
    query.one("q", &allowed, |text| (text.chars().count() <= LONGEST_SEARCH).then(|| text.to_owned()))
}

fn filter(query: &mut Query, me: UserId) -> Result<Filter, ApiError> {
    let key = |text: &str| Name::new(text).ok().map(|key| key.as_str().to_owned());
    let person = |text: &str| if text == "me" { Some(me) } else { UserId::parse(text) };
    let date = |text: &str| time::date(Value::String(text.to_owned())).ok();
    let moment = |text: &str| {
        let at = text.parse().ok().map(|at: jiff::Timestamp| Moment::from(at))?;
        (at.timestamp() >= jiff::Timestamp::UNIX_EPOCH).then_some(at)
    };
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    Ok(Filter {
        statuses: query.any_of("status", "a status' key", key)?,
        assignees: Chosen {
            any: query.any_of("assignee", "me, none or a person's id", or_none(person))?,
            all: query.any_of("assignee_all", "me or a person's id", person)?,
            not: query.any_of("assignee_not", "me, none or a person's id", or_none(person))?,
        },
        labels: Chosen {
            any: query.any_of("label", "none or a label's key", or_none(key))?,
            all: query.any_of("label_all", "a label's key", key)?,
            not: query.any_of("label_not", "none or a label's key", or_none(key))?,
        },
        priorities: query.any_of("priority", "none, low, medium, high or urgent", Priority::parse)?,
        parents: query.any_of("parent", "none or a task's id", or_none(TaskId::parse))?,
        created_by: query.any_of("created_by", "me or a person's id", person)?,
        numbers: query.any_of("number", "a task's number", number)?,
        due_from: query.one("due_from", "a date, YYYY-MM-DD", date)?,
        due_before: query.one("due_before", "a date, YYYY-MM-DD", date)?,
        updated_since: query.one("updated_since", "a time such as 2026-11-03T10:00:00Z", moment)?,
        blocked: query.one("blocked", "true or false", |text| text.parse().ok())?,
        ready: query.one("ready", "true or false", |text| text.parse().ok())?,
        closed: Vec::new(),
        unbegun: Vec::new(),
        place: place(query)?,
        watched_by: query.flag("watching")?.then_some(me),
        asked: None,
        among: None,
    })
}

/// What `read` reads, or `none`.
fn or_none<T>(read: impl Fn(&str) -> Option<T>) -> impl Fn(&str) -> Option<Option<T>> {
    move |text| if text == "none" { Some(None) } else { read(text).map(Some) }
}

fn place(query: &mut Query) -> Result<Place, ApiError> {
    match (query.flag("deleted")?, query.flag("archived")?) {
        (false, false) => Ok(Place::Board),
        (false, true) => Ok(Place::Archive),
        (true, false) => Ok(Place::Bin),
        (true, true) => Err(invalid("archived", "is not asked for together with deleted")),
    }
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

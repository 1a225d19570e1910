//! `GET …/tasks`: the tasks of a project, filtered, ordered or ranked, page by page.

use crate::api::events::resync;
use crate::api::found::{self, Found};
use crate::api::page::{self, Query, invalid};
use crate::api::request;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::openapi::{Operation, list as list_of, named, op};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::MAX_INTEGER;
use domain::task::{Priority, Task};
use domain::text::Key as Name;
use domain::time::{self, Moment};
use domain::workflow::{Category, Workflow};
use domain::{ProjectId, TaskId, UserId, Version};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use store::AsyncPgConnection;
use store::heads::Head;
use store::lists::{Filter, Key, Order, Page};
use store::projects::Admission;
use store::search::{self, Hit};

/// Longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 500;

/// What is asked for.
#[derive(Clone)]
struct Asked {
    filter: Filter,
    q: Option<String>,
    /// None with `q`: the best first.
    order: Option<Order>,
    descending: bool,
    after: Option<Place>,
    limit: usize,
    fingerprint: String,
    min_version: Option<Version>,
}

/// Where a page ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    at: At,
    id: TaskId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum At {
    Score(f32),
    Updated(Moment),
    Due(Option<Date>),
    Priority(Priority),
    Rank(String),
    Number(i64),
}

/// What the document says of the list.
pub fn operation() -> Operation {
    let text = || json!({"type": "string"});
    let many = |items: Value| json!({"type": "array", "items": items, "maxItems": 100});
    let key = || many(named("Key"));
    let id_or =
        |words: &[&str]| many(json!({"anyOf": [{"type": "string", "format": "uuid"}, {"enum": words}]}));
    let date = || json!({"type": "string", "format": "date"});
    let orders: Vec<String> =
        ORDERS.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
    op("A project's tasks")
        .query("status", key(), "In one of these statuses.")
        .query("assignee", id_or(&["me", "none"]), "Assigned to one of these people.")
        .query("label", key(), "With one of these labels.")
        .query("priority", many(named("Priority")), "Of one of these priorities.")
        .query("parent", id_or(&["none"]), "Directly below one of these tasks.")
        .query("created_by", id_or(&["me"]), "Made by one of these people.")
        .query("number", many(json!({"type": "integer", "minimum": 1})), "With one of these numbers.")
        .query("due_from", date(), "Due on this day or later.")
        .query("due_before", date(), "Due before this day.")
        .query(
            "updated_since",
            json!({"type": "string", "format": "date-time"}),
            "Changed at this time or later.",
        )
        .query("blocked", json!({"type": "boolean"}), "Whether a task it waits for is open.")
        .query("ready", json!({"type": "boolean"}), "Whether it is not begun and waits for nothing.")
        .query("deleted", json!({"type": "boolean", "default": false}), "Those in the bin instead.")
        .query("q", text(), "Words in title, description or comments, the last one also by its beginning.")
        .query("sort", json!({"enum": orders}), "`rank` by default; with `q` the best first.")
        .query(
            "min_version",
            json!({"type": "integer", "minimum": 0, "maximum": MAX_INTEGER}),
            "Not older than this version; by default as new as the request. An older one may come from a read replica.",
        )
        .paged()
        .answers(200, "A page.", list_of(found::task_schema(), true), "tasks")
        .problem(409, &["resync"])
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
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let asked = read(Query::of(request.query_string()), project, caller.user)?;
    let state = app.clone();
    let (version, items, next_cursor) = app
        .ask(async move {
            let conn = state.read().await?;
            let Admission { epoch, version, .. } = request::admitted(&conn, &caller, project).await?;
            let least = asked.min_version.unwrap_or(version);
            if version < least {
                return Err(resync(&epoch, version));
            }
            let Some(replica) = &state.replica else { return page_of(&conn, project, asked, version).await };
            drop(conn);
            let least = Head { project, epoch, version: least };
            let there = async |conn: &AsyncPgConnection, head: &Head| {
                page_of(conn, project, asked.clone(), head.version).await
            };
            match replica.read(&least, there).await {
                Some(page) => Ok(page),
                None => page_of(&*state.read().await?, project, asked, version).await,
            }
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({"version": version, "items": items, "next_cursor": next_cursor})))
}

fn read(mut query: Query, project: ProjectId, me: UserId) -> Result<Asked, ApiError> {
    let fingerprint = query.fingerprint(&format!("tasks {project} {me}"));
    let filter = filter(&mut query, me)?;
    let q = search_text(&mut query)?;
    let allowed = "updated_at, due_on, priority, rank or number, with - before it to reverse";
    let sort = query.one("sort", allowed, |text| {
        let name = text.strip_prefix('-').unwrap_or(text);
        let order = ORDERS.iter().find(|(known, _)| *known == name)?.1;
        Some((order, text.starts_with('-')))
    })?;
    let (limit, after) = (query.limit()?, query.place(&fingerprint)?);
    let min_version = query.number("min_version", 0..=MAX_INTEGER)?;
    query.finish()?;
    let order = sort.map(|(order, _)| order).or(if q.is_none() { Some(Order::Rank) } else { None });
    let descending = sort.is_some_and(|(_, descending)| descending);
    if after.as_ref().is_some_and(|after| !fits(after, order)) {
        return Err(invalid("cursor", "is not one that this list gave"));
    }
    Ok(Asked { filter, q, order, descending, after, limit, fingerprint, min_version })
}

/// `q`, bounded.
pub fn search_text(query: &mut Query) -> Result<Option<String>, ApiError> {
    let allowed = format!("at most {LONGEST_SEARCH} characters");
    query.one("q", &allowed, |text| (text.chars().count() <= LONGEST_SEARCH).then(|| text.to_owned()))
}

fn filter(query: &mut Query, me: UserId) -> Result<Filter, ApiError> {
    let key = |text: &str| Name::new(text).ok().map(|key| key.as_str().to_owned());
    let person = |text: &str| if text == "me" { Some(me) } else { UserId::parse(text) };
    let or_none = |text: &str| if text == "none" { Some(None) } else { person(text).map(Some) };
    let parent = |text: &str| if text == "none" { Some(None) } else { TaskId::parse(text).map(Some) };
    let date = |text: &str| time::date(Value::String(text.to_owned())).ok();
    let moment = |text: &str| {
        let at = text.parse().ok().map(|at: jiff::Timestamp| Moment::from(at))?;
        (at.timestamp() >= jiff::Timestamp::UNIX_EPOCH).then_some(at)
    };
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    Ok(Filter {
        statuses: query.any_of("status", "a status' key", key)?,
        assignees: query.any_of("assignee", "me, none or a person's id", or_none)?,
        labels: query.any_of("label", "a label's key", key)?,
        priorities: query.any_of("priority", "none, low, medium, high or urgent", Priority::parse)?,
        parents: query.any_of("parent", "none or a task's id", parent)?,
        created_by: query.any_of("created_by", "me or a person's id", person)?,
        numbers: query.any_of("number", "a task's number", number)?,
        due_from: query.one("due_from", "a date, YYYY-MM-DD", date)?,
        due_before: query.one("due_before", "a date, YYYY-MM-DD", date)?,
        updated_since: query.one("updated_since", "a time such as 2026-11-03T10:00:00Z", moment)?,
        blocked: query.one("blocked", "true or false", |text| text.parse().ok())?,
        ready: query.one("ready", "true or false", |text| text.parse().ok())?,
        closed: Vec::new(),
        unbegun: Vec::new(),
        deleted: query.flag("deleted")?,
        watched_by: None,
        among: None,
    })
}

/// Whether a cursor's place is one of this order, and such as we write.
fn fits(place: &Place, order: Option<Order>) -> bool {
    match (&place.at, order) {
        (At::Score(_), None) => true,
        (At::Updated(at), Some(Order::Updated)) => at.timestamp() >= jiff::Timestamp::UNIX_EPOCH,
        (At::Due(date), Some(Order::Due)) => date.is_none_or(|date| date.year() >= 1900),
        (At::Priority(_), Some(Order::Priority)) | (At::Number(_), Some(Order::Number)) => true,
        (At::Rank(rank), Some(Order::Rank)) => rank.bytes().all(|c| c.is_ascii_alphanumeric()),
        _ => false,
    }
}

/// The page, and where the next one begins.
async fn page_of(
    conn: &AsyncPgConnection,
    project: ProjectId,
    mut asked: Asked,
    version: Version,
) -> Result<(Version, Vec<Value>, Option<String>), ApiError> {
    if asked.filter.blocked.is_some() || asked.filter.ready.is_some() {
        let current = store::projects::read(conn, project).await?.ok_or_else(ApiError::not_found)?;
        let workflow = &current.project.workflow;
        asked.filter.closed = statuses(workflow, &[Category::Done, Category::Cancelled]);
        asked.filter.unbegun = statuses(workflow, &[Category::Backlog, Category::Open]);
    }
    let (tasks, hits, words) = match &asked.q {
        None => (ordered(conn, project, &asked.filter, &asked, Order::Rank).await?, Vec::new(), Vec::new()),
        Some(q) => {
            let words = search::words(conn, q).await?;
            let Some(query) = search::all_of(&words) else { return Ok((version, Vec::new(), None)) };
            let hits = search::in_project(conn, project, &query, asked.filter.deleted).await?;
            let among = Some(hits.iter().map(|hit| hit.task.0).collect());
            let filter = Filter { among, ..asked.filter.clone() };
            let tasks = match asked.order {
                Some(order) => ordered(conn, project, &filter, &asked, order).await?,
                None => ranked(conn, project, &filter, &asked, &hits).await?,
            };
            (tasks, hits, words)
        }
    };
    let more = tasks.len() > asked.limit;
    let tasks = &tasks[..tasks.len().min(asked.limit)];
    let by_task: HashMap<TaskId, &Hit> = hits.iter().map(|hit| (hit.task, hit)).collect();
    let next = tasks.last().filter(|_| more).map(|task| {
        let at = match asked.order {
            Some(order) => at(order.key(task)),
            None => At::Score(by_task.get(&task.id).map_or(0.0, |hit| hit.score)),
        };
        page::cursor(&asked.fingerprint, Place { at, id: task.id })
    });
    if asked.q.is_none() {
        return Ok((version, tasks.iter().map(|task| json!(task)).collect(), next));
    }
    let of_page: Vec<&Hit> = tasks.iter().filter_map(|task| by_task.get(&task.id).copied()).collect();
    let found = Found::read(conn, &of_page, &words).await?;
    let with_match = |task: &Task| {
        let mut item = json!(task);
        item["match"] = by_task.get(&task.id).map_or(Value::Null, |hit| found.matched(task, hit));
        item
    };
    Ok((version, tasks.iter().map(with_match).collect(), next))
}

fn statuses(workflow: &Workflow, categories: &[Category]) -> Vec<String> {
    let of = workflow.statuses.iter().filter(|status| categories.contains(&status.category));
    of.map(|status| status.key.as_str().to_owned()).collect()
}

async fn ordered(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    asked: &Asked,
    default: Order,
) -> Result<Vec<Task>, ApiError> {
    let page = Page {
        order: asked.order.unwrap_or(default),
        descending: asked.descending,
        after: asked.after.clone().and_then(|place| Some((key(place.at)?, place.id))),
        limit: i64::try_from(asked.limit + 1).unwrap_or(i64::MAX),
    };
    Ok(store::lists::page(conn, project, filter, &page).await?)
}

/// The best first: what passes the filters, from where the page before ended.
async fn ranked(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    asked: &Asked,
    hits: &[Hit],
) -> Result<Vec<Task>, ApiError> {
    let passing = store::lists::passing(conn, project, filter).await?;
    let passing: std::collections::HashSet<_> = passing.into_iter().collect();
    let beyond = |hit: &&Hit| match &asked.after {
        Some(Place { at: At::Score(score), id }) => found::is_after(hit, *score, *id),
        _ => true,
    };
    let chosen: Vec<_> = hits
        .iter()
        .filter(|hit| passing.contains(&hit.task.0))
        .filter(beyond)
        .take(asked.limit + 1)
        .map(|hit| hit.task.0)
        .collect();
    let mut tasks: HashMap<_, Task> = store::tasks::by_ids(conn, project, &chosen)
        .await?
        .into_iter()
        .map(|kept| (kept.task.id.0, kept.task))
        .collect();
    Ok(chosen.iter().filter_map(|id| tasks.remove(id)).collect())
}

fn at(key: Key) -> At {
    match key {
        Key::Updated(at) => At::Updated(at),
        Key::Due(date) => At::Due(date),
        Key::Priority(priority) => At::Priority(priority),
        Key::Rank(rank) => At::Rank(rank),
        Key::Number(number) => At::Number(number),
    }
}

fn key(at: At) -> Option<Key> {
    match at {
        At::Score(_) => None,
        At::Updated(at) => Some(Key::Updated(at)),
        At::Due(date) => Some(Key::Due(date)),
        At::Priority(priority) => Some(Key::Priority(priority)),
        At::Rank(rank) => Some(Key::Rank(rank)),
        At::Number(number) => Some(Key::Number(number)),
    }
}

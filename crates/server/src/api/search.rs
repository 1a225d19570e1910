//! `GET /search` and `GET /me/tasks`: across all own projects, those that are neither archived nor in the bin.

use crate::api::found::{self, Found};
use crate::api::lists::search_text;
use crate::api::page::{self, Query, invalid};
use crate::app::{App, Routes, at, get};
use crate::auth::{Caller, session_ended};
use crate::error::ApiError;
use crate::openapi::{list as list_of, named, object, op};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::task::{Priority, Task};
use domain::time::Moment;
use domain::{ProjectId, TaskId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use store::AsyncPgConnection;
use store::listed::{Assigned, assigned_to};
use store::lists::{Key, Order, Page};
use store::search::{self, Hit};
use uuid::Uuid;

pub fn routes(routes: &mut Routes) {
    let named_project =
        object(json!({"id": named("ProjectId"), "key": named("ProjectKey"), "name": named("Name")}));
    let task = object(json!({
        "id": named("TaskId"), "number": {"type": "integer", "minimum": 1}, "title": named("Title"),
        "status": named("Key"),
    }));
    let hit = object(json!({"project": named_project, "task": task, "match": found::match_schema()}));
    let q = json!({"type": "string", "minLength": 1, "maxLength": 500});
    let searches = op("Searches all own projects, the best first")
        .query("q", q, "Words in titles, descriptions and comments, the last one also by its beginning.")
        .paged()
        .answers(200, "A page.", list_of(hit, false), "hits");
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

async fn find(request: HttpRequest, app: web::Data<App>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("search {}", caller.user));
    let q = search_text(&mut query)?.ok_or_else(|| invalid("q", "is what to search for"))?;
    let (limit, after): (usize, Option<(f32, TaskId)>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let state = app.clone();
    let (items, next) = app
        .ask(async move {
            let conn = state.read().await?;
            let (alive, words) = futures_util::try_join!(
                store::sessions::alive(&conn, caller.user, caller.sid),
                search::words(&conn, &q)
            )?;
            if !alive {
                return Err(session_ended());
            }
            let Some(query) = search::all_of(&words) else { return Ok((Vec::new(), None)) };
            let mut hits = search::everywhere(&conn, caller.user, &query).await?;
            hits.retain(|hit| after.is_none_or(|(score, task)| found::is_after(hit, score, task)));
            let more = hits.len() > limit;
            hits.truncate(limit);
            let next =
                hits.last().filter(|_| more).map(|hit| page::cursor(&fingerprint, (hit.score, hit.task)));
            Ok((shown(&conn, &hits, &words).await?, next))
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next})))
}

async fn shown(conn: &AsyncPgConnection, hits: &[Hit], words: &[String]) -> Result<Vec<Value>, ApiError> {
    let places: Vec<_> = hits.iter().map(|hit| (hit.project, hit.task)).collect();
    let (tasks, projects) = futures_util::try_join!(tasks(conn, &places), projects(conn, &places))?;
    let found = Found::read(conn, &hits.iter().collect::<Vec<_>>(), words).await?;
    let item = |hit: &Hit| {
        let task = tasks.get(&(hit.project, hit.task))?;
        Some(json!({
            "project": projects.get(&hit.project.0)?,
            "task": {"id": task.id, "number": task.number, "title": task.title, "status": task.status},
            "match": found.matched(task, hit),
        }))
    };
    Ok(hits.iter().filter_map(item).collect())
}

type Place = (ProjectId, TaskId);

async fn tasks(conn: &AsyncPgConnection, places: &[Place]) -> Result<HashMap<Place, Task>, ApiError> {
    let mut by_project: BTreeMap<ProjectId, Vec<Uuid>> = BTreeMap::new();
    for (project, task) in places {
        by_project.entry(*project).or_default().push(task.0);
    }
    let read = by_project.iter().map(async |(project, ids)| {
        let kept = store::tasks::by_ids(conn, *project, ids).await?;
        Ok::<_, ApiError>(
            kept.into_iter().map(|kept| ((*project, kept.task.id), kept.task)).collect::<Vec<_>>(),
        )
    });
    Ok(futures_util::future::try_join_all(read).await?.into_iter().flatten().collect())
}

async fn projects(conn: &AsyncPgConnection, places: &[Place]) -> Result<HashMap<Uuid, Value>, ApiError> {
    let mut ids: Vec<Uuid> = places.iter().map(|(project, _)| project.0).collect();
    ids.sort();
    ids.dedup();
    let names = store::lists::project_names(conn, &ids).await?;
    Ok(names.into_iter().map(|(id, key, name)| (id, json!({"id": id, "key": key, "name": name}))).collect())
}

const ORDERS: [(&str, Order); 3] =
    [("updated_at", Order::Updated), ("due_on", Order::Due), ("priority", Order::Priority)];
const CATEGORIES: [&str; 5] = ["backlog", "open", "active", "done", "cancelled"];

/// Where a page of one's tasks ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Mine {
    updated_at: Moment,
    due_on: Option<Date>,
    priority: Priority,
    project: ProjectId,
    task: TaskId,
}

impl From<&Assigned> for Mine {
    fn from(assigned: &Assigned) -> Mine {
        let Assigned { project, task, updated_at, due_on, priority } = assigned.clone();
        Mine { updated_at, due_on, priority, project, task }
    }
}

impl Mine {
    fn key(&self, order: Order) -> Key {
        match order {
            Order::Updated => Key::Updated(self.updated_at),
            Order::Priority => Key::Priority(self.priority),
            Order::Due | Order::Rank | Order::Number => Key::Due(self.due_on),
        }
    }
}

async fn my_tasks(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
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
    let (limit, after): (usize, Option<Mine>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let begin = after.map(|after| (after.key(order), after.task));
    let one_more = i64::try_from(limit).expect("a page is short") + 1;
    let asked = Page { order, descending, after: begin, limit: one_more };
    let after_project = after.map(|after| after.project);
    let state = app.clone();
    let (items, next) = app
        .ask(async move {
            let conn = state.read().await?;
            let (alive, assigned) = futures_util::try_join!(
                store::sessions::alive(&conn, caller.user, caller.sid),
                assigned_to(&conn, caller.user, &categories, &priorities, &asked, after_project)
            )?;
            if !alive {
                return Err(session_ended());
            }
            let mut mine: Vec<Mine> = assigned.iter().map(Mine::from).collect();
            let more = mine.len() > limit;
            mine.truncate(limit);
            let next = mine.last().filter(|_| more).map(|last| page::cursor(&fingerprint, last));
            Ok((with_tasks(&conn, &mine).await?, next))
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next})))
}

async fn with_tasks(conn: &AsyncPgConnection, mine: &[Mine]) -> Result<Vec<Value>, ApiError> {
    let places: Vec<_> = mine.iter().map(|one| (one.project, one.task)).collect();
    let (tasks, projects) = futures_util::try_join!(tasks(conn, &places), projects(conn, &places))?;
    let item = |place: &Place| Some(json!({"project": projects.get(&place.0.0)?, "task": tasks.get(place)?}));
    Ok(places.iter().filter_map(item).collect())
}

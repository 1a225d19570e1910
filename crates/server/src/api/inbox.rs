//! `/me/notifications`, `/me/mutes`, `/me/watching`: what a person is told, does not want to hear of, and follows.

use crate::api::page::{self, Query};
use crate::app::App;
use crate::auth::{Bearer, Session};
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{closed, list as list_of, named, object, op};
use crate::routing::{Routes, at, delete, get, post, put};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::{Fields, Invalid, MAX_INTEGER, Refused, boolean, integer, only};
use domain::notice::Cause;
use domain::task::TaskRef;
use domain::{ProjectId, TaskId};
use engine::inbox::{
    InboxChange, Marked, Mute, NotificationPage, OwnMutes, OwnNotifications, OwnWatching, Place, PlacedTask,
    ShownNotification, WatchedTask, WatchingPage,
};
use engine::lists::ProjectName;
use serde_json::{Value, json};
use uuid::Uuid;

/// Most rows or tasks that one request marks by their ids.
const MOST_IDS: usize = 200;

pub fn routes(routes: &mut Routes) {
    notification_routes(routes);
    let project =
        object(json!({"id": named("ProjectId"), "key": named("ProjectKey"), "name": named("Name")}));
    let of_projects =
        json!({"type": "array", "maxItems": 100, "items": {"type": "string", "format": "uuid"}});
    let watched = object(json!({"project": project, "task": named("TaskRef")}));
    let follows = op("The tasks that you follow, in all own projects")
        .query("project", of_projects, "In one of these projects.")
        .paged()
        .answers(
            200,
            "A page, in the order of projects and tasks.",
            with_automatic(list_of(watched, false)),
            "watching",
        );
    let sets = op("Sets whether you follow tasks by themselves")
        .session()
        .with_body(
            closed(&["automatic"], json!({"automatic": {"type": "boolean"}})),
            json!({"automatic": true}),
        )
        .answers_empty(204, "From here on.")
        .problem(503, &["outcome_unknown"]);
    routes.service(at("/me/watching", [get(watching, follows), put(set_automatic, sets)]));
    let mute = object(json!({
        "id": {"type": "string", "format": "uuid", "description": "Of the task, or of the project."},
        "project": or_null(project), "task": or_null(placed_task()),
    }));
    let lists = op("What you have muted").paged();
    let lists = lists.answers(200, "A page, in the order of ids.", list_of(mute, false), "mutes");
    routes.service(at("/me/mutes", [get(list_mutes, lists)]));
    let mutes =
        op("Mutes a project or a task: you are told of mentions, assignments and your membership only")
            .answers_empty(204, "It is muted.")
            .problem(422, &["too_many_mutes"])
            .problem(503, &["outcome_unknown"]);
    let unmutes = op("Hears of a project or a task again").answers_empty(204, "It is not muted.");
    let unmutes = unmutes.problem(503, &["outcome_unknown"]);
    routes.service(at("/me/mutes/{target}", [put(mute_target, mutes), delete(unmute, unmutes)]));
}

fn notification_routes(routes: &mut Routes) {
    let of_projects =
        json!({"type": "array", "maxItems": 100, "items": {"type": "string", "format": "uuid"}});
    let lists = op("What you are told, the latest first")
        .query("unread", json!({"type": "boolean", "default": false}), "Only what nobody has looked at.")
        .query("project", of_projects, "From one of these projects.")
        .query(
            "cause",
            json!({"type": "array", "maxItems": 100, "items": cause()}),
            "Of one of these causes.",
        )
        .paged()
        .answers(200, "A page.", page_schema(), "notifications");
    routes.service(at("/me/notifications", [get(list, lists)]));
    let id = json!({"type": "integer", "minimum": 1, "maximum": MAX_INTEGER});
    let ids = |items: Value| json!({"type": "array", "minItems": 1, "maxItems": MOST_IDS, "items": items});
    let mut fields = json!({"up_to": id, "ids": ids(id.clone()), "tasks": ids(named("TaskId")),
        "unread": {"type": "boolean", "default": false}});
    fields["up_to"]["description"] = json!("This one and all older ones.");
    fields["tasks"]["description"] =
        json!("All about these tasks: what a client sends when it shows a task.");
    fields["unread"]["description"] = json!("Marks them as unread again.");
    let mut body = closed(&[], fields);
    body["oneOf"] = json!([{"required": ["up_to"]}, {"required": ["ids"]}, {"required": ["tasks"]}]);
    let count = object(json!({"unread": {"type": "integer", "minimum": 0}}));
    let marks = op("Marks notifications as read, on all devices")
        .with_body(body, json!({"up_to": 812}))
        .answers(200, "How many are unread then.", count, "unread")
        .problem(503, &["outcome_unknown"]);
    routes.service(at("/me/notifications/read", [post(mark, marks)]));
}

fn page_schema() -> Value {
    let project =
        object(json!({"id": named("ProjectId"), "key": named("ProjectKey"), "name": named("Name")}));
    let time = json!({"type": "string", "format": "date-time"});
    let number = json!({"type": "integer", "minimum": 1});
    let mut row = json!({
        "id": number, "cause": cause(), "unread": {"type": "boolean"}, "count": number,
        "project": or_null(project), "task": or_null(placed_task()), "comment": or_null(named("CommentId")),
        "version": or_null(number.clone()), "actor": or_null(named("UserId")), "created_at": time, "updated_at": time,
    });
    row["project"]["description"] =
        json!("`null`: you have left the project, or it is in the bin. Then nothing else of it is told.");
    row["count"]["description"] = json!("How many events it tells of.");
    row["version"]["description"] = json!("The last of those events with this cause; `actor` made it.");
    let mut page = list_of(object(row), false);
    page["required"] = json!(["items", "next_cursor", "unread"]);
    page["properties"]["unread"] = json!({"type": "integer", "minimum": 0, "description": "Of how many tasks something in the whole inbox is unread. What is of no task counts by itself."});
    page
}

fn with_automatic(mut page: Value) -> Value {
    let automatic = "Whether you follow a task by making it, commenting on it, being assigned or mentioned.";
    page["required"] = json!(["items", "next_cursor", "automatic"]);
    page["properties"]["automatic"] = json!({"type": "boolean", "description": automatic});
    page
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn cause() -> Value {
    json!({"enum": Cause::ALL.map(Cause::as_str)})
}

fn placed_task() -> Value {
    object(json!({
        "id": named("TaskId"), "number": {"type": "integer", "minimum": 1}, "title": named("Title"),
        "status": named("Key"), "deleted": {"type": "boolean", "description": "It is in the bin."},
    }))
}

async fn list(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("notifications {}", caller.user));
    let unread = query.flag("unread")?;
    let projects = query.any_of("project", "a project's id", ProjectId::parse)?;
    let causes = query.any_of("cause", &Cause::ALL.map(Cause::as_str).join(", "), Cause::parse)?;
    let (limit, before) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let question = OwnNotifications { caller, unread, projects, causes, before, limit };
    let show = move |NotificationPage { items, next, unread }| {
        let items: Vec<Value> = items.iter().map(row).collect();
        let next = next.map(|next| page::cursor(&fingerprint, next));
        json!({"items": items, "next_cursor": next, "unread": unread})
    };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(question, show).await?))
}

/// Of a project that ended only that it did.
fn row(ShownNotification { notification: n, place }: &ShownNotification) -> Value {
    let seen = place.as_ref().map(|_| n);
    json!({
        "id": n.id, "cause": n.cause, "unread": n.unread, "count": n.count,
        "project": place.as_ref().map(|place| project(&place.project)),
        "task": place.as_ref().and_then(task),
        "comment": seen.and_then(|n| n.comment), "version": seen.map(|n| n.version), "actor": seen.map(|n| n.actor),
        "created_at": n.created_at, "updated_at": n.updated_at,
    })
}

fn project(ProjectName { id, key, name }: &ProjectName) -> Value {
    json!({"id": id, "key": key, "name": name})
}

fn task(place: &Place) -> Option<Value> {
    let PlacedTask { task: TaskRef { id, number, title, status }, deleted } = place.task.as_ref()?;
    Some(json!({"id": id, "number": number, "title": title, "status": status, "deleted": deleted}))
}

async fn mark(
    app: web::Data<App>,
    Bearer(caller): Bearer,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (marked, unread) = read_mark(body)?;
    let unread = app.engine.inbox.change(caller, InboxChange::Mark { marked, unread }).await?;
    Ok(HttpResponse::Ok().json(json!({"unread": unread})))
}

fn read_mark(body: Value) -> Result<(Marked, bool), Invalid> {
    let ways = ["up_to", "ids", "tasks"].iter().filter(|way| body.get(way).is_some()).count();
    let mut fields = Fields::of(body)?;
    let number = |value: Value| integer(&value, 1..=MAX_INTEGER);
    let up_to = fields.optional("up_to", number).map(Marked::UpTo);
    let ids = fields.optional("ids", |value| several(value, number)).map(Marked::Ids);
    let tasks = fields.optional("tasks", |value| several(value, TaskId::read)).map(Marked::Tasks);
    let unread = fields.optional("unread", boolean).unwrap_or(false);
    if ways != 1 {
        let code = if ways == 0 { "missing" } else { "invalid_value" };
        let detail = "exactly one of up_to, ids and tasks must be there".to_owned();
        fields.refuse("up_to", Refused { code, detail });
    }
    fields.finish()?;
    Ok((up_to.or(ids).or(tasks).expect("one of them was read"), unread))
}

fn several<T>(value: Value, read: impl Fn(Value) -> Result<T, Refused>) -> Result<Vec<T>, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list")) };
    match (1..=MOST_IDS).contains(&items.len()) {
        true => items.into_iter().map(read).collect(),
        false => Err(Refused::invalid(format!("must have 1 to {MOST_IDS} items"))),
    }
}

async fn watching(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("watching {}", caller.user));
    let projects = query.any_of("project", "a project's id", ProjectId::parse)?;
    let (limit, after) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let show = move |WatchingPage { tasks, next, automatic }| {
        let item =
            |watched: &WatchedTask| json!({"project": project(&watched.project), "task": watched.task});
        let items: Vec<Value> = tasks.iter().map(item).collect();
        let next = next.map(|next| page::cursor(&fingerprint, next));
        json!({"items": items, "next_cursor": next, "automatic": automatic})
    };
    let question = OwnWatching { caller, projects, after, limit };
    Ok(HttpResponse::Ok().json(app.engine.read_shown(question, show).await?))
}

async fn set_automatic(
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let automatic = only(Fields::of(body)?, "automatic", boolean)?;
    app.engine.inbox.change(caller, InboxChange::Follow(automatic)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn list_mutes(
    request: HttpRequest,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint(&format!("mutes {}", caller.user));
    let (limit, after): (usize, Option<Uuid>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let (mutes, next) = app.engine.read(OwnMutes { caller, after, limit }).await?;
    let item = |mute: &Mute| {
        let place = mute.place.as_ref();
        json!({"id": mute.target, "project": place.map(|place| project(&place.project)), "task": place.and_then(task)})
    };
    let items: Vec<Value> = mutes.iter().map(item).collect();
    let next = next.map(|next| page::cursor(&fingerprint, next));
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next})))
}

async fn mute_target(
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    change(&app, caller, &path, InboxChange::Mute).await
}

async fn unmute(
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    change(&app, caller, &path, InboxChange::Unmute).await
}

async fn change(
    app: &web::Data<App>,
    caller: engine::Caller,
    path: &str,
    change: fn(Uuid) -> InboxChange,
) -> Result<HttpResponse, ApiError> {
    let target = domain::ids::parse_uuid(path).ok_or_else(ApiError::not_found)?;
    app.engine.inbox.change(caller, change(target)).await?;
    Ok(HttpResponse::NoContent().finish())
}

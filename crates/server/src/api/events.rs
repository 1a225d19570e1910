//! `…/events`: what came after a version, as a page or as a live stream.

use crate::api::page::Query;
use crate::api::request;
use crate::app::{App, Routes, at, get};
use crate::auth::Caller;
use crate::connection::Connection;
use crate::error::ApiError;
use crate::openapi::{self, named, object, op};
use crate::realtime::sse;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use domain::json::MAX_INTEGER;
use domain::{ProjectId, Version};
use serde_json::json;
use std::rc::Rc;
use store::events::{Logged, Wanted};

const MOST_EVENTS: i64 = 1_000;
/// A page ends after about so many bytes, whatever its limit.
const PAGE_BYTES: i64 = 8 << 20;

pub fn routes(routes: &mut Routes) {
    let page = object(json!({
        "epoch": {"type": "string"}, "head": openapi::version(), "more": {"type": "boolean"},
        "events": {"type": "array", "items": named("Event")},
    }));
    let after = json!({"type": "integer", "minimum": 0, "maximum": MAX_INTEGER, "default": 0});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": MOST_EVENTS, "default": MOST_EVENTS});
    let stream = json!("id: k3v9:42\ndata: {\"version\":42}\n\n");
    let lists = op("What came after a version; live with `Accept: text/event-stream`")
        .query("after", after, "The version that is known already.")
        .query("limit", limit, "Most events of the page.")
        .query("epoch", json!({"type": "string"}), "The epoch that `after` belongs to.")
        .answers(200, "Events in order.", page, "events")
        .answers_as("text/event-stream", 200, "", json!({"type": "string"}), stream)
        .problem(409, &["resync"]);
    routes.service(at("/projects/{project}/events", [get(events, lists)]));
}

/// Where the client stands. No epoch: any.
struct Position {
    epoch: String,
    after: Version,
}

async fn events(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let after = query.number("after", 0..=MAX_INTEGER)?.unwrap_or(0);
    let limit = query.number("limit", 1..=MOST_EVENTS)?.unwrap_or(MOST_EVENTS);
    let position = Position { epoch: query.text("epoch")?.unwrap_or_default(), after };
    query.finish()?;
    if wants_stream(&request) {
        return stream(&request, app, caller, project, position).await;
    }
    let state = app.clone();
    app.ask(async move { page(&state, caller, project, position, limit).await }).await.map(|body| {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        response.content_type("application/json").body(body)
    })
}

fn wants_stream(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.split(',').any(|one| one.trim().starts_with("text/event-stream")))
}

async fn page(
    app: &App,
    caller: Caller,
    project: ProjectId,
    position: Position,
    limit: i64,
) -> Result<String, ApiError> {
    let mut conn = store::pool::get(&app.pools.read).await?;
    let (admission, events) = conn
        .at_one_moment(async |conn: &mut AsyncPgConnection| {
            let admission = request::admitted(conn, &caller, project).await?;
            let other = !position.epoch.is_empty() && position.epoch != admission.epoch;
            if other || position.after > admission.version {
                return Err(resync(&admission.epoch, admission.version));
            }
            let wanted = Wanted { project, after: position.after };
            let events = store::events::pages(conn, &[wanted], limit, PAGE_BYTES).await?;
            Ok((admission, events))
        })
        .await?;
    let last = events.last().map_or(position.after, |event| event.version);
    Ok(encode(&admission.epoch, admission.version, &events, last < admission.version))
}

/// The events are the log's own bytes, so they are put in as they are.
fn encode(epoch: &str, head: Version, events: &[Logged], more: bool) -> String {
    let bodies: Vec<&str> = events.iter().map(|event| event.body.as_str()).collect();
    format!(r#"{{"epoch":"{epoch}","head":{head},"events":[{}],"more":{more}}}"#, bodies.join(","))
}

/// 409: the position is void; the client loads a snapshot.
pub fn resync(epoch: &str, head: Version) -> ApiError {
    ApiError::new("resync", "The position is of another epoch or beyond the head: load the snapshot.")
        .with("epoch", json!(epoch))
        .with("head", json!(head))
}

async fn stream(
    request: &HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    project: ProjectId,
    position: Position,
) -> Result<HttpResponse, ApiError> {
    let state = app.clone();
    let standing = app
        .ask(async move {
            let conn = state.read().await?;
            request::admitted(&conn, &caller, project).await?;
            Ok(store::sessions::standings(&conn, &[(caller.user, caller.sid)]).await?)
        })
        .await?;
    let feed_version = standing.first().map_or(0, |standing| standing.feed_version);
    let Position { epoch, after } = last_event_id(request)?.unwrap_or(position);
    if let Some(connection) = request.conn_data::<Rc<Connection>>() {
        connection.ends_with_its_reader();
    }
    sse::open(app, caller, feed_version, project, epoch, after).await
}

/// `Last-Event-ID: epoch:version`, as the stream's own ids are.
fn last_event_id(request: &HttpRequest) -> Result<Option<Position>, ApiError> {
    let Some(value) = request.headers().get("last-event-id") else { return Ok(None) };
    let read = value.to_str().ok().and_then(|text| {
        let (epoch, version) = text.split_once(':')?;
        let after = version.parse().ok().filter(|version| (0..=MAX_INTEGER).contains(version))?;
        Some(Position { epoch: epoch.to_owned(), after })
    });
    let refuse = || ApiError::new("malformed_request", "Last-Event-ID must be an id of this stream.");
    read.map(Some).ok_or_else(refuse)
}

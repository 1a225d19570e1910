//! `…/events`: what came after a version, as a page or as a live stream.

use crate::api::encoding::{Coding, Encoder};
use crate::api::page::Query;
use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::connection::Connection;
use crate::error::ApiError;
use crate::openapi::{self, named, object, op};
use crate::routing::{Routes, at, get};
use crate::sse;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use domain::json::MAX_INTEGER;
use domain::{ProjectId, Version};
use engine::Caller;
use engine::read::{EventsAfter, FeedOfReader, FirstEvents, Logged, NextEvents};
use engine::rooms::Position;
use futures_util::stream;
use serde_json::json;
use std::rc::Rc;

const MOST_EVENTS: i64 = 1_000;
/// A page ends after about so many bytes, whatever its limit.
const PAGE_BYTES: i64 = 8 << 20;
/// It is read and sent in pieces of about so many bytes.
const PIECE_BYTES: i64 = 1 << 20;
/// Less than this is sent as it is.
const WORTH_CODING: usize = 1_024;

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
        .problem(409, &["resync"])
        .problem(429, &["too_many_connections"]);
    routes.service(at("/projects/{project}/events", [get(events, lists)]));
}

async fn events(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let after = query.number("after", 0..=MAX_INTEGER)?.unwrap_or(0);
    let limit = query.number("limit", 1..=MOST_EVENTS)?.unwrap_or(MOST_EVENTS);
    let position = Position { epoch: query.text("epoch")?.unwrap_or_default(), version: after };
    query.finish()?;
    if wants_stream(&request) {
        return stream(&request, app, caller, project, position).await;
    }
    let coding = Coding::accepted(&request);
    Walk::begin(app, caller, project, position, limit).await?.serve(coding)
}

fn wants_stream(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.split(',').any(|one| one.trim().starts_with("text/event-stream")))
}

/// A page on its way out, read piece by piece as the client takes it: between two pieces no connection is held.
struct Walk {
    app: web::Data<App>,
    project: ProjectId,
    epoch: String,
    head: Version,
    /// The last version that was read.
    last: Version,
    events_left: i64,
    bytes_left: i64,
    piece: Vec<Logged>,
}

impl Walk {
    /// Judges the caller and reads the first piece, in one moment.
    async fn begin(
        app: web::Data<App>,
        caller: Caller,
        project: ProjectId,
        Position { epoch, version: after }: Position,
        limit: i64,
    ) -> Result<Walk, ApiError> {
        let question = EventsAfter { caller, project, epoch, after, limit, bytes: PIECE_BYTES };
        let FirstEvents { epoch, head, events: piece } = app.engine.read(question).await?;
        let (events_left, bytes_left) = (limit, PAGE_BYTES);
        Ok(Walk { app, project, epoch, head, last: after, events_left, bytes_left, piece })
    }

    fn serve(self, coding: Coding) -> Result<HttpResponse, ApiError> {
        let size: usize = self.piece.iter().map(|event| event.body.len()).sum();
        let coding = if size < WORTH_CODING { Coding::Identity } else { coding };
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        response.append_header((header::VARY, "accept-encoding"));
        if let Some(encoding) = coding.header() {
            response.insert_header(encoding);
        }
        let encoder = Encoder::new(coding).map_err(|error| ApiError::internal(error.to_string()))?;
        let opening = format!(r#"{{"epoch":"{}","head":{},"events":["#, self.epoch, self.head);
        let pieces = stream::try_unfold((Some((self, encoder)), opening), |(walk, opening)| async {
            let Some((walk, encoder)) = walk else { return Ok(None) };
            let (bytes, rest) = walk.step(encoder, opening).await?;
            Ok::<_, ApiError>(Some((bytes, (rest, ",".to_owned()))))
        });
        Ok(response.content_type("application/json").streaming(pieces))
    }

    /// Encodes the piece that was read, and reads the next one. The events are the log's own bytes, put in as they are.
    async fn step(
        mut self,
        mut encoder: Encoder,
        before: String,
    ) -> Result<(Bytes, Option<(Walk, Encoder)>), ApiError> {
        let mut text = before;
        for (place, event) in self.piece.iter().enumerate() {
            text.push_str(if place > 0 { "," } else { "" });
            text.push_str(&event.body);
            self.last = event.version;
            self.events_left -= 1;
            self.bytes_left -= i64::try_from(event.body.len()).unwrap_or(i64::MAX);
        }
        let ends =
            self.piece.is_empty() || self.last >= self.head || self.events_left <= 0 || self.bytes_left <= 0;
        let coded = |error: std::io::Error| ApiError::internal(error.to_string());
        if ends {
            text.push_str(&format!(r#"],"more":{}}}"#, self.last < self.head));
            let last = encoder.piece(text.as_bytes()).map_err(coded)?;
            let end = encoder.end().map_err(coded)?;
            return Ok(([last, end].concat().into(), None));
        }
        let bytes = encoder.piece(text.as_bytes()).map_err(coded)?;
        self.piece = self.next_piece().await?;
        Ok((bytes, Some((self, encoder))))
    }

    async fn next_piece(&self) -> Result<Vec<Logged>, ApiError> {
        let question = NextEvents {
            project: self.project,
            epoch: self.epoch.clone(),
            after: self.last,
            limit: self.events_left,
            bytes: self.bytes_left.min(PIECE_BYTES),
        };
        Ok(self.app.engine.read(question).await?)
    }
}

async fn stream(
    request: &HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    project: ProjectId,
    position: Position,
) -> Result<HttpResponse, ApiError> {
    let feed_version = app.engine.read(FeedOfReader { caller: caller.clone(), project }).await?;
    let position = last_event_id(request)?.unwrap_or(position);
    if let Some(connection) = request.conn_data::<Rc<Connection>>() {
        connection.ends_with_its_reader();
    }
    sse::open(app, caller, feed_version, project, position).await
}

/// `Last-Event-ID: epoch:version`, as the stream's own ids are.
fn last_event_id(request: &HttpRequest) -> Result<Option<Position>, ApiError> {
    let Some(value) = request.headers().get("last-event-id") else { return Ok(None) };
    let read = value.to_str().ok().and_then(|text| {
        let (epoch, version) = text.split_once(':')?;
        let version = version.parse().ok().filter(|version| (0..=MAX_INTEGER).contains(version))?;
        Some(Position { epoch: epoch.to_owned(), version })
    });
    let refuse = || ApiError::new("malformed_request", "Last-Event-ID must be an id of this stream.");
    read.map(Some).ok_or_else(refuse)
}

//! `…/snapshot` and `…/digest`: a project's whole state, exact at one version.

use crate::api::page::Query;
use crate::api::request;
use crate::app::{App, Routes, at, get};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::openapi::{self, named, object, op};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use domain::json::MAX_INTEGER;
use domain::snapshot::Snapshot;
use domain::{ProjectId, Version, digest};
use serde_json::json;

pub fn routes(routes: &mut Routes) {
    let least = json!({"type": "integer", "minimum": 0, "maximum": MAX_INTEGER});
    let whole = op("The project's whole state, exact at one version")
        .query("min_version", least, "Not older than this version.")
        .query("version", openapi::version(), "As it was at this version; then `min_version` says nothing.")
        .answers(200, "The state.", named("Snapshot"), "snapshot")
        .answers_header("etag", "Epoch and version.")
        .answers_empty(304, "It is the one that `If-None-Match` names.")
        .problem(409, &["resync"]);
    routes.service(at("/projects/{project}/snapshot", [get(snapshot, whole)]));
    let hash = object(json!({
        "epoch": {"type": "string"}, "version": openapi::version(),
        "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }));
    let digests = op("SHA-256 over its canonical JSON").answers(200, "The digest.", hash, "digest");
    routes.service(at("/projects/{project}/digest", [get(show_digest, digests)]));
}

/// What a snapshot is asked for: never older than `min_version`, and not at all if it is the one the client has.
struct Asked {
    min_version: Version,
    has: Option<String>,
}

async fn snapshot(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let min_version = query.number("min_version", 0..=MAX_INTEGER)?.unwrap_or(0);
    let version = query.number("version", 1..=MAX_INTEGER)?;
    query.finish()?;
    if let Some(version) = version {
        return super::history::snapshot(&request, app, caller, project, version).await;
    }
    let has = request.headers().get(header::IF_NONE_MATCH);
    let asked = Asked { min_version, has: has.and_then(|tags| tags.to_str().ok()).map(str::to_owned) };
    let state = app.clone();
    let (tag, body) = app
        .ask(async move {
            let found = read(&state, caller, project, &asked).await?;
            let encode = |snapshot: &Snapshot| {
                serde_json::to_vec(snapshot).map_err(|error| ApiError::internal(error.to_string()))
            };
            Ok((found.0, found.1.as_ref().map(encode).transpose()?))
        })
        .await?;
    let mut response = match body {
        Some(_) => HttpResponse::Ok(),
        None => HttpResponse::NotModified(),
    };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    Ok(match body {
        Some(body) => response.content_type("application/json").body(body),
        None => response.finish(),
    })
}

async fn show_digest(
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let state = app.clone();
    let answer = app
        .ask(async move {
            let (_, snapshot) = read(&state, caller, project, &Asked { min_version: 0, has: None }).await?;
            let snapshot = snapshot.ok_or_else(|| ApiError::internal("a snapshot that was not read"))?;
            let digest = digest::of(&snapshot);
            Ok(json!({"epoch": snapshot.epoch, "version": snapshot.version, "digest": digest}))
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// The tag, and the snapshot unless the client has it already. One transaction sees one moment, membership included.
async fn read(
    app: &App,
    caller: Caller,
    project: ProjectId,
    asked: &Asked,
) -> Result<(String, Option<Snapshot>), ApiError> {
    let mut conn = store::pool::get(&app.pools.snapshot).await?;
    conn.at_one_moment(async |conn: &mut AsyncPgConnection| {
        let admission = request::admitted(conn, &caller, project).await?;
        if admission.version < asked.min_version {
            return Err(super::events::resync(&admission.epoch, admission.version));
        }
        let tag = format!("W/\"{}.{}\"", admission.epoch, admission.version);
        if asked.has.as_deref().is_some_and(|tags| tags.split(',').any(|other| other.trim() == tag)) {
            return Ok((tag, None));
        }
        let snapshot = store::snapshots::read(conn, project).await?.ok_or_else(ApiError::not_found)?;
        Ok((tag, Some(snapshot)))
    })
    .await
}

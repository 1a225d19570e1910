//! `…/snapshot` and `…/digest`: a project's whole state, exact at one version.

use crate::api::encoding::{self, Coding};
use crate::api::page::Query;
use crate::api::{history, request};
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{self, named, object, op};
use crate::routing::{Routes, at, get};
use actix_web::http::header::{self, ETag};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::MAX_INTEGER;
use engine::read::{Digest, Encoding, ServedSnapshot, WholeProject};
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

async fn snapshot(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let mut query = Query::of(request.query_string());
    let min_version = query.number("min_version", 0..=MAX_INTEGER)?.unwrap_or(0);
    let version = query.number("version", 1..=MAX_INTEGER)?;
    query.finish()?;
    if let Some(version) = version {
        return history::snapshot(&request, &app, caller, project, version).await;
    }
    let coding = Coding::accepted(&request);
    let encoding = match coding {
        Coding::Zstd => Encoding::Zstd,
        Coding::Gzip => Encoding::Gzip,
        Coding::Identity => Encoding::Plain,
    };
    let known = request::known_snapshots(&request);
    let question = WholeProject { caller, project, min_version, known, encoding };
    serve(app.engine.read(question).await?, coding, request::knows_any(&request))
}

fn serve(found: ServedSnapshot, coding: Coding, knows_any: bool) -> Result<HttpResponse, ApiError> {
    // One person's data, to be asked for again each time: no shared cache may keep it.
    let policy = [(header::CACHE_CONTROL, "private, no-cache"), (header::VARY, "accept-encoding")];
    let (mut response, tag) = match &found {
        ServedSnapshot::Same { epoch, version } => {
            (HttpResponse::NotModified(), request::snapshot_tag(epoch, *version))
        }
        ServedSnapshot::Entry(entry, _) if knows_any => {
            (HttpResponse::NotModified(), request::snapshot_tag(&entry.epoch, entry.version))
        }
        ServedSnapshot::Entry(entry, _) => {
            (HttpResponse::Ok(), request::snapshot_tag(&entry.epoch, entry.version))
        }
    };
    policy.into_iter().for_each(|header| {
        response.append_header(header);
    });
    response.insert_header(ETag(tag));
    let (entry, bytes) = match found {
        ServedSnapshot::Entry(..) if knows_any => return Ok(response.finish()),
        ServedSnapshot::Same { .. } => return Ok(response.finish()),
        ServedSnapshot::Entry(entry, bytes) => (entry, bytes),
    };
    if let Some(encoding) = coding.header() {
        response.insert_header(encoding);
    }
    let body = match bytes {
        Some(bytes) => encoding::stored(bytes),
        None => encoding::plain(&entry).map_err(|error| ApiError::unavailable(error.to_string()))?,
    };
    Ok(response.content_type("application/json").body(body))
}

async fn show_digest(
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let (epoch, version, digest) = app.engine.read(Digest { caller, project }).await?;
    Ok(HttpResponse::Ok().json(json!({"epoch": epoch, "version": version, "digest": digest})))
}

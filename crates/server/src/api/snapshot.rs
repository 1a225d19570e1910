//! `…/snapshot` and `…/digest`: a project's whole state, exact at one version.

use crate::api::encoding::{self, Coding};
use crate::api::page::Query;
use crate::api::request::{self, snapshot_tag};
use crate::app::{App, Routes, at, get};
use crate::auth::Caller;
use crate::cache::{self, Entry, NotMade, Stored};
use crate::error::ApiError;
use crate::openapi::{self, named, object, op};
use actix_web::http::header::{self, ETag, EntityTag};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::MAX_INTEGER;
use domain::{ProjectId, Version};
use serde_json::json;
use std::sync::Arc;
use store::projects::Admission;

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

/// What a snapshot is asked for: never older than `min_version` nor than the one the client has, and not at all if it is
/// that one.
struct Asked {
    min_version: Version,
    /// `If-None-Match`.
    has: Vec<EntityTag>,
    coding: Coding,
}

enum Found {
    /// The client has it.
    Same(EntityTag),
    /// An entry, and its bytes in the client's coding unless they are made as they go out.
    Entry(Arc<Entry>, Option<Stored>),
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
    let has = request::if_none_match(&request);
    let coding = Coding::accepted(&request);
    let asked = Asked { min_version, has, coding };
    let state = app.clone();
    let found = app.ask(async move { find(&state, caller, project, &asked).await }).await?;
    serve(found, coding)
}

/// Membership, epoch and head come from Postgres, always; the bytes from wherever they are.
async fn find(app: &App, caller: Caller, project: ProjectId, asked: &Asked) -> Result<Found, ApiError> {
    let admission = {
        let conn = app.read().await?;
        request::admitted(&conn, &caller, project).await?
    };
    if admission.version < asked.min_version {
        return Err(super::events::resync(&admission.epoch, admission.version));
    }
    let has = asked.version_of(&admission);
    if has == Some(admission.version) {
        return Ok(Found::Same(snapshot_tag(&admission.epoch, admission.version)));
    }
    let least = asked.min_version.max(has.unwrap_or(0));
    let entry = app.snapshots.get(project, &admission, least).await?;
    if has == Some(entry.version) && entry.epoch == admission.epoch {
        return Ok(Found::Same(snapshot_tag(&entry.epoch, entry.version)));
    }
    let bytes = match asked.coding {
        Coding::Zstd => Some(entry.zstd.clone()),
        Coding::Gzip => Some(app.snapshots.gzip(project, &entry).await.map_err(NotMade::from)?),
        Coding::Identity => None,
    };
    Ok(Found::Entry(entry, bytes))
}

fn serve(found: Found, coding: Coding) -> Result<HttpResponse, ApiError> {
    // One person's data, to be asked for again each time: no shared cache may keep it.
    let policy = [(header::CACHE_CONTROL, "private, no-cache"), (header::VARY, "accept-encoding")];
    let (mut response, tag) = match &found {
        Found::Same(tag) => (HttpResponse::NotModified(), tag.clone()),
        Found::Entry(entry, _) => (HttpResponse::Ok(), snapshot_tag(&entry.epoch, entry.version)),
    };
    policy.into_iter().for_each(|header| {
        response.append_header(header);
    });
    response.insert_header(ETag(tag));
    let (entry, bytes) = match found {
        Found::Same(_) => return Ok(response.finish()),
        Found::Entry(entry, bytes) => (entry, bytes),
    };
    if let Some(encoding) = coding.header() {
        response.insert_header(encoding);
    }
    let body = match bytes {
        Some(bytes) => encoding::stored(bytes),
        None => encoding::plain(&entry).map_err(NotMade::from)?,
    };
    Ok(response.content_type("application/json").body(body))
}

impl Asked {
    /// The version of this epoch that the client has, as far as it exists.
    fn version_of(&self, admission: &Admission) -> Option<Version> {
        let ours = self.has.iter().filter_map(|tag| {
            let (epoch, version) = tag.tag().rsplit_once('.')?;
            version.parse().ok().filter(|version| epoch == admission.epoch && *version <= admission.version)
        });
        ours.max()
    }
}

async fn show_digest(
    path: web::Path<String>,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let state = app.clone();
    let (epoch, version, digest) = app
        .ask(async move {
            {
                let conn = state.read().await?;
                request::admitted(&conn, &caller, project).await?;
            }
            Ok(cache::digest(&state.pools.snapshot, project).await?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({"epoch": epoch, "version": version, "digest": digest})))
}

impl From<NotMade> for ApiError {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::Unavailable(cause) => Self::unavailable(cause),
            NotMade::Gone => Self::not_found(),
            NotMade::Defect(cause) => Self::internal(cause),
        }
    }
}

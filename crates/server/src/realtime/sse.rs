//! Server-Sent Events (WHATWG HTML §9.2) of one project: members of the room like sockets, with the same removal, the same
//! end of the token and the same bounds.

use super::close::{Refusal, Unsubscribe};
use super::hub::{Dialect, Hub, Identity};
use super::join::{self, Position, Recovery};
use super::outbox::Outlet;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use domain::{ProjectId, Version};
use serde_json::json;

/// Opens the stream from a position. The caller is a member: that was asked in Postgres just now.
///
/// # Errors
/// 503 when Postgres does not answer, 404 for whoever was removed in between.
pub async fn open(
    app: web::Data<App>,
    caller: Caller,
    feed_version: i64,
    project: ProjectId,
    epoch: String,
    version: Version,
) -> Result<HttpResponse, ApiError> {
    let hub = Hub::here(&app.realtime);
    let client = hub.connect(Dialect::Events);
    // From here on: whoever goes away meanwhile drops it, and the worker's clock forgets them.
    let body = Outlet::new(client.outbox.clone());
    hub.realtime.people.enter(caller.user, caller.sid, feed_version);
    client.identity.set(Some(Identity { user: caller.user, sid: caller.sid, expires_at: caller.expires_at }));
    let admitted = match join::admit(&hub, &client, project, Some(Position { epoch, version })).await {
        Ok(admitted) => admitted,
        Err(refusal) => {
            hub.disconnect(&client);
            return Err(match refusal {
                Refusal::PERMISSION_DENIED => ApiError::not_found(),
                _ => ApiError::unavailable("a stream could not be opened in time"),
            });
        }
    };
    match &admitted.recovery {
        Recovery::Recovered(frames) => {
            frames.iter().for_each(|frame| hub.send(&client, frame.sse()));
            join::begin(&hub, &admitted.subscription);
        }
        Recovery::Impossible | Recovery::NotAsked => {
            client.outbox.end(resync(), false);
            hub.disconnect(&client);
        }
    }
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .body(body))
}

/// The position is void, or too far behind: load a snapshot.
fn resync() -> Bytes {
    Bytes::from(format!("event: resync\ndata: {}\n\n", json!({"code": "resync"})))
}

/// What a stream says before it ends because the subscription did. After a removal nothing: the removal was the last event,
/// and whoever comes back gets 404.
pub fn farewell(why: Unsubscribe) -> Bytes {
    match why {
        Unsubscribe::INSUFFICIENT_STATE => resync(),
        _ => Bytes::new(),
    }
}

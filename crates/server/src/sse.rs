//! Server-Sent Events (WHATWG HTML §9.2) of one project: members of the room like sockets, with the same removal, the same
//! end of the token and the same bounds.

use crate::app::App;
use crate::error::ApiError;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use domain::{ProjectId, UserId};
use engine::Caller;
use engine::frame::{Form, Frame};
use engine::rooms::{
    self, ClientInfo, Closing, Concern, Dialect, Farewell, LastWord, NotJoined, Outlet, Parting, Position,
    Recovery, Said, SignOfLife, Step,
};
use serde_json::json;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// When a client that has too many connections may try again.
const RETRY_SECONDS: u64 = 5;
/// Pause between two comments on a stream. They keep proxies on the way from taking it for dead.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// Opens the stream from a position. The caller is a member: that was asked in Postgres just now.
///
/// # Errors
/// 503 when Postgres does not answer, 404 for whoever was removed in between.
pub async fn open(
    app: web::Data<App>,
    caller: Caller,
    feed_version: i64,
    project: ProjectId,
    position: Position,
) -> Result<HttpResponse, ApiError> {
    let hub = app.engine.hub();
    let client = hub.connect(&EventStream);
    // Made here, so that a client that goes away during the join drops it; the worker's clock then forgets the client.
    let body = Body(Outlet::new(client.outbox.clone()));
    if hub.identify(&client, caller, feed_version).is_err() {
        hub.disconnect(&client);
        let detail = "This account has as many sockets and streams open here as one may have.";
        return Err(ApiError::new("too_many_connections", detail).retry_after(RETRY_SECONDS));
    }
    let admitted = match app.engine.join(&client, project, Some(position)).await {
        Ok(admitted) => admitted,
        Err(why) => {
            hub.disconnect(&client);
            return Err(match why {
                NotJoined::NoMember => ApiError::not_found(),
                NotJoined::Nameless | NotJoined::Unanswered => {
                    ApiError::unavailable("a stream could not be opened in time")
                }
            });
        }
    };
    match &admitted.recovery {
        Recovery::Recovered(frames) => {
            // Some proxies pass the head of an answer on with its first bytes only; until then a client is still connecting.
            hub.send(&client, COMMENT);
            frames.iter().for_each(|frame| hub.send(&client, frame.encoded(Form::Stream, encode)));
            rooms::begin(&hub, &admitted.subscription);
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

/// The event as a Server-Sent Event. JSON has no raw line breaks.
fn encode(frame: &Frame) -> Bytes {
    let head = format!("id: {}:{}\ndata: ", frame.epoch, frame.version);
    Bytes::from([head.as_bytes(), &frame.body, b"\n\n"].concat())
}

/// The position is void, or too far behind: load a snapshot.
fn resync() -> Bytes {
    Bytes::from(format!("event: resync\ndata: {}\n\n", json!({"code": "resync"})))
}

/// How event streams are spoken to. One is of one project, so its end is the end of the subscription.
struct EventStream;

impl Dialect for EventStream {
    fn form(&self) -> Form {
        Form::Stream
    }

    fn event(&self, _: ProjectId, frame: &Frame) -> Bytes {
        encode(frame)
    }

    /// Streams have the log and nothing else.
    fn step(&self, _: ProjectId, _: Step, _: ClientInfo) -> Bytes {
        Bytes::new()
    }

    /// As above.
    fn said(&self, _: &Said) -> Bytes {
        Bytes::new()
    }

    /// Nothing after a removal, because the removal was the last event; a client that comes back gets 404.
    fn parting(&self, _: ProjectId, why: Parting) -> Farewell {
        Farewell::Last(match why {
            Parting::Reset => resync(),
            Parting::Removed => Bytes::new(),
        })
    }

    fn closing(&self, why: Closing) -> LastWord {
        tracing::debug!(?why, "closing a stream");
        LastWord { bytes: Bytes::new(), discard: true }
    }

    /// Nothing, because a stream is of one project.
    fn changed(&self, _: UserId, _: Concern) -> Bytes {
        Bytes::new()
    }

    fn sign_of_life(&self) -> SignOfLife {
        SignOfLife { every: COMMENT_EVERY, bytes: COMMENT, answered_within: None }
    }
}

/// The body of the answer: what is queued for the client.
struct Body(Outlet);

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.0.poll_take(cx).map(|chunk| chunk.map(Ok))
    }
}

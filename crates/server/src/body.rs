//! Step 1 of 8: request bodies. JSON only, uncompressed, bounded in size and in time.

use crate::app::App;
use crate::error::ApiError;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use bytes::{Bytes, BytesMut};
use domain::json;
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A JSON body of ordinary size, read strictly.
pub struct JsonBody(pub Value);

impl FromRequest for JsonBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload).into_inner();
        Box::pin(async move {
            let app = App::of(&request)?;
            let payload = payload.map_err(|error| ApiError::internal(error.to_string()))?;
            read(&request, payload, app.config.limits.body_bytes).await.map(JsonBody)
        })
    }
}

/// A body that may be left out; then it is an empty object.
pub struct OptionalBody(pub Value);

impl FromRequest for OptionalBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload).into_inner();
        Box::pin(async move {
            let app = App::of(&request)?;
            let payload = payload.map_err(|error| ApiError::internal(error.to_string()))?;
            let bytes = collect(&request, payload, app.config.limits.body_bytes).await?;
            if bytes.is_empty() {
                return Ok(Self(Value::Object(serde_json::Map::new())));
            }
            json_only(&request)?;
            Ok(Self(json::parse(&bytes)?))
        })
    }
}

/// Reads a JSON body of at most `limit` bytes.
///
/// # Errors
/// 415 for another type or a compressed body, 413, 408 when it comes too slowly, 400 or 422 for what is in it.
pub async fn read(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<Value, ApiError> {
    if let Err(error) = json_only(request) {
        abandon(request, payload);
        return Err(error);
    }
    let bytes = collect(request, payload, limit).await?;
    Ok(json::parse(&bytes)?)
}

fn json_only(request: &HttpRequest) -> Result<(), ApiError> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ApiError::new("unsupported_media_type", "Content-Type must be application/json."))
    }
}

async fn collect(request: &HttpRequest, mut payload: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    let collected = take(request, &mut payload, limit).await;
    if collected.is_err() {
        abandon(request, payload);
    }
    collected
}

async fn take(request: &HttpRequest, payload: &mut web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    let headers = request.headers();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(ApiError::new("unsupported_media_type", "Bodies must come without Content-Encoding."));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(too_large(limit));
    }
    let time = Duration::from_secs(App::of(request)?.config.limits.body_seconds);
    let collected = tokio::time::timeout(time, drain(payload, announced.unwrap_or(0), limit)).await;
    collected.unwrap_or_else(|_| {
        let detail = format!("The whole body must arrive within {} seconds.", time.as_secs());
        Err(ApiError::new("request_timeout", detail))
    })
}

/// Keeps what is left of a refused body until the answer is on its way ([`crate::edge`]). actix goes on reading a chunked
/// body that nobody holds, for as long as the client likes; with one that is held it closes the connection instead.
pub fn abandon(request: &HttpRequest, payload: web::Payload) {
    request.extensions_mut().insert(Abandoned { _rest: payload });
}

/// The unread rest of a refused body.
pub struct Abandoned {
    _rest: web::Payload,
}

impl Abandoned {
    /// The same answer, holding the rest until all of it is written: actix decides about the connection then.
    pub fn held_until_sent(self, answer: impl MessageBody + 'static) -> BoxBody {
        BoxBody::new(Holding { answer: answer.boxed(), _rest: self })
    }
}

struct Holding {
    answer: BoxBody,
    _rest: Abandoned,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().answer).poll_next(cx)
    }
}

async fn drain(payload: &mut web::Payload, expected: usize, limit: usize) -> Result<Bytes, ApiError> {
    let mut body = BytesMut::with_capacity(expected.min(16 * 1024));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::new("malformed_request", "The body ended early."))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new("body_too_large", format!("At most {limit} bytes are taken here."))
}

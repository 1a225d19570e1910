//! The edge: what every request and every answer passes, whatever it asks for.

use crate::app::App;
use crate::auth;
use crate::body::Abandoned;
use crate::connection::{Answer, Connection};
use crate::error::ApiError;
use crate::metrics::Status;
use crate::request_id;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};
use std::rc::Rc;
use std::time::{Instant, SystemTime};
use uuid::Uuid;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_INSTANCE: HeaderName = HeaderName::from_static("x-instance");
const X_BUILD: HeaderName = HeaderName::from_static("x-build");

/// For everything that sets no policy of its own: an answer of the API needs nothing and may be framed by nobody.
const NO_CONTENT_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Outermost middleware: request id, refusals that concern any request, headers of every answer, one log line.
///
/// # Errors
/// Those of the services within, which have become answers already.
pub async fn middleware<B: MessageBody + Unpin + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Answer<EitherBody<B>>>, Error> {
    let started = Instant::now();
    let answering = request.conn_data::<Rc<Connection>>().map(Connection::answering);
    let id = incoming_id(request.headers()).unwrap_or_else(|| Uuid::now_v7().to_string());
    let method = request.method().clone();
    let app = request.app_data::<web::Data<App>>().cloned();
    let answered = request_id::scope(id.clone(), async {
        match refused(&request) {
            Some(error) => Ok(refuse(request, &error).map_into_right_body()),
            None => {
                auth::look_up(&request).await;
                next.call(request).await.map(as_problem)
            }
        }
    });
    let mut response = answered.await?;
    let unread = response.request().extensions_mut().remove::<Abandoned>();
    if let Some(unread) = unread {
        response = response.map_body(|_, body| EitherBody::right(unread.held_until_sent(body)));
    }
    let leaving = app.as_ref().is_some_and(|app| app.drain.has_begun());
    if leaving && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // Makes a client that keeps connections open connect elsewhere before this instance is gone.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    complete(response.headers_mut(), &id, app.as_ref().map(web::Data::get_ref));
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    if let Some(app) = &app {
        count(app, response.status());
    }
    if is_logged(error) {
        let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
        log(Line {
            id: &id,
            method: method.as_str(),
            route: &route,
            status: response.status(),
            error,
            started,
        });
    }
    Ok(response.map_body(|_, body| Answer::new(body, answering)))
}

/// The answer to what never became a request, as it goes over the wire. The connection closes after it.
pub fn answer_without_request(app: &App, error: &ApiError) -> Vec<u8> {
    let started = Instant::now();
    let id = Uuid::now_v7().to_string();
    let mut response = request_id::sync_scope(id.clone(), || error.error_response());
    let status = response.status();
    complete(response.headers_mut(), &id, Some(app));
    count(app, status);
    log(Line { id: &id, method: "(none)", route: "(none)", status, error: Some(error), started });
    let date = header::HttpDate::from(SystemTime::now());
    let mut wire = format!("HTTP/1.1 {status}\r\nconnection: close\r\ndate: {date}\r\n").into_bytes();
    for (name, value) in response.headers() {
        wire.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    wire.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    wire.extend_from_slice(&body);
    wire
}

fn incoming_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let sane = |c: u8| c.is_ascii_alphanumeric() || b"-_.:".contains(&c);
    ((8..=128).contains(&id.len()) && id.bytes().all(sane)).then(|| id.to_owned())
}

/// What no handler should see: a token in the URL, which others log. (Two ideas of the body's length, RFC 9112 §6.3, actix
/// refuses itself.)
fn refused(request: &ServiceRequest) -> Option<ApiError> {
    let detail = "Send it as Authorization: Bearer instead.";
    carries_token(request.query_string()).then(|| ApiError::new("token_in_url", detail))
}

fn carries_token(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        let named = ["access_token", "token", "jwt"].iter().any(|bad| name.eq_ignore_ascii_case(bad));
        named
            || is_secret(&value)
            || (value.starts_with("eyJ") && value.bytes().filter(|c| *c == b'.').count() == 2)
    })
}

/// Our own secrets begin with `ls`, a letter and `_`.
fn is_secret(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 47 && value.starts_with("ls") && bytes[2].is_ascii_lowercase() && bytes[3] == b'_'
}

/// Answers without reading on: the connection ends with the answer.
pub fn refuse(request: ServiceRequest, error: &ApiError) -> ServiceResponse {
    let mut response = request.into_response(error.error_response());
    response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    response
}

/// Turns the plain-text errors of actix and its middleware into problem documents.
fn as_problem<B>(response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
    let error = match response.response().error() {
        Some(error) if error.as_error::<ApiError>().is_none() => {
            foreign(response.status(), &error.to_string())
        }
        _ => return response.map_into_left_body(),
    };
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, error.error_response()).map_into_right_body()
}

fn foreign(status: StatusCode, said: &str) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new("body_too_large", "The body is too large."),
        status if status.is_client_error() => ApiError::of(status, "malformed_request", said),
        _ => ApiError::internal(said),
    }
}

/// What every answer carries.
fn complete(headers: &mut HeaderMap, id: &str, app: Option<&App>) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    if let Some(app) = app {
        headers.insert(X_INSTANCE, app.instance_header.clone());
        headers.insert(X_BUILD, app.build_header.clone());
    }
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, NO_CONTENT_POLICY),
    ];
    for (name, value) in defaults {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

fn count(app: &App, status: StatusCode) {
    app.metrics.answers.get_or_create(&Status::of(status.as_u16())).inc();
}

/// What is logged of a request and its answer.
struct Line<'a> {
    id: &'a str,
    method: &'a str,
    /// The pattern of the route, never the URL: that may hold what must not be logged.
    route: &'a str,
    status: StatusCode,
    error: Option<&'a ApiError>,
    started: Instant,
}

/// Whether there is a line to be written, for which the path is compared with every route once more.
fn is_logged(error: Option<&ApiError>) -> bool {
    error.and_then(ApiError::cause).is_some() || tracing::enabled!(target: "access", tracing::Level::DEBUG)
}

fn log(Line { id, method, route, status, error, started }: Line<'_>) {
    let status = status.as_u16();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match error.and_then(ApiError::cause) {
        Some(cause) if error.is_some_and(ApiError::is_defect) => {
            tracing::error!(request.id = id, method, route, status, duration_ms, cause, "request failed");
        }
        Some(cause) => {
            tracing::warn!(
                request.id = id,
                method,
                route,
                status,
                duration_ms,
                cause,
                "request could not be served"
            );
        }
        None => {
            tracing::debug!(target: "access", { request.id = id, method, route, status, duration_ms }, "request answered");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::carries_token;

    #[test]
    fn a_token_in_a_query_is_seen_whatever_it_is_called() {
        for query in [
            "token=x",
            "a=1&Access_Token=x",
            "%6Awt=x",
            "x=eyJhbGciOi.eyJzdWIi.sig",
            &format!("q=lsp_{}", "a".repeat(43)),
        ] {
            assert!(carries_token(query), "{query}");
        }
        for query in ["", "q=token", "cursor=eyJhIjoxfQ", "limit=5", "q=lsp_short"] {
            assert!(!carries_token(query), "{query}");
        }
    }
}

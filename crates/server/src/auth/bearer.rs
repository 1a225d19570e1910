//! Who sent a request, and with what.
//!
//! An API token has to be looked up in Postgres, which an extractor cannot wait for without keeping the body from the
//! extractors beside it. So the edge looks it up before ([`look_up`]).

use super::tokens::TokenError;
use crate::app::App;
use crate::body;
use crate::error::ApiError;
use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use engine::Caller;
use engine::people::People;
use std::future::{Ready, ready};

/// Who asks, with an access token or an API token: an extractor, 401 without a valid one, and 403 for a token that may only
/// read where a change is asked for.
#[derive(Debug, Clone)]
pub struct Bearer(pub Caller);

/// Who asks, having logged in: an extractor, 401 without a valid access token, and 403 for an API token.
#[derive(Debug, Clone)]
pub struct Session(pub Caller);

/// What became of the API token of a request.
struct LookedUp(Result<Caller, ApiError>);

/// Finds out whose API token a request carries, if it carries one.
pub async fn look_up(request: &ServiceRequest) {
    let Ok(token) = token(request.request()) else { return };
    if !People::is_api_token(token) {
        return;
    }
    let caller = of_api_token(request.request(), token).await;
    request.extensions_mut().insert(LookedUp(caller));
}

async fn of_api_token(request: &HttpRequest, token: &str) -> Result<Caller, ApiError> {
    let app = App::of(request)?;
    let caller = app.engine.people.of_api_token(token).await?;
    let gone = || ApiError::new("invalid_token", "The API token is unknown, was revoked or has expired.");
    caller.ok_or_else(gone)
}

impl FromRequest for Bearer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let admitted = of_request(request).and_then(|caller| match caller.may_write() || reads {
            true => Ok(Bearer(caller)),
            false => Err(ApiError::new("insufficient_scope", "This API token may only read.")),
        });
        ready(admitted.inspect_err(|_| leave_unread(request, payload)))
    }
}

impl FromRequest for Session {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let admitted = of_request(request).and_then(|caller| match caller.has_session() {
            true => Ok(Session(caller)),
            false => Err(ApiError::new("session_required", "Log in: an API token is not enough for this.")),
        });
        ready(admitted.inspect_err(|_| leave_unread(request, payload)))
    }
}

fn leave_unread(request: &HttpRequest, payload: &mut dev::Payload) {
    if let Ok(unread) = web::Payload::from_request(request, payload).into_inner() {
        body::abandon(request, unread);
    }
}

fn of_request(request: &HttpRequest) -> Result<Caller, ApiError> {
    let token = token(request)?;
    match request.extensions_mut().remove::<LookedUp>() {
        Some(LookedUp(caller)) => caller,
        None => Ok(App::of(request)?.tokens.verify(token)?),
    }
}

/// The one token of a request.
fn token(request: &HttpRequest) -> Result<&str, ApiError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(authorization) = headers.next() else {
        return Err(ApiError::new("unauthenticated", "Send Authorization: Bearer with an access token."));
    };
    let (scheme, token) =
        authorization.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || headers.next().is_some() {
        return Err(TokenError::Invalid.into());
    }
    Ok(token.trim())
}

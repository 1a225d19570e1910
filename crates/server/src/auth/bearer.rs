//! Who sent a request.

use super::tokens::TokenError;
use crate::app::App;
use crate::body;
use crate::error::ApiError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, dev, web};
use engine::Caller;
use std::future::{Ready, ready};

/// Who asks: an extractor, 401 without a valid access token.
#[derive(Debug, Clone, Copy)]
pub struct Bearer(pub Caller);

impl FromRequest for Bearer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let caller = of_request(request);
        if caller.is_err()
            && let Ok(unread) = web::Payload::from_request(request, payload).into_inner()
        {
            body::abandon(request, unread);
        }
        ready(caller.map(Bearer))
    }
}

fn of_request(request: &HttpRequest) -> Result<Caller, ApiError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(authorization) = headers.next() else {
        return Err(ApiError::new("unauthenticated", "Send Authorization: Bearer with an access token."));
    };
    let (scheme, token) =
        authorization.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || headers.next().is_some() {
        return Err(TokenError::Invalid.into());
    }
    Ok(App::of(request)?.tokens.verify(token.trim())?)
}

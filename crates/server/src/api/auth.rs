//! `/auth`: registering, logging in, refreshing, logging out.
//!
//! The refresh token travels in a cookie that scripts cannot read, or, for clients that are no browsers and ask with
//! `"cookie": false`, in bodies. A client stays with the way it began.

use crate::api::request::read;
use crate::app::App;
use crate::auth::{KNOWN_COOKIE, REFRESH_COOKIE};
use crate::body::{JsonBody, OptionalBody};
use crate::error::ApiError;
use crate::openapi::{Operation, closed, object, op};
use crate::origin;
use crate::routing::{Routes, at, post};
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::{Fields, Invalid, boolean, string};
use engine::people::{DisplayName, Email, Password, RefreshToken, SignedIn};
use serde_json::{Value, json};

const COOKIE_PATH: &str = "/api/v1/auth";

pub fn routes(routes: &mut Routes) {
    let text = json!({"type": "string"});
    let cookie = json!({"type": "boolean", "default": true, "description": "`false`: the refresh token comes in the body."});
    let email = json!({"type": "string", "format": "email", "maxLength": 254});
    let name = json!({"type": "string", "minLength": 1, "maxLength": 200});
    let invitation = json!({"type": "string", "description": "The token of an invitation: makes the memberships with the account."});
    let fields =
        json!({"email": email, "name": name, "password": text, "cookie": cookie, "invitation": invitation});
    let body = closed(&["email", "name", "password"], fields);
    let example = json!({"email": "mira@example.org", "name": "Mira Sander", "password": "correct horse battery", "cookie": false});
    let registers = signs_in(op("Makes an account and logs in").open().with_body(body, example), 201)
        .problem(403, &["signup_closed"])
        .problem(409, &["email_taken"])
        .problem(410, &["invitation_gone"])
        .problem(429, &["too_many_attempts"]);
    routes.service(at("/auth/register", [post(register, registers)]));
    let body = closed(&["email", "password"], json!({"email": text, "password": text, "cookie": cookie}));
    let example = json!({"email": "mira@example.org", "password": "correct horse battery", "cookie": false});
    let logs_in = signs_in(op("Logs in").open().with_body(body, example), 200)
        .problem(401, &["invalid_credentials"])
        .problem(403, &["account_disabled"])
        .problem(429, &["too_many_attempts"]);
    routes.service(at("/auth/login", [post(login, logs_in)]));
    let body = closed(&["token", "password"], json!({"token": text, "password": text}));
    let example = json!({"token": "lsx_…", "password": "another horse battery"});
    let resets = op("Chooses a new password through a link, which ends all sessions and API tokens").open();
    let resets = resets.with_body(body, example).answers_empty(204, "Log in with it.");
    let resets = resets.problem(410, &["link_gone"]).problem(503, &["outcome_unknown"]);
    routes.service(at("/auth/reset", [post(reset, resets)]));
    let body = || closed(&[], json!({"refresh_token": {"type": "string"}}));
    let example = json!({"refresh_token": "the one that came last"});
    let refreshes =
        op("A new access token, and a new refresh token").refresh().with_body(body(), example.clone());
    routes.service(at(
        "/auth/refresh",
        [post(
            refresh,
            signs_in(refreshes, 200).problem(401, &["session_ended"]).problem(403, &["origin_not_allowed"]),
        )],
    ));
    let logs_out =
        op("Ends the session").refresh().with_body(body(), example).answers_empty(204, "It is over.");
    routes.service(at("/auth/logout", [post(logout, logs_out.problem(403, &["origin_not_allowed"]))]));
}

fn signs_in(operation: Operation, status: u16) -> Operation {
    let text = json!({"type": "string"});
    let user = object(json!({"id": {"type": "string", "format": "uuid"}, "name": text, "email": text}));
    let mut answer = object(json!({"user": user, "access_token": text, "expires_in": {"type": "integer"}}));
    answer["properties"]["refresh_token"] =
        json!({"type": "string", "description": "With `cookie: false` only."});
    operation.answers(status, "You are logged in.", answer, "signed_in").problem(503, &["outcome_unknown"])
}

/// How the refresh token travels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Cookie,
    Body,
}

async fn register(
    request: HttpRequest,
    app: web::Data<App>,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let Registration { email, name, password, invitation, way } = registration(body)?;
    let from = origin::signs_in_from(&app.config, &request);
    let people = &app.engine.people;
    let signed_in = match invitation {
        None => people.register(email, name, password, from).await?,
        Some(token) => people.register_invited(email, name, password, &token, from).await?,
    };
    answer(&app, StatusCode::CREATED, &signed_in, way)
}

struct Registration {
    email: Email,
    name: DisplayName,
    password: Password,
    invitation: Option<String>,
    way: Way,
}

fn registration(body: Value) -> Result<Registration, Invalid> {
    let mut fields = Fields::of(body)?;
    let email = fields.required("email", Email::read);
    let name = fields.required("name", DisplayName::read);
    let password = fields.required("password", Password::read);
    let invitation = fields.optional("invitation", string);
    let way = way(&mut fields);
    fields.finish()?;
    Ok(Registration { email: read(email)?, name: read(name)?, password: read(password)?, invitation, way })
}

async fn login(
    request: HttpRequest,
    app: web::Data<App>,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let (email, password, way) = credentials(body)?;
    let from = origin::signs_in_from(&app.config, &request);
    let signed_in = app.engine.people.login(email, password, from).await?;
    answer(&app, StatusCode::OK, &signed_in, way)
}

fn credentials(body: Value) -> Result<(Email, Password, Way), Invalid> {
    let mut fields = Fields::of(body)?;
    let email = fields.required("email", Email::read);
    let password = fields.required("password", Password::read_existing);
    let way = way(&mut fields);
    fields.finish()?;
    Ok((read(email)?, read(password)?, way))
}

async fn refresh(
    request: HttpRequest,
    app: web::Data<App>,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    let (token, way) = presented(&app, &request, body)?;
    let signed_in = app.engine.people.refresh(token).await?;
    answer(&app, StatusCode::OK, &signed_in, way)
}

async fn logout(
    request: HttpRequest,
    app: web::Data<App>,
    OptionalBody(body): OptionalBody,
) -> Result<HttpResponse, ApiError> {
    let (token, way) = presented(&app, &request, body)?;
    app.engine.people.logout(token).await?;
    let mut response = HttpResponse::NoContent();
    if way == Way::Cookie {
        for mut gone in cookies(&app, String::new()) {
            gone.make_removal();
            response.append_header((header::SET_COOKIE, gone.to_string()));
        }
    }
    Ok(response.finish())
}

async fn reset(app: web::Data<App>, JsonBody(body): JsonBody) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let token = fields.required("token", string);
    let password = fields.required("password", Password::read);
    fields.finish()?;
    app.engine.people.reset_password(&read(token)?, read(password)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The refresh token of a request, in the body or else in the cookie. A cookie comes along with whatever a page sends, so
/// then the page's origin is judged too.
fn presented(app: &App, request: &HttpRequest, body: Value) -> Result<(RefreshToken, Way), ApiError> {
    let mut fields = Fields::of(body)?;
    let in_body = fields.optional("refresh_token", string);
    fields.finish()?;
    let in_cookie = || request.cookie(REFRESH_COOKIE).map(|cookie| cookie.value().to_owned());
    let (text, way) = match in_body {
        Some(text) => (text, Way::Body),
        None => {
            let needed = "Send the refresh token as cookie or as refresh_token.";
            (in_cookie().ok_or_else(|| ApiError::new("unauthenticated", needed))?, Way::Cookie)
        }
    };
    if way == Way::Cookie && !origin::of_request_is_allowed(&app.config, request) {
        return Err(ApiError::new("origin_not_allowed", "This page may not use the session."));
    }
    let token = RefreshToken::parse(&text);
    Ok((token.ok_or_else(|| ApiError::new("invalid_token", "Log in again."))?, way))
}

fn way(fields: &mut Fields) -> Way {
    if fields.optional("cookie", boolean).unwrap_or(true) { Way::Cookie } else { Way::Body }
}

fn answer(app: &App, status: StatusCode, signed_in: &SignedIn, way: Way) -> Result<HttpResponse, ApiError> {
    let SignedIn { user, sid, refresh } = signed_in;
    let mut body = json!({
        "user": {"id": user.id, "name": user.name, "email": user.email},
        "access_token": app.tokens.issue(user.id(), *sid)?,
        "expires_in": app.tokens.lifetime(),
    });
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    match way {
        Way::Cookie => {
            for cookie in cookies(app, refresh.expose()) {
                response.append_header((header::SET_COOKIE, cookie.to_string()));
            }
        }
        Way::Body => body["refresh_token"] = Value::String(refresh.expose()),
    }
    Ok(response.json(body))
}

/// The one with the refresh token, and the one that tells the page's scripts that it is there. A cookie that a script made itself
/// Safari would forget after seven days.
fn cookies(app: &App, refresh: String) -> [Cookie<'static>; 2] {
    let kept = |name, value: String| {
        Cookie::build(name, value)
            .secure(app.config.is_secure())
            .max_age(time::Duration::days(app.config.limits.session_days))
    };
    let refresh = kept(REFRESH_COOKIE, refresh).path(COOKIE_PATH).http_only(true).same_site(SameSite::Strict);
    let page = format!("{}/", app.config.public_url.path().trim_end_matches('/'));
    let known = kept(KNOWN_COOKIE, "1".to_owned()).path(page).same_site(SameSite::Lax);
    [refresh.finish(), known.finish()]
}

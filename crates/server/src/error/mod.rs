//! Every error a client sees: RFC 9457 problem documents, made in one place.

mod of_engine;

use crate::request_id;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use domain::json::{FieldProblem, Invalid, JsonError};
use domain::rejection::RejectionKind;
use engine::execute::Refusal;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fmt;

/// Code, status, title. Codes are stable and part of the contract.
const TABLE: &[(&str, u16, &str)] = &[
    ("malformed_json", 400, "The body is not JSON"),
    ("malformed_request", 400, "The request is malformed"),
    ("invalid_query", 400, "A query parameter is wrong"),
    ("token_in_url", 400, "A token must not travel in a URL"),
    ("no_websocket", 400, "This is the address of a WebSocket"),
    ("command_id_twice", 400, "The command id was given twice"),
    ("unauthenticated", 401, "An access token is needed"),
    ("invalid_token", 401, "The token is not valid"),
    ("token_expired", 401, "The token has expired"),
    ("session_ended", 401, "The session has ended"),
    ("invalid_credentials", 401, "The address or the password is wrong"),
    ("forbidden", 403, "Not allowed"),
    ("insufficient_scope", 403, "The token may only read"),
    ("session_required", 403, "A login is needed"),
    ("admin_required", 403, "Only for administrators"),
    ("wrong_password", 403, "The password is wrong"),
    ("signup_closed", 403, "Registration is not open"),
    ("account_disabled", 403, "The account is disabled"),
    ("origin_not_allowed", 403, "The origin is not allowed"),
    ("not_found", 404, "Not found"),
    ("link_gone", 410, "The link is not valid any more"),
    ("invitation_gone", 410, "The invitation is not valid any more"),
    ("method_not_allowed", 405, "The method is not allowed here"),
    ("request_timeout", 408, "The request came too slowly"),
    ("last_owner", 409, "A project keeps an owner"),
    ("email_taken", 409, "The address has an account already"),
    ("resync", 409, "The position is void"),
    ("stale", 412, "The resource has changed"),
    ("body_too_large", 413, "The body is too large"),
    ("unsupported_media_type", 415, "The body must be uncompressed JSON"),
    ("own_account", 422, "It is your own account"),
    ("too_many_tokens", 422, "Too many API tokens"),
    ("too_many_invitations", 422, "Too many invitations"),
    ("too_many_filters", 422, "Too many saved filters"),
    ("unknown_project", 422, "A project is not known"),
    ("unknown_field", 422, "A field is not known"),
    ("unknown_value", 422, "The project does not have it"),
    ("number_out_of_range", 422, "A number is out of range"),
    ("too_many_mutes", 422, "Too many mutes"),
    ("upgrade_required", 426, "This is the address of a WebSocket"),
    ("headers_too_large", 431, "The headers are too large"),
    ("project_busy", 429, "Too many changes at once"),
    ("too_many_connections", 429, "Too many connections of one account"),
    ("too_many_attempts", 429, "Too many attempts"),
    ("internal", 500, "Something went wrong on our side"),
    ("unavailable", 503, "Not available right now"),
    ("outcome_unknown", 503, "It may have happened"),
    ("not_ready", 503, "Not ready"),
    ("draining", 503, "The instance is stopping"),
    ("instance_full", 503, "The instance has no place left"),
];

/// The title of a code.
pub fn title(code: &str, status: u16) -> &'static str {
    let titled = TABLE.iter().find(|(known, _, _)| *known == code);
    let reason = || StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    titled.map(|(_, _, title)| *title).or_else(reason).unwrap_or("Refused")
}

/// The status of a refusal by a rule.
pub fn status_of(kind: RejectionKind) -> StatusCode {
    match kind {
        RejectionKind::Forbidden => StatusCode::FORBIDDEN,
        RejectionKind::NotFound => StatusCode::NOT_FOUND,
        RejectionKind::Conflict => StatusCode::CONFLICT,
        RejectionKind::Precondition => StatusCode::PRECONDITION_FAILED,
        RejectionKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The only error that handlers return. Its cause is logged, never shown.
pub struct ApiError(Box<Problem>);

struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    title: &'static str,
    detail: String,
    errors: Vec<FieldProblem>,
    extensions: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl ApiError {
    /// A problem whose code is in the table.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let status = TABLE.iter().find(|(known, _, _)| *known == code).map_or(500, |(_, status, _)| *status);
        Self::of(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), code, detail)
    }

    /// A problem whose status comes from elsewhere, such as a rejection's kind. The title is the code's if it has one.
    pub fn of(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let code = code.into();
        let title = title(&code, status.as_u16());
        let mut error = Self(Box::new(Problem {
            status,
            code,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
            headers: Vec::new(),
            cause: None,
        }));
        if status == StatusCode::UNAUTHORIZED {
            let known = error.code() != "unauthenticated" && error.code() != "invalid_credentials";
            let challenge = if known { "Bearer error=\"invalid_token\"" } else { "Bearer" };
            error = error.header(header::WWW_AUTHENTICATE, challenge);
        }
        error
    }

    /// A rule of a project says no.
    pub fn refused(refusal: &Refusal) -> Self {
        let status = status_of(refusal.kind());
        Self::of(status, refusal.code().to_owned(), refusal.detail()).with_all(refusal.extensions())
    }

    /// 401: the session of this caller is no more.
    pub fn session_ended() -> Self {
        Self::new("session_ended", "Log in again.")
    }

    /// 404 for what is absent, or not the caller's to see.
    pub fn not_found() -> Self {
        Self::new("not_found", "There is nothing here, or it is not yours to see.")
    }

    /// 405; `allow` names the methods that are.
    pub fn method_not_allowed(allow: &str) -> Self {
        Self::new("method_not_allowed", format!("Allowed here: {allow}.")).header(header::ALLOW, allow)
    }

    /// 503: nothing happened, try again soon. The cause is for the log.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        let mut error =
            Self::new("unavailable", "Nothing was changed. Try again in a moment.").retry_after(1);
        error.0.cause = Some(cause.into());
        error
    }

    /// 503: it may have happened; repeating it tells. The cause is for the log.
    pub fn outcome_unknown(cause: impl Into<String>) -> Self {
        let mut error =
            Self::new("outcome_unknown", "Repeat the request to learn what became of it.").retry_after(1);
        error.0.cause = Some(cause.into());
        error
    }

    /// 500: a defect of ours. The cause is for the log.
    pub fn internal(cause: impl Into<String>) -> Self {
        let mut error = Self::new("internal", "The log has the cause under this request_id.");
        error.0.cause = Some(cause.into());
        error
    }

    /// Adds a member to the problem document.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.extensions.insert(name.to_owned(), value);
        self
    }

    /// Adds several members to the problem document.
    pub fn with_all(mut self, extensions: Map<String, Value>) -> Self {
        self.0.extensions.extend(extensions);
        self
    }

    /// Adds what is wrong with single fields.
    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Where one command has an endpoint of its own, what it sets stands at the top level of the body.
    pub fn with_set_at_top(mut self) -> Self {
        let errors = self.0.extensions.get_mut("errors").and_then(Value::as_array_mut);
        for error in errors.into_iter().flatten() {
            let pointer = error["pointer"].as_str().and_then(|pointer| pointer.strip_prefix("/set"));
            if let Some(pointer) = pointer.map(str::to_owned) {
                error["pointer"] = Value::String(pointer);
            }
        }
        self
    }

    /// Says that the answer is the one to an earlier request with the same key.
    pub fn replayed(self, replayed: bool) -> Self {
        match replayed {
            true => self.header(HeaderName::from_static("idempotency-replayed"), "true"),
            false => self,
        }
    }

    /// Says when to try again, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, &seconds.to_string())
    }

    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.push((name, value));
        }
        self
    }

    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What is wrong, in words.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What to log, if it is a 5xx.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Whether it is a defect of ours.
    pub fn is_defect(&self) -> bool {
        self.0.status == StatusCode::INTERNAL_SERVER_ERROR
    }

    /// The problem document; `request_id` is left out where there is no request (a command over a socket).
    pub fn document(&self) -> Value {
        let problem = &self.0;
        let mut document = json!({
            "type": format!("urn:lockstep:problem:{}", problem.code),
            "title": problem.title,
            "status": problem.status.as_u16(),
            "detail": problem.detail,
            "code": problem.code,
        });
        if let Value::Object(members) = &mut document {
            members.extend(request_id::current().map(|id| ("request_id".to_owned(), Value::String(id))));
            if !problem.errors.is_empty() {
                members.insert("errors".to_owned(), json!(problem.errors));
            }
            members.extend(problem.extensions.clone());
        }
        document
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.0.status.as_u16(), self.0.code, self.0.detail)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.status.as_u16(), self.0.code)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.content_type("application/problem+json").body(self.document().to_string())
    }
}

impl From<JsonError> for ApiError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Malformed(detail) => Self::new("malformed_json", detail),
            JsonError::OutOfRange(detail) => Self::new("number_out_of_range", detail),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        let detail = match invalid.errors.as_slice() {
            [one] => format!("{}: {}.", one.pointer, one.detail),
            several => format!("{} fields are refused.", several.len()),
        };
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, invalid.code(), detail).with_errors(invalid.errors)
    }
}

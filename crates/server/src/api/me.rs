//! `/me`: the own account.

use crate::api::request::read;
use crate::app::App;
use crate::auth::{Bearer, Session};
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{closed, object, op};
use crate::origin;
use crate::routing::{Routes, at, get, patch, post};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::{Fields, Refused, boolean};
use engine::people::{AccountChange, DisplayName, Email, Locale, Password, Timezone, User};
use engine::read::OwnAccount;
use serde_json::{Map, Value, json};

pub fn routes(routes: &mut Routes) {
    let text = json!({"type": "string"});
    let user = object(json!({
        "id": {"type": "string", "format": "uuid"}, "name": text, "email": text, "locale": text, "timezone": text,
        "preferences": {"type": "object", "additionalProperties": true, "description": "What a page remembers for you."},
        "admin": {"type": "boolean", "description": "Whether you administer the installation."},
    }));
    let shown = object(json!({"user": user}));
    let me = op("The own account").answers(200, "You.", shown.clone(), "me");
    let fields = json!({
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "locale": {"type": "string", "maxLength": 35, "description": "A language tag (BCP 47)."},
        "timezone": {"type": "string", "description": "A time zone of the IANA database."},
        "preferences": {"type": "object", "additionalProperties": true,
            "description": "A merge patch (RFC 7396) of what a page remembers for you."},
    });
    let example = json!({"name": "Mira Sander", "locale": "de", "timezone": "Europe/Berlin"});
    let changes = op("Changes name, language or time zone").session().with_body(closed(&[], fields), example);
    let changes =
        changes.answers(200, "You, as you are now.", shown, "me").problem(503, &["outcome_unknown"]);
    let changes = changes.problem(422, &["preferences_too_large", "preferences_too_deep"]);
    routes.service(at("/me", [get(show, me), patch(change, changes)]));
    guarded_routes(routes);
}

/// What asks for the password again.
fn guarded_routes(routes: &mut Routes) {
    let text = json!({"type": "string"});
    let fields = json!({
        "current_password": text, "password": text,
        "end_tokens": {"type": "boolean", "default": false, "description": "Whether API tokens end too."},
    });
    let example = json!({"current_password": "correct horse battery", "password": "another horse battery", "end_tokens": true});
    let summary = "Changes the password and ends your other sessions";
    let changes = op(summary).session().with_body(closed(&["current_password", "password"], fields), example);
    let changes = changes.answers_empty(204, "It is changed.").problem(403, &["wrong_password"]);
    let changes = changes.problem(429, &["too_many_attempts"]).problem(503, &["outcome_unknown"]);
    routes.service(at("/me/password", [post(change_password, changes)]));
    let fields =
        json!({"email": {"type": "string", "format": "email", "maxLength": 254}, "current_password": text});
    let example = json!({"email": "mira@example.org", "current_password": "correct horse battery"});
    let changes = op("Changes the address")
        .session()
        .with_body(closed(&["email", "current_password"], fields), example);
    let changes = changes.answers_empty(204, "It is changed.").problem(403, &["wrong_password"]);
    let changes = changes.problem(409, &["email_taken"]).problem(429, &["too_many_attempts"]);
    routes.service(at("/me/email", [post(change_email, changes.problem(503, &["outcome_unknown"]))]));
    let body = closed(&["current_password"], json!({"current_password": text}));
    let deletes = op("Deletes the account, and then leaves all projects").session();
    let deletes = deletes.with_body(body, json!({"current_password": "correct horse battery"}));
    let deletes = deletes.answers_empty(204, "Name, address, sessions and API tokens are gone.");
    let deletes = deletes.problem(403, &["wrong_password"]).problem(409, &["last_owner"]);
    let deletes = deletes.problem(429, &["too_many_attempts"]).problem(503, &["outcome_unknown"]);
    routes.service(at("/me/deletion", [post(delete_account, deletes)]));
}

async fn show(app: web::Data<App>, Bearer(caller): Bearer) -> Result<HttpResponse, ApiError> {
    let user = app.engine.read(OwnAccount { caller }).await?;
    Ok(HttpResponse::Ok().json(json!({"user": account(&user)})))
}

async fn change(
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let change = AccountChange {
        name: fields.optional("name", DisplayName::read),
        locale: fields.optional("locale", Locale::read),
        timezone: fields.optional("timezone", Timezone::read),
        preferences: fields.optional("preferences", object_of),
    };
    fields.finish()?;
    let user = app.engine.people.change(caller, change).await?;
    Ok(HttpResponse::Ok().json(json!({"user": account(&user)})))
}

async fn change_password(
    request: HttpRequest,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let current = fields.required("current_password", Password::read_existing);
    let new = fields.required("password", Password::read);
    let tokens = fields.optional("end_tokens", boolean).unwrap_or(false);
    fields.finish()?;
    let (current, new) = (read(current)?, read(new)?);
    let address = origin::client_address(&app.config, &request);
    app.engine.people.change_password(caller, address, current, new, tokens).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn change_email(
    request: HttpRequest,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let email = fields.required("email", Email::read);
    let password = fields.required("current_password", Password::read_existing);
    fields.finish()?;
    let (email, password) = (read(email)?, read(password)?);
    let address = origin::client_address(&app.config, &request);
    app.engine.people.change_email(caller, address, password, email).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn delete_account(
    request: HttpRequest,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let password = fields.required("current_password", Password::read_existing);
    fields.finish()?;
    let address = origin::client_address(&app.config, &request);
    app.engine.people.delete(caller, address, read(password)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn object_of(value: Value) -> Result<Map<String, Value>, Refused> {
    match value {
        Value::Object(members) => Ok(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Refused::not_a("an object"))
        }
    }
}

fn account(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "locale": user.locale,
        "timezone": user.timezone,
        "preferences": user.preferences,
        "admin": user.admin,
    })
}

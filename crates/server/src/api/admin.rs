//! `/admin`: the accounts of the installation, for its administrators.

use crate::api::page::{self, Query};
use crate::api::{instance, request};
use crate::app::App;
use crate::auth::Session;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::links;
use crate::openapi::{Operation, closed, list as list_of, object, op};
use crate::routing::{Routes, at, delete, get, patch, post};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::{Fields, boolean};
use domain::time::Moment;
use engine::people::Account;
use serde_json::{Value, json};
use uuid::Uuid;

pub fn routes(routes: &mut Routes) {
    let time = json!({"type": ["string", "null"], "format": "date-time"});
    let ids = json!({"type": "array", "items": {"type": "string", "format": "uuid"},
        "description": "Projects that a deleted account has not left, because it is the last owner there, or not yet."});
    let account = object(json!({
        "id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}, "email": {"type": ["string", "null"]},
        "admin": {"type": "boolean"}, "created_at": {"type": "string", "format": "date-time"}, "disabled_at": time,
        "last_seen_at": time, "projects": {"type": "integer", "minimum": 0}, "left_over": ids,
    }));
    let q = json!({"type": "string", "maxLength": 200});
    let lists = for_admins("All accounts").query("q", q, "In the name or the address.").paged();
    let lists = lists.answers(200, "A page, the oldest first.", list_of(account, false), "accounts");
    routes.service(at("/admin/accounts", [get(list, lists)]));
    let fields = json!({"disabled": {"type": "boolean"}});
    let switches = changing("Stops an account, or lets it be used again");
    let switches = switches.with_body(closed(&["disabled"], fields), json!({"disabled": true}));
    let switches = switches.answers_empty(204, "Done.").problem(422, &["own_account"]);
    routes.service(at("/admin/accounts/{user}", [patch(switch, switches)]));
    let setting = object(json!({"value": {"type": "string"}, "variable": {"type": "string"}}));
    let shows = for_admins("What the operator has set, and the variable that sets it");
    let settings = object(json!({"name": setting, "signup": setting}));
    let shows = shows.answers(200, "The settings.", settings, "admin_instance");
    routes.service(at("/admin/instance", [get(instance, shows)]));
    let ends = changing("Ends all sessions and API tokens of an account").answers_empty(204, "Done.");
    routes.service(at("/admin/accounts/{user}/sessions", [delete(end_sessions, ends)]));
    let link = object(json!({"link": {"type": "string", "description": "Never shown again."}}));
    let resets = changing("Makes a link with which the person chooses another password, for one hour");
    let resets = resets.answers(200, "Give it to the person.", link, "reset_link");
    routes.service(at("/admin/accounts/{user}/reset", [post(reset, resets)]));
}

fn for_admins(summary: &'static str) -> Operation {
    op(summary).session().problem(403, &["admin_required"])
}

fn changing(summary: &'static str) -> Operation {
    for_admins(summary).problem(503, &["outcome_unknown"])
}

async fn list(
    request: HttpRequest,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint("accounts");
    let q = query.one("q", "at most 200 characters", |q| (q.chars().count() <= 200).then(|| q.to_owned()))?;
    let (limit, after): (usize, Option<Uuid>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let mut accounts = app.engine.people.accounts(caller, q.unwrap_or_default(), after, limit + 1).await?;
    let more = accounts.len() > limit;
    accounts.truncate(limit);
    let next = accounts.last().filter(|_| more).map(|last| page::cursor(&fingerprint, last.id));
    let items: Vec<Value> = accounts.iter().map(account).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next})))
}

fn account(account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "admin": account.admin,
        "created_at": Moment::from(account.created_at),
        "disabled_at": account.disabled_at.map(Moment::from),
        "last_seen_at": account.last_seen_at.map(Moment::from),
        "projects": account.projects,
        "left_over": account.left_over,
    })
}

/// Settings come from the environment, the same on every instance, so they are shown here and changed there.
async fn instance(app: web::Data<App>, Session(caller): Session) -> Result<HttpResponse, ApiError> {
    app.engine.people.administers(caller).await?;
    let signup = instance::signup(app.config.signup);
    Ok(HttpResponse::Ok().json(json!({
        "name": {"value": app.config.name, "variable": "LOCKSTEP_NAME"},
        "signup": {"value": signup, "variable": "LOCKSTEP_SIGNUP"},
    })))
}

async fn switch(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let disabled = fields.required("disabled", boolean);
    fields.finish()?;
    app.engine.people.set_disabled(caller, request::user(&path)?, request::read(disabled)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn end_sessions(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    app.engine.people.end_sessions(caller, request::user(&path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn reset(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let token = app.engine.people.begin_reset(caller, request::user(&path)?).await?;
    let link = links::reset(&app.config.public_url, &token);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(json!({"link": link})))
}

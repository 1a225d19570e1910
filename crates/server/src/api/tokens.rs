//! `/me/tokens`: API tokens, which somebody gives a program instead of their password.

use crate::api::request::read;
use crate::app::App;
use crate::auth::Session;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::openapi::{closed, list as list_of, object, op};
use crate::routing::{Routes, at, delete, get, post};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use domain::ProjectId;
use domain::json::{Fields, Refused, string};
use domain::time::Moment;
use engine::Scope;
use engine::people::{Token, TokenName, TokenWanted};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most projects that a token is limited to.
pub const MOST_PROJECTS: usize = 100;

pub fn routes(routes: &mut Routes) {
    let ids = json!({"type": ["array", "null"], "maxItems": MOST_PROJECTS, "items": {"type": "string", "format": "uuid"},
        "description": "The projects that it is for; `null`: all of yours."});
    let scope = json!({"enum": ["read", "write"]});
    let time = json!({"type": ["string", "null"], "format": "date-time"});
    let name = json!({"type": "string", "minLength": 1, "maxLength": 64,
        "description": "Stands in every event that the token causes, as `via`, for ever."});
    let token = object(json!({
        "id": {"type": "string", "format": "uuid"}, "name": name, "scope": scope, "projects": ids,
        "created_at": {"type": "string", "format": "date-time"}, "expires_at": time, "last_used_at": time,
    }));
    let lists = op("Your API tokens").session();
    let lists = lists.answers(200, "Those that can be used.", list_of(token.clone(), false), "tokens");
    let fields = json!({"name": name, "scope": scope, "projects": ids, "expires_at": time});
    let example = json!({"name": "nightly report", "scope": "read", "projects": null, "expires_at": "2030-01-01T00:00:00.000Z"});
    let makes = op("Makes an API token").session().with_body(closed(&["name", "scope"], fields), example);
    let made = object(
        json!({"token": token, "secret": {"type": "string", "description": "`lsp_…`; never shown again."}}),
    );
    let makes =
        makes.answers(201, "Made.", made, "token").problem(422, &["too_many_tokens", "unknown_project"]);
    routes
        .service(at("/me/tokens", [get(list, lists), post(make, makes.problem(503, &["outcome_unknown"]))]));
    let revokes = op("Revokes an API token, everywhere within a second").session();
    let revokes = revokes.answers_empty(204, "It is over.").problem(503, &["outcome_unknown"]);
    routes.service(at("/me/tokens/{token}", [delete(revoke, revokes)]));
}

async fn list(app: web::Data<App>, Session(caller): Session) -> Result<HttpResponse, ApiError> {
    let tokens = app.engine.people.api_tokens(caller).await?;
    let items: Vec<Value> = tokens.iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": null})))
}

async fn make(
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let mut fields = Fields::of(body)?;
    let name = fields.required("name", TokenName::read);
    let scope = fields.required("scope", scope);
    let projects = fields.optional("projects", projects).flatten();
    let expires_at = fields.optional("expires_at", expires_at).flatten();
    fields.finish()?;
    let wanted = TokenWanted { name: read(name)?, scope: read(scope)?, projects, expires_at };
    let (token, secret) = app.engine.people.make_api_token(caller, wanted).await?;
    let mut response = HttpResponse::build(StatusCode::CREATED);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(json!({"token": shown(&token), "secret": secret})))
}

async fn revoke(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let token = Uuid::parse_str(&path).map_err(|_| ApiError::not_found())?;
    app.engine.people.revoke_api_token(caller, token).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn scope(value: Value) -> Result<Scope, Refused> {
    Scope::parse(&string(value)?).ok_or_else(|| Refused::invalid("must be read or write"))
}

/// `null` is the same as leaving it out. A token for no project at all is a mistake.
fn projects(value: Value) -> Result<Option<BTreeSet<ProjectId>>, Refused> {
    if value.is_null() {
        return Ok(None);
    }
    let refuse = || Refused::invalid(format!("must be a list of 1 to {MOST_PROJECTS} ids, or null"));
    let Value::Array(items) = value else { return Err(refuse()) };
    if !(1..=MOST_PROJECTS).contains(&items.len()) {
        return Err(refuse());
    }
    items.into_iter().map(ProjectId::read).collect::<Result<_, _>>().map(Some)
}

fn expires_at(value: Value) -> Result<Option<jiff::Timestamp>, Refused> {
    if value.is_null() {
        return Ok(None);
    }
    let at = string(value)?.parse::<jiff::Timestamp>().ok().filter(|at| *at > jiff::Timestamp::now());
    at.map(Some).ok_or_else(|| Refused::invalid("must be a time to come, or null"))
}

fn shown(token: &Token) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "scope": token.scope,
        "projects": token.projects,
        "created_at": Moment::from(token.created_at),
        "expires_at": token.expires_at.map(Moment::from),
        "last_used_at": token.last_used_at.map(Moment::from),
    })
}

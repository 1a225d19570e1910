//! `…/invitations` and `/invitations`: links with which people come into projects. What opens a link changes nothing; the
//! token travels in bodies.

use crate::api::request::{self, read};
use crate::app::App;
use crate::auth::Session;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::links;
use crate::openapi::{Operation, closed, list as list_of, named, object, op, version};
use crate::origin;
use crate::routing::{Routes, at, delete, get, post};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::{Fields, Invalid, Refused, integer, string};
use domain::time::Moment;
use domain::{ProjectId, Role};
use engine::people::{Email, Invitation, InvitationWanted, Joined};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most projects beside the one in which an invitation is made.
const MOST_OTHERS: usize = 19;
pub const MOST_USES: i64 = 100;
const MOST_DAYS: i64 = 30;
const USUAL_DAYS: i64 = 7;

pub fn routes(routes: &mut Routes) {
    routes.service(at("/projects/{project}/invitations", [get(list, lists()), post(make, makes())]));
    let revokes = op("Revokes an invitation, wherever it leads").session();
    let revokes = revokes.answers_empty(204, "It lets nobody in any more.");
    let revokes = revokes.problem(403, &["forbidden"]).problem(503, &["outcome_unknown"]);
    routes.service(at("/projects/{project}/invitations/{invitation}", [delete(revoke, revokes)]));
    let seen = object(json!({
        "projects": {"type": "array", "items": object(json!({"name": {"type": "string"}}))},
        "role": named("Role"), "invited_by": object(json!({"name": {"type": "string"}})), "email": email(), "expires_at": time(),
    }));
    let looks = of_token(op("Shows an invitation to whoever has its link, and changes nothing").open());
    let looks = looks.answers(200, "What it offers.", seen, "invitation_seen");
    routes.service(at("/invitations/look", [post(look, looks)]));
    let project = object(json!({
        "id": named("ProjectId"), "name": {"type": "string"}, "role": named("Role"), "version": version(),
    }));
    let joined = object(json!({"projects": {"type": "array", "items": project}}));
    let accepts = of_token(op("Accepts an invitation").session());
    let accepts = accepts.answers(200, "Where one is a member now.", joined, "joined");
    routes.service(at("/invitations/accept", [post(accept, accepts.problem(503, &["outcome_unknown"]))]));
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn email() -> Value {
    json!({"type": ["string", "null"], "format": "email", "maxLength": 254, "description": "Whom it is for; `null`: whoever has the link."})
}

fn of_token(operation: Operation) -> Operation {
    let body = closed(&["token"], json!({"token": {"type": "string"}}));
    let operation = operation.with_body(body, json!({"token": "lsi_…"}));
    operation.problem(410, &["invitation_gone"]).problem(429, &["too_many_attempts"])
}

fn lists() -> Operation {
    let lists = op("The invitations that can be used").session().problem(403, &["forbidden"]);
    lists.answers(200, "Newest first.", list_of(invitation(true), false), "invitations")
}

fn makes() -> Operation {
    let others = json!({"type": "array", "maxItems": MOST_OTHERS, "items": named("ProjectId"),
        "description": "Further projects that you own, where it leads too."});
    let fields = json!({
        "role": named("Role"), "email": email(), "projects": others,
        "uses": {"type": "integer", "minimum": 1, "maximum": MOST_USES, "default": 1, "description": "With `email`: 1."},
        "expires_at": time(),
        "expires_in_days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": USUAL_DAYS},
    });
    let example = json!({"role": "editor", "uses": 20, "expires_in_days": 7});
    let made = object(json!({
        "invitation": invitation(false),
        "link": {"type": "string", "description": "What the invited person opens; never shown again."},
        "token": {"type": "string", "description": "The `lsi_…` behind the `#` of the link."},
    }));
    let makes = op("Makes an invitation").session().with_body(closed(&["role"], fields), example);
    makes
        .answers(201, "Made.", made, "invitation")
        .problem(403, &["forbidden"])
        .problem(422, &["project_archived", "too_many_invitations", "unknown_project"])
        .problem(503, &["outcome_unknown"])
}

fn invitation(listed: bool) -> Value {
    let count = json!({"type": "integer"});
    let mut members = json!({
        "id": {"type": "string", "format": "uuid"}, "role": named("Role"), "email": email(), "uses": count, "max_uses": count,
        "created_by": named("UserId"), "created_at": time(), "expires_at": time(),
    });
    if listed {
        members["holds"] = json!({"type": "boolean", "description": "`false`: its maker is no owner any more, so it lets nobody in."});
    }
    object(members)
}

async fn list(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let invitations = app.engine.people.invitations(caller, project).await?;
    let item = |(invitation, holds): &(Invitation, bool)| {
        let mut item = shown(invitation);
        item["holds"] = json!(holds);
        item
    };
    let items: Vec<Value> = invitations.iter().map(item).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": null})))
}

async fn make(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let wanted = wanted(body)?;
    let (invitation, token) = app.engine.people.invite(caller, project, wanted).await?;
    let link = links::invitation(&app.config.public_url, &token);
    let mut response = HttpResponse::build(StatusCode::CREATED);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(json!({"invitation": shown(&invitation), "link": link, "token": token})))
}

async fn revoke(
    path: web::Path<(String, String)>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path.0)?;
    let invitation = Uuid::parse_str(&path.1).map_err(|_| ApiError::not_found())?;
    app.engine.people.revoke_invitation(caller, project, invitation).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn look(
    request: HttpRequest,
    app: web::Data<App>,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let token = token(body)?;
    let from = origin::client_address(&app.config, &request);
    let seen = app.engine.people.look_at_invitation(&token, from).await?;
    let projects: Vec<Value> = seen.projects.iter().map(|name| json!({"name": name})).collect();
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(json!({
        "projects": projects,
        "role": seen.invitation.role,
        "invited_by": {"name": seen.invited_by},
        "email": seen.invitation.email,
        "expires_at": Moment::from(seen.invitation.expires_at),
    })))
}

async fn accept(
    request: HttpRequest,
    app: web::Data<App>,
    Session(caller): Session,
    JsonBody(body): JsonBody,
) -> Result<HttpResponse, ApiError> {
    let token = token(body)?;
    let from = origin::client_address(&app.config, &request);
    let joined = app.engine.people.accept_invitation(caller, &token, from).await?;
    let project = |joined: &Joined| json!({"id": joined.id, "name": joined.name, "role": joined.role, "version": joined.version});
    let projects: Vec<Value> = joined.iter().map(project).collect();
    Ok(HttpResponse::Ok().json(json!({"projects": projects})))
}

fn token(body: Value) -> Result<String, Invalid> {
    let mut fields = Fields::of(body)?;
    let token = fields.required("token", string);
    fields.finish()?;
    read(token)
}

fn wanted(body: Value) -> Result<InvitationWanted, Invalid> {
    let mut fields = Fields::of(body)?;
    let role = fields.required("role", Role::read);
    let email = fields.optional("email", address).flatten();
    let others = fields.optional("projects", projects).unwrap_or_default();
    let uses = fields.optional("uses", |value| integer(&value, 1..=MOST_USES));
    let at = fields.optional("expires_at", expires_at);
    let days = fields.optional("expires_in_days", |value| integer(&value, 1..=MOST_DAYS));
    if email.is_some() && uses.is_some_and(|uses| uses > 1) {
        fields.refuse("uses", Refused::invalid("must be 1 for an invitation of one address"));
    }
    if at.is_some() && days.is_some() {
        fields.refuse("expires_in_days", Refused::invalid("goes without expires_at only"));
    }
    fields.finish()?;
    let in_days = Timestamp::now().checked_add(SignedDuration::from_hours(24 * days.unwrap_or(USUAL_DAYS)));
    let expires_at = at.or(in_days.ok());
    let uses = i32::try_from(uses.unwrap_or(1)).ok();
    Ok(InvitationWanted {
        role: read(role)?,
        email,
        others,
        uses: read(uses)?,
        expires_at: read(expires_at)?,
    })
}

/// `null` is the same as leaving it out.
fn address(value: Value) -> Result<Option<Email>, Refused> {
    if value.is_null() { Ok(None) } else { Email::read(value).map(Some) }
}

fn projects(value: Value) -> Result<BTreeSet<ProjectId>, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list of ids")) };
    if items.len() > MOST_OTHERS {
        return Err(Refused::invalid(format!("must be at most {MOST_OTHERS} ids")));
    }
    items.into_iter().map(ProjectId::read).collect()
}

fn expires_at(value: Value) -> Result<Timestamp, Refused> {
    let now = Timestamp::now();
    let last = now.checked_add(SignedDuration::from_hours(24 * MOST_DAYS)).unwrap_or(Timestamp::MAX);
    let at = string(value)?.parse::<Timestamp>().ok().filter(|at| (now..=last).contains(at));
    at.ok_or_else(|| Refused::invalid(format!("must be a time within the next {MOST_DAYS} days")))
}

fn shown(invitation: &Invitation) -> Value {
    json!({
        "id": invitation.id,
        "role": invitation.role,
        "email": invitation.email,
        "uses": invitation.uses,
        "max_uses": invitation.max_uses,
        "created_by": invitation.created_by,
        "created_at": Moment::from(invitation.created_at),
        "expires_at": Moment::from(invitation.expires_at),
    })
}

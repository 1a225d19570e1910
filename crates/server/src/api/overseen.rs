//! `/admin/invitations`: what is open on the installation, for its administrators.

use crate::api::page::{self, Query};
use crate::app::App;
use crate::auth::Session;
use crate::error::ApiError;
use crate::openapi::{list as list_of, named, object, op};
use crate::routing::{Routes, at, delete, get};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::ProjectId;
use domain::time::Moment;
use engine::people::Overseen;
use serde_json::{Value, json};
use uuid::Uuid;

pub fn routes(routes: &mut Routes) {
    let (time, count) =
        (json!({"type": "string", "format": "date-time"}), json!({"type": "integer", "minimum": 0}));
    let project = object(json!({"id": named("ProjectId"), "name": {"type": "string"}}));
    let invitation = object(json!({
        "id": {"type": "string", "format": "uuid"}, "projects": {"type": "array", "items": project}, "role": named("Role"),
        "for_one_address": {"type": "boolean"}, "uses": count, "max_uses": count, "created_by": named("UserId"),
        "created_at": time, "expires_at": time,
    }));
    let lists = op("All invitations that can be used").session().paged().problem(403, &["admin_required"]);
    let lists = lists.answers(200, "A page, the oldest first.", list_of(invitation, false), "overseen");
    routes.service(at("/admin/invitations", [get(list, lists)]));
    let revokes = op("Revokes an invitation, whoever made it").session().problem(403, &["admin_required"]);
    let revokes =
        revokes.answers_empty(204, "It lets nobody in any more.").problem(503, &["outcome_unknown"]);
    routes.service(at("/admin/invitations/{invitation}", [delete(revoke, revokes)]));
}

async fn list(
    request: HttpRequest,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(request.query_string());
    let fingerprint = query.fingerprint("all invitations");
    let (limit, after): (usize, Option<Uuid>) = (query.limit()?, query.place(&fingerprint)?);
    query.finish()?;
    let mut open = app.engine.people.all_invitations(caller, after, limit + 1).await?;
    let more = open.len() > limit;
    open.truncate(limit);
    let next = open.last().filter(|_| more).map(|last| page::cursor(&fingerprint, last.invitation.id));
    let items: Vec<Value> = open.iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": next})))
}

fn shown(Overseen { invitation, projects }: &Overseen) -> Value {
    let project = |(id, name): &(ProjectId, String)| json!({"id": id, "name": name});
    json!({
        "id": invitation.id,
        "projects": projects.iter().map(project).collect::<Vec<_>>(),
        "role": invitation.role,
        "for_one_address": invitation.email.is_some(),
        "uses": invitation.uses,
        "max_uses": invitation.max_uses,
        "created_by": invitation.created_by,
        "created_at": Moment::from(invitation.created_at),
        "expires_at": Moment::from(invitation.expires_at),
    })
}

async fn revoke(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let invitation = Uuid::parse_str(&path).map_err(|_| ApiError::not_found())?;
    app.engine.people.revoke_any_invitation(caller, invitation).await?;
    Ok(HttpResponse::NoContent().finish())
}

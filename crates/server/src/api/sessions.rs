//! `/me/sessions`: where one is logged in.

use crate::app::App;
use crate::auth::Session;
use crate::error::ApiError;
use crate::openapi::{list as list_of, object, op};
use crate::routing::{Routes, at, delete, get};
use actix_web::{HttpResponse, web};
use domain::time::Moment;
use serde_json::{Value, json};
use uuid::Uuid;

pub fn routes(routes: &mut Routes) {
    let time = json!({"type": "string", "format": "date-time"});
    let session = object(json!({
        "id": {"type": "string", "format": "uuid"},
        "current": {"type": "boolean", "description": "Whether this request came in it."},
        "device": {"type": ["string", "null"], "description": "The browser or program, as it named itself at the login."},
        "created_at": time, "last_used_at": time, "expires_at": time,
    }));
    let lists = op("Where you are logged in").session();
    let lists =
        lists.answers(200, "All sessions, those used last first.", list_of(session, false), "sessions");
    routes.service(at("/me/sessions", [get(list, lists)]));
    let ends = op("Ends a session, everywhere within a second").session().answers_empty(204, "It is over.");
    routes.service(at("/me/sessions/{session}", [delete(end, ends.problem(503, &["outcome_unknown"]))]));
}

async fn list(app: web::Data<App>, Session(caller): Session) -> Result<HttpResponse, ApiError> {
    let current = caller.sid;
    let sessions = app.engine.people.sessions(caller).await?;
    let shown = |session: &engine::people::Session| {
        json!({
            "id": session.id,
            "current": session.id == current,
            "device": session.device,
            "created_at": Moment::from(session.created_at),
            "last_used_at": Moment::from(session.last_used_at),
            "expires_at": Moment::from(session.expires_at),
        })
    };
    let items: Vec<Value> = sessions.iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next_cursor": null})))
}

async fn end(
    path: web::Path<String>,
    app: web::Data<App>,
    Session(caller): Session,
) -> Result<HttpResponse, ApiError> {
    let session = Uuid::parse_str(&path).map_err(|_| ApiError::not_found())?;
    app.engine.people.end_session(caller, session).await?;
    Ok(HttpResponse::NoContent().finish())
}

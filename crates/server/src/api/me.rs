//! `/me`: the own account.

use crate::app::{App, Routes, at, get};
use crate::auth::{Caller, session_ended};
use crate::error::ApiError;
use crate::openapi::{object, op};
use actix_web::{HttpResponse, web};
use serde_json::json;
use store::{sessions, users};

pub fn routes(routes: &mut Routes) {
    let text = json!({"type": "string"});
    let user = object(json!({
        "id": {"type": "string", "format": "uuid"}, "name": text, "email": text, "locale": text, "timezone": text,
    }));
    let me = op("The own account").answers(200, "You.", object(json!({"user": user})), "me");
    routes.service(at("/me", [get(show, me)]));
}

async fn show(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let state = app.clone();
    let user = app
        .ask(async move {
            let conn = state.read().await?;
            let (alive, user) = futures_util::try_join!(
                sessions::alive(&conn, caller.user, caller.sid),
                users::by_id(&conn, caller.user)
            )?;
            user.filter(|_| alive).ok_or_else(session_ended)
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({"user": {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "locale": user.locale,
        "timezone": user.timezone,
    }})))
}

//! `/me`: the own account.

use crate::app::{App, at, get};
use crate::auth::{Caller, session_ended};
use crate::error::ApiError;
use actix_web::{HttpResponse, web};
use serde_json::json;
use store::{sessions, users};

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/me", [get(show)]));
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

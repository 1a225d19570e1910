//! `/me`: the own account.

use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi::{object, op};
use crate::routing::{Routes, at, get};
use actix_web::{HttpResponse, web};
use engine::read::OwnAccount;
use serde_json::json;

pub fn routes(routes: &mut Routes) {
    let text = json!({"type": "string"});
    let user = object(json!({
        "id": {"type": "string", "format": "uuid"}, "name": text, "email": text, "locale": text, "timezone": text,
    }));
    let me = op("The own account").answers(200, "You.", object(json!({"user": user})), "me");
    routes.service(at("/me", [get(show, me)]));
}

async fn show(app: web::Data<App>, Bearer(caller): Bearer) -> Result<HttpResponse, ApiError> {
    let user = app.engine.read(OwnAccount { caller }).await?;
    Ok(HttpResponse::Ok().json(json!({"user": {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "locale": user.locale,
        "timezone": user.timezone,
    }})))
}

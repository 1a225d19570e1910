//! `POST …/commands`: a batch, atomic or each on its own.

use crate::api::request;
use crate::app::App;
use crate::auth::Bearer;
use crate::error::ApiError;
use crate::openapi;
use crate::routing::{Routes, at, post};
use crate::{body, commands};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::json::Fields;

pub fn routes(routes: &mut Routes) {
    routes.service(at("/projects/{project}/commands", [post(run, openapi::batch())]));
}

async fn run(
    request: HttpRequest,
    payload: web::Payload,
    path: web::Path<String>,
    app: web::Data<App>,
    Bearer(caller): Bearer,
) -> Result<HttpResponse, ApiError> {
    let project = request::project(&path)?;
    let body = body::read(&request, payload, app.config.limits.commands_body_bytes).await?;
    let key = request::idempotency_key(&request)?;
    let (answer, replayed) = commands::execute(&app.engine, caller, project, Fields::of(body)?, key).await?;
    let mut response = HttpResponse::Ok();
    if replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.json(answer))
}

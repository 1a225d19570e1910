//! `/metrics`, on the operator's address only.

use crate::app::App;
use crate::error::ApiError;
use actix_web::{HttpResponse, web};

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub async fn show(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    let text = app.metrics.text().map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type(OPENMETRICS).body(text))
}

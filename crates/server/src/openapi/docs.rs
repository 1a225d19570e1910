//! `/openapi.json`, and `/docs`: a page to read it and try it. The page is swagger-ui, whose files are part of the program
//! (`assets/swagger-ui`); it loads nothing from elsewhere.

use super::op;
use crate::app::App;
use crate::error::ApiError;
use crate::routing::{Routes, at, get};
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, web};
use serde_json::json;

/// What the files of the page are, by name.
const FILES: [(&str, &str, &[u8]); 4] = [
    (
        "swagger-ui-bundle.js",
        "text/javascript",
        include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js"),
    ),
    ("swagger-ui.css", "text/css", include_bytes!("../../assets/swagger-ui/swagger-ui.css")),
    ("favicon-32x32.png", "image/png", include_bytes!("../../assets/swagger-ui/favicon-32x32.png")),
    ("docs.js", "text/javascript", include_bytes!("../../assets/docs.js")),
];

pub fn routes(routes: &mut Routes) {
    let document = op("This document").open().answers_as(
        "application/json",
        200,
        "OpenAPI 3.1.",
        json!({"type": "object"}),
        json!({"openapi": "3.1.0"}),
    );
    routes.service(at("/openapi.json", [get(openapi, document)]));
    routes.service(at("/docs", [get(page, op("A page to read this document and try it").hidden())]));
    routes.service(at("/docs/{file}", [get(file, op("A file of that page").hidden())]));
}

async fn openapi(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(app.openapi.clone())
}

/// Styles: swagger-ui sets some on its elements. Requests go to the public address, wherever the page came from.
async fn page(app: web::Data<App>) -> HttpResponse {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self' {}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        app.config.own_origin()
    );
    HttpResponse::Ok()
        .insert_header(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(include_str!("../../assets/docs.html"))
}

async fn file(name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let found = FILES.iter().find(|(known, _, _)| **known == **name);
    let (_, media_type, bytes) = found.ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(*media_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(*bytes))
}

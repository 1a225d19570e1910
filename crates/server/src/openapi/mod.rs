//! The OpenAPI document, generated from the routes as they are registered ([`crate::routing::Routes`]): each says what it
//! takes and answers in an [`Operation`]. Schemas of what is answered are derived from the domain's types, those of
//! commands too ([`commands`]), and a test reads every one of those with the domain.

mod commands;
pub mod docs;
mod examples;
#[cfg(test)]
mod of_the_page;
pub mod operation;
mod parts;
mod schema;
#[cfg(test)]
mod tests;

pub use commands::{closed, create_project, field_body};
pub use operation::{Operation, batch, change, command, op};
pub use schema::{list, named, object, version};

use crate::routing::{Address, Routes};
use serde_json::{Map, Value, json};
use url::Url;

/// The document of an interface at `public_url`: of its routes, with where they begin.
pub fn document(public_url: &Url, parts: &[(&str, Routes)]) -> Value {
    let mut paths = Map::new();
    parts.iter().for_each(|(base, routes)| add(&mut paths, base, routes));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lockstep",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Collaborative task management: every client sees the same project, in the same order.",
            "description": ABOUT,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": public_url.as_str().trim_end_matches('/')}],
        "security": [{"bearer": []}, {"api_token": []}],
        "paths": paths,
        "components": {
            "schemas": schema::components(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `access_token` of POST /api/v1/auth/login.",
                },
                "api_token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token, `lsp_…`, of POST /api/v1/me/tokens.",
                },
                "refresh": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": crate::auth::REFRESH_COOKIE,
                    "description": "The refresh token of a browser; programs send it in the body.",
                },
            },
        },
    })
}

const ABOUT: &str = "Ids are UUIDs in lower case; times are UTC with three decimals. Every change of a project is one event with \
one version: 1, 2, 3 … without a gap. Errors are problem documents (RFC 9457) whose `code` is stable. \
`Idempotency-Key` makes any write safe to repeat. Live events come over the Centrifuge client protocol \
(`/connection/websocket`) or as Server-Sent Events.";

fn add(paths: &mut Map<String, Value>, base: &str, routes: &Routes) {
    for address in &routes.addresses {
        let item = item(base, address);
        if !item.is_empty() {
            paths.insert(format!("{base}{}", address.path), Value::Object(item));
        }
    }
}

fn item(base: &str, address: &Address) -> Map<String, Value> {
    let shown = address.operations.iter().filter(|(_, operation)| !operation.is_hidden());
    let path = format!("{base}{}", address.path);
    shown
        .map(|(method, operation)| (method.clone(), operation.document(&path, method, address.tag)))
        .collect()
}

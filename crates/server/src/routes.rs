//! Which address leads where.

use crate::api;
use crate::openapi::{docs, document, op};
use crate::page;
use crate::routing::{Routes, absent, at, get};
use crate::socket;
use actix_web::web;
use bytes::Bytes;
use url::Url;

/// Where everything below stands that is no page and no check of health.
pub const BASE: &str = "/api/v1";

/// Everything on the public address.
pub fn routes(config: &mut web::ServiceConfig) {
    root_routes().register(config);
    let api = |config: &mut web::ServiceConfig| api_routes().register(config);
    config.service(web::scope(BASE).configure(api).default_service(web::to(absent)));
    config.default_service(web::to(page::show));
}

/// Everything on the operator's address.
pub fn operator_routes(config: &mut web::ServiceConfig) {
    let mut routes = Routes::default();
    routes.group("Operations", api::health::routes);
    routes.service(at("/metrics", [get(api::metrics::show, op("Metrics for Prometheus").hidden())]));
    routes.register(config);
    config.default_service(web::to(absent));
}

/// What stands at the root of the public address.
pub fn root_routes() -> Routes {
    let mut routes = Routes::default();
    routes.group("Operations", api::health::routes);
    routes.group("Operations", docs::routes);
    routes.group("Realtime", |routes| {
        let connect = op("Opens the socket: Centrifuge client protocol v2, JSON").socket();
        routes.service(at("/connection/websocket", [get(socket::open, connect)]));
    });
    routes
}

/// What stands below [`BASE`].
pub fn api_routes() -> Routes {
    let mut routes = Routes::default();
    api::routes(&mut routes);
    routes
}

/// The OpenAPI document of the whole public interface, encoded.
pub fn encoded_document(public_url: &Url) -> Bytes {
    document(public_url, &[("", root_routes()), (BASE, api_routes())]).to_string().into()
}

//! The HTTP interface, a file for each part of it.

pub mod auth;
pub mod health;
pub mod me;

use actix_web::web;

/// Everything below `/api/v1`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(auth::routes);
    config.configure(me::routes);
}

//! The HTTP interface, a file for each part of it.

mod answer;
pub mod auth;
pub mod commands;
mod comments;
mod events;
pub mod health;
pub mod me;
mod members;
pub mod metrics;
mod page;
mod projects;
mod request;
mod snapshot;
mod tasks;

use actix_web::web;

/// Everything below `/api/v1`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(auth::routes);
    config.configure(me::routes);
    config.configure(projects::routes);
    config.configure(members::routes);
    config.configure(tasks::routes);
    config.configure(comments::routes);
    config.configure(commands::routes);
    config.configure(snapshot::routes);
    config.configure(events::routes);
}

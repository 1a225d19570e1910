//! The HTTP interface, a file for each part of it.

mod admin;
mod answer;
pub mod auth;
pub mod commands;
mod comments;
mod definitions;
mod dependencies;
pub mod encoding;
pub mod events;
mod filters;
pub mod health;
pub mod history;
mod inbox;
mod instance;
mod invitations;
mod lists;
mod matches;
pub mod me;
mod members;
pub mod metrics;
mod overseen;
mod page;
mod people;
mod projects;
pub mod request;
mod saved_query;
mod search;
mod sessions;
mod snapshot;
mod task_filter;
mod tasks;
mod tokens;

use crate::routing::Routes;

/// Everything below `/api/v1`.
pub fn routes(routes: &mut Routes) {
    routes.group("Accounts", instance::routes);
    routes.group("Accounts", auth::routes);
    routes.group("Accounts", me::routes);
    routes.group("Accounts", sessions::routes);
    routes.group("Accounts", tokens::routes);
    routes.group("Administration", admin::routes);
    routes.group("Administration", overseen::routes);
    routes.group("Inbox", inbox::routes);
    routes.group("Projects", projects::routes);
    routes.group("Members", members::routes);
    routes.group("Members", people::routes);
    routes.group("Members", invitations::routes);
    routes.group("Labels and fields", definitions::routes);
    routes.group("Tasks", tasks::routes);
    routes.group("Tasks", filters::routes);
    routes.group("Tasks", search::routes);
    routes.group("Tasks", dependencies::routes);
    routes.group("Comments", comments::routes);
    routes.group("Commands", commands::routes);
    routes.group("Sync", snapshot::routes);
    routes.group("Sync", events::routes);
    routes.group("History", history::routes);
}

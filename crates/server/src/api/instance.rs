//! `GET /instance`: what a page has to know before anybody has logged in.

use crate::api::page::{self, Query};
use crate::api::{invitations, saved_query, task_filter, tokens};
use crate::app::{App, BUILD};
use crate::commands::MOST_COMMANDS;
use crate::config::Limits;
use crate::error::ApiError;
use crate::openapi::{object, op};
use crate::routing::{Routes, at, get};
use crate::socket::PUBLISH_BYTES;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::task::config::{CONFIG_BYTES, CONFIG_DEPTH};
use domain::{field, label, task, text};
use engine::filters::MOST_FILTERS;
use engine::people::{MOST_INVITATIONS, MOST_TOKENS, Signup};
use engine::read::AnyAccount;
use serde_json::{Map, Value, json};

pub fn routes(routes: &mut Routes) {
    let text = json!({"type": "string"});
    let limit = |(name, _, what): &(&str, usize, &str)| {
        ((*name).to_owned(), json!({"type": "integer", "minimum": 1, "description": what}))
    };
    let known: Map<String, Value> = limits(&Limits::default()).iter().map(limit).collect();
    let schema = object(json!({
        "name": {"type": "string", "description": "What the operator calls the installation."},
        "version": text,
        "build": {"type": "string", "description": "The commit that the program was built from, or its version."},
        "signup": {"enum": ["open", "invite", "closed"], "description": "Who may make an account."},
        "first_account": {"type": "boolean", "description": "Whether there is no account yet."},
        "sign_in": {"type": "array", "items": {"enum": ["password"]}, "description": "How people log in."},
        "mail": {"type": "boolean", "description": "Whether the installation sends mail."},
        "limits": object(Value::Object(known)),
    }));
    let example = json!({
        "name": "Lockstep", "version": env!("CARGO_PKG_VERSION"), "build": "3f9c2ab", "signup": "invite",
        "first_account": false, "sign_in": ["password"], "mail": false,
        "limits": shown(&Limits::default()),
    });
    let asks = op("What the installation offers").open();
    let asks = asks.answers_as("application/json", 200, "The installation.", schema, example);
    routes.service(at("/instance", [get(show, asks)]));
}

async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    Query::of(request.query_string()).finish()?;
    let first_account = !app.engine.read(AnyAccount).await?;
    Ok(HttpResponse::Ok().json(json!({
        "name": app.config.name,
        "version": env!("CARGO_PKG_VERSION"),
        "build": BUILD,
        "signup": signup(app.config.signup),
        "first_account": first_account,
        "sign_in": ["password"],
        "mail": false,
        "limits": shown(&app.config.limits),
    })))
}

pub fn signup(signup: Signup) -> &'static str {
    match signup {
        Signup::Open => "open",
        Signup::Invite => "invite",
        Signup::Closed => "closed",
    }
}

/// The limits by name, as the answer has them.
fn shown(of: &Limits) -> Value {
    limits(of)
        .into_iter()
        .map(|(name, value, _)| (name.to_owned(), json!(value)))
        .collect::<Map<_, _>>()
        .into()
}

/// What a client has to keep to: the name, the number, what it bounds.
fn limits(of: &Limits) -> [(&'static str, usize, &'static str); 27] {
    [
        ("body_bytes", of.body_bytes, "Of a request's body."),
        ("commands_body_bytes", of.commands_body_bytes, "Of the body of `/commands`."),
        ("commands", MOST_COMMANDS, "In one batch."),
        ("message_bytes", of.message_bytes, "Of one message to the socket."),
        ("publish_bytes", PUBLISH_BYTES, "Of the `data` of one `publish`."),
        ("subscriptions", of.socket_subscriptions, "Of one socket."),
        ("page_items", page::LARGEST_PAGE, "Of one page of a list."),
        ("filter_values", page::MOST_VALUES, "Of one filter of a list."),
        ("search_characters", task_filter::LONGEST_SEARCH, "Of `q`."),
        ("title_characters", text::TITLE_CHARACTERS, "Of a task's title."),
        ("name_characters", text::NAME_CHARACTERS, "Of the name of a project, status or person."),
        ("description_bytes", text::MARKDOWN_BYTES, "Of the description of a project or task."),
        ("comment_bytes", text::MARKDOWN_BYTES, "Of a comment."),
        ("config_bytes", CONFIG_BYTES, "Of a task's `config`."),
        ("config_depth", CONFIG_DEPTH, "Levels of a task's `config`."),
        ("task_fields_bytes", task::FIELDS_BYTES, "Of a task's `fields`."),
        ("task_labels", task::MOST_LABELS, "Of one task."),
        ("task_assignees", task::MOST_ASSIGNEES, "Of one task."),
        ("labels", label::MOST_LABELS, "Of one project, archived ones among them."),
        ("fields", field::MOST_FIELDS, "Of one project, archived ones among them."),
        ("field_options", field::MOST_OPTIONS, "Of one field."),
        ("filters", MOST_FILTERS, "Saved filters of one person in one project."),
        ("filter_bytes", saved_query::QUERY_BYTES, "Of the `query` of a saved filter, as JSON."),
        ("invitations", MOST_INVITATIONS, "Into one project that can be used at a time."),
        ("invitation_uses", invitations::MOST_USES as usize, "Of one invitation."),
        ("tokens", MOST_TOKENS, "API tokens of one person."),
        ("token_projects", tokens::MOST_PROJECTS, "That one API token is for."),
    ]
}

//! The rows of HTTP: every operation of the OpenAPI document, asked by everybody.

use std::sync::OnceLock;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Api, Uuid};

use super::Table;
use super::callers::{Callers, Place, WHO};

/// Operations that need no token, as the document says.
static OPEN: OnceLock<Vec<String>> = OnceLock::new();

pub fn is_open(row: &str) -> bool {
    OPEN.get().expect("the document was read").iter().any(|open| open == row)
}

/// Every operation of the document below its base: the row, the method, the path, and what is said of it.
async fn operations(callers: &Callers) -> Vec<(String, Method, String, Value)> {
    let root = callers.cluster.instances[0].http();
    let document = reqwest::get(format!("{root}/openapi.json")).await.expect("the document");
    let document: Value = document.json().await.expect("it is JSON");
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let Some(short) = path.strip_prefix("/api/v1") else { continue };
        for (method, operation) in methods.as_object().expect("methods") {
            let method: Method = method.to_uppercase().parse().expect("a method");
            all.push((format!("{method} {short}"), method, short.to_owned(), operation.clone()));
        }
    }
    all
}

pub async fn ask_all(callers: &Callers) -> Table {
    let operations = operations(callers).await;
    let needs_none = |operation: &Value| {
        let needed = operation["security"].as_array();
        needed.is_some_and(|needed| needed.is_empty() || needed.contains(&json!({})))
    };
    let open = operations.iter().filter(|(_, _, _, operation)| needs_none(operation));
    OPEN.set(open.map(|(row, ..)| row.clone()).collect()).expect("asked once");
    let mut table = Table::new();
    for (row, method, path, operation) in operations {
        table.insert(row, ask(callers, &method, &path, &operation).await);
    }
    table
}

/// What the owner is answered about a project that was archived just before.
pub async fn ask_about_archived(callers: &Callers) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    let own = callers.api("owner");
    for (row, method, path, operation) in operations(callers).await {
        if !path.contains("{project}") {
            continue;
        }
        let place = callers.place().await;
        let path = filled(callers, &place, &path, &own, "owner").await;
        own.patch(&format!("/projects/{}", place.project), json!({"archived": true})).await.expect(200);
        answers.push((row, answer(callers, &place, &own, &method, &path, &operation).await));
    }
    answers
}

/// What everybody is answered by one operation.
async fn ask(callers: &Callers, method: &Method, path: &str, operation: &Value) -> Vec<String> {
    let mut place = callers.place().await;
    let mut answers = Vec::new();
    for who in WHO {
        let api = callers.api(who);
        let path = filled(callers, &place, path, &api, who).await;
        let answer = answer(callers, &place, &api, method, &path, operation).await;
        if *method != Method::GET && answer.as_str() < "4" {
            // The next one shall find everything as this one did.
            place = callers.place().await;
        }
        answers.push(answer);
    }
    answers
}

/// What somebody is answered: the status, and the code of a refusal.
async fn answer(
    callers: &Callers,
    place: &Place,
    api: &Api,
    method: &Method,
    path: &str,
    operation: &Value,
) -> String {
    let example = &operation["requestBody"]["content"]["application/json"]["example"];
    let mut body = example.is_object().then(|| fitted(example, place, callers));
    if let Some(body) = body.as_mut().filter(|_| path.starts_with("/invitations/")) {
        body["token"] = place.invitation["token"].clone();
    }
    let answer = api.send(method.clone(), &with_query(path, operation), body).await;
    let code = answer.body["code"].as_str().unwrap_or_default();
    format!("{} {code}", answer.status).trim().to_owned()
}

/// The path with what is there. What is the caller's own is made for them.
async fn filled(callers: &Callers, place: &Place, path: &str, api: &Api, who: &str) -> String {
    let mut filled = path.to_owned();
    let fixed = [
        ("{project}", place.project.to_string()),
        ("{task}", place.task.to_string()),
        ("{on}", place.other_task.to_string()),
        ("{comment}", place.comment.to_string()),
        ("{target}", place.task.to_string()),
        ("{emoji}", "%F0%9F%91%8D".to_owned()),
        ("{key}", "paint".to_owned()),
    ];
    for (name, value) in fixed {
        filled = filled.replace(name, &value);
    }
    if filled.contains("{user}") {
        // Nobody's column may change, so somebody is made for each request.
        let somebody = callers.cluster.user("Somebody").await;
        callers.api("owner").add_member(place.project, &somebody, "viewer").await;
        filled = filled.replace("{user}", &somebody.id.to_string());
    }
    if filled.contains("{token}") {
        let made = api.post("/me/tokens", json!({"name": who, "scope": "read"})).await;
        filled = filled.replace("{token}", made.body["token"]["id"].as_str().unwrap_or(NOBODYS));
    }
    if filled.contains("{invitation}") {
        let id = place.invitation["invitation"]["id"].as_str().expect("an id");
        filled = filled.replace("{invitation}", id);
    }
    if filled.contains("{filter}") {
        filled = filled.replace("{filter}", NOBODYS);
        let filter = json!({"name": who, "query": {}});
        api.put(&format!("/projects/{}/filters/{NOBODYS}", place.project), filter).await;
    }
    while let (Some(begin), Some(end)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(begin..=end, NOBODYS);
    }
    filled
}

const NOBODYS: &str = "018f9c1e-0000-7000-8000-00000000ffff";

/// The parameters that must be there.
fn with_query(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let needed = parameters.iter().filter(|one| one["in"] == "query" && one["required"] == true);
    let query: Vec<String> =
        needed.map(|one| format!("{}=1", one["name"].as_str().expect("a name"))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The document's example with the ids of this row.
fn fitted(example: &Value, place: &Place, callers: &Callers) -> Value {
    match example {
        Value::Object(members) => {
            let fit = |(name, value): (&String, &Value)| {
                let value = match name.as_str() {
                    "id" => json!(Uuid::now_v7()),
                    "task" => json!(place.task),
                    "on" if value.is_string() => json!(place.other_task),
                    "comment" => json!(place.comment),
                    "user" => json!(callers.removed.id),
                    "assignees" => json!([callers.editor.id]),
                    "labels" | "label" => json!(["paint"]),
                    "parent" | "after" | "before" | "reply_to" => Value::Null,
                    "fields" => json!({}),
                    "email" => json!(format!("{}@example.org", Uuid::now_v7())),
                    _ => fitted(value, place, callers),
                };
                let left_out = value.is_null() && ["after", "before", "reply_to"].contains(&name.as_str());
                (!left_out).then(|| (name.clone(), value))
            };
            Value::Object(members.iter().filter_map(fit).collect())
        }
        Value::Array(items) => items.iter().map(|item| fitted(item, place, callers)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => example.clone(),
    }
}

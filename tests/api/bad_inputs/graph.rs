//! Rows 31, 32, 58 and 59, as far as they need labels, fields, dependencies or a long list.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Uuid;

use super::{Row, row};
use crate::support::{Got, Team};

/// `blocked` waits for `blocker`; the project has a number field `size` and a text field `note`.
pub struct Chain {
    blocked: Uuid,
    blocker: Uuid,
}

/// The workflow is [`super::rules`]' by now: todo, doing, done.
pub async fn prepare(team: &Team) -> Chain {
    let api = team.owner();
    let size = json!({"name": "Size", "type": "number"});
    api.put(&team.path("/fields/size"), size).await.expect(200);
    let note = json!({"name": "Note", "type": "text"});
    api.put(&team.path("/fields/note"), note).await.expect(200);
    let doing = json!({"title": "Waits", "status": "doing"});
    let blocked = api.post(&team.path("/tasks"), doing).await.expect(201).made("task").id;
    let blocker = api.create_task(team.project, "Is waited for").await.id;
    api.put(&team.path(&format!("/tasks/{blocked}/dependencies/{blocker}")), json!({})).await.expect(201);
    Chain { blocked, blocker }
}

pub fn rows(team: &Team, chain: &Chain) -> Vec<Row> {
    let Chain { blocked, blocker } = chain;
    let api = team.owner();
    let send = |method: Method, rest: &str, body: Value| api.request(method, &team.path(rest)).json(&body);
    let task = format!("/tasks/{blocked}");
    let move_on = format!("/tasks/{blocked}/move");
    let circle = format!("/tasks/{blocker}/dependencies/{blocked}");
    let labels: Vec<String> = (0..101).map(|number| format!("l{number}")).collect();
    let mut commands = vec![json!({"type": "task.create", "title": "x"}); 400];
    commands[299] = json!({"type": "task.update", "task": Uuid::new_v4(), "set": {"title": "x"}});
    let done = json!({"status": "done"});
    vec![
        row(31, "a cycle", send(Method::PUT, &circle, json!({})), 422, "dependency_cycle").and(has("path")),
        row(31, "a blocked finish", send(Method::PATCH, &task, done.clone()), 422, "blocked")
            .and(has("blockers")),
        row(31, "a blocked move", send(Method::POST, &move_on, done), 422, "blocked").and(has("blockers")),
        row(
            31,
            "an unknown label",
            send(Method::PATCH, &task, json!({"labels": ["none"]})),
            422,
            "unknown_label",
        )
        .and(has("labels")),
        row(32, "101 labels", send(Method::PATCH, &task, json!({"labels": labels})), 422, "invalid_value"),
        row(
            58,
            "NUL in config",
            send(Method::PATCH, &task, json!({"config": {"a": {"b": "x\0"}}})),
            422,
            "invalid_text",
        )
        .and(has("errors")),
        row(
            58,
            "NUL in fields",
            send(Method::PATCH, &task, json!({"fields": {"note": "x\0"}})),
            422,
            "invalid_text",
        )
        .and(has("errors")),
        row(
            58,
            "a text in a number field",
            send(Method::PATCH, &task, json!({"fields": {"size": "L"}})),
            422,
            "invalid_type",
        )
        .and(|got| got.body["errors"][0]["pointer"].as_str().is_some_and(|at| at.ends_with("/fields/size"))),
        row(
            59,
            "the 300th of a list",
            send(Method::POST, "/commands", json!({"commands": commands})),
            404,
            "task_not_found",
        )
        .and(|got| got.body["index"] == 299),
    ]
}

/// The problem says more than its code.
fn has(member: &'static str) -> impl Fn(&Got) -> bool {
    move |got| got.body[member].as_array().is_some_and(|list| !list.is_empty())
}

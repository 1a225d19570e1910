//! Rows 10, 23 and 31 to 33: understood, and refused by a rule.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Api, Uuid};

use super::{Row, row};
use crate::support::{Got, Team};

/// A workflow in which a task goes one way only.
fn one_way() -> Value {
    let status = |key: &str, category: &str| json!({"key": key, "name": key, "category": category});
    json!({
        "statuses": [status("todo", "open"), status("doing", "active"), status("done", "done")],
        "transitions": {"todo": ["doing"], "doing": ["done"], "done": []},
    })
}

/// The team's project gets that workflow and a task that has changed once.
pub async fn prepare(team: &Team) {
    let api = team.owner();
    api.patch(&team.task_path(""), json!({"title": "Paint the gate", "status": "done"})).await.expect(200);
    let mut workflow = one_way();
    workflow["transitions"] = Value::Null;
    api.patch(&team.path(""), json!({"workflow": workflow})).await.expect(200);
    api.patch(&team.task_path(""), json!({"status": "todo"})).await.expect(200);
    api.patch(&team.path(""), json!({"workflow": one_way()})).await.expect(200);
}

pub fn rows(team: &Team) -> Vec<Row> {
    [roles(team), stale(team), transitions(team), people(team), limits(team), taken(team)]
        .into_iter()
        .flatten()
        .collect()
}

fn write(api: &Api, method: Method, path: &str, body: Value) -> reqwest::RequestBuilder {
    api.request(method, path).json(&body)
}

fn roles(team: &Team) -> Vec<Row> {
    let (owner, editor, viewer) = (team.owner(), team.editor(), team.viewer());
    let member = |id: Uuid| team.path(&format!("/members/{id}"));
    let mut rows = Vec::new();
    for (method, path, body) in [
        (Method::POST, team.path("/tasks"), json!({"title": "x"})),
        (Method::PATCH, team.task_path(""), json!({"title": "x"})),
        (Method::POST, team.task_path("/move"), json!({})),
        (Method::DELETE, team.task_path(""), json!({})),
        (Method::POST, team.task_path("/comments"), json!({"body": "x"})),
        (Method::PATCH, team.path(""), json!({"name": "x"})),
        (Method::POST, team.path("/commands"), json!({"commands": [{"type": "task.create", "title": "x"}]})),
    ] {
        rows.push(row(
            10,
            format!("a viewer's {method} {path}"),
            write(&viewer, method, &path, body),
            403,
            "forbidden",
        ));
    }
    for (method, path, body) in [
        (Method::PATCH, member(team.viewer.id), json!({"role": "editor"})),
        (Method::POST, team.path("/members"), json!({"user": team.stranger.id, "role": "viewer"})),
        (Method::DELETE, member(team.viewer.id), json!({})),
        (Method::PATCH, member(team.editor.id), json!({"role": "owner"})),
        (Method::PATCH, team.path(""), json!({"archived": true})),
        (Method::DELETE, team.path(""), json!({})),
    ] {
        rows.push(row(
            10,
            format!("an editor's {method} {path}"),
            write(&editor, method, &path, body),
            403,
            "forbidden",
        ));
    }
    rows.push(row(
        10,
        "the last owner leaves",
        owner.request(Method::DELETE, &member(team.owner.id)),
        409,
        "last_owner",
    ));
    let demoted = write(&owner, Method::PATCH, &member(team.owner.id), json!({"role": "editor"}));
    rows.push(row(10, "the last owner becomes an editor", demoted, 409, "last_owner"));
    rows
}

fn stale(team: &Team) -> Vec<Row> {
    let (api, path) = (team.owner(), team.task_path(""));
    let told = |got: &Got| got.body["current"].as_u64().is_some_and(|version| version > 4);
    let if_match = api.if_match("\"4\"");
    vec![
        row(23, "If-Match of a change", write(&if_match, Method::PATCH, &path, json!({"title": "x"})), 412, "stale").and(told),
        row(23, "If-Match of a no-op", write(&if_match, Method::PATCH, &path, json!({})), 412, "stale").and(told),
        row(23, "If-Match of a move", write(&if_match, Method::POST, &team.task_path("/move"), json!({"status": "doing"})), 412, "stale").and(told),
        row(23, "If-Match of a deletion", if_match.request(Method::DELETE, &path), 412, "stale").and(told),
        row(23, "expect", write(&api, Method::PATCH, &path, json!({"title": "x", "expect": 4})), 409, "stale").and(told),
        row(23, "expect in a batch", write(&api, Method::POST, &team.path("/commands"),
            json!({"commands": [{"type": "task.update", "task": team.task, "set": {"title": "x"}, "expect": 4}]})), 409, "stale").and(told),
        row(23, "If-Match that is no tag", write(&api.if_match("4"), Method::PATCH, &path, json!({"title": "x"})), 400, "malformed_request"),
    ]
}

fn transitions(team: &Team) -> Vec<Row> {
    let (api, path) = (team.owner(), team.task_path(""));
    let allowed = |got: &Got| got.body["allowed"] == json!(["doing"]);
    let mut smaller = one_way();
    smaller["statuses"].as_array_mut().expect("a list").remove(0);
    smaller["transitions"] = Value::Null;
    let in_use = |got: &Got| got.body["statuses"] == json!(["todo"]);
    vec![
        row(
            31,
            "a forbidden transition",
            write(&api, Method::PATCH, &path, json!({"status": "done"})),
            422,
            "transition_not_allowed",
        )
        .and(allowed),
        row(
            31,
            "a forbidden move",
            write(&api, Method::POST, &team.task_path("/move"), json!({"status": "done"})),
            422,
            "transition_not_allowed",
        )
        .and(allowed),
        row(
            31,
            "an unknown status",
            write(&api, Method::PATCH, &path, json!({"status": "nowhere"})),
            422,
            "unknown_status",
        )
        .and(allowed),
        row(
            31,
            "a new task of an unknown status",
            write(&api, Method::POST, &team.path("/tasks"), json!({"title": "x", "status": "nowhere"})),
            422,
            "unknown_status",
        )
        .and(|got| got.body["allowed"] == json!(["todo", "doing", "done"])),
        row(
            31,
            "a status in use",
            write(&api, Method::PATCH, &team.path(""), json!({"workflow": smaller})),
            422,
            "status_in_use",
        )
        .and(in_use),
    ]
}

fn people(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let nobody = Uuid::new_v4();
    let told = |got: &Got| got.body["users"].as_array().is_some_and(|users| users.len() == 1);
    vec![
        row(
            31,
            "a stranger as assignee",
            write(
                &api,
                Method::POST,
                &team.path("/tasks"),
                json!({"title": "x", "assignees": [team.stranger.id]}),
            ),
            422,
            "unknown_assignee",
        )
        .and(told),
        row(
            31,
            "nobody as assignee",
            write(&api, Method::PATCH, &team.task_path(""), json!({"add": {"assignees": [nobody]}})),
            422,
            "unknown_assignee",
        )
        .and(told),
        row(
            31,
            "nobody as member",
            write(&api, Method::POST, &team.path("/members"), json!({"user": nobody, "role": "editor"})),
            422,
            "unknown_user",
        ),
        row(
            31,
            "an unknown role",
            write(
                &api,
                Method::POST,
                &team.path("/members"),
                json!({"user": team.stranger.id, "role": "god"}),
            ),
            422,
            "invalid_value",
        ),
    ]
}

fn limits(team: &Team) -> Vec<Row> {
    let (api, tasks) = (team.owner(), team.path("/tasks"));
    // {"x":"…"} is 8 bytes more than its text.
    let config = |bytes: usize| json!({"x": "y".repeat(bytes - 8)});
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!({"x": inner}));
    let people: Vec<Uuid> = (0..101).map(|_| Uuid::new_v4()).collect();
    let commands = vec![json!({"type": "task.create", "title": "x"}); 501];
    vec![
        row(
            32,
            "config of 65,537 bytes",
            write(&api, Method::POST, &tasks, json!({"title": "x", "config": config(65_537)})),
            422,
            "config_too_large",
        ),
        row(
            32,
            "config of depth 17",
            write(&api, Method::POST, &tasks, json!({"title": "x", "config": deep(17)})),
            422,
            "config_too_deep",
        ),
        row(
            32,
            "config of depth 17 in a change",
            write(&api, Method::PATCH, &team.task_path(""), json!({"config": deep(17)})),
            422,
            "config_too_deep",
        ),
        row(
            32,
            "501 commands",
            write(&api, Method::POST, &team.path("/commands"), json!({"commands": commands})),
            422,
            "too_many_commands",
        ),
        row(
            32,
            "101 assignees",
            write(&api, Method::POST, &tasks, json!({"title": "x", "assignees": people})),
            422,
            "invalid_value",
        ),
    ]
}

fn taken(team: &Team) -> Vec<Row> {
    let api = team.owner();
    vec![
        row(
            33,
            "a task's id",
            write(&api, Method::POST, &team.path("/tasks"), json!({"id": team.task, "title": "x"})),
            409,
            "id_taken",
        ),
        row(
            33,
            "a project's id",
            write(&api, Method::POST, "/projects", json!({"id": team.project, "name": "x"})),
            409,
            "id_taken",
        ),
        row(
            33,
            "a stranger's project's id",
            write(&api, Method::POST, "/projects", json!({"id": team.foreign_project, "name": "x"})),
            409,
            "id_taken",
        ),
    ]
}

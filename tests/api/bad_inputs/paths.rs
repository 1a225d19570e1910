//! Rows 9, 12, 24, 25: what is asked for.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use reqwest::Method;
use serde_json::json;
use testkit::Uuid;

use super::{Row, row};
use crate::support::{Got, Team};

pub fn rows(team: &Team) -> Vec<Row> {
    [foreign(team), absent(team), queries(team), positions(team)].into_iter().flatten().collect()
}

fn foreign(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let (project, task) = (team.foreign_project, team.foreign_task);
    let theirs = |rest: &str| format!("/projects/{project}{rest}");
    let title = json!({"title": "Mine now"});
    let mut rows: Vec<Row> = ["", "/snapshot", "/digest", "/events", "/members", "/people"]
        .map(|rest| {
            row(
                9,
                format!("GET another project's {rest:?}"),
                api.request(Method::GET, &theirs(rest)),
                404,
                "not_found",
            )
        })
        .into();
    let writes = [
        (Method::PATCH, theirs(""), json!({"name": "Mine"})),
        (Method::DELETE, theirs(""), json!({})),
        (Method::POST, theirs("/restore"), json!({})),
        (Method::POST, theirs("/tasks"), title.clone()),
        (Method::PATCH, theirs(&format!("/tasks/{task}")), title.clone()),
        (Method::PATCH, theirs("/tasks/1"), title.clone()),
        (Method::POST, theirs("/members"), json!({"user": team.owner.id, "role": "owner"})),
        (Method::POST, theirs("/commands"), json!({"commands": [{"type": "task.delete", "task": task}]})),
    ];
    rows.extend(writes.map(|(method, path, body)| {
        let what = format!("{method} {}", path.replace(&project.to_string(), "(another)"));
        row(9, what, api.request(method, &path).json(&body), 404, "not_found")
    }));
    let own = team.path(&format!("/tasks/{task}"));
    let comments = team.path(&format!("/tasks/{task}/comments"));
    rows.extend([
        row(9, "GET a foreign task", api.request(Method::GET, &own), 404, "not_found"),
        row(9, "PATCH a foreign task", api.request(Method::PATCH, &own).json(&title), 404, "task_not_found"),
        row(9, "DELETE a foreign task", api.request(Method::DELETE, &own), 404, "task_not_found"),
        row(9, "comments of a foreign task", api.request(Method::GET, &comments), 404, "not_found"),
        row(
            9,
            "comment on a foreign task",
            api.request(Method::POST, &comments).json(&json!({"body": "x"})),
            404,
            "task_not_found",
        ),
    ]);
    rows
}

fn absent(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let mut rows = Vec::new();
    let id = Uuid::new_v4();
    for path in [
        "/projects/nonsense".to_owned(),
        "/projects/00000000000000000000000000000000".to_owned(),
        format!("/projects/{id}"),
        format!("/projects/{id}/tasks/1"),
        team.path("/tasks/nonsense"),
        team.path("/tasks/99999999999999999999999"),
        team.path("/tasks/-1"),
        team.path("/tasks/7777"),
        team.path("/nothing"),
        "/projects/%00".to_owned(),
        "/projects/%ff".to_owned(),
        "/projects/..%2f..%2fme".to_owned(),
        "/nothing".to_owned(),
        "//nothing".to_owned(),
        "//api/v2/me".to_owned(),
    ] {
        let request = api.request(Method::GET, &path).header("accept", "application/json");
        rows.push(row(12, path.clone(), request, 404, "not_found"));
    }
    for (method, path, allow) in [
        (Method::PUT, team.path(""), "GET, HEAD, PATCH, DELETE"),
        (Method::DELETE, "/projects".to_owned(), "GET, HEAD, POST"),
        (Method::GET, "/auth/login".to_owned(), "POST"),
        (Method::POST, "/me".to_owned(), "GET, HEAD"),
        (Method::TRACE, team.task_path(""), "GET, HEAD, PATCH, DELETE"),
        (Method::PATCH, team.path("/commands"), "POST"),
        (Method::DELETE, "//health/live".to_owned(), "GET, HEAD"),
    ] {
        let allowed = |got: &Got| {
            got.header("allow")
                .is_some_and(|allow| got.body["detail"].as_str().is_some_and(|d| d.contains(allow)))
        };
        let what = format!("{method} {path}, allowed {allow}");
        rows.push(row(12, what, api.request(method, &path), 405, "method_not_allowed").and(allowed));
    }
    rows
}

fn queries(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let forged = |filters: &str, at: &str| {
        let cursor = json!({"filters": filters, "place": {"at": at, "id": Uuid::nil()}});
        BASE64.encode(cursor.to_string())
    };
    let projects = "projects deleted=false archived=false";
    let mut paths: Vec<String> = [
        "limit=1000000000",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1&limit=2",
        "cursor=x",
        "cursor=",
        "nonsense=1",
        "deleted=perhaps",
    ]
    .map(|query| format!("/projects?{query}"))
    .into();
    paths.push(format!(
        "/projects?cursor={}",
        forged("projects deleted=true archived=false", "2026-01-01T00:00:00Z")
    ));
    paths.push(format!("/projects?cursor={}", forged(projects, "nonsense")));
    paths.push(format!("/projects?cursor={}", forged(projects, "-009000-01-01T00:00:00Z")));
    paths.push(team.task_path(&format!("/comments?cursor={}", forged(projects, "2026-01-01T00:00:00Z"))));
    paths.extend(
        ["after=-1", "after=x", "after=1e3", "limit=1001", "limit=0"]
            .map(|query| team.path(&format!("/events?{query}"))),
    );
    paths.extend(
        ["min_version=-1", "min_version=x", "nonsense=1"]
            .map(|query| team.path(&format!("/snapshot?{query}"))),
    );
    paths
        .into_iter()
        .map(|path| row(24, path.clone(), api.request(Method::GET, &path), 400, "invalid_query"))
        .collect()
}

fn positions(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let told = |got: &Got| got.body["head"].is_u64() && got.body["epoch"].is_string();
    ["/events?after=1000", "/events?after=1&epoch=another", "/snapshot?min_version=1000"]
        .map(|rest| row(25, rest, api.request(Method::GET, &team.path(rest)), 409, "resync").and(told))
        .into()
}

//! Rows 11 and 13 to 18: what a body may be.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Row, row};
use crate::support::{Got, Team, raw};

const JSON: &str = "application/json";

pub fn rows(team: &Team) -> Vec<Row> {
    [unknown_fields(team), types(team), malformed(team), texts(team), numbers(team), sizes(team)]
        .into_iter()
        .flatten()
        .collect()
}

fn unknown_fields(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let mut rows = Vec::new();
    for field in ["version", "number", "created_by", "rank", "comment_count", "command_id", "nonsense"] {
        for (method, path) in [(Method::POST, team.path("/tasks")), (Method::PATCH, team.task_path(""))] {
            let body = json!({"title": "x", field: 7});
            let what = format!("{method} a task with {field}");
            rows.push(
                row(11, what, api.request(method, &path).json(&body), 422, "unknown_field").and(points_at_it),
            );
        }
    }
    for (method, path, body) in [
        (Method::PATCH, team.path(""), json!({"name": "x", "version": 7})),
        (Method::POST, "/projects".to_owned(), json!({"name": "x", "created_by": team.viewer.id})),
        (
            Method::POST,
            team.path("/members"),
            json!({"user": team.stranger.id, "role": "viewer", "version": 1}),
        ),
        (Method::POST, team.task_path("/move"), json!({"task": team.task})),
        (Method::POST, team.task_path("/comments"), json!({"body": "x", "author": team.viewer.id})),
        (Method::POST, team.path("/commands"), json!({"commands": [], "version": 7})),
        (
            Method::POST,
            team.path("/commands"),
            json!({"commands": [{"type": "task.create", "title": "x", "number": 9}]}),
        ),
    ] {
        let what = format!("{method} {path}");
        rows.push(
            row(11, what, api.request(method, &path).json(&body), 422, "unknown_field").and(points_at_it),
        );
    }
    rows
}

fn points_at_it(got: &Got) -> bool {
    let errors = got.body["errors"].as_array();
    errors
        .is_some_and(|errors| errors.iter().any(|e| e["code"] == "unknown_field" && e["pointer"].is_string()))
}

fn types(team: &Team) -> Vec<Row> {
    let (api, path) = (team.owner(), team.path("/tasks"));
    let body = r#"{"title": "x"}"#;
    let typed = |of: &str| raw(&api, Method::POST, &path, of, body);
    let coded = |coding: &str| typed(JSON).header("content-encoding", coding);
    let commands = raw(&api, Method::POST, &team.path("/commands"), JSON, vec![0x1f, 0x8b, 8, 0]);
    vec![
        row(13, "text/plain", typed("text/plain"), 415, "unsupported_media_type"),
        row(13, "a form", typed("application/x-www-form-urlencoded"), 415, "unsupported_media_type"),
        row(13, "no type", api.request(Method::POST, &path).body(body), 415, "unsupported_media_type"),
        row(13, "merge patch", typed("application/merge-patch+json"), 415, "unsupported_media_type"),
        row(18, "gzip", coded("gzip"), 415, "unsupported_media_type"),
        row(18, "br", coded("br"), 415, "unsupported_media_type"),
        row(
            18,
            "gzip of a batch",
            commands.header("content-encoding", "gzip"),
            415,
            "unsupported_media_type",
        ),
    ]
}

fn malformed(team: &Team) -> Vec<Row> {
    let (api, path) = (team.owner(), team.path("/tasks"));
    let deep = format!("{{\"title\": \"x\", \"config\": {}{}}}", "[".repeat(40), "]".repeat(40));
    let very_deep = "[".repeat(200_000);
    let bodies: [(u32, &str, &[u8]); 12] = [
        (14, "broken JSON", b"{\"title\": "),
        (14, "nothing", b""),
        (14, "two documents", b"{} {}"),
        (14, "a doubled key", b"{\"title\": \"a\", \"title\": \"b\"}"),
        (14, "a doubled key inside", b"{\"title\": \"a\", \"config\": {\"x\": 1, \"x\": 2}}"),
        (14, "40 deep", deep.as_bytes()),
        (14, "200,000 deep", very_deep.as_bytes()),
        (14, "NaN", b"{\"title\": \"x\", \"estimate\": NaN}"),
        (15, "invalid UTF-8", b"{\"title\": \"\xff\xfe\"}"),
        (15, "overlong UTF-8", b"{\"title\": \"\xc0\xaf\"}"),
        (15, "a lone surrogate", b"{\"title\": \"\\ud800\"}"),
        (15, "a surrogate in UTF-8", b"{\"title\": \"\xed\xa0\x80\"}"),
    ];
    bodies
        .map(|(number, what, body)| {
            row(number, what, raw(&api, Method::POST, &path, JSON, body), 400, "malformed_json")
        })
        .into()
}

fn texts(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let post = |path: &str, body: &Value| api.request(Method::POST, path).json(body);
    let (tasks, comments) = (team.path("/tasks"), team.task_path("/comments"));
    vec![
        row(15, "NUL in a title", post(&tasks, &json!({"title": "a\0b"})), 422, "invalid_text"),
        row(
            15,
            "NUL in a description",
            post(&tasks, &json!({"title": "a", "description": "\0"})),
            422,
            "invalid_text",
        ),
        row(
            15,
            "NUL in a status",
            post(&tasks, &json!({"title": "a", "status": "to\0do"})),
            422,
            "invalid_value",
        ),
        row(15, "NUL in a comment", post(&comments, &json!({"body": "a\0"})), 422, "invalid_text"),
        row(15, "NUL in a project's name", post("/projects", &json!({"name": "a\0"})), 422, "invalid_text"),
        row(
            15,
            "NUL in a person's name",
            post(
                "/auth/register",
                &json!({"email": "a@example.org", "name": "a\0", "password": "0123456789"}),
            ),
            422,
            "invalid_value",
        ),
        row(
            15,
            "NUL in an address",
            post("/auth/login", &json!({"email": "a\0@example.org", "password": "0123456789"})),
            422,
            "invalid_value",
        ),
        row(
            58,
            "NUL inside config",
            post(&tasks, &json!({"title": "a", "config": {"x": ["\0"]}})),
            422,
            "invalid_text",
        )
        .and(points_at_config),
        row(
            58,
            "NUL in a key of config",
            post(&tasks, &json!({"title": "a", "config": {"x": {"a\0": 1}}})),
            422,
            "invalid_text",
        )
        .and(points_at_config),
        row(
            58,
            "config that is no object",
            post(&tasks, &json!({"title": "a", "config": [1]})),
            422,
            "invalid_type",
        )
        .and(points_at_config),
    ]
}

fn points_at_config(got: &Got) -> bool {
    got.body["errors"][0]["pointer"] == "/config"
}

fn numbers(team: &Team) -> Vec<Row> {
    let (api, path) = (team.owner(), team.task_path(""));
    let asked = |body: &str| raw(&api, Method::PATCH, &path, JSON, body);
    let number = |what: &str, number: &str| {
        let body = format!(r#"{{"config": {{"x": [{number}]}}}}"#);
        row(16, format!("{what} in config"), asked(&body), 422, "number_out_of_range")
    };
    vec![
        number("2^53", "9007199254740992"),
        number("-2^53", "-9007199254740992"),
        number("2^53 + 1", "9007199254740993"),
        number("2^53 + 1 with a fraction of nothing", "9007199254740993.0"),
        number("2^53 + 1 with an exponent", "900719925474099.3e1"),
        number("a fraction beyond 2^53 - 1", "9007199254740991.5"),
        number("1e999", "1e999"),
        number("-1e999", "-1e999"),
        number("a hundred digits", &"9".repeat(100)),
        number("1e-400", "1e-400"),
        number("-2e-324", "-2e-324"),
        number("a thousand zeros before a digit", &format!("0.{}1", "0".repeat(1_000))),
        row(
            16,
            "an estimate of 2^53 + 1",
            asked(r#"{"estimate": 9007199254740993}"#),
            422,
            "number_out_of_range",
        ),
        row(16, "an estimate of -1e999", asked(r#"{"estimate": -1e999}"#), 422, "number_out_of_range"),
        row(16, "a negative version", asked(r#"{"title": "x", "expect": -1}"#), 422, "invalid_value"),
        row(16, "a broken estimate", asked(r#"{"estimate": 1.5}"#), 422, "invalid_type"),
        row(16, "an estimate too large", asked(r#"{"estimate": 10001}"#), 422, "invalid_value"),
    ]
}

fn sizes(team: &Team) -> Vec<Row> {
    let api = team.owner();
    let title = |bytes: usize| format!("{{\"title\": \"{}\"}}", "x".repeat(bytes));
    let batch = format!("{{\"commands\": [], \"x\": \"{}\"}}", "x".repeat(1 << 20));
    let post = |path: &str, body: String| raw(&api, Method::POST, path, JSON, body);
    vec![
        row(17, "256 KiB and a little", post(&team.path("/tasks"), title(256 << 10)), 413, "body_too_large"),
        row(
            17,
            "1 MiB of commands and a little",
            post(&team.path("/commands"), batch),
            413,
            "body_too_large",
        ),
        row(17, "a title of 501 characters", post(&team.path("/tasks"), title(501)), 422, "invalid_length"),
    ]
}

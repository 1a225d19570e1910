//! Numbers: judged by the digits sent, and each of them one value however it is spelled.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Api, Socket};

use crate::support::{Got, Team, raw};

const JSON: &str = "application/json";

/// A change of the task, its body as this text.
async fn patched(api: &Api, team: &Team, body: &str) -> Got {
    let got = Got::from(raw(api, Method::PATCH, &team.task_path(""), JSON, body)).await;
    assert_eq!(got.status, 200, "{body}: {got:?}");
    got
}

#[tokio::test(flavor = "multi_thread")]
async fn another_spelling_of_a_number_changes_nothing_and_no_answer_has_it() {
    let team = Team::start(1).await;
    let api = team.editor();
    let size = json!({"name": "Size", "type": "number"});
    team.owner().put(&team.path("/fields/size"), size).await.expect(200);
    let first = r#"{"config": {"one": 1.0, "none": -0.0, "deep": [1e2, {"none": -0}], "part": 0.50}, "fields": {"size": 3.0}}"#;
    let made = patched(&api, &team, first).await;
    let (config, fields) =
        (json!({"one": 1, "none": 0, "deep": [100, {"none": 0}], "part": 0.5}), json!({"size": 3}));
    assert_eq!((&made.body["task"]["config"], &made.body["task"]["fields"]), (&config, &fields));
    assert_eq!(made.body["events"][0]["data"]["set"]["config"], config, "{}", made.body);
    let after = team.digest().await;
    for body in [
        r#"{"config": {"one": 1}}"#,
        r#"{"config": {"one": 10e-1}}"#,
        r#"{"config": {"none": 0}}"#,
        r#"{"config": {"none": -0.0e7}}"#,
        r#"{"config": {"deep": [100.00, {"none": 0.0}]}}"#,
        r#"{"config": {"part": 5e-1}}"#,
        r#"{"fields": {"size": 3}}"#,
        r#"{"fields": {"size": 0.3e1}}"#,
    ] {
        let again = patched(&api, &team, body).await;
        assert_eq!(again.body["events"], json!([]), "{body}");
        team.unchanged(&after).await;
    }
    let made = Got::from(raw(
        &api,
        Method::POST,
        &team.path("/tasks"),
        JSON,
        r#"{"title": "x", "estimate": -0.0, "config": {"a": -0.0}}"#,
    ))
    .await;
    assert_eq!((&made.body["task"]["estimate"], &made.body["task"]["config"]), (&json!(0), &json!({"a": 0})));
    let shown = api.get(&team.path("/snapshot")).await.expect(200).body.to_string();
    let told = api.get(&team.path("/events?after=0")).await.expect(200).body.to_string();
    for other in ["-0", "1.0", "3.0", "100.0"] {
        assert!(!shown.contains(&format!(":{other}")) && !told.contains(&format!(":{other}")), "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fraction_is_the_nearest_double() {
    let team = Team::start(1).await;
    let body = r#"{"config": {"a": [0.1000000000000000055511151231257827, 4.35, 5e-324, 1.7976931348623157e-300, 9007199254740990.5]}}"#;
    patched(&team.editor(), &team, body).await;
    let nearest = json!([0.1, 4.35, 5e-324, 1.7976931348623157e-300, 9_007_199_254_740_990_i64]);
    assert_eq!(team.task().await["config"]["a"], nearest);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_are_judged_through_every_door() {
    let team = Team::start(1).await;
    let (api, before) = (team.editor(), team.digest().await);
    let mut socket =
        Socket::connect(&team.cluster.instances[0].ws(), &team.editor.token).await.expect("connected");
    for (number, allowed) in [
        ("9007199254740992", false),
        ("9007199254740993.0", false),
        ("1e-400", false),
        ("9007199254740991.0", true),
    ] {
        let task = format!(r#"{{"title": "x", "config": {{"a": {number}}}}}"#);
        let commands = format!(r#"{{"commands": [{{"type": "task.create", {}]}}"#, &task[1..]);
        let preferences = format!(r#"{{"preferences": {{"a": {number}}}}}"#);
        let wrong =
            |got: Got| got.wrong_as(422, "number_out_of_range").filter(|_| !allowed || got.status >= 300);
        for (method, path, body) in [
            (Method::POST, team.path("/tasks"), &task),
            (Method::POST, team.path("/commands"), &commands),
            (Method::PATCH, team.task_path(""), &task),
            (Method::PATCH, "/me".to_owned(), &preferences),
        ] {
            assert_eq!(
                wrong(Got::from(raw(&api, method, &path, JSON, body.as_str())).await),
                None,
                "{path} {number}"
            );
        }
        let data = format!(r#"{{"project": "{}", {}"#, team.project, &commands[1..]);
        let answer = asked(&mut socket, &data).await;
        let expected = if allowed { json!([null, 1]) } else { json!(["number_out_of_range", 0]) };
        let events = answer["events"].as_array().map_or(0, Vec::len);
        assert_eq!(json!([answer["code"], events]), expected, "{number}: {answer}");
        if !allowed {
            team.unchanged(&before).await;
        }
    }
}

/// What the socket answers to commands whose text is this.
async fn asked(socket: &mut Socket, data: &str) -> Value {
    use testkit::socket::Incoming;
    let command = format!(r#"{{"id": 900, "rpc": {{"method": "commands", "data": {data}}}}}"#);
    socket.send_text(command).await.expect("sent");
    loop {
        match socket.incoming().await.expect("an answer") {
            Incoming::Reply(reply) if reply.id == 900 => return reply.value()["rpc"]["data"].clone(),
            Incoming::Reply(_) | Incoming::Push(_) | Incoming::Ping => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_before_is_read_and_is_the_same_value() {
    let team = Team::start(1).await;
    let (api, sql) = (team.editor(), team.cluster.database.sql().await);
    let stored = r#"{"one": 1.0, "none": 0.0, "deep": [100.0], "great": 9007199254740992}"#;
    let config: Value = serde_json::from_str(stored).expect("JSON");
    let changed = sql.execute("UPDATE tasks SET config = $1 WHERE id = $2", &[&config, &team.task]).await;
    assert_eq!(changed.expect("a change"), 1);
    let read = json!({"one": 1, "none": 0, "deep": [100], "great": 9_007_199_254_740_992_i64});
    assert_eq!(team.task().await["config"], read);
    for same in [json!({"one": 1}), json!({"none": -0.0}), json!({"deep": [100]})] {
        let answer = api.patch(&team.task_path(""), json!({"config": same})).await.expect(200);
        assert!(answer.events().is_empty(), "{answer}");
    }
    let answer = api.patch(&team.task_path(""), json!({"config": {"other": true}})).await.expect(200);
    assert_eq!(answer.events().len(), 1, "{answer}");
    assert_eq!(team.task().await["config"]["great"], json!(9_007_199_254_740_992_i64));
}

//! One command id, at most one event, and the same answer for every repeat (invariant I3), on one instance and on three.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Api, Uuid, eventually};

use crate::support::{SOON, Team, without_request_id};

const REPEATS: usize = 12;

/// The same request twelve times at once, by turns over all instances.
async fn repeated(team: &Team, key: &str, method: reqwest::Method, path: &str, body: &Value) -> Vec<Answer> {
    let apis: Vec<Api> = team.cluster.apis(&team.editor).iter().map(|api| api.idempotent(key)).collect();
    let asked = (0..REPEATS).map(|n| apis[n % apis.len()].send(method.clone(), path, Some(body.clone())));
    join_all(asked).await
}

/// All equal, and all but one a replay.
#[track_caller]
fn equal(answers: &[Answer], status: u16) {
    let first = without_request_id(&answers[0]);
    for answer in answers {
        assert_eq!(answer.status, status, "{answer}");
        assert_eq!(without_request_id(answer), first, "{answer}");
    }
    let replays =
        answers.iter().filter(|answer| answer.header("idempotency-replayed") == Some("true")).count();
    assert_eq!(replays, REPEATS - 1, "replays: {}", answers[0]);
}

/// Every kind of answer, repeated over `instances`.
async fn every_repeat_gets_the_first_answer(instances: usize) {
    let team = Team::start(instances).await;
    let (tasks, commands) = (team.path("/tasks"), team.path("/commands"));
    let mut version = team.digest().await.version;
    let cases = [
        ("a change", 201, 1, &tasks, json!({"title": "Once"})),
        ("a refusal", 422, 0, &tasks, json!({"title": "Never", "status": "nowhere"})),
        ("an atomic batch", 200, 3, &commands, json!({"commands": three_tasks()})),
        ("a refused atomic batch", 404, 0, &commands, json!({"commands": [create(), missing()]})),
        (
            "a batch of each on its own",
            200,
            1,
            &commands,
            json!({"commands": [create(), missing()], "atomic": false}),
        ),
        ("a batch whose command depends on a refused one", 200, 1, &commands, depending()),
        ("a batch without commands", 200, 0, &commands, json!({"commands": []})),
    ];
    for (what, status, events, path, body) in cases {
        eprintln!("{what} over {instances}");
        let answers = repeated(&team, what, reqwest::Method::POST, path, &body).await;
        equal(&answers, status);
        version += events;
        assert_eq!(team.digest().await.version, version, "{what} over {instances}");
    }
    eprintln!("a no-op over {instances}");
    let unchanged = json!({"title": "Paint the door"});
    let answers = repeated(&team, "a no-op", reqwest::Method::PATCH, &team.task_path(""), &unchanged).await;
    equal(&answers, 200);
    assert_eq!((answers[0].events().len(), answers[0].version()), (0, version));
}

fn create() -> Value {
    json!({"type": "task.create", "title": "Made"})
}

fn three_tasks() -> Vec<Value> {
    vec![create(); 3]
}

fn missing() -> Value {
    json!({"type": "task.delete", "task": Uuid::nil()})
}

/// The second command names what the first fails to create; the third does not.
fn depending() -> Value {
    let id = Uuid::new_v4();
    json!({"atomic": false, "commands": [
        {"type": "task.create", "id": id, "title": "Never", "status": "nowhere"},
        {"type": "task.update", "task": id, "set": {"title": "Neither"}},
        create(),
    ]})
}

/// Proves L6, L7.
#[tokio::test(flavor = "multi_thread")]
async fn twelve_repeats_over_one_instance_are_one_command() {
    every_repeat_gets_the_first_answer(1).await;
}

/// Proves L6, L7.
#[tokio::test(flavor = "multi_thread")]
async fn twelve_repeats_over_three_instances_are_one_command() {
    every_repeat_gets_the_first_answer(3).await;
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_post_of_a_project_makes_one() {
    for instances in [1, 3] {
        let team = Team::start(instances).await;
        for body in [json!({"name": "New"}), json!({"name": "New", "id": Uuid::new_v4()})] {
            let key = Uuid::new_v4().to_string();
            let answers = repeated(&team, &key, reqwest::Method::POST, "/projects", &body).await;
            equal(&answers, 201);
            let own = answers[0].made("project").id;
            assert_eq!(team.editor().digest(own).await.version, 1);
        }
        let key = Uuid::new_v4().to_string();
        team.editor().idempotent(&key).create_project("New").await;
        let other = team.editor().idempotent(&key).post("/projects", json!({"name": "Other"})).await;
        other.expect_problem(422, "idempotency_key_reused");
    }
}

/// Proves L8.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_another_content_is_refused_whatever_it_decided_first() {
    let team = Team::start(1).await;
    let (api, tasks, commands) = (team.editor(), team.path("/tasks"), team.path("/commands"));
    let one = json!({"commands": [create()]});
    let batch = || json!({"commands": [create(), create()]});
    let refused = json!({"commands": [create(), missing()]});
    for (key, first_path, first, path, other) in [
        ("change", &tasks, json!({"title": "One"}), &tasks, json!({"title": "Two"})),
        ("refusal", &tasks, json!({"title": "x", "status": "nowhere"}), &tasks, json!({"title": "x"})),
        ("batch", &commands, batch(), &commands, one.clone()),
        ("refused batch", &commands, refused.clone(), &commands, one.clone()),
        ("batch, then one", &commands, batch(), &tasks, json!({"title": "One"})),
        ("one, then batch", &tasks, json!({"title": "One"}), &commands, one.clone()),
        (
            "atomic, then not",
            &commands,
            one.clone(),
            &commands,
            json!({"commands": [create()], "atomic": false}),
        ),
    ] {
        api.idempotent(key).post(first_path, first).await;
        let before = team.digest().await;
        let answer = api.idempotent(key).post(path, other).await;
        eprintln!("{key}");
        answer.expect_problem(422, "idempotency_key_reused");
        team.unchanged(&before).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_made_a_project_is_refused_inside_it() {
    let team = Team::start(1).await;
    let api = team.editor().idempotent("one key for everything");
    let project = api.create_project("New").await;
    for path in ["/tasks", "/members"] {
        let body = json!({"title": "x"});
        let body = if path == "/members" { json!({"user": team.viewer.id, "role": "viewer"}) } else { body };
        let answer = api.post(&format!("/projects/{project}{path}"), body).await;
        answer.expect_problem(422, "idempotency_key_reused");
    }
    let batch = json!({"commands": [create()]});
    api.post(&format!("/projects/{project}/commands"), batch)
        .await
        .expect_problem(422, "idempotency_key_reused");
    assert_eq!(team.editor().digest(project).await.version, 1);
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_its_member_and_membership_is_judged_first() {
    let team = Team::start(1).await;
    let (tasks, body) = (team.path("/tasks"), json!({"title": "Mine"}));
    let first = team.editor().idempotent("shared").post(&tasks, body.clone()).await.expect(201);
    let second = team.owner().idempotent("shared").post(&tasks, body.clone()).await.expect(201);
    assert_ne!(first.made("task").id, second.made("task").id);
    team.viewer().idempotent("shared").post(&tasks, body.clone()).await.expect_problem(403, "forbidden");
    team.owner().remove_member(team.project, &team.editor).await;
    team.editor().idempotent("shared").post(&tasks, body.clone()).await.expect_problem(404, "not_found");
    team.owner().add_member(team.project, &team.editor, "viewer").await;
    let again = team.editor().idempotent("shared").post(&tasks, body).await.expect(201);
    assert_eq!(
        without_request_id(&again),
        without_request_id(&first),
        "a member again gets the first answer again"
    );
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn what_depends_on_who_asks_is_not_kept() {
    let team = Team::start(1).await;
    let (tasks, body) = (team.path("/tasks"), json!({"title": "Later"}));
    let api = team.viewer().idempotent("not yet");
    api.post(&tasks, body.clone()).await.expect_problem(403, "forbidden");
    let batch = json!({"commands": [create()]});
    let all = team.viewer().idempotent("nor this");
    all.commands(team.project, batch["commands"].clone()).await.expect_problem(403, "forbidden");
    let role = json!({"role": "editor"});
    team.owner().patch(&team.path(&format!("/members/{}", team.viewer.id)), role).await.expect(200);
    assert_eq!(api.post(&tasks, body).await.expect(201).header("idempotency-replayed"), None);
    all.commands(team.project, batch["commands"].clone()).await.expect(200);
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn what_if_match_refused_is_412_for_every_repeat() {
    let team = Team::start(1).await;
    let (path, task) = (team.task_path(""), team.task);
    let set = json!({"title": "x"});
    for (what, if_match, expect, status) in [
        ("If-Match", Some("\"1000\""), None, 412),
        ("expect", None, Some(1_000), 409),
        ("both", Some("\"1000\""), Some(1_000), 409),
    ] {
        let id = Uuid::new_v4();
        let plain = team.editor().idempotent(&id.to_string());
        let first = if_match.map_or_else(|| plain.clone(), |tag| plain.if_match(tag));
        let expecting = |mut body: Value| {
            if let Some(version) = expect {
                body["expect"] = json!(version);
            }
            body
        };
        let body = expecting(set.clone());
        first.patch(&path, body.clone()).await.expect_problem(status, "stale");
        let current = team.editor().get(&path).await.body["task"]["version"].to_string();
        for again in [&plain, &plain.if_match(&format!("\"{current}\"")), &first] {
            let repeat = again.patch(&path, body.clone()).await.expect_problem(status, "stale");
            assert_eq!(repeat.header("idempotency-replayed"), Some("true"), "{what}");
        }
        let command = expecting(json!({"type": "task.update", "task": task, "set": set, "command_id": id}));
        team.editor().commands(team.project, json!([command])).await.expect_problem(status, "stale");
        let each = json!({"commands": [command], "atomic": false});
        let each = team.editor().post(&team.path("/commands"), each).await.expect(200);
        assert_eq!(each.body["results"][0]["problem"]["status"], status, "{what}");
    }
}

/// Proves L9.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_atomic_batch_uses_up_none_of_its_ids() {
    let team = Team::start(1).await;
    let ids: Vec<Uuid> = (0..2).map(|_| Uuid::new_v4()).collect();
    let command = |id: Uuid| json!({"type": "task.create", "title": "Made", "command_id": id});
    let bad = json!([command(ids[0]), {"type": "task.delete", "task": Uuid::nil(), "command_id": ids[1]}]);
    team.editor().commands(team.project, bad).await.expect_problem(404, "task_not_found");
    let good = json!([command(ids[0]), command(ids[1])]);
    let first = team.editor().commands(team.project, good.clone()).await.expect(200);
    assert_eq!((first.events().len(), first.header("idempotency-replayed")), (2, None));
    let again = team.editor().commands(team.project, good).await.expect(200);
    assert_eq!(without_request_id(&first), without_request_id(&again));
    let doubled = json!([command(ids[0]), {"type": "task.create", "title": "Another", "command_id": ids[0]}]);
    team.editor().commands(team.project, doubled).await.expect_problem(422, "idempotency_key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_id_together_with_the_header_is_malformed() {
    let team = Team::start(1).await;
    let with_id = json!([{"type": "task.create", "title": "x", "command_id": Uuid::new_v4()}]);
    team.editor()
        .idempotent("k")
        .commands(team.project, with_id)
        .await
        .expect_problem(400, "command_id_twice");
    for key in ["", " ", "ä", &"x".repeat(256)] {
        let value = reqwest::header::HeaderValue::from_bytes(key.as_bytes()).expect("a value");
        let request = team.editor().request(reqwest::Method::POST, &team.path("/tasks"));
        let request = request.header("idempotency-key", value).json(&json!({"title": "x"}));
        let got = crate::support::Got::from(request).await;
        assert_eq!(got.wrong_as(400, "malformed_request"), None, "{key:?}");
    }
    let twice = team.editor().idempotent("a").idempotent("b");
    twice.post(&team.path("/tasks"), json!({"title": "x"})).await.expect_problem(400, "malformed_request");
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn a_creator_who_was_removed_since_gets_no_answer_again() {
    let team = Team::start(1).await;
    let (owner, creator) = (team.cluster.user("Olga").await, team.cluster.user("Cleo").await);
    let api = team.cluster.api(0, &creator).idempotent("first");
    let body = json!({"name": "Shop"});
    let made = api.post("/projects", body.clone()).await.expect(201).made("project").id;
    let plain = team.cluster.api(0, &creator);
    plain.add_member(made, &owner, "owner").await;
    team.cluster.api(0, &owner).remove_member(made, &creator).await;
    api.post("/projects", body).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precondition_that_is_not_understood_is_refused_and_not_ignored() {
    let team = Team::start(1).await;
    let owner = team.cluster.user("Olga").await;
    let api = team.cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let path = format!("/projects/{project}");
    let answer = api.if_match("\"1\"").patch(&path, json!({"name": "Other"})).await;
    answer.expect_problem(400, "malformed_request");
    assert_eq!(api.digest(project).await.version, 1);
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_week_a_repeated_change_answers_from_its_event() {
    let mut team = Team::start(1).await;
    let path = team.path("/tasks");
    let first = team.editor().idempotent("old").post(&path, json!({"title": "Once"})).await.expect(201);
    let sql = team.cluster.database.sql().await;
    let age = "UPDATE command_results SET decided_at = now() - interval '8 days'";
    sql.batch_execute(age).await.expect("aged");
    team.cluster.instances[0].restart().await;
    eventually("old results to go", SOON, || async {
        let left: i64 =
            sql.query_one("SELECT count(*) FROM command_results", &[]).await.expect("a count").get(0);
        left == 0
    })
    .await;
    let before = team.digest().await.version;
    let again = team.editor().idempotent("old").post(&path, json!({"title": "Once"})).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((again.version(), again.events()), (first.version(), first.events()));
    assert_eq!(team.digest().await.version, before);
    let batch = json!({"commands": [{"type": "task.create", "title": "New"}]});
    team.editor().post(&team.path("/commands"), batch).await.expect(200);
    assert_eq!(team.digest().await.version, before + 1);
}

/// Twelve at once under one key, over `instances`: half choose an id for the project, half leave it out.
async fn one_key_makes_one_project(instances: usize) {
    let team = Team::start(instances).await;
    let owner = team.cluster.user("Olga").await;
    let apis: Vec<Api> = team.cluster.apis(&owner).iter().map(|api| api.idempotent("one shop")).collect();
    let chosen = Uuid::new_v4();
    let bodies = [json!({"name": "Shop"}), json!({"name": "Shop", "id": chosen})];
    let asked = (0..REPEATS).map(|n| apis[(n / 2) % instances].post("/projects", bodies[n % 2].clone()));
    let answers = join_all(asked).await;
    let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(made.len(), REPEATS / 2, "{answers:#?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.clone().expect_problem(422, "idempotency_key_reused");
    }
    let ids: std::collections::HashSet<_> = made.iter().map(|answer| answer.made("project").id).collect();
    assert_eq!(ids.len(), 1);
    let another = json!({"name": "Shop", "id": Uuid::new_v4()});
    apis[0].post("/projects", another).await.expect_problem(422, "idempotency_key_reused");
    let listed = team.cluster.api(0, &owner).get("/projects").await.expect(200);
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_makes_one_project_with_a_chosen_id_or_without() {
    for instances in [1, 3] {
        one_key_makes_one_project(instances).await;
    }
}

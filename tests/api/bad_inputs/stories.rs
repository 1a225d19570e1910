//! Rows that need more than one request: 8, 22, 27, 28, 29, 31, 58, 59, 60.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::user::PASSWORD;
use testkit::wait::within;
use testkit::{Api, Cluster};

use crate::support::{Bystander, Got, SOON, Team, without_request_id};

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password, "cookie": false})
}

#[tokio::test(flavor = "multi_thread")]
async fn row_8_after_ten_wrong_passwords_even_the_right_one_has_to_wait() {
    let team = Team::start(1).await;
    let mut bystander = Bystander::of(&team).await;
    let api = team.cluster.instances[0].api();
    for email in [team.owner.email.as_str(), "nobody@example.org"] {
        let tries = (0..20).map(|_| api.post("/auth/login", credentials(email, "a wrong password")));
        let answers = join_all(tries).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(401), count(429)), (10, 10), "{email}");
        let refused = api.post("/auth/login", credentials(email, PASSWORD)).await;
        let refused = refused.expect_problem(429, "too_many_attempts");
        let wait: u64 = refused.header("retry-after").and_then(|wait| wait.parse().ok()).expect("seconds");
        assert!((1..=7).contains(&wait), "a place comes free every six seconds, not after {wait}");
    }
    // Somebody else logs in meanwhile.
    api.login(&team.editor).await;
    bystander.works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_8_an_unknown_address_takes_as_long_as_a_wrong_password() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_FAILED_LOGINS_PER_MINUTE", "1000")).await;
    let api = team.cluster.instances[0].api();
    let took = async |email: &str| {
        let asked = Instant::now();
        let login = api.post("/auth/login", credentials(email, "a wrong password")).await;
        login.expect_problem(401, "invalid_credentials");
        asked.elapsed()
    };
    // The shortest of all counts, because a busy machine only adds: the two come as near to each other as they are.
    let (mut known, mut unknown, mut ratio) = (Duration::MAX, Duration::MAX, 0.0);
    for _ in 0..100 {
        known = known.min(took(&team.owner.email).await);
        unknown = unknown.min(took("nobody@example.org").await);
        ratio = unknown.as_secs_f64() / known.as_secs_f64();
        if (0.5..2.0).contains(&ratio) {
            return;
        }
    }
    panic!("an unknown address takes {ratio} times as long");
}

/// Proves L7.
#[tokio::test(flavor = "multi_thread")]
async fn row_22_a_repeat_while_the_first_still_runs_waits_and_gets_its_answer() {
    let team = Team::start(1).await;
    let path = team.path("/tasks");
    let lock = team.cluster.database.lock_project(team.project).await;
    let asked = |title: &'static str| {
        let (api, path) = (team.owner().idempotent("row-22"), path.clone());
        tokio::spawn(async move { api.post(&path, json!({"title": title})).await })
    };
    let first = asked("one");
    testkit::eventually("the first to wait", SOON, || async {
        team.cluster.database.waiting_for_locks().await == 1
    })
    .await;
    let (second, other) = (asked("one"), asked("another"));
    lock.release().await;
    let first = first.await.expect("an answer").expect(201);
    let second = second.await.expect("an answer").expect(201);
    assert_eq!(without_request_id(&first), without_request_id(&second));
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    other.await.expect("an answer").expect_problem(422, "idempotency_key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_27_a_script_is_stored_as_text_and_cannot_run() {
    let team = Team::start(1).await;
    let title = "<script>alert(1)</script>'; DROP TABLE tasks; -- %_\\";
    let task = team.owner().create_task(team.project, title).await;
    let shown = team.viewer().get(&team.path(&format!("/tasks/{}", task.id))).await.expect(200);
    assert_eq!(shown.body["task"]["title"], title);
    assert_eq!(shown.header("content-type"), Some("application/json"));
    for path in [team.path("/snapshot"), "/nothing".to_owned(), "//health/live".to_owned()] {
        let answer = team.owner().get(&path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{answer}"
        );
        assert!(
            answer.header("x-request-id").is_some() && answer.header("x-instance") == Some("i0"),
            "{answer}"
        );
    }
}

/// Which of many tries from different told addresses are counted together tells whose address was believed.
async fn tries_told_from(api: &Api, email: &str) -> Vec<u16> {
    let tries = (0..14).map(|n| {
        let api = api.with_header("x-forwarded-for", &format!("203.0.113.{n}"));
        let email = email.to_owned();
        async move { api.post("/auth/login", credentials(&email, "a wrong password")).await.status }
    });
    join_all(tries).await
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let team = Team::start(1).await;
    let statuses = tries_told_from(&team.cluster.instances[0].api(), "nobody@example.org").await;
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 4, "forged: {statuses:?}");
    let team = Team::of(Cluster::builder().env("LOCKSTEP_TRUSTED_PROXIES", "127.0.0.0/8")).await;
    let statuses = tries_told_from(&team.cluster.instances[0].api(), "nobody@example.org").await;
    assert!(statuses.iter().all(|status| *status == 401), "trusted: {statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_29_pages_of_foreign_origins_get_no_allow_header() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_ALLOWED_ORIGINS", "https://app.example.org")).await;
    let api = team.cluster.instances[0].api();
    let preflight = |origin: &str| {
        let request = api.request(Method::OPTIONS, &team.path("/tasks")).header("origin", origin);
        request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
    };
    let simple = |origin: &str| team.owner().request(Method::GET, "/me").header("origin", origin);
    let allowed = |got: &Got| got.header("access-control-allow-origin").map(str::to_owned);
    for origin in
        ["https://evil.example", "null", "https://app.example.org.evil.example", "http://app.example.org"]
    {
        for request in [preflight(origin), simple(origin)] {
            let got = Got::from(request).await;
            assert_eq!(allowed(&got), None, "{origin}: {got:?}");
        }
    }
    for request in [preflight("https://app.example.org"), simple("https://app.example.org")] {
        let got = Got::from(request).await;
        assert_eq!((got.status, allowed(&got).as_deref()), (200, Some("https://app.example.org")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_58_a_refused_config_leaves_other_commands_of_the_moment_alone() {
    let team = Team::start(1).await;
    let (api, path) = (team.owner(), team.path("/tasks"));
    let writes = (0..20).map(|n| {
        let config = if n % 2 == 0 { json!({"x": "\0"}) } else { json!({"x": n}) };
        api.post(&path, json!({"title": format!("Task {n}"), "config": config}))
    });
    for (n, answer) in join_all(writes).await.into_iter().enumerate() {
        match n % 2 {
            0 => {
                assert_eq!(answer.expect_problem(422, "invalid_text").body["errors"][0]["pointer"], "/config")
            }
            _ => assert_eq!(answer.expect(201).body["task"]["config"]["x"], n),
        }
    }
}

/// Proves L9.
#[tokio::test(flavor = "multi_thread")]
async fn row_59_a_refused_command_refuses_an_atomic_batch_and_only_itself_otherwise() {
    let team = Team::start(1).await;
    let mut commands: Vec<Value> =
        (0..400).map(|n| json!({"type": "task.create", "title": format!("Task {n}")})).collect();
    commands[299] = json!({"type": "task.update", "task": team.foreign_task, "set": {"title": "x"}});
    let before = team.digest().await;
    let refused =
        team.owner().commands(team.project, json!(commands)).await.expect_problem(404, "task_not_found");
    assert_eq!(refused.body["index"], 299);
    team.unchanged(&before).await;
    let body = json!({"commands": commands, "atomic": false});
    let answer = team.owner().post(&team.path("/commands"), body).await.expect(200);
    let results = answer.body["results"].as_array().expect("results");
    assert_eq!((results.len(), answer.version()), (400, before.version + 399));
    for (index, result) in results.iter().enumerate() {
        match index {
            299 => assert_eq!(result["problem"]["code"], "task_not_found"),
            _ => assert_eq!(
                result["event"]["version"],
                before.version + 1 + index as u64 - u64::from(index > 299)
            ),
        }
    }
}

/// Proves C5.
#[tokio::test(flavor = "multi_thread")]
async fn row_60_a_void_position_of_a_stream_is_told_and_ends_it() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_RECOVER_EVENTS", "10")).await;
    let epoch = team.digest().await.epoch;
    let version = team.owner().create_tasks(team.project, 30).await;
    let streaming = Api::streaming(team.cluster.instances[0].http()).with_token(&team.viewer.token);
    let streaming = streaming.with_header("accept", "text/event-stream");
    for (what, id) in [
        ("another epoch", format!("another:{version}")),
        ("beyond the head", format!("{epoch}:{}", version + 1)),
        ("too far behind", format!("{epoch}:{}", version - 11)),
    ] {
        let request = streaming.request(Method::GET, &team.path("/events")).header("last-event-id", &id);
        let response = within("an answer", SOON, request.send()).await.expect("an answer");
        assert_eq!(response.status(), 200, "{what}");
        let said = within("the end of the stream", SOON, response.bytes_stream().collect::<Vec<_>>()).await;
        let said: Vec<u8> = said.into_iter().flat_map(|bytes| bytes.expect("bytes").to_vec()).collect();
        let said = String::from_utf8(said).expect("UTF-8");
        assert!(said.starts_with("event: resync\n") && !said.contains("\nid:"), "{what}: {said}");
    }
    let wrong = streaming.with_header("last-event-id", "nonsense").get(&team.path("/events")).await;
    wrong.expect_problem(400, "malformed_request");
}

//! Row 55: Postgres away, its pool full, a lock held too long. 503 with `Retry-After`, within the deadline, and nothing lost.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use testkit::cluster::Builder;
use testkit::{Answer, Cluster};

use crate::support::{SOON, Team};

/// `LOCKSTEP_REQUEST_SECONDS` of these tests, and some room.
const DEADLINE: Duration = Duration::from_secs(2 + 2);

fn builder() -> Builder {
    let builder = Cluster::builder().postgres_proxied().env("LOCKSTEP_REQUEST_SECONDS", "2");
    ["ACQUIRE", "CONNECT", "LOCK", "STATEMENT"]
        .iter()
        .fold(builder, |builder, name| builder.env(&format!("LOCKSTEP_DATABASE_{name}_MS"), "1000"))
}

#[track_caller]
fn unavailable(answer: &Answer, started: Instant, what: &str) {
    let (status, code) = (answer.status, answer.body["code"].as_str());
    assert_eq!((status, code), (503, Some("unavailable")), "{what}: {answer}");
    assert!(answer.header("retry-after").is_some_and(|wait| wait.parse::<u64>().is_ok()), "{what}: {answer}");
    assert!(started.elapsed() < DEADLINE, "{what} took {:?}", started.elapsed());
    assert!(!answer.body.to_string().to_ascii_lowercase().contains("postgres"), "no internals: {answer}");
}

/// One request of each kind, all at once. Nothing was committed, and all but the accounts' own transactions know it: of
/// those, one that hangs says that it may have happened.
async fn all_refused(team: &Team, what: &str) {
    let (api, started) = (team.owner(), Instant::now());
    let (tasks, commands) = (team.path("/tasks"), team.path("/commands"));
    let batch = json!({"commands": [{"type": "task.create", "title": "x"}]});
    let writes = join_all([
        api.post(&tasks, json!({"title": "x"})),
        api.post("/projects", json!({"name": "x"})),
        api.post(&commands, batch),
    ]);
    let new = json!({"email": "x@example.org", "name": "x", "password": "0123456789"});
    let known = json!({"email": "x@example.org", "password": "x"});
    let accounts = join_all([api.post("/auth/register", new), api.post("/auth/login", known)]);
    let paths = ["", "/snapshot", "/digest", "/events", "/members", "/tasks/1"].map(|rest| team.path(rest));
    let reads = join_all(paths.iter().map(|path| api.get(path)));
    let (writes, accounts, reads) = tokio::join!(writes, accounts, reads);
    for answer in writes.iter().chain(&reads) {
        unavailable(answer, started, what);
    }
    for answer in &accounts {
        let unknown = answer.body["code"] == "outcome_unknown" && answer.status == 503;
        match unknown && answer.header("retry-after").is_some() {
            true => assert!(started.elapsed() < DEADLINE, "{what} took {:?}", started.elapsed()),
            false => unavailable(answer, started, what),
        }
    }
    api.get("//health/live").await.expect(200);
    api.get("//health/ready").await.expect_problem(503, "not_ready");
}

/// Proves S7.
#[tokio::test(flavor = "multi_thread")]
async fn row_55_postgres_away_is_503_and_its_return_is_noticed() {
    let team = Team::of(builder()).await;
    let before = team.digest().await;
    let postgres = team.cluster.instances[0].postgres();
    postgres.refuse().await;
    all_refused(&team, "refused").await;
    postgres.accept().await;
    team.cluster.instances[0].ready(SOON).await;
    team.unchanged(&before).await;
    postgres.freeze();
    all_refused(&team, "hanging").await;
    postgres.thaw();
    team.cluster.instances[0].ready(SOON).await;
    team.owner().create_task(team.project, "Back again").await;
}

/// Proves S7.
#[tokio::test(flavor = "multi_thread")]
async fn row_55_a_lock_held_too_long_is_503_and_other_projects_go_on() {
    let team = Team::of(builder()).await;
    let before = team.digest().await;
    let lock = team.cluster.database.lock_project(team.project).await;
    let started = Instant::now();
    let (api, path) = (team.owner(), team.path("/tasks"));
    let waiting = join_all((0..30).map(|_| api.post(&path, json!({"title": "x"}))));
    let others = async {
        let stranger = team.stranger();
        for _ in 0..10 {
            let asked = Instant::now();
            stranger.create_task(team.foreign_project, "x").await;
            assert!(asked.elapsed() < Duration::from_secs(1), "another project waited {:?}", asked.elapsed());
        }
        team.viewer().get(&team.path("/snapshot")).await.expect(200);
    };
    let (waiting, ()) = tokio::join!(waiting, others);
    for answer in &waiting {
        unavailable(answer, started, "locked");
    }
    lock.release().await;
    testkit::eventually("the locks to be free", SOON, || async {
        team.cluster.database.waiting_for_locks().await == 0
            && team.cluster.database.idle_in_transaction().await == 0
    })
    .await;
    team.unchanged(&before).await;
    api.create_task(team.project, "Now").await;
}

/// Proves S7.
#[tokio::test(flavor = "multi_thread")]
async fn row_55_a_full_pool_is_503() {
    let team = Team::of(builder().env("LOCKSTEP_POOL_WRITE", "1")).await;
    let lock = team.cluster.database.lock_project(team.project).await;
    let (api, path) = (team.owner(), team.path("/tasks"));
    let holder = tokio::spawn(async move { api.post(&path, json!({"title": "x"})).await });
    testkit::eventually("the only connection to wait", SOON, || async {
        team.cluster.database.waiting_for_locks().await == 1
    })
    .await;
    let started = Instant::now();
    // The holder gives up after a second and begins again: whoever asks for the connection meanwhile may be lucky once.
    let (stranger, path) = (team.stranger(), format!("/projects/{}/tasks", team.foreign_project));
    let answers = join_all((0..10).map(|_| stranger.post(&path, json!({"title": "x"})))).await;
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        unavailable(answer, started, "a full pool");
    }
    assert!(started.elapsed() < DEADLINE, "took {:?}", started.elapsed());
    team.viewer().get(&team.path("/digest")).await.expect(200);
    unavailable(&holder.await.expect("an answer"), started, "the holder");
    drop(lock);
}

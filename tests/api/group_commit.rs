//! Commands that wait for one project share a transaction, each with its own answer.

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Answer, Cluster, eventually};

use crate::support::{SOON, Team};

async fn first_waits(team: &Team) {
    let database = &team.cluster.database;
    eventually("the first to wait for the lock", SOON, || async { database.waiting_for_locks().await == 1 })
        .await;
}

async fn waiting(team: &Team, commands: usize) {
    let instance = &team.cluster.instances[0];
    eventually("commands to wait for the project", SOON, || async {
        instance.metric("lockstep_waiting_commands").await == commands as f64
    })
    .await;
}

/// Sends `titles` as new tasks at once while the project is held, and lets go when all but the first wait behind it.
async fn created_together(team: &Team, titles: Vec<String>) -> Vec<Answer> {
    let held = team.cluster.database.lock_project(team.project).await;
    let api = team.editor();
    let path = team.path("/tasks");
    let count = titles.len();
    let first = tokio::spawn({
        let (api, path) = (api.clone(), path.clone());
        async move { api.post(&path, json!({"title": "First"})).await }
    });
    first_waits(team).await;
    let asked = tokio::spawn(join_all(titles.into_iter().map(move |title| {
        let (api, path) = (api.clone(), path.clone());
        async move { api.post(&path, json!({"title": title})).await }
    })));
    waiting(team, count).await;
    held.release().await;
    first.await.expect("no panic").expect(201);
    asked.await.expect("no panic")
}

async fn transactions(team: &Team) -> i64 {
    let sql = team.cluster.database.sql().await;
    let count = "SELECT count(DISTINCT xmin::text) FROM events WHERE project_id = $1 AND version > 4";
    sql.query_one(count, &[&team.project]).await.expect("a count").get(0)
}

/// Proves L10.
#[tokio::test(flavor = "multi_thread")]
async fn commands_that_wait_for_a_project_share_one_commit_and_get_answers_of_their_own() {
    let team = Team::start(1).await;
    let titles: Vec<String> = (0..200).map(|n| format!("Task {n}")).collect();
    let answers = created_together(&team, titles.clone()).await;
    let mut versions = Vec::new();
    for (title, answer) in titles.iter().zip(answers) {
        let answer = answer.expect(201);
        assert_eq!(answer.body["task"]["title"], json!(title));
        assert_eq!(answer.events()[0]["data"]["task"]["title"], json!(title));
        versions.push(answer.version());
    }
    versions.sort_unstable();
    let begin = versions[0];
    assert!(versions.iter().enumerate().all(|(n, version)| *version == begin + n as u64), "{versions:?}");
    assert_eq!(transactions(&team).await, 2, "one for the first, one for all that waited");
    team.cluster.whole_log(team.project, &team.owner).await;
}

/// Proves L10.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_postgres_refuses_fails_alone_among_500_good_ones() {
    let team = Team::start(1).await;
    let sql = team.cluster.database.sql().await;
    sql.batch_execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF NEW.title = 'Poison' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER refuse BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    .await
    .expect("a trigger");
    let mut titles: Vec<String> = (0..500).map(|n| format!("Task {n}")).collect();
    titles.insert(250, "Poison".to_owned());
    let answers = created_together(&team, titles.clone()).await;
    for (title, answer) in titles.iter().zip(answers) {
        match title.as_str() {
            "Poison" => drop(answer.expect_problem(500, "internal")),
            _ => drop(answer.expect(201)),
        }
    }
    let log = team.cluster.whole_log(team.project, &team.owner).await;
    assert_eq!(
        log.iter().filter(|event| event["type"] == "task.created").count(),
        502,
        "with the team's own and the first"
    );
}

/// Proves L11.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_503_while_it_waited_never_happens() {
    let team = Team::of(Cluster::builder().instances(1).env("LOCKSTEP_REQUEST_SECONDS", "1")).await;
    let before = team.digest().await;
    let held = team.cluster.database.lock_project(team.project).await;
    let asked = (0..20).map(|n| {
        let (api, path) = (team.editor(), team.path("/tasks"));
        async move { api.post(&path, json!({"title": format!("Late {n}")})).await }
    });
    for answer in join_all(asked).await {
        answer.expect_problem(503, "unavailable");
    }
    held.release().await;
    team.editor().create_task(team.project, "In time").await;
    assert_eq!(team.digest().await.version, before.version + 1);
}

/// Proves L6, L7.
#[tokio::test(flavor = "multi_thread")]
async fn twelve_repeats_that_share_a_transaction_make_one_event() {
    let team = Team::start(1).await;
    let held = team.cluster.database.lock_project(team.project).await;
    let api = team.editor().idempotent("twelve");
    let post = || {
        let (api, path) = (api.clone(), team.path("/tasks"));
        async move { api.post(&path, json!({"title": "Once"})).await }
    };
    let first = tokio::spawn(post());
    first_waits(&team).await;
    let others = tokio::spawn(join_all((1..12).map(|_| post())));
    waiting(&team, 11).await;
    held.release().await;
    let mut answers = others.await.expect("no panic");
    answers.push(first.await.expect("no panic"));
    let fresh = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count();
    assert_eq!(fresh, 1);
    let first = answers[0].body.clone();
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == first));
    let count = "SELECT count(*) FROM tasks WHERE project_id = $1 AND title = 'Once'";
    let count: i64 =
        team.cluster.database.sql().await.query_one(count, &[&team.project]).await.expect("a count").get(0);
    assert_eq!(count, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_project_holds_one_connection_and_others_go_on_beside_it() {
    let team = Team::of(Cluster::builder().instances(1).env("LOCKSTEP_POOL_WRITE", "2")).await;
    let held = team.cluster.database.lock_project(team.project).await;
    let post = |n: usize| {
        let (api, path) = (team.editor(), team.path("/tasks"));
        async move { api.post(&path, json!({"title": format!("Waiting {n}")})).await }
    };
    let first = tokio::spawn(post(0));
    first_waits(&team).await;
    let stuck = tokio::spawn(join_all((1..50).map(post)));
    waiting(&team, 49).await;
    let beside = team.stranger().create_task(team.foreign_project, "Beside").await;
    assert!(beside.version > 0);
    assert!(!stuck.is_finished(), "the busy one still waits");
    held.release().await;
    first.await.expect("no panic").expect(201);
    for answer in stuck.await.expect("no panic") {
        answer.expect(201);
    }
}

//! Postgres away, hanging, or holding on to a dead instance's lock: clients stay connected, every request is answered in
//! time, and afterwards nothing is missing. Invariants I2, I6, I7 and I17.

use crate::support::{SOON, Scene};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::proxy::{Action, At};
use testkit::{Cluster, Recover, Socket, eventually};

/// A request has eight seconds for Postgres, and some more for itself.
const ANSWERED: Duration = Duration::from_secs(12);

async fn scene() -> Scene {
    Scene::of(Cluster::builder().instances(3).postgres_proxied().start().await).await
}

async fn lasting(time: Duration) {
    let began = Instant::now();
    eventually("the time of the fault to pass", time * 2, || async { began.elapsed() >= time }).await;
}

/// Proves C8.
#[tokio::test(flavor = "multi_thread")]
async fn clients_stay_connected_while_postgres_is_away_and_miss_nothing() {
    let scene = scene().await;
    let writers = scene.writers();
    writers.wait_for(30).await;
    for instance in &scene.cluster.instances {
        instance.postgres().refuse().await;
    }
    lasting(Duration::from_secs(3)).await;
    for instance in &scene.cluster.instances {
        instance.postgres().accept().await;
    }
    writers.wait_for(60).await;
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
    for follower in &scene.followers {
        assert_eq!(follower.progress().reconnects, 0, "nobody was sent away");
    }
}

/// Proves L6, C8.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_while_connections_to_postgres_are_cut_again_and_again() {
    let scene = scene().await;
    let writers = scene.writers();
    for round in 0..12 {
        writers.wait_for(10).await;
        scene.cluster.instances[round % 3].postgres().cut();
    }
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
}

/// Proves J3, S7.
#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_hangs_everything_is_answered_in_time() {
    let scene = scene().await;
    let instance = &scene.cluster.instances[0];
    let mut socket = Socket::connect(&instance.ws(), &scene.owner.token).await.expect("connected");
    let other = scene.cluster.api(1, &scene.owner).create_project("Other").await;
    instance.postgres().freeze();
    let api = scene.cluster.api(0, &scene.owner);
    let path = format!("/projects/{}/tasks", scene.project);
    let digest = format!("/projects/{}/digest", scene.project);
    let began = Instant::now();
    let (read, write, refused) = tokio::join!(
        api.get(&digest),
        api.post(&path, json!({"title": "Nobody hears"})),
        // A project that has no room here yet, so Postgres has to be asked.
        socket.subscribe(other, &Recover::No, 0),
    );
    assert!(began.elapsed() < ANSWERED, "{:?}", began.elapsed());
    read.expect_problem(503, "unavailable");
    assert!(write.expect(503).header("retry-after").is_some());
    let refused = refused.expect_err("no answer from Postgres");
    assert!(
        matches!(&refused, testkit::socket::Failure::Refused(refusal) if refusal.code == 100 && refusal.temporary)
    );
    instance.postgres().thaw();
    instance.ready(SOON).await;
    socket.subscribe(other, &Recover::No, 0).await.expect("subscribed");
    let version = api.create_task(scene.project, "Heard").await.version;
    scene.assert_all_have(version).await;
}

/// An instance that hangs inside a transaction holds the project; Postgres ends that transaction, and the others go on.
/// Proves L6, S7.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_hangs_with_the_lock_does_not_stop_the_others_for_long() {
    let scene = scene().await;
    let path = format!("/projects/{}/tasks", scene.project);
    let faults = &scene.cluster.instances[0].postgres().faults;
    let mut commit = faults.on_next_commit(At::Request, Action::Hold);
    let hanging = {
        let (api, path) = (scene.cluster.api(0, &scene.owner).idempotent("hanging"), path.clone());
        tokio::spawn(async move { api.post(&path, json!({"title": "Hangs"})).await })
    };
    commit.reached(SOON).await;
    scene.cluster.instances[0].pause();
    let api = scene.cluster.api(1, &scene.owner).idempotent("waiting");
    eventually("the others to go on", Duration::from_secs(30), || async {
        let answer = api.post(&path, json!({"title": "Waits"})).await;
        assert!(matches!(answer.status, 201 | 503), "{answer}");
        answer.status == 201
    })
    .await;
    scene.cluster.instances[0].resume();
    commit.release();
    let told = hanging.await.expect("answered");
    assert!(matches!(told.status, 201 | 503), "{told}");
    let repeat = scene.cluster.api(2, &scene.owner).idempotent("hanging");
    repeat.post(&path, json!({"title": "Hangs"})).await.expect(201);
    scene.assert_all_have(3).await;
}

/// COMMIT's answer is lost: the account exists, and so does a session, but the instance cannot know.
/// Proves L11.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_commit_went_unanswered_says_that_the_outcome_is_unknown() {
    let cluster = Cluster::builder().postgres_proxied().env("LOCKSTEP_SIGNUP", "open").start().await;
    let faults = &cluster.instances[0].postgres().faults;
    let api = cluster.instances[0].api();
    let account =
        json!({"email": "olga@example.org", "name": "Olga", "password": "long enough", "cookie": false});
    let login = json!({"email": "olga@example.org", "password": "long enough", "cookie": false});
    let mut commit = faults.on_next_commit_of_any_write(At::Request, Action::Cut);
    api.post("/auth/register", account.clone()).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    let mut commit = faults.on_next_commit_of_any_write(At::Answer, Action::Cut);
    api.post("/auth/register", account.clone()).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    api.post("/auth/register", account).await.expect_problem(409, "email_taken");
    let mut commit = faults.on_next_commit_of_any_write(At::Answer, Action::Cut);
    api.post("/auth/login", login.clone()).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    let token =
        json!({"refresh_token": api.post("/auth/login", login).await.expect(200).body["refresh_token"]});
    let mut commit = faults.on_next_commit_of_any_write(At::Answer, Action::Cut);
    api.post("/auth/refresh", token.clone()).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    let token =
        json!({"refresh_token": api.post("/auth/refresh", token).await.expect(200).body["refresh_token"]});
    let mut commit = faults.on_next_commit_of_any_write(At::Answer, Action::Cut);
    api.post("/auth/logout", token.clone()).await.expect_problem(503, "outcome_unknown");
    commit.reached(SOON).await;
    api.post("/auth/logout", token.clone()).await.expect(204);
    api.post("/auth/refresh", token).await.expect_problem(401, "session_ended");
}

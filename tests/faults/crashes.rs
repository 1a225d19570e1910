//! Instances killed and answers lost at the worst moment.

use crate::support::{SOON, Scene};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::proxy::{Action, At};
use testkit::{Cluster, Follower, Start, eventually};

/// Proves R6.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_instance_was_killed_before_publishing_arrives_within_two_seconds() {
    let cluster = Cluster::builder().instances(3).postgres_proxied().start().await;
    let mut scene = Scene::of(cluster).await;
    let mut commit = scene.cluster.instances[0].postgres().faults.on_next_commit(At::Answer, Action::Hold);
    let (api, project) = (scene.cluster.api(0, &scene.owner), scene.project);
    let asking = tokio::spawn(async move {
        let path = format!("/projects/{project}/tasks");
        api.try_send(testkit::http::Method::POST, &path, Some(json!({"title": "Orphan"}))).await
    });
    commit.reached(SOON).await;
    scene.cluster.instances[0].kill();
    let killed = Instant::now();
    assert!(asking.await.expect("no panic").is_err(), "the caller got no answer");
    for follower in &scene.followers[3..] {
        follower.wait_until_version(2, Duration::from_secs(2)).await;
    }
    assert!(killed.elapsed() < Duration::from_secs(2));
    let addresses = scene.cluster.sockets()[1..].to_vec();
    scene.followers.iter().for_each(|follower| follower.set_addresses(&addresses));
    scene.cluster.instances[0].restart().await;
    scene.assert_all_have(2).await;
}

/// Proves L6, L11.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_commit_is_one_event_and_the_truth() {
    let cluster = Cluster::builder().instances(2).postgres_proxied().start().await;
    let scene = Scene::of(cluster).await;
    let path = format!("/projects/{}/tasks", scene.project);
    let api = scene.cluster.api(0, &scene.owner);
    let mut version = 1;
    for (at, key) in
        [(At::Answer, Some("a")), (At::Answer, None), (At::Request, Some("b")), (At::Request, None)]
    {
        let mut commit = scene.cluster.instances[0].postgres().faults.on_next_commit(at, Action::Cut);
        let body = json!({"title": format!("{at:?} {key:?}")});
        let asked = key.map_or_else(|| api.clone(), |key| api.idempotent(key));
        let answer = asked.post(&path, body.clone()).await;
        commit.reached(SOON).await;
        version += 1;
        assert_eq!(answer.expect(201).version(), version, "the instance found out by itself");
        if let Some(key) = key {
            let repeat =
                scene.cluster.api(1, &scene.owner).idempotent(key).post(&path, body).await.expect(201);
            assert_eq!(repeat.version(), version);
            assert_eq!(repeat.header("idempotency-replayed"), Some("true"));
        }
    }
    scene.assert_all_have(version).await;
}

/// Proves L7, L11.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_cannot_be_told_is_unknown_until_the_repeat() {
    let cluster =
        Cluster::builder().instances(2).postgres_proxied().env("LOCKSTEP_REQUEST_SECONDS", "2").start().await;
    let scene = Scene::of(cluster).await;
    let path = format!("/projects/{}/tasks", scene.project);
    let api = scene.cluster.api(0, &scene.owner).idempotent("k");
    let postgres = scene.cluster.instances[0].postgres();
    let mut commit = postgres.faults.on_next_commit(At::Answer, Action::Hold);
    let asked = {
        let (api, path) = (api.clone(), path.clone());
        tokio::spawn(async move { api.post(&path, json!({"title": "x"})).await })
    };
    commit.reached(SOON).await;
    postgres.refuse().await;
    let answer = asked.await.expect("no panic");
    answer.expect_problem(503, "outcome_unknown");
    let repeat = scene.cluster.api(1, &scene.owner).idempotent("k").post(&path, json!({"title": "x"})).await;
    assert_eq!(repeat.expect(201).version(), 2);
    postgres.accept().await;
    scene.assert_all_have(2).await;
}

/// Proves C1, C6.
#[tokio::test(flavor = "multi_thread")]
async fn followers_of_a_killed_instance_go_on_elsewhere_without_missing_anything() {
    let mut scene = Scene::of(Cluster::start(3).await).await;
    let all = scene.cluster.sockets();
    let roaming: Vec<Follower> =
        (0..6).map(|_| Follower::start(&all, &scene.owner, scene.project, Start::Head)).collect();
    for follower in &roaming {
        follower.live(SOON).await;
    }
    let api = scene.cluster.api(1, &scene.owner);
    for round in 0..3 {
        let version = api.create_tasks(scene.project, 20).await;
        scene.cluster.instances[0].kill();
        api.create_task(scene.project, "meanwhile").await;
        for follower in &roaming {
            follower.wait_until_version(version + 1, SOON).await;
        }
        scene.cluster.instances[0].restart().await;
        assert_eq!(version, 1 + (round + 1) * 20 + round);
    }
    let log = scene.cluster.whole_log(scene.project, &scene.owner).await;
    for follower in &roaming {
        follower.wait_until_version(log.len() as u64, SOON).await;
        follower.assert_strict();
    }
    eventually("the killed instance's own followers to be back", SOON, || async {
        scene.followers.iter().all(|follower| follower.version() == log.len() as u64)
    })
    .await;
    scene.followers.iter().for_each(|follower| follower.assert_equals(&log));
}

//! Every client sees the same events in the same order.

use crate::SOON;
use domain::event::Event;
use domain::snapshot::Snapshot;
use serde_json::{Value, json};
use testkit::{Cluster, Follower, Start};

/// Proves L1, L4, R1, R9.
#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_concurrent_commands_through_three_instances_reach_everybody_in_order() {
    let cluster = Cluster::start(3).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let start = Start::at(&cluster.api(0, &owner).snapshot(project).await);
    let followers: Vec<Follower> = (0..9)
        .map(|number| {
            let address = &cluster.sockets()[number % 3..=number % 3];
            Follower::start(address, &owner, project, start.clone())
        })
        .collect();
    for follower in &followers {
        follower.live(SOON).await;
    }
    let apis = cluster.apis(&owner);
    let writers = (0..500).map(|number| {
        let api = apis[number % 3].clone();
        tokio::spawn(async move {
            let path = format!("/projects/{project}/tasks");
            api.post(&path, json!({"title": format!("Task {number}")})).await.expect(201);
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("written");
    }
    for follower in &followers {
        follower.wait_until_version(501, SOON).await;
    }
    let log = cluster.whole_log(project, &owner).await;
    assert_eq!(log.len(), 501);
    followers.iter().for_each(|follower| follower.assert_equals(&log));
    let digest = cluster.equal_digests(project, &owner, 501, SOON).await;
    let events: Vec<Event> = log.iter().map(read).collect();
    let folded = Snapshot::fold(String::new(), &events).expect("the log folds");
    assert_eq!(domain::digest::of(&folded), digest.digest, "what a client folds is what the server has");
}

/// Proves L9, R9.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_arrives_as_consecutive_events() {
    let cluster = Cluster::start(2).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let follower = Follower::start(&cluster.sockets()[1..], &owner, project, Start::Head);
    follower.live(SOON).await;
    let version = api.create_tasks(project, 400).await;
    assert_eq!(version, 401);
    follower.wait_until_version(401, SOON).await;
    follower.assert_strict();
}

fn read(event: &Value) -> Event {
    serde_json::from_value(event.clone()).expect("an event")
}

//! Clients that read slowly or not at all: nobody waits for them, what they got has no gap, and they resume.

use crate::{SOON, descriptors};
use serde_json::{Value, json};
use testkit::socket::{Frame, Received, Wire};
use testkit::{Cluster, Follower, Recover, Socket, Start, User, Uuid, eventually};

/// Smaller than what is written below by far; kernels buffer some megabytes besides.
const QUEUE: &str = "65536";
const EVENT: usize = 90_000;

async fn small_queues() -> Cluster {
    Cluster::builder()
        .env("LOCKSTEP_SOCKET_QUEUE_BYTES", QUEUE)
        .env("LOCKSTEP_RING_BYTES", "4096")
        .env("LOCKSTEP_RECOVER_BYTES", "100000000")
        .env("LOCKSTEP_LOG_FILTER", "info,lockstep=debug")
        .start()
        .await
}

async fn too_slow(cluster: &Cluster) {
    eventually("a client to be closed for its slowness", SOON, || async {
        cluster.instances[0].output.contains("too slow")
    })
    .await;
}

async fn silent(cluster: &Cluster, owner: &User, project: Uuid) -> Wire {
    let (status, mut wire) = Wire::upgrade(&cluster.instances[0].authority(), &[]).await;
    assert_eq!(status, 101);
    let channel = format!("project:{project}");
    for command in [
        json!({"id": 1, "connect": {"token": owner.token}}),
        json!({"id": 2, "subscribe": {"channel": channel}}),
    ] {
        wire.send(&Frame::text(command.to_string()).encode()).await;
    }
    wire
}

/// Far more than the queue and the kernel's buffers of both ends hold.
async fn write_much(cluster: &Cluster, owner: &User, project: Uuid) -> u64 {
    let body = json!({"title": "Large", "description": "x".repeat(EVENT)});
    let mut version = 0;
    for _ in 0..150 {
        let answer = cluster.api(0, owner).post(&format!("/projects/{project}/tasks"), body.clone()).await;
        version = answer.expect(201).version();
    }
    version
}

/// Proves R10, S2.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_is_closed_without_a_gap_and_slows_nobody() {
    let cluster = small_queues().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let epoch = cluster.api(0, &owner).digest(project).await.epoch;
    let follower = Follower::start(&cluster.sockets(), &owner, project, Start::Head);
    follower.live(SOON).await;
    let mut silent = silent(&cluster, &owner, project).await;
    let head = write_much(&cluster, &owner, project).await;
    follower.wait_until_version(head, SOON).await;
    follower.assert_strict();
    too_slow(&cluster).await;
    let mut last = 1;
    let end = loop {
        match silent.frame(SOON).await {
            Received::Frame { opcode: 1, payload } => {
                let message: Value = serde_json::from_slice(&payload).expect("whole messages only");
                if let Some(version) = message["push"]["pub"]["offset"].as_u64() {
                    assert_eq!(version, last + 1);
                    last = version;
                }
            }
            end @ (Received::Frame { .. } | Received::Close(_) | Received::Gone) => break end,
        }
    };
    assert_eq!(end, Received::Close(3008));
    assert!(last < head, "something was left for the resumption");
    let mut back = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("connected");
    let from = Recover::From { epoch, version: last };
    let answer = back.subscribe(project, &from, 0).await.expect("subscribed");
    assert!(answer.recovered && answer.offset == last);
}

/// Proves R10, S6.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_nobody_reads_is_given_up() {
    let cluster = small_queues().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let before = descriptors(&cluster.instances[0]);
    let mut silent_ones = Vec::new();
    for _ in 0..20 {
        silent_ones.push(silent(&cluster, &owner, project).await);
    }
    write_much(&cluster, &owner, project).await;
    eventually("the instance to let go of them", SOON, || async {
        descriptors(&cluster.instances[0]) < before + 16
    })
    .await;
    drop(silent_ones);
}

/// Catching up is no slowness: a client that is far behind takes page after page as its queue drains.
/// Proves J6.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_much_to_catch_up_is_not_taken_for_a_slow_one() {
    let cluster = small_queues().await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let start = Start::at(&api.snapshot(project).await);
    for _ in 0..70 {
        let body = json!({"title": "Large", "description": "x".repeat(EVENT)});
        api.post(&format!("/projects/{project}/tasks"), body).await.expect(201);
    }
    let head = api.create_tasks(project, 3_000).await;
    let follower = Follower::start(&cluster.sockets(), &owner, project, start);
    follower.wait_until_version(head, SOON).await;
    follower.assert_strict();
    assert_eq!(follower.progress().reconnects, 0, "one connection was enough");
}

/// The events of the largest batch come to more than a queue holds, all at one moment.
/// Proves R9.
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_larger_than_a_queue_closes_nobody_who_reads() {
    let cluster = Cluster::builder().instances(2).env("LOCKSTEP_SOCKET_QUEUE_BYTES", QUEUE).start().await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let start = Start::at(&api.snapshot(project).await);
    let followers: Vec<Follower> = (0..6)
        .map(|number| {
            Follower::start(&cluster.sockets()[number % 2..=number % 2], &owner, project, start.clone())
        })
        .collect();
    for follower in &followers {
        follower.live(SOON).await;
    }
    let description = "x".repeat(2_000);
    let command = json!({"type": "task.create", "title": "Large", "description": description});
    let version = api.commands(project, Value::Array(vec![command; 490])).await.expect(200).version();
    for follower in &followers {
        follower.wait_until_version(version, SOON).await;
        follower.assert_strict();
        assert_eq!(follower.progress().reconnects, 0, "reading is all that can be asked of a client");
    }
}

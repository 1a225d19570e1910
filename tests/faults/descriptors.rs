//! An instance that has no descriptor left hears nobody. So it raises its limit, and keeps some for what is not a client.

use crate::support::SOON;
use std::path::Path;
use testkit::socket::Wire;
use testkit::{Cluster, Follower, Start, binary, eventually};

async fn limited(soft: &str, hard: &str) -> Cluster {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/limited.sh");
    let program = binary::lockstep().display().to_string();
    let cluster = Cluster::builder().instances(2).program(script).env("PROGRAM", program);
    cluster.env("SOFT", soft).env("HARD", hard).start().await
}

/// Opens connections that stay, and answers those whose first request was answered so.
async fn connections(cluster: &Cluster, count: usize, status: &str) -> Vec<Wire> {
    let authority = cluster.instances[0].authority();
    let mut all = Vec::new();
    for _ in 0..count {
        let mut wire = Wire::connect(&authority).await;
        wire.send(format!("GET /health/live HTTP/1.1\r\nhost: {authority}\r\n\r\n").as_bytes()).await;
        if wire.head().await.starts_with(&format!("HTTP/1.1 {status} ")) {
            all.push(wire);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_soft_limit_of_open_files_is_raised_to_the_hard_one() {
    let cluster = limited("128", "1024").await;
    assert_eq!(connections(&cluster, 500, "200").await.len(), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_place_is_told_so_and_nobody_else_notices() {
    let cluster = limited("400", "400").await;
    let owner = cluster.user("Olga").await;
    let other = cluster.api(1, &owner);
    let project = other.create_project("Shop").await;
    let follower = Follower::start(&[cluster.instances[0].ws()], &owner, project, Start::Head);
    follower.live(SOON).await;

    let full = connections(&cluster, 320, "200").await;
    assert!((250..300).contains(&full.len()), "{} connections found a place", full.len());
    assert_eq!(connections(&cluster, 10, "503").await.len(), 10, "the surplus is told");
    let version = other.create_tasks(project, 3).await;
    follower.wait_until_version(version, SOON).await;
    assert_eq!(follower.progress().reconnects, 0);
    assert!(cluster.instances[0].metric("lockstep_sockets").await >= 1.0, "the operator's address answers");

    drop(full);
    eventually("places to be free again", SOON, || async {
        connections(&cluster, 1, "200").await.len() == 1
    })
    .await;
}

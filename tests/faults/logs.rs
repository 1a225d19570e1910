//! A log that cannot be written stops nothing. Every request logs a line here.

use crate::support::SOON;
use std::path::Path;
use testkit::{Cluster, Follower, Start, binary};

/// More lines than a pipe of 64 KiB takes.
const REQUESTS: usize = 800;

async fn with_log_to(what: &str) -> Cluster {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/unwritable-log.sh");
    let program = binary::lockstep().display().to_string();
    let cluster = Cluster::builder().instances(2).program(script).env("PROGRAM", program).env("LOG_TO", what);
    cluster.env("LOCKSTEP_LOG_FILTER", "info,access=debug").start().await
}

/// People register and work, hear of each other through Redis, and the instances end as usual. How many lines were lost.
async fn all_works(mut cluster: Cluster) -> f64 {
    let ann = cluster.instances[0].api().register("Ann").await;
    let (one, two) = (cluster.api(0, &ann), cluster.api(1, &ann));
    let project = one.create_project("Shop").await;
    let follower = Follower::start(&cluster.sockets(), &ann, project, Start::Head);
    follower.live(SOON).await;
    let version = one.create_tasks(project, 3).await;
    follower.wait_until_version(version, SOON).await;
    for _ in 0..REQUESTS / 2 {
        one.get("/me").await.expect(200);
        two.get("/me").await.expect(200);
    }
    let mut lost = 0.0;
    for instance in &cluster.instances {
        lost += instance.metric("lockstep_log_lines_lost_total").await;
    }
    for instance in &mut cluster.instances {
        assert!(instance.stop().await.success(), "{} ends as usual", instance.name);
    }
    lost
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_log_stops_nothing_and_the_lines_are_counted() {
    let lost = all_works(with_log_to("full").await).await;
    assert!(lost >= REQUESTS as f64, "{lost} lines lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_any_more_stops_nothing_and_the_lines_are_counted() {
    let lost = all_works(with_log_to("gone").await).await;
    assert!(lost >= REQUESTS as f64, "{lost} lines lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_reader_does_not_read_stops_nothing() {
    all_works(with_log_to("stuck").await).await;
}

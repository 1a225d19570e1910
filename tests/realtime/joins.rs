//! Joining while others write neither misses nor doubles an event.

use crate::SOON;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::follower::Position;
use testkit::{Cluster, Follower, Seed, Start};

/// Proves J6, R9.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_joins_at_random_moments_miss_and_double_nothing() {
    let cluster = Cluster::start(3).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let epoch = cluster.api(0, &owner).digest(project).await.epoch;
    let writing = Arc::new(AtomicBool::new(true));
    let writers: Vec<_> = cluster
        .apis(&owner)
        .into_iter()
        .map(|api| {
            let writing = writing.clone();
            tokio::spawn(async move {
                while writing.load(Ordering::Relaxed) {
                    api.create_task(project, "Another").await;
                }
            })
        })
        .collect();
    let seed = Seed::from_env();
    let mut random = seed.actor(0);
    let mut followers: Vec<Follower> = Vec::new();
    for number in 0..200 {
        let address = &cluster.sockets()[number % 3..=number % 3];
        let seen = followers.last().map_or(1, Follower::version).max(1);
        let start = match random.u8(..3) {
            0 => Start::Head,
            1 => Start::At(Position { epoch: epoch.clone(), version: seen }),
            _ => Start::At(Position { epoch: epoch.clone(), version: random.u64(1..=seen) }),
        };
        followers.push(Follower::start(address, &owner, project, start));
        if random.bool() {
            followers[random.usize(..followers.len())].live(SOON).await;
        }
    }
    for follower in &followers {
        follower.live(SOON).await;
    }
    writing.store(false, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("written");
    }
    let head = cluster.api(0, &owner).create_task(project, "last").await.version;
    for follower in &followers {
        follower.wait_until_version(head, SOON).await;
    }
    let log = cluster.whole_log(project, &owner).await;
    followers.iter().for_each(|follower| follower.assert_equals(&log));
}

/// Proves J5, C7.
#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_another_instance_gave_is_never_beyond_the_head() {
    let cluster = Cluster::builder().instances(2).without_redis().start().await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let watching = Follower::start(&cluster.sockets()[1..], &owner, project, Start::Head);
    watching.live(SOON).await;
    for _ in 0..20 {
        api.create_task(project, "One").await;
        // The room on the other instance has not heard of it: it has to look before it says so.
        let start = Start::at(&api.snapshot(project).await);
        let joining = Follower::start(&cluster.sockets()[1..], &owner, project, start);
        joining.live(SOON).await;
        assert_eq!(joining.resyncs(), vec![]);
        joining.assert_strict();
    }
}

/// Proves J5.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_added_through_another_instance_is_let_in_at_once() {
    let cluster = Cluster::builder().instances(2).without_redis().start().await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let watching = Follower::start(&cluster.sockets()[1..], &owner, project, Start::Head);
    watching.live(SOON).await;
    for _ in 0..10 {
        let version = api.add_member(project, &guest, "viewer").await;
        let joining = Follower::start(&cluster.sockets()[1..], &guest, project, Start::Head);
        joining.live(SOON).await;
        assert!(joining.version() >= version);
        api.remove_member(project, &guest).await;
        joining.ended(SOON).await;
    }
}

//! Redis is a hint: whatever it loses, delays or does without costs time, never an event.

use crate::support::{SOON, Scene};
use std::time::{Duration, Instant};
use testkit::follower::End;
use testkit::{Cluster, Follower, Start, eventually};

async fn three_instances() -> Scene {
    Scene::of(Cluster::builder().instances(3).redis_proxied().start().await).await
}

/// Lets the writers write for a bounded time, which is the fault's.
async fn lasting(time: Duration) {
    let began = Instant::now();
    eventually("the time of the fault to pass", time * 2, || async { began.elapsed() >= time }).await;
}

/// Proves R5, R6.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_while_redis_is_stopped_for_ten_seconds() {
    let scene = three_instances().await;
    let writers = scene.writers();
    writers.wait_for(50).await;
    for instance in &scene.cluster.instances {
        instance.redis().refuse().await;
    }
    lasting(Duration::from_secs(10)).await;
    for instance in &scene.cluster.instances {
        instance.redis().accept().await;
    }
    writers.wait_for(50).await;
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
}

/// Proves R5, R6.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_while_connections_to_redis_are_cut_again_and_again() {
    let scene = three_instances().await;
    let writers = scene.writers();
    for _ in 0..10 {
        writers.wait_for(15).await;
        scene.cluster.instances.iter().for_each(|instance| instance.redis().cut());
    }
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
}

/// Proves R6.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_of_an_instance_whose_publisher_is_cut_off() {
    let scene = three_instances().await;
    let faults = &scene.cluster.instances[0].redis().faults;
    faults.lose_all();
    let writers = scene.writers();
    writers.wait_for(150).await;
    assert!(faults.lost() > 0, "something was lost");
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
    // Now a word of the silenced instance alone: nothing before or after it gives the gap away.
    let last = scene.cluster.api(0, &scene.owner).create_task(scene.project, "last").await.version;
    assert_eq!(last, written + 2);
    scene.assert_all_have(last).await;
}

/// Proves R3, R5.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_when_every_tenth_message_is_lost() {
    let scene = three_instances().await;
    scene.cluster.instances.iter().for_each(|instance| instance.redis().faults.lose_every(10));
    let writers = scene.writers();
    writers.wait_for(300).await;
    let written = writers.stop().await;
    let lost: u64 = scene.cluster.instances.iter().map(|instance| instance.redis().faults.lost()).sum();
    assert!(lost >= 10, "only {lost} messages were lost");
    scene.assert_all_have(written + 1).await;
}

/// Proves R1, R3, R5.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_out_of_order_when_one_instance_publishes_late() {
    let scene = three_instances().await;
    scene.cluster.instances[1].redis().faults.delay_publishes(Duration::from_millis(300));
    let writers = scene.writers();
    writers.wait_for(300).await;
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
}

/// Proves R5, R6.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_while_redis_hangs() {
    let scene = three_instances().await;
    let writers = scene.writers();
    writers.wait_for(50).await;
    scene.cluster.instances.iter().for_each(|instance| instance.redis().freeze());
    lasting(Duration::from_secs(4)).await;
    writers.wait_for(20).await;
    scene.cluster.instances.iter().for_each(|instance| instance.redis().thaw());
    let written = writers.stop().await;
    scene.assert_all_have(written + 1).await;
}

/// Proves R6.
#[tokio::test(flavor = "multi_thread")]
async fn without_redis_changes_arrive_all_the_same() {
    let scene = Scene::of(Cluster::builder().instances(2).without_redis().start().await).await;
    let version = scene.cluster.api(0, &scene.owner).create_task(scene.project, "One").await.version;
    let began = Instant::now();
    for follower in &scene.followers {
        follower.wait_until_version(version, SOON).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    let writers = scene.writers();
    writers.wait_for(100).await;
    let written = writers.stop().await;
    scene.assert_all_have(version + written).await;
}

/// What was committed here needs neither Redis nor the comparison of heads, which grants 100 ms of grace alone.
/// Proves R4.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_clients_of_its_own_instance_without_redis_at_once() {
    let cluster = Cluster::builder().redis_proxied().start().await;
    let scene = Scene::of(cluster).await;
    scene.cluster.instances[0].redis().freeze();
    let mut times = Vec::new();
    for _ in 0..21 {
        let began = Instant::now();
        let version = scene.cluster.api(0, &scene.owner).create_task(scene.project, "Here").await.version;
        scene.followers[0].wait_until_version(version, SOON).await;
        times.push(began.elapsed());
    }
    times.sort();
    assert!(times[10] < Duration::from_millis(90), "half of the changes took longer than {:?}", times[10]);
}

/// Proves A2.
#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_redis_lost_or_delayed_still_ends_what_its_member_gets() {
    let scene = three_instances().await;
    let guest = scene.cluster.user("Gus").await;
    let api = scene.cluster.api(0, &scene.owner);
    let faults = &scene.cluster.instances[0].redis().faults;
    for lost in [true, false] {
        api.add_member(scene.project, &guest, "viewer").await;
        let guests: Vec<Follower> = scene
            .cluster
            .sockets()
            .iter()
            .map(|address| Follower::start(std::slice::from_ref(address), &guest, scene.project, Start::Head))
            .collect();
        for follower in &guests {
            follower.live(SOON).await;
        }
        match lost {
            true => faults.lose_all(),
            false => faults.delay_publishes(Duration::from_millis(300)),
        }
        let removal = api.remove_member(scene.project, &guest).await;
        // Of another instance, whose publishes overtake the removal's.
        scene.cluster.api(1, &scene.owner).create_tasks(scene.project, 20).await;
        for follower in &guests {
            assert!(matches!(follower.ended(SOON).await, End::Unsubscribed { code: 2000, .. }));
            assert_eq!(follower.version(), removal, "the removal itself, and nothing above it");
            follower.assert_strict();
        }
        faults.lose_none();
        faults.delay_publishes(Duration::ZERO);
    }
}

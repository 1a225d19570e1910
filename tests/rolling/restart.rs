//! Three instances replaced one after another, behind the real balancer, under load.

use crate::SOON;
use crate::balancer::Balancer;
use crate::load::Load;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use testkit::{Api, Cluster, Follower, Start, User, Uuid};

const PROJECTS: usize = 50;
const SOCKETS_PER_PROJECT: usize = 10;
const COMMANDS_PER_SECOND: f64 = 200.0;
const WRITERS: usize = 50;
/// The longest pause of the SDKs between two attempts.
const BACKOFF: Duration = Duration::from_secs(20);

/// Proves L5, C6, S5.
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_behind_the_balancer_loses_nothing() {
    let cluster = Cluster::builder()
        .instances(3)
        .env("LOCKSTEP_DRAIN", "5")
        .env("LOCKSTEP_TRUSTED_PROXIES", "127.0.0.1/32");
    let mut cluster = cluster.start().await;
    let owner = cluster.user("Olga").await;
    let balancer = Balancer::start(&cluster).await;
    let api = Api::new(balancer.http()).with_token(&owner.token);
    let mut projects = Vec::new();
    for number in 0..PROJECTS {
        projects.push(api.create_project(&format!("Project {number}")).await);
    }
    let followers = follow(&balancer, &api, &owner, &projects).await;

    let load = Load::start(&api, &projects, WRITERS, COMMANDS_PER_SECOND);
    for index in 0..cluster.instances.len() {
        let began = Instant::now();
        let status = cluster.instances[index].stop().await;
        assert!(status.success(), "an instance ended with {status}");
        let stopped = began.elapsed();
        cluster.instances[index].restart().await;
        balancer.serves(&cluster.instances[index]).await;
        println!(
            "i{index}: stopped in {stopped:.1?}, back after {:.1?}; {:.0} commands/s",
            began.elapsed(),
            load.rate()
        );
    }
    let rate = load.rate();
    let counts = load.stop().await;
    let (done, repeated) = (counts.done.load(Ordering::Relaxed), counts.repeated.load(Ordering::Relaxed));
    let replayed = counts.replayed.load(Ordering::Relaxed);

    let mut created = 0;
    for project in &projects {
        let log = cluster.whole_log(*project, &owner).await;
        created += log.len() as u64 - 1;
        for (_, follower) in followers.iter().filter(|(of, _)| of == project) {
            follower.wait_until_version(log.len() as u64, SOON).await;
            follower.assert_equals(&log);
        }
    }
    assert_eq!(created, done, "each command that was answered is in the log once");
    let ends: Vec<_> = followers.iter().map(|(_, follower)| follower.progress()).collect();
    let longest = ends.iter().map(|end| end.longest_absence).max().expect("there are followers");
    let moved = ends.iter().filter(|end| end.reconnects > 0).count();
    println!(
        "{done} commands at {rate:.0}/s (asked for {COMMANDS_PER_SECOND:.0}), {repeated} repeated, {replayed} of them replayed; \
         {moved} of {} sockets moved, the longest was away for {longest:.1?}",
        followers.len()
    );
    assert!(moved > 0, "a restart that moves no socket proves nothing");
    assert!(longest < BACKOFF, "a socket was away for {longest:?}");
    let in_vain: Vec<_> = ends.iter().filter(|end| end.reconnects >= end.subscriptions).collect();
    assert!(
        in_vain.is_empty(),
        "{} sockets did not get in at their first attempt: {:?}",
        in_vain.len(),
        in_vain[0]
    );
}

/// The sockets of all projects, subscribed.
async fn follow(balancer: &Balancer, api: &Api, owner: &User, projects: &[Uuid]) -> Vec<(Uuid, Follower)> {
    let mut followers = Vec::new();
    for project in projects {
        let start = Start::at(&api.snapshot(*project).await);
        for _ in 0..SOCKETS_PER_PROJECT {
            followers.push((*project, Follower::start(&[balancer.ws()], owner, *project, start.clone())));
        }
    }
    for (_, follower) in &followers {
        follower.live(SOON).await;
    }
    followers
}

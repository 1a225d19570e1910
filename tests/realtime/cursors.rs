//! Clients that stand further back than the ring reaches: with a ring of 4 KiB nearly every join, and every worker that is
//! a moment late, reads Postgres. Steps 7 and 8 of ARCHITECTURE.md.

use crate::SOON;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::follower::Position;
use testkit::socket::Push;
use testkit::{Api, Cluster, Follower, Instance, Recover, Seed, Socket, Start, User, Uuid};
use tokio::task::JoinHandle;

/// A project on two instances that remember next to nothing.
struct Forgetful {
    cluster: Cluster,
    owner: User,
    project: Uuid,
    epoch: String,
}

impl Forgetful {
    async fn new() -> Forgetful {
        Self::with_ring("4096").await
    }

    async fn with_ring(bytes: &str) -> Forgetful {
        let cluster = Cluster::builder().instances(2).env("LOCKSTEP_RING_BYTES", bytes).start().await;
        let owner = cluster.user("Olga").await;
        let api = cluster.api(0, &owner);
        let project = api.create_project("Shop").await;
        let epoch = api.digest(project).await.epoch;
        Forgetful { cluster, owner, project, epoch }
    }

    fn at(&self, version: u64) -> Position {
        Position { epoch: self.epoch.clone(), version }
    }

    /// A follower of one instance, over a socket or a stream.
    fn follow(&self, number: usize, version: u64) -> Follower {
        let instance = &self.cluster.instances[number % 2];
        match number % 3 {
            0 => Follower::start_events(
                &[Instance::http(instance)],
                &self.owner,
                self.project,
                self.at(version),
            ),
            _ => Follower::start(&[instance.ws()], &self.owner, self.project, Start::At(self.at(version))),
        }
    }

    async fn all_equal(&self, followers: &[Follower]) {
        let head = self.cluster.api(1, &self.owner).create_task(self.project, "last").await.version;
        for follower in followers {
            follower.wait_until_version(head, SOON).await;
        }
        let log = self.cluster.whole_log(self.project, &self.owner).await;
        followers.iter().for_each(|follower| follower.assert_equals(&log));
    }
}

/// Batches of random size, with events of random size, through every instance until told to stop.
struct Stream {
    over: Arc<AtomicBool>,
    writers: Vec<JoinHandle<()>>,
}

impl Stream {
    fn start(scene: &Forgetful, seed: &Seed) -> Stream {
        let over = Arc::new(AtomicBool::new(false));
        let (project, apis) = (scene.project, scene.cluster.apis(&scene.owner));
        let writers = apis.into_iter().enumerate().map(|(number, api)| {
            let (over, mut random) = (over.clone(), seed.actor(number as u64 + 1));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    api.commands(project, batch(&mut random)).await.expect(200);
                }
            })
        });
        Stream { writers: writers.collect(), over }
    }

    async fn stop(self) {
        self.over.store(true, Ordering::Relaxed);
        for writer in self.writers {
            writer.await.expect("written");
        }
    }
}

fn batch(random: &mut fastrand::Rng) -> Value {
    let task = |random: &mut fastrand::Rng| {
        let description = "x".repeat(random.usize(..3_000));
        json!({"type": "task.create", "title": "Large", "description": description})
    };
    (0..random.usize(1..20)).map(|_| task(random)).collect()
}

/// Proves R8, J6.
#[tokio::test(flavor = "multi_thread")]
async fn joins_beyond_the_ring_during_a_stream_miss_and_double_nothing() {
    let scene = Forgetful::new().await;
    let seed = Seed::from_env();
    let mut random = seed.actor(0);
    let stream = Stream::start(&scene, &seed);
    let watching = scene.follow(1, 1);
    watching.wait_until_version(20, SOON).await;
    let mut followers = vec![watching];
    for number in 0..60 {
        let seen = followers[0].version();
        followers.push(scene.follow(number, random.u64(seen.saturating_sub(300).max(1)..=seen)));
        followers[random.usize(..followers.len())].live(SOON).await;
    }
    stream.stop().await;
    scene.all_equal(&followers).await;
}

/// Proves R8, R9.
#[tokio::test(flavor = "multi_thread")]
async fn live_clients_whose_worker_falls_out_of_the_ring_catch_up() {
    let scene = Forgetful::new().await;
    let followers: Vec<Follower> = (0..12).map(|number| scene.follow(number, 1)).collect();
    for follower in &followers {
        follower.live(SOON).await;
    }
    let [one, two] = [0, 1].map(|instance| scene.cluster.api(instance, &scene.owner));
    for _ in 0..6 {
        // 500 events of one commit are far more than the ring holds.
        tokio::join!(one.create_tasks(scene.project, 500), two.create_tasks(scene.project, 500));
    }
    scene.all_equal(&followers).await;
}

/// Proves J7, C2.
#[tokio::test(flavor = "multi_thread")]
async fn leaving_and_coming_back_on_one_connection_misses_and_doubles_nothing() {
    let scene = Forgetful::with_ring("1048576").await;
    let seed = Seed::from_env();
    // Others stay on both workers, so that the room's share there stays too.
    let watching: Vec<Follower> = (0..8).map(|number| scene.follow(number * 2, 1)).collect();
    let stream = Stream::start(&scene, &seed);
    let mut random = seed.actor(0);
    let mut socket =
        Socket::connect(&scene.cluster.instances[0].ws(), &scene.owner.token).await.expect("connected");
    let mut last = 1;
    for _ in 0..60 {
        let from = Recover::From { epoch: scene.epoch.clone(), version: last };
        let answer = socket.subscribe(scene.project, &from, 0).await.expect("subscribed");
        assert!(answer.recovered && answer.offset == last, "{answer:?}");
        let first_page = answer.publications.iter().map(|publication| publication.version);
        first_page.for_each(|version| step(&mut last, version));
        for _ in 0..random.usize(..30) {
            step(&mut last, pushed(socket.next_push(SOON).await.expect("the stream goes on")));
        }
        socket.unsubscribe(scene.project).await.expect("unsubscribed");
        // What was under way before the answer is kept by the client; after the answer nothing may come.
        while let Some(push) = socket.kept_push() {
            step(&mut last, pushed(push));
        }
    }
    stream.stop().await;
    scene.all_equal(&watching).await;
}

fn pushed(push: Push) -> Option<u64> {
    let Push::Publication { publication, .. } = push else { panic!("{push:?}") };
    publication.version
}

/// I6 by hand.
fn step(last: &mut u64, version: Option<u64>) {
    assert_eq!(version, Some(*last + 1), "after {last}");
    *last += 1;
}

/// Proves J7.
#[tokio::test(flavor = "multi_thread")]
async fn several_projects_on_one_connection_keep_their_own_order() {
    let scene = Forgetful::new().await;
    let api: Api = scene.cluster.api(1, &scene.owner);
    let mut positions = Vec::new();
    let mut socket =
        Socket::connect(&scene.cluster.instances[0].ws(), &scene.owner.token).await.expect("connected");
    for name in ["One", "Two", "Three", "Four"] {
        let project = api.create_project(name).await;
        socket.subscribe(project, &Recover::No, 0).await.expect("subscribed");
        positions.push((project, 1));
    }
    let writing = positions.iter().map(|(project, _)| api.create_tasks(*project, 300));
    futures_util::future::join_all(writing).await;
    while positions.iter().any(|(_, last)| *last < 301) {
        let Push::Publication { channel, publication } = socket.next_push(SOON).await.expect("more events")
        else {
            panic!("only publications")
        };
        let known = positions.iter_mut().find(|(project, _)| channel == format!("project:{project}"));
        step(&mut known.expect("one of ours").1, publication.version);
    }
}

//! Everything at once: random commands through three instances while Redis and Postgres break in random ways and instances
//! are killed. The plan is random, the seed printed; what must hold at the end does not depend on it.

use crate::ledger::Ledger;
use crate::support::SOON;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::proxy::{Action, At};
use testkit::{Cluster, Follower, Instance, Seed, Start, eventually};

const LASTS: Duration = Duration::from_secs(15);
const WRITERS: u64 = 6;
/// I7: within five seconds after the last fault every connected client has everything; a machine that runs other tests
/// gets three times as much.
const SETTLED: Duration = Duration::from_secs(15);

/// Proves L1, L4, L5, L6, R1, C8.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_no_answer_is_a_lie_and_no_client_misses_anything() {
    let seed = Seed::from_env();
    let builder = Cluster::builder().instances(3).postgres_proxied().redis_proxied();
    let mut cluster = builder.env("LOCKSTEP_REQUEST_SECONDS", "3").start().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let snapshot = cluster.api(0, &owner).snapshot(project).await;
    let Start::At(position) = Start::at(&snapshot) else { panic!("a snapshot has a position") };
    let (mut sockets, mut streams) = (cluster.sockets(), addresses(&cluster));
    let mut followers = Vec::new();
    for _ in 0..3 {
        followers.push(Follower::start(&sockets, &owner, project, Start::At(position.clone())));
        followers.push(Follower::start(&sockets[..1], &owner, project, Start::At(position.clone())));
        followers.push(Follower::start_events(&streams, &owner, project, position.clone()));
        sockets.rotate_left(1);
        streams.rotate_left(1);
    }
    for follower in &followers {
        follower.live(SOON).await;
    }
    let ledger = Arc::new(Ledger::new(project));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| tokio::spawn(ledger.clone().write(cluster.apis(&owner), seed.actor(number))))
        .collect();
    let mut random = seed.actor(WRITERS);
    let began = Instant::now();
    while began.elapsed() < LASTS {
        let unlucky = random.usize(..3);
        break_one(&mut cluster.instances[unlucky], &mut random).await;
    }
    ledger.stop();
    for writer in writers {
        writer.await.expect("a writer does not fail");
    }
    let head = cluster.api(0, &owner).digest(project).await.version;
    assert!(head > 100, "only {head} events: too few to mean anything");
    for follower in &followers {
        follower.wait_until_version(head, SETTLED).await;
    }
    let log = cluster.whole_log(project, &owner).await;
    followers.iter().for_each(|follower| follower.assert_equals(&log));
    let digest = cluster.equal_digests(project, &owner, head, SOON).await;
    ledger.assert_kept_in(&log, &digest.digest);
}

fn addresses(cluster: &Cluster) -> Vec<String> {
    cluster.instances.iter().map(Instance::http).collect()
}

/// One fault, held for a moment, and healed.
async fn break_one(instance: &mut Instance, random: &mut fastrand::Rng) {
    let moment = Duration::from_millis(random.u64(20..700));
    let fault = random.u8(..12);
    match fault {
        0 => instance.redis().refuse().await,
        1 => instance.redis().freeze(),
        2 => instance.redis().cut(),
        3 => instance.redis().faults.lose_every(random.u64(1..5)),
        4 => instance.redis().faults.delay_publishes(Duration::from_millis(random.u64(50..400))),
        5 => instance.postgres().cut(),
        6 => instance.postgres().refuse().await,
        7 => instance.postgres().freeze(),
        8 => cut_a_commit(instance, At::Answer).await,
        9 => cut_a_commit(instance, At::Request).await,
        10 => instance.pause(),
        _ => return instance.restart().await,
    }
    let began = Instant::now();
    eventually("the moment of the fault to pass", SOON, || async { began.elapsed() >= moment }).await;
    match fault {
        10 => instance.resume(),
        0 => instance.redis().accept().await,
        1 => instance.redis().thaw(),
        6 => instance.postgres().accept().await,
        7 => instance.postgres().thaw(),
        _ => {
            instance.redis().faults.lose_none();
            instance.redis().faults.delay_publishes(Duration::ZERO);
        }
    }
}

/// The next commit of this instance loses its answer, or itself.
async fn cut_a_commit(instance: &Instance, at: At) {
    let mut commit = instance.postgres().faults.on_next_commit(at, Action::Cut);
    // Without a commit in time nothing happens: dropping the handle disarms it.
    let _ = tokio::time::timeout(Duration::from_secs(1), commit.reached(SOON)).await;
}

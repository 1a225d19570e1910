//! A client that was away gets exactly what it missed, or is told to load a snapshot.

use crate::SOON;
use serde_json::{Value, json};
use testkit::socket::{FLAG_GET_STATE, Push};
use testkit::{Api, Cluster, Recover, Socket, User, Uuid};

struct Away {
    cluster: Cluster,
    owner: User,
    project: Uuid,
    epoch: String,
}

impl Away {
    async fn new() -> Away {
        Self::of(Cluster::start(2).await).await
    }

    async fn of(cluster: Cluster) -> Away {
        let owner = cluster.user("Olga").await;
        let api = cluster.api(0, &owner);
        let project = api.create_project("Shop").await;
        let epoch = api.snapshot(project).await["epoch"].as_str().expect("an epoch").to_owned();
        Away { cluster, owner, project, epoch }
    }

    fn api(&self) -> Api {
        self.cluster.api(0, &self.owner)
    }

    async fn make(&self, events: u64) -> u64 {
        let mut version = 0;
        let mut left = events;
        while left > 0 {
            let some = left.min(500);
            version = self.api().create_tasks(self.project, usize::try_from(some).expect("small")).await;
            left -= some;
        }
        version
    }

    async fn socket(&self, instance: usize) -> Socket {
        Socket::connect(&self.cluster.instances[instance].ws(), &self.owner.token).await.expect("connected")
    }

    fn at(&self, version: u64) -> Recover {
        Recover::From { epoch: self.epoch.clone(), version }
    }

    /// Recovers from `version` and collects everything up to `head`.
    async fn missed(&self, instance: usize, version: u64, head: u64) -> Vec<u64> {
        let mut socket = self.socket(instance).await;
        let answer =
            socket.subscribe(self.project, &self.at(version), FLAG_GET_STATE).await.expect("recovered");
        assert!(answer.recovered && answer.was_recovering && answer.recoverable && answer.positioned);
        assert_eq!((answer.offset, &answer.epoch), (version, &self.epoch), "the offset that was asked for");
        let mut got: Vec<u64> = answer.publications.iter().map(|p| p.version.expect("an offset")).collect();
        while got.last().copied().unwrap_or(version) < head {
            let push = socket.next_push(SOON).await.expect("the rest follows");
            let Push::Publication { publication, .. } = push else { panic!("{push:?}") };
            got.push(publication.version.expect("an offset"));
        }
        got
    }
}

/// Proves C2, J4.
#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_was_missed_arrives_in_order() {
    let away = Away::new().await;
    let head = away.make(4_999).await;
    for missed in [0, 1, 100, 101, 4_999] {
        for instance in [0, 1] {
            let got = away.missed(instance, head - missed, head).await;
            assert_eq!(got, (head - missed + 1..=head).collect::<Vec<_>>(), "{missed} missed");
        }
    }
}

/// Proves C3, C4.
#[tokio::test(flavor = "multi_thread")]
async fn a_void_position_is_told_in_the_way_the_client_understands() {
    let away = Away::new().await;
    let mut head = away.make(5_001).await;
    let other = Recover::From { epoch: "another".into(), version: 1 };
    let none = Recover::From { epoch: "_".into(), version: head };
    // Each probe writes one event; what is so far beyond the head stays beyond it.
    let beyond = away.at(head + 10);
    let probes =
        [("too far behind", away.at(1)), ("beyond", beyond), ("another epoch", other), ("no epoch", none)];
    for (what, position) in probes {
        let mut socket = away.socket(1).await;
        let refused = socket.subscribe(away.project, &position, FLAG_GET_STATE).await.expect_err(what);
        assert_eq!(refused.refused_code(), Some(112), "{what}");
        let answer =
            socket.subscribe(away.project, &position, 0).await.expect("without getState it is an answer");
        assert!(answer.was_recovering && !answer.recovered && answer.recoverable, "{what}");
        assert_eq!((answer.offset, answer.publications.len()), (head, 0), "{what}");
        let next = away.api().create_task(away.project, "next").await.version;
        let Push::Publication { publication, .. } = socket.next_push(SOON).await.expect("live") else {
            panic!("{what}")
        };
        assert_eq!(publication.version, Some(next), "{what}: it is live from the head");
        head = next;
    }
}

/// Proves C3.
#[tokio::test(flavor = "multi_thread")]
async fn more_than_eight_megabytes_behind_is_too_far() {
    let away = Away::new().await;
    let text = "x".repeat(100_000);
    for _ in 0..10 {
        let commands: Vec<Value> = (0..9)
            .map(|n| json!({"type": "task.create", "title": format!("{n}"), "description": text}))
            .collect();
        away.api().commands(away.project, json!(commands)).await.expect(200);
    }
    let head = away.api().digest(away.project).await.version;
    let mut socket = away.socket(0).await;
    let refused = socket.subscribe(away.project, &away.at(1), FLAG_GET_STATE).await.expect_err("9 MB");
    assert_eq!(refused.refused_code(), Some(112));
    assert_eq!(away.missed(0, head - 70, head).await.len(), 70, "7 MB are not too far");
}

//! A stream of writes through every instance, and followers on every instance that must see all of it.

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use testkit::{Cluster, Follower, Start, User, Uuid};
use tokio::task::JoinHandle;

/// Plenty for what takes milliseconds, on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

/// Members who write through all instances until stopped.
pub struct Writers {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    tasks: Vec<JoinHandle<()>>,
}

impl Writers {
    /// One writer for each instance; a command that gets no answer is repeated with its key, as clients do.
    pub fn start(cluster: &Cluster, user: &User, project: Uuid) -> Writers {
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let apis = cluster.apis(user);
        let tasks = (0..apis.len()).map(|first| {
            let (apis, stop, written) = (apis.clone(), stop.clone(), written.clone());
            tokio::spawn(async move {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    let key = format!("{first}-{number}");
                    let body = json!({"title": format!("Task {key}")});
                    let path = format!("/projects/{project}/tasks");
                    let answer = apis[first].idempotent(&key).post(&path, body).await;
                    if answer.status == 503 {
                        continue;
                    }
                    answer.expect(201);
                    written.fetch_add(1, Ordering::Relaxed);
                    number += 1;
                }
            })
        });
        let tasks = tasks.collect();
        Writers { stop, written, tasks }
    }

    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Waits until so many more commands were answered.
    pub async fn wait_for(&self, more: u64) {
        let goal = self.written() + more;
        testkit::eventually("more commands to be answered", SOON, || async { self.written() >= goal }).await;
    }

    pub async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("a writer does not fail");
        }
        self.written.load(Ordering::Relaxed)
    }
}

/// A project with followers on each instance, two from its snapshot and one from its head.
pub struct Scene {
    pub cluster: Cluster,
    pub owner: User,
    pub project: Uuid,
    pub followers: Vec<Follower>,
}

impl Scene {
    pub async fn of(cluster: Cluster) -> Scene {
        let owner = cluster.user("Olga").await;
        let api = cluster.api(0, &owner);
        let project = api.create_project("Shop").await;
        let start = Start::at(&api.snapshot(project).await);
        let mut followers = Vec::new();
        for address in cluster.sockets() {
            for start in [start.clone(), start.clone(), Start::Head] {
                followers.push(Follower::start(std::slice::from_ref(&address), &owner, project, start));
            }
        }
        for follower in &followers {
            follower.live(SOON).await;
        }
        Scene { cluster, owner, project, followers }
    }

    pub fn writers(&self) -> Writers {
        Writers::start(&self.cluster, &self.owner, self.project)
    }

    /// Every follower has the whole log, strictly in order and never sent to a snapshot; every instance has one digest.
    pub async fn assert_all_have(&self, version: u64) {
        for follower in &self.followers {
            follower.wait_until_version(version, SOON).await;
        }
        let log = self.cluster.whole_log(self.project, &self.owner).await;
        assert_eq!(log.len() as u64, version, "one event for each command");
        for follower in &self.followers {
            follower.assert_equals(&log);
        }
        self.cluster.equal_digests(self.project, &self.owner, version, SOON).await;
    }
}

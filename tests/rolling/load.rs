//! Commands at a steady rate through the balancer, and what became of each.

use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::{Api, Uuid};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// How long a command is repeated before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(15);

/// What became of the commands so far.
#[derive(Default)]
pub struct Counts {
    stop: AtomicBool,
    /// Answered with 201.
    pub done: AtomicU64,
    /// Repeated with their key, because no answer came or an instance had no time.
    pub repeated: AtomicU64,
    /// Those of the repeated that had been carried out before.
    pub replayed: AtomicU64,
}

/// Members who create tasks, each at its own pace, until stopped.
pub struct Load {
    pub counts: Arc<Counts>,
    began: Instant,
    writers: Vec<JoinHandle<()>>,
}

impl Load {
    /// `writers` connections with `per_second` commands together, spread over the projects.
    pub fn start(api: &Api, projects: &[Uuid], writers: usize, per_second: f64) -> Load {
        let counts = Arc::new(Counts::default());
        let pause = Duration::from_secs_f64(writers as f64 / per_second);
        let writer = |index: usize| {
            let mine: Vec<_> = projects.iter().skip(index).step_by(writers).copied().collect();
            // A clone would share the connections of the others.
            tokio::spawn(write(api.clone(), mine, format!("w{index}"), pause, counts.clone()))
        };
        Load { writers: (0..writers).map(writer).collect(), counts, began: Instant::now() }
    }

    /// Commands answered for each second since the beginning.
    pub fn rate(&self) -> f64 {
        self.counts.done.load(Ordering::Relaxed) as f64 / self.began.elapsed().as_secs_f64()
    }

    /// # Panics
    /// When a command failed.
    pub async fn stop(self) -> Arc<Counts> {
        self.counts.stop.store(true, Ordering::Relaxed);
        for writer in self.writers {
            writer.await.expect("no command fails");
        }
        self.counts
    }
}

async fn write(api: Api, projects: Vec<Uuid>, name: String, pause: Duration, counts: Arc<Counts>) {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for number in 0.. {
        ticks.tick().await;
        if counts.stop.load(Ordering::Relaxed) {
            return;
        }
        let project = projects[number % projects.len()];
        command(&api, project, &format!("{name}-{number}"), &counts).await;
    }
}

/// One command: without an answer it is repeated with its key, and so it is when an instance says that it had no time for it
/// (503 `unavailable` on a busy machine). Any other answer but 201 is a failure: the balancer's own 5xx, which name no
/// instance, above all, and `draining`, which says that the balancer had not looked away in time.
async fn command(api: &Api, project: Uuid, key: &str, counts: &Counts) {
    let (api, path) = (api.idempotent(key), format!("/projects/{project}/tasks"));
    let began = Instant::now();
    loop {
        match api.try_send(Method::POST, &path, Some(json!({"title": key}))).await {
            Ok(answer) if answer.header("x-instance").is_some() && answer.body["code"] == "unavailable" => {
                assert!(began.elapsed() < PATIENCE, "{key} was refused for too long: {answer}");
                counts.repeated.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => {
                if answer.header("idempotency-replayed").is_some() {
                    counts.replayed.fetch_add(1, Ordering::Relaxed);
                }
                answer.expect(201);
                counts.done.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Err(error) => {
                assert!(began.elapsed() < PATIENCE, "{key} got no answer: {error:?}");
                counts.repeated.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

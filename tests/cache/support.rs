//! A project in a cluster, and snapshots as they come over the wire.

use std::io::Read;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use testkit::cluster::Builder;
use testkit::{Api, Cluster, User, Uuid};

/// What is usually done at once, with room for a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

/// A cluster with one person and their project.
pub struct Shop {
    pub cluster: Cluster,
    pub owner: User,
    pub project: Uuid,
}

impl Shop {
    /// With patience for a busy machine.
    pub async fn of(builder: Builder) -> Self {
        let cluster = builder.env("LOCKSTEP_REQUEST_SECONDS", "60").start().await;
        let owner = cluster.user("Olga").await;
        let project = cluster.api(0, &owner).create_project("Shop").await;
        Self { cluster, owner, project }
    }

    pub fn api(&self, instance: usize) -> Api {
        self.cluster.api(instance, &self.owner)
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/projects/{}{rest}", self.project)
    }

    /// Tasks with a description of about a kilobyte that does not compress well; the last version.
    pub async fn fill(&self, tasks: usize) -> u64 {
        let mut version = 0;
        for start in (0..tasks).step_by(400) {
            let commands: Vec<Value> = (start..tasks.min(start + 400))
                .map(
                    |n| json!({"type": "task.create", "title": format!("Task {n}"), "description": noise(n)}),
                )
                .collect();
            version = self.api(0).commands(self.project, json!(commands)).await.expect(200).version();
        }
        version
    }

    /// How many snapshots all instances together made in this way: `build`, `fold` or `redis`.
    pub async fn made(&self, by: &str) -> u64 {
        let mut sum = 0.0;
        for instance in &self.cluster.instances {
            sum += instance.metric(&format!("lockstep_snapshots_made_total{{by=\"{by}\"}}")).await;
        }
        sum as u64
    }
}

fn noise(seed: usize) -> String {
    let mut random = fastrand::Rng::with_seed(seed as u64);
    (0..1_000).map(|_| random.alphanumeric()).collect()
}

/// An answer with the bytes as they came.
pub struct Raw {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Raw {
    pub async fn get(api: &Api, path: &str, accept_encoding: &str) -> Self {
        Self::ask(api, Method::GET, path, accept_encoding).await
    }

    pub async fn ask(api: &Api, method: Method, path: &str, accept_encoding: &str) -> Self {
        let request = api.request(method, path).header("accept-encoding", accept_encoding);
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole answer").to_vec();
        Self { status, headers, bytes }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The bytes without their coding.
    pub fn decoded(&self) -> Vec<u8> {
        match self.header("content-encoding") {
            None => self.bytes.clone(),
            Some("zstd") => zstd::decode_all(&self.bytes[..]).expect("zstd"),
            Some("gzip") => {
                let mut bytes = Vec::new();
                flate2::read::GzDecoder::new(&self.bytes[..]).read_to_end(&mut bytes).expect("gzip");
                bytes
            }
            Some(other) => panic!("nobody asked for {other}"),
        }
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.bytes));
        serde_json::from_slice(&self.decoded()).expect("JSON")
    }
}

/// The digest of a snapshot as a client computes it.
pub fn digest(snapshot: &Value) -> String {
    let mut snapshot = snapshot.clone();
    snapshot.as_object_mut().expect("an object").remove("epoch");
    domain::digest::hash(&snapshot).iter().map(|byte| format!("{byte:02x}")).collect()
}

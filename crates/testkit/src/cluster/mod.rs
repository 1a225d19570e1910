//! Several instances of the real program on one database and one Redis, each with faults of its own.

mod builder;
mod instance;
mod output;
mod process;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

pub use builder::Builder;
pub use instance::Instance;
pub use output::Output;

use crate::http::{Api, Digest};
use crate::{Database, User, binary, wait};

const PROGRAM_DEADLINE: Duration = Duration::from_secs(60);
const SHOWN: usize = 60;

/// A running cluster. Dropped, it kills its instances and drops its database; if its test panics, it
/// prints first what each instance said last.
pub struct Cluster {
    // Before the database: the processes end first.
    pub instances: Vec<Instance>,
    pub database: Database,
    env: BTreeMap<String, String>,
}

/// What a run of the program outside `serve` printed.
#[derive(Debug)]
pub struct Printed {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Cluster {
    /// `count` instances without proxies.
    pub async fn start(count: usize) -> Self {
        Self::builder().instances(count).start().await
    }

    /// Everything else a cluster may have.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A new person with a session and a token, put straight into the database: no password hashing, so a
    /// test may have hundreds. They cannot log in; for that there is [`Api::register`].
    pub async fn user(&self, name: &str) -> User {
        User::insert(&self.database.sql().await, name).await
    }

    /// Several at once; see [`Self::user`].
    pub async fn users(&self, count: usize) -> Vec<User> {
        let sql = self.database.sql().await;
        let mut users = Vec::with_capacity(count);
        for number in 0..count {
            users.push(User::insert(&sql, &format!("Person {number}")).await);
        }
        users
    }

    /// `user`'s client for the instance `index`.
    pub fn api(&self, index: usize, user: &User) -> Api {
        self.instances[index].api().with_token(&user.token)
    }

    /// `user`'s clients for all instances.
    pub fn apis(&self, user: &User) -> Vec<Api> {
        (0..self.instances.len()).map(|index| self.api(index, user)).collect()
    }

    /// The addresses of all sockets.
    pub fn sockets(&self) -> Vec<String> {
        self.instances.iter().map(Instance::ws).collect()
    }

    /// Runs the program with other arguments than `serve`, such as `["epoch", "rotate"]`, past all proxies.
    pub async fn run(&self, arguments: &[&str]) -> Printed {
        let command = process::command(&binary::lockstep(), &self.env);
        let child = tokio::process::Command::from(command).args(arguments).kill_on_drop(true).output();
        let output =
            wait::within(&format!("`lockstep {}` to end", arguments.join(" ")), PROGRAM_DEADLINE, child)
                .await
                .expect("the program under test can be run");
        Printed {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// `lockstep epoch rotate`.
    pub async fn rotate_epoch(&self) {
        let printed = self.run(&["epoch", "rotate"]).await;
        assert!(printed.success, "`lockstep epoch rotate` failed: {printed:?}");
    }

    /// Waits until all instances name the same digest of the project, at `version` or later, and returns it.
    pub async fn equal_digests(&self, project: Uuid, user: &User, version: u64, timeout: Duration) -> Digest {
        let apis = self.apis(user);
        let what = format!("equal digests of {project} at version {version} or later on all instances");
        wait::eventually_some(&what, timeout, || async {
            let digests =
                futures_util::future::join_all(apis.iter().map(|api| api.try_digest(project))).await;
            let digests: Vec<_> = digests.into_iter().collect::<Option<_>>()?;
            let first = digests.first()?.clone();
            (first.version >= version && digests.iter().all(|digest| *digest == first)).then_some(first)
        })
        .await
    }

    /// The project's whole log.
    ///
    /// # Panics
    /// Unless the versions are 1..n without a gap (invariant I1).
    pub async fn whole_log(&self, project: Uuid, user: &User) -> Vec<Value> {
        let events = self.api(0, user).events_after(project, 0).await;
        for (index, event) in events.iter().enumerate() {
            assert_eq!(event["version"], index as u64 + 1, "the log has a gap or a double: {event}");
        }
        events
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for instance in &self.instances {
                eprintln!("--- {} printed last:\n{}", instance.name, instance.output.tail(SHOWN));
            }
        }
    }
}

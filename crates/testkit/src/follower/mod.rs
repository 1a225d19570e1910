//! A client that follows one project as the SDKs do – over a socket or Server-Sent Events, reconnecting
//! with its position – and holds the server to the strict rule. It folds nothing: it keeps the log.

mod events;
mod ledger;
mod session;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub use ledger::{Position, Received, Resync, Violation};

use crate::user::User;
use crate::wait::within;
use ledger::Ledger;
use session::Session;

/// Where a follower begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At the head, without recovery.
    Head,
    /// With recovery from a position.
    At(Position),
}

impl Start {
    /// From a snapshot (or a digest, or a page of events with its `head`), as `getState` does.
    pub fn at(state: &Value) -> Self {
        let epoch = state["epoch"].as_str().expect("a snapshot has an epoch").to_owned();
        Self::At(Position { epoch, version: state["version"].as_u64().expect("a snapshot has a version") })
    }
}

/// Why a follower stopped by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// An unsubscribe push with a final code: 2000 is the removal from the project.
    Unsubscribed { code: u32, reason: String },
    /// An error reply that the SDKs take as final.
    Refused(crate::socket::Refused),
    /// A close code that the SDKs take as final.
    Closed(crate::socket::Ended),
    /// Server-Sent Events: `event: resync`.
    Resync,
    /// Server-Sent Events: a status that asking again will not change.
    Status(u16),
}

/// What a follower has come to; tests wait on it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// The last version received, or the position it began from.
    pub version: u64,
    /// Successful subscriptions.
    pub subscriptions: u64,
    /// Connections that ended and were replaced, or failed to begin.
    pub reconnects: u64,
    /// Subscribed at this moment.
    pub live: bool,
    absent_since: Option<Instant>,
    /// The longest time between the end of a connection and the next subscription.
    pub longest_absence: Duration,
    pub end: Option<End>,
}

/// A following client, until it is dropped.
pub struct Follower {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    addresses: Mutex<Vec<String>>,
    ledger: Mutex<Ledger>,
    progress: watch::Sender<Progress>,
}

impl Follower {
    /// Follows over sockets ([`crate::Cluster::sockets`]): the first address, and after each end the next one.
    pub fn start(addresses: &[String], user: &User, project: Uuid, start: Start) -> Self {
        let shared = Shared::new(addresses);
        let session = Session { user: user.clone(), project, start, shared: shared.clone() };
        Self { shared, task: tokio::spawn(session.follow(session::Transport::Socket)) }
    }

    /// Follows over Server-Sent Events; addresses are those of [`crate::Instance::http`].
    pub fn start_events(addresses: &[String], user: &User, project: Uuid, start: Position) -> Self {
        let shared = Shared::new(addresses);
        let session =
            Session { user: user.clone(), project, start: Start::At(start), shared: shared.clone() };
        Self { shared, task: tokio::spawn(session.follow(session::Transport::Events)) }
    }

    /// Other addresses from the next connection on, as when an instance came back on another port.
    pub fn set_addresses(&self, addresses: &[String]) {
        *self.shared.addresses.lock().expect("nobody panics with the addresses") = addresses.to_vec();
    }

    pub fn progress(&self) -> Progress {
        self.shared.progress.borrow().clone()
    }

    pub fn version(&self) -> u64 {
        self.shared.progress.borrow().version
    }

    pub fn position(&self) -> Option<Position> {
        self.shared.ledger().position.clone()
    }

    /// Waits until it is subscribed.
    pub async fn live(&self, timeout: Duration) {
        self.reach("a live subscription", timeout, |progress| progress.live).await;
    }

    /// Waits until it has received this version.
    pub async fn wait_until_version(&self, version: u64, timeout: Duration) {
        let what = format!("version {version} at a follower");
        self.reach(&what, timeout, |progress| progress.version >= version).await;
    }

    /// Waits until it has subscribed this many times.
    pub async fn wait_until_subscribed(&self, times: u64, timeout: Duration) {
        self.reach("another subscription", timeout, |progress| {
            progress.subscriptions >= times && progress.live
        })
        .await;
    }

    /// Waits until the server ended it for good.
    pub async fn ended(&self, timeout: Duration) -> End {
        let what = "the server to end a follower for good";
        self.reach(what, timeout, |progress| progress.end.is_some()).await.end.expect("there is an end now")
    }

    /// Waits for anything else.
    ///
    /// # Panics
    /// After `timeout`, or when the follower stopped without it, showing its state.
    pub async fn reach(
        &self,
        what: &str,
        timeout: Duration,
        reached: impl Fn(&Progress) -> bool,
    ) -> Progress {
        let mut progress = self.shared.progress.subscribe();
        let wanted = progress.wait_for(|now| reached(now) || now.end.is_some());
        match tokio::time::timeout(timeout, wanted).await {
            Ok(Ok(now)) if reached(&now) => now.clone(),
            _ => {
                panic!("waited {timeout:?} in vain for {what}: {:?} {:?}", self.progress(), self.violations())
            }
        }
    }

    /// What it received so far, in the order of arrival.
    pub fn log(&self) -> Vec<Received> {
        self.shared.ledger().log.clone()
    }

    /// Publications without a version.
    pub fn ephemeral(&self) -> Vec<Value> {
        self.shared.ledger().ephemeral.clone()
    }

    pub fn violations(&self) -> Vec<Violation> {
        self.shared.ledger().violations.clone()
    }

    /// Times it was told that its position is void.
    pub fn resyncs(&self) -> Vec<Resync> {
        self.shared.ledger().resyncs.clone()
    }

    /// # Panics
    /// When the strict rule was broken, or the client was sent to a snapshot.
    #[track_caller]
    pub fn assert_strict(&self) {
        let ledger = self.shared.ledger();
        let first: Vec<_> = ledger.violations.iter().take(10).collect();
        assert!(first.is_empty(), "{} violations, the first: {first:?}", ledger.violations.len());
        assert!(ledger.resyncs.is_empty(), "the client was sent to a snapshot: {:?}", ledger.resyncs);
    }

    /// Compares each received event with the server's log (from [`crate::Cluster::whole_log`]).
    ///
    /// # Panics
    /// When one differs (invariant I4), or the strict rule was broken.
    #[track_caller]
    pub fn assert_equals(&self, log: &[Value]) {
        self.assert_strict();
        for received in &self.shared.ledger().log {
            let index = received.version as usize - 1;
            assert_eq!(
                Some(&received.event()),
                log.get(index),
                "version {} is another event",
                received.version
            );
        }
    }

    /// Ends it and returns when its connection is closed.
    pub async fn stop(mut self) {
        self.task.abort();
        let stopped = within("a follower to stop", Duration::from_secs(10), &mut self.task).await;
        assert!(stopped.is_ok() || stopped.is_err_and(|e| e.is_cancelled()), "a follower panicked");
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn new(addresses: &[String]) -> Arc<Self> {
        let progress = watch::Sender::new(Progress::default());
        let (addresses, ledger) = (Mutex::new(addresses.to_vec()), Mutex::default());
        Arc::new(Self { addresses, ledger, progress })
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("nobody panics with the ledger")
    }

    /// The address of the `attempt`-th connection.
    fn address(&self, attempt: usize) -> String {
        let addresses = self.addresses.lock().expect("nobody panics with the addresses");
        addresses[attempt % addresses.len()].clone()
    }

    /// Changes the ledger and tells whoever waits.
    fn change(&self, change: impl FnOnce(&mut Ledger)) {
        let version = {
            let mut ledger = self.ledger();
            change(&mut ledger);
            ledger.last()
        };
        self.progress.send_modify(|progress| progress.version = version);
    }
}

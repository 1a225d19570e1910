//! A TCP proxy between one instance and Postgres or Redis, so that a fault can hit that instance alone.
//!
//! Every proxy can cut, refuse, freeze and delay; [`Redis`] and [`Postgres`] also understand their
//! protocol well enough to lose a PUBLISH or to stop time at the answer of a COMMIT.

mod carry;
mod commit;
mod postgres;
mod redis;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use carry::{Filter, Plain, Protocol, Step};
pub use commit::{Action, At, Commit};
pub use postgres::Postgres;
pub use redis::Redis;

use crate::ports;

/// A proxy on a port of its own. Dropping it closes the port and all connections.
pub struct Proxy<P: Protocol = Plain> {
    /// The faults that only this protocol knows.
    pub faults: Arc<P>,
    address: SocketAddr,
    wire: Arc<Wire>,
    listening: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

/// What all connections of a proxy share.
pub(crate) struct Wire {
    upstream: String,
    line: watch::Sender<Line>,
    counters: Counters,
}

/// The state of the line; connections follow its changes.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    open: bool,
    frozen: bool,
    delay: Duration,
    /// Raised by each cut; a connection ends when it is no longer the one it began with.
    cuts: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    accepted: AtomicU64,
    current: AtomicU64,
    to_server: AtomicU64,
    to_client: AtomicU64,
}

/// What a proxy has carried so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Connections accepted since the start.
    pub accepted: u64,
    /// Connections open now.
    pub current: u64,
    pub bytes_to_server: u64,
    pub bytes_to_client: u64,
}

impl Proxy<Plain> {
    /// A proxy that knows nothing of what it carries; `upstream` is `host:port`.
    pub async fn plain(upstream: impl Into<String>) -> Self {
        Self::start(upstream, Plain).await
    }
}

impl Proxy<Redis> {
    /// A proxy towards Redis.
    pub async fn redis(upstream: impl Into<String>) -> Self {
        Self::start(upstream, Redis::default()).await
    }
}

impl Proxy<Postgres> {
    /// A proxy towards Postgres, without TLS.
    pub async fn postgres(upstream: impl Into<String>) -> Self {
        Self::start(upstream, Postgres::default()).await
    }
}

impl<P: Protocol> Proxy<P> {
    async fn start(upstream: impl Into<String>, protocol: P) -> Self {
        let listener = bind_anywhere().await;
        let address = listener.local_addr().expect("a bound listener has an address");
        let line = watch::Sender::new(Line { open: true, frozen: false, delay: Duration::ZERO, cuts: 0 });
        let wire = Arc::new(Wire { upstream: upstream.into(), line, counters: Counters::default() });
        let faults = Arc::new(protocol);
        let (report, listening) = watch::channel(true);
        let task = tokio::spawn(listen(wire.clone(), faults.clone(), listener, report));
        Self { faults, address, wire, listening, task }
    }

    /// Where an instance connects to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes all connections now; new ones are welcome at once.
    pub fn cut(&self) {
        self.wire.line.send_modify(|line| line.cuts += 1);
    }

    /// "The server is stopped": closes all connections and refuses new ones, until [`Self::accept`].
    pub async fn refuse(&self) {
        self.wire.line.send_modify(|line| (line.open, line.cuts) = (false, line.cuts + 1));
        self.await_listening(false).await;
    }

    /// Ends [`Self::refuse`].
    pub async fn accept(&self) {
        self.wire.line.send_modify(|line| line.open = true);
        self.await_listening(true).await;
    }

    /// "The server hangs": connections stay and are accepted, bytes wait, in both directions.
    pub fn freeze(&self) {
        self.wire.line.send_modify(|line| line.frozen = true);
    }

    /// Ends [`Self::freeze`]; what waited goes out.
    pub fn thaw(&self) {
        self.wire.line.send_modify(|line| line.frozen = false);
    }

    /// Delays every byte from the client to the server from now on, without limiting the rate.
    pub fn delay(&self, delay: Duration) {
        self.wire.line.send_modify(|line| line.delay = delay);
    }

    /// What went through so far.
    pub fn carried(&self) -> Carried {
        let counters = &self.wire.counters;
        Carried {
            accepted: counters.accepted.load(Relaxed),
            current: counters.current.load(Relaxed),
            bytes_to_server: counters.to_server.load(Relaxed),
            bytes_to_client: counters.to_client.load(Relaxed),
        }
    }

    async fn await_listening(&self, wanted: bool) {
        let mut listening = self.listening.clone();
        let reached = listening.wait_for(|now| *now == wanted);
        crate::wait::within("the proxy's port to open or close", Duration::from_secs(10), reached)
            .await
            .expect("the proxy listens as long as it exists");
    }
}

impl<P: Protocol> Drop for Proxy<P> {
    fn drop(&mut self) {
        self.task.abort();
        self.wire.line.send_modify(|line| (line.open, line.cuts) = (false, line.cuts + 1));
    }
}

async fn listen<P: Protocol>(
    wire: Arc<Wire>,
    protocol: Arc<P>,
    listener: TcpListener,
    report: watch::Sender<bool>,
) {
    let address = listener.local_addr().expect("a bound listener has an address");
    let mut line = wire.line.subscribe();
    let mut listener = Some(listener);
    loop {
        let open = line.borrow_and_update().open;
        listener = match (open, listener) {
            (false, _) => None,
            (true, Some(listener)) => Some(listener),
            (true, None) => Some(bind_again(address).await),
        };
        report.send_replace(listener.is_some());
        tokio::select! {
            changed = line.changed() => if changed.is_err() { return },
            client = accept(&listener) => {
                let cuts = line.borrow().cuts;
                tokio::spawn(carry::connection(wire.clone(), protocol.clone(), client, cuts));
            }
        }
    }
}

/// The next connection; none comes while the port is closed.
async fn accept(listener: &Option<TcpListener>) -> TcpStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        if let Ok((client, _)) = listener.accept().await {
            return client;
        }
    }
}

async fn bind_anywhere() -> TcpListener {
    let bound = crate::wait::eventually_some("a free port for a proxy", Duration::from_secs(10), || async {
        TcpListener::bind((Ipv4Addr::LOCALHOST, ports::free())).await.ok()
    });
    bound.await
}

async fn bind_again(address: SocketAddr) -> TcpListener {
    let bound = crate::wait::eventually_some(
        "the proxy's own port to be free again",
        Duration::from_secs(10),
        || async { TcpListener::bind(address).await.ok() },
    );
    bound.await
}

//! What an operator watches: counters and gauges of this instance, in the text format of OpenMetrics.
//!
//! A metric is a field below and a line in [`Metrics::new`]. Labels have few values that are known beforehand: never an id,
//! a name or an address.

use crate::cache::CacheMetrics;
use crate::replica::Outcome;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The metrics of one instance. Each field may be cloned and counted from anywhere.
pub struct Metrics {
    registry: Registry,
    /// Answers to HTTP requests, by the first digit of their status.
    pub answers: Family<Status, Counter>,
    /// Events that no other instance heard of through Redis; they read them from the log.
    pub unpublished_events: Counter,
    /// Commands that wait for their project's turn, and those that were decided, with the transactions they shared.
    pub waiting_commands: Gauge,
    pub commands: Counter,
    pub transactions: Counter,
    /// Clients that stay connected: WebSockets and event streams.
    pub sockets: Gauge,
    pub cache: CacheMetrics,
    /// Reads that the replica was meant for.
    pub replica_reads: Family<Outcome, Counter>,
}

/// `2xx`, `3xx` …
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Status {
    status: String,
}

impl Metrics {
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("lockstep");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        let answers = Family::default();
        registry.register("http_answers", "Answers to HTTP requests", answers.clone());
        let unpublished_events = Counter::default();
        let help = "Events that were not published; others read them from the log";
        registry.register("unpublished_events", help, unpublished_events.clone());
        let waiting_commands = Gauge::default();
        registry.register(
            "waiting_commands",
            "Commands that wait for their project",
            waiting_commands.clone(),
        );
        let commands = Counter::default();
        registry.register("commands", "Commands that were decided", commands.clone());
        let transactions = Counter::default();
        let help = "Transactions that commands were decided in, several in one when a project is busy";
        registry.register("transactions", help, transactions.clone());
        let sockets = Gauge::default();
        registry.register("sockets", "Open WebSockets and event streams", sockets.clone());
        let replica_reads = Family::default();
        let help = "Reads for the replica: served there; or by the primary, as it was behind, failed, or was skipped after a failure";
        registry.register("replica_reads", help, replica_reads.clone());
        let cache = CacheMetrics::default();
        cache.register(&mut registry);
        Metrics {
            registry,
            cache,
            answers,
            unpublished_events,
            waiting_commands,
            commands,
            transactions,
            sockets,
            replica_reads,
        }
    }

    /// All of them as text.
    ///
    /// # Errors
    /// When a metric cannot be written, which is a defect.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Status {
    pub fn of(status: u16) -> Status {
        Status { status: format!("{}xx", status / 100) }
    }
}

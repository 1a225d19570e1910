//! What the engine counts for operators.

mod cache;

pub use cache::CacheMetrics;

use crate::replica::ReplicaRead;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The counters of one engine. Each field may be cloned and counted from anywhere.
#[derive(Default)]
pub struct Metrics {
    /// Events that no other instance heard of through Redis; they read them from the log.
    pub unpublished_events: Counter,
    /// Commands that wait for their project's turn.
    pub waiting_commands: Gauge,
    /// Commands that were decided.
    pub commands: Counter,
    /// Transactions that commands were decided in; fewer than commands where a project is busy.
    pub transactions: Counter,
    /// Clients that stay connected: WebSockets and event streams.
    pub sockets: Gauge,
    /// What the caches did.
    pub cache: CacheMetrics,
    /// Reads that the replica was meant for.
    pub replica_reads: Family<ReplicaRead, Counter>,
}

impl Metrics {
    /// Names them for `/metrics`.
    pub fn register(&self, registry: &mut Registry) {
        let help = "Events that were not published; others read them from the log";
        registry.register("unpublished_events", help, self.unpublished_events.clone());
        let help = "Commands that wait for their project";
        registry.register("waiting_commands", help, self.waiting_commands.clone());
        registry.register("commands", "Commands that were decided", self.commands.clone());
        let help = "Transactions that commands were decided in, several in one when a project is busy";
        registry.register("transactions", help, self.transactions.clone());
        registry.register("sockets", "Open WebSockets and event streams", self.sockets.clone());
        let help = "Reads for the replica: served there; or by the primary, as it was behind, failed, or was skipped after a failure";
        registry.register("replica_reads", help, self.replica_reads.clone());
        self.cache.register(registry);
    }
}

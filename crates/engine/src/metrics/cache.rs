//! What the caches did, for `/metrics`.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What the caches did.
#[derive(Clone, Default)]
pub struct CacheMetrics {
    snapshots: Family<Served, Counter>,
    made: Family<Made, Counter>,
    summaries: Family<Made, Counter>,
    /// Calls to Redis that failed or came too late; each opens the breaker.
    pub redis_failures: Counter,
    /// Calls to Redis that were not tried: one had just failed, or all connections were in use.
    pub redis_skipped: Counter,
}

impl CacheMetrics {
    /// Names them for `/metrics`.
    pub fn register(&self, registry: &mut Registry) {
        let snapshots =
            "Snapshots asked for: hit (in process), hit_in_between (a large one, at most a second old), miss";
        registry.register("snapshots", snapshots, self.snapshots.clone());
        let made =
            "Snapshots that came into this process: from redis, by fold of events, by build from the tables";
        registry.register("snapshots_made", made, self.made.clone());
        let summaries = "Lines of project lists, by where they came from: memory, redis, postgres";
        registry.register("project_summaries", summaries, self.summaries.clone());
        let failures = "Calls of the caches to Redis that failed or came too late: each opens the breaker";
        registry.register("cache_redis_failures", failures, self.redis_failures.clone());
        let skipped =
            "Calls of the caches to Redis that the open breaker spared, or that found no connection free";
        registry.register("cache_redis_skipped", skipped, self.redis_skipped.clone());
    }

    /// Somebody asked for a snapshot.
    pub fn served(&self, result: &'static str) {
        self.snapshots.get_or_create(&Served { result }).inc();
    }

    /// So many lines of project lists came from there.
    pub fn summaries(&self, by: &'static str, count: usize) {
        self.summaries.get_or_create(&Made { by }).inc_by(count as u64);
    }

    /// A snapshot came into this process.
    pub fn made(&self, by: &'static str) {
        self.made.get_or_create(&Made { by }).inc();
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Made {
    by: &'static str,
}

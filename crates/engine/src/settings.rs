//! What an engine is started with. Where the values come from is the program's business.

use crate::people::Rules;
use std::time::Duration;

/// Everything an engine needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The Postgres that is written to.
    pub primary: store::pool::Settings,
    /// Lists and snapshots come from it as far as it is up to date.
    pub replica: Option<store::pool::Settings>,
    /// How many connections each pool has.
    pub pools: PoolSizes,
    /// Longest wait for a connection of a pool.
    pub acquire_timeout: Duration,
    /// The address of Redis. Absent: changes of other instances come from Postgres, within a second.
    pub redis_url: Option<String>,
    /// What holds for accounts.
    pub people: Rules,
    /// The bounds of time and memory.
    pub limits: Limits,
}

/// Connections of each pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolSizes {
    /// Commands and accounts.
    pub write: u32,
    /// Joins, gap fills, comparing heads.
    pub rooms: u32,
    /// Everything else that is read.
    pub read: u32,
    /// Snapshots being built. Few, because an open snapshot slows down every row that is written often.
    pub snapshot: u32,
    /// What nobody waits for, such as deleting old results.
    pub jobs: u32,
}

impl PoolSizes {
    /// Connections that one instance may open.
    pub fn sum(&self) -> u32 {
        self.write + self.rooms + self.read + self.snapshot + self.jobs
    }
}

/// The bounds of an engine.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest wait of one caller for Postgres, all of it together.
    pub request: Duration,
    /// How long a decision is kept, in days.
    pub result_days: i64,
    /// Connections to Redis for everything that is asked and answered.
    pub redis_pool: usize,
    /// Longest wait for Redis before doing without.
    pub redis: Duration,
    /// Commands that may wait for one project.
    pub project_queue: usize,
    /// Bytes that may wait to be written to one client.
    pub socket_queue_bytes: usize,
    /// Connections of one person.
    pub account_sockets: usize,
    /// Over how long clients are sent away when the instance stops.
    pub close: Duration,
    /// Bytes of recent events that a room keeps.
    pub ring_bytes: usize,
    /// A client more events behind starts from a snapshot.
    pub recover_events: i64,
    /// The same in bytes of events.
    pub recover_bytes: i64,
    /// A snapshot is stored every so many events of a project.
    pub snapshot_events: i64,
    /// Bytes of compressed snapshots kept in this process.
    pub snapshot_cache_bytes: usize,
    /// A compressed snapshot with more bytes is kept in a temporary file, and not in Redis.
    pub snapshot_memory_bytes: usize,
}

//! What the spine works with.

use super::queue::Queues;
use crate::announce::Listeners;
use crate::work::Work;
use prometheus_client::metrics::counter::Counter;
use store::pool::Pool;

/// What the spine works with.
pub struct Spine {
    pub pool: Pool,
    pub queues: Queues,
    pub listeners: Listeners,
    pub work: Work,
    /// Commands that were decided.
    pub commands: Counter,
    /// Transactions that committed.
    pub transactions: Counter,
}

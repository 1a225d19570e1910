//! The load client: one thread, one epoll and few copies, so that it does not distort the measurement. The same client talks
//! to Lockstep, to its peers and to the bare servers.

pub mod drive;
pub mod http;
pub mod subscribers;
pub mod wire;

use std::sync::OnceLock;
use std::time::Instant;

/// Nanoseconds on this process' own clock: what a message carries, so that its receipt tells how old it is.
pub fn clock() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Microseconds of many measurements.
#[derive(Debug, Default, Clone)]
pub struct Latencies(pub Vec<u32>);

impl Latencies {
    pub fn add_nanos(&mut self, nanos: u64) {
        self.0.push(u32::try_from(nanos / 1_000).unwrap_or(u32::MAX));
    }

    /// Milliseconds below which this share of them is.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(index).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }

    pub fn p50(&self) -> f64 {
        self.percentile_ms(0.5)
    }

    pub fn p99(&self) -> f64 {
        self.percentile_ms(0.99)
    }
}

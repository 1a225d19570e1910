//! What is measured, each in a file of its own.

pub mod commands;
pub mod fanout;
pub mod presence;
pub mod snapshots;
pub mod storm;

use std::time::Duration;

/// The section of what is measured again with ten times the data.
pub const GROWTH: &str = "growth: ten times the data";

/// How much is measured.
#[derive(Debug, Clone)]
pub struct Sizes {
    pub projects: usize,
    /// Tasks of each project.
    pub tasks: usize,
    /// How long each load runs.
    pub time: Duration,
    pub rounds: usize,
    /// Everything else is divided by this.
    pub shrink: usize,
    /// Whether peers are built and measured too.
    pub peers: bool,
    /// How much larger the data of `growth` is.
    pub growth: usize,
}

impl Sizes {
    pub fn full() -> Sizes {
        Sizes {
            projects: 1_000,
            tasks: 20,
            time: Duration::from_secs(4),
            rounds: 2,
            shrink: 1,
            peers: true,
            growth: 10,
        }
    }

    /// Enough to see that everything runs and nothing is missed, with unoptimised programs too.
    pub fn smoke() -> Sizes {
        Sizes {
            projects: 10,
            tasks: 5,
            time: Duration::from_secs(1),
            rounds: 1,
            shrink: 50,
            peers: false,
            growth: 2,
        }
    }

    pub fn shrunk(&self, size: usize) -> usize {
        (size / self.shrink).max(1)
    }
}

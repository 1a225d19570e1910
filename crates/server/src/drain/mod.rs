//! How an instance stops without anybody losing anything. Invariant I20.
//!
//! 1. It says that it is not ready, and serves everything as before for `LOCKSTEP_DRAIN` seconds: balancers look away.
//! 2. New requests get 503 `draining`. Sockets and streams are closed (3001) one after another, over at most
//!    `LOCKSTEP_CLOSE_SECONDS`, so that they do not all knock at the other instances' doors at the same moment.
//! 3. What runs ends, commands above all, within `LOCKSTEP_SHUTDOWN_SECONDS`. Then the process does, with 0.

pub mod ending;

use crate::error::ApiError;
use std::sync::atomic::{AtomicU8, Ordering};

/// Seconds after which a refused client finds another instance, or the successor of this one.
const RETRY_AFTER: u64 = 1;

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    Serving,
    /// Not ready, but everything is served.
    Leaving,
    /// Nothing new is served.
    Closing,
}

/// The stage that this instance is in.
pub struct Drain(AtomicU8);

impl Drain {
    pub fn new() -> Drain {
        Drain(AtomicU8::new(Stage::Serving as u8))
    }

    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= Stage::Leaving as u8
    }

    pub fn refuses(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= Stage::Closing as u8
    }

    pub fn enter(&self, stage: Stage) {
        self.0.store(stage as u8, Ordering::Relaxed);
    }
}

/// 503: nothing happened here, and another instance will do it.
pub fn draining() -> ApiError {
    ApiError::new("draining", "This instance is stopping. Nothing was changed; try again.")
        .retry_after(RETRY_AFTER)
}

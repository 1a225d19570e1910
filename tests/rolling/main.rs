//! How instances stop and are replaced (invariant I20): one by itself, and three after another behind the real HAProxy with
//! the file of `deploy/`.

mod balancer;
mod commands;
mod confined;
mod drain;
mod load;
mod restart;

use std::time::Duration;

/// Plenty for what takes milliseconds, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

//! Benchmarks from outside: they start real instances and measure what clients see. What matters is the ratio of two things
//! measured side by side; absolute figures say more about the machine.
//!
//! `cargo run --release -p lockstep-bench -- flat-cost` or `throughput` (need `TEST_DATABASE_URL` and `TEST_REDIS_URL`, see `make
//! test-services`).

mod flat_cost;
mod throughput;

use anyhow::bail;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("flat-cost") => flat_cost::run().await,
        Some("throughput") => throughput::run().await,
        _ => bail!("which benchmark? there are flat-cost and throughput"),
    }
}

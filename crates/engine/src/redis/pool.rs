//! The pool of connections for everything that is asked and answered.

use super::address::address;
use crate::settings::Limits;
use anyhow::Context;
use deadpool_redis::{Connection, Manager, Pool, PoolError, Runtime, TimeoutType};
use redis::AsyncConnectionConfig;
use std::time::Duration;
use tokio::runtime::Handle;

/// A pool of connections for single commands, scripts and batches.
///
/// It pings each connection before it hands it out, one more round trip. deadpool-redis 0.23 has no option against that.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
    runtime: Handle,
    /// Longest wait for one call, that for a connection included.
    pub(super) patience: Duration,
}

/// Why Redis is not reached.
#[derive(Debug, thiserror::Error)]
pub enum NoConnection {
    #[error("all connections are in use")]
    Busy,
    #[error("{0}")]
    Failed(String),
}

impl Redis {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn open(url: &str, limits: &Limits, runtime: Handle) -> anyhow::Result<Self> {
        Self::of(url, limits.redis_pool, limits.redis, runtime).context("the address of Redis cannot be used")
    }

    pub(super) fn of(
        url: &str,
        connections: usize,
        patience: Duration,
        runtime: Handle,
    ) -> anyhow::Result<Self> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(patience))
            .set_response_timeout(Some(patience));
        let pool = Pool::builder(Manager::new_with_config(address(url)?, config)?)
            .runtime(Runtime::Tokio1)
            .max_size(connections)
            // Half of the patience, because the other half is for the call itself.
            .wait_timeout(Some(patience / 2))
            .create_timeout(Some(patience))
            .recycle_timeout(Some(patience))
            .build()?;
        Ok(Self { pool, runtime, patience })
    }

    /// A connection, made on the main runtime because that drives its socket. A caller that gives up waiting leaves a task
    /// that clears the pool of dead connections.
    ///
    /// # Errors
    /// When all are in use, or Redis is away or slow.
    pub async fn get(&self) -> Result<Connection, NoConnection> {
        let pool = self.pool.clone();
        match self.runtime.spawn(async move { pool.get().await }).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => Err(NoConnection::Busy),
            Ok(Err(error)) => Err(NoConnection::Failed(error.to_string())),
            Err(error) => Err(NoConnection::Failed(error.to_string())),
        }
    }

    /// Asks whether Redis answers in time.
    ///
    /// # Errors
    /// When it does not; the text has no secret in it.
    pub async fn ping(&self) -> anyhow::Result<()> {
        let asking = async {
            let mut connection = self.get().await?;
            let _: String = redis::cmd("PING").query_async(&mut connection).await?;
            anyhow::Ok(())
        };
        let answered = tokio::time::timeout(self.patience, asking).await;
        answered.context("no answer in time")?
    }
}

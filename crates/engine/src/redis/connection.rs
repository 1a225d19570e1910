//! A connection to Redis with a breaker before it: no call waits longer than the limit, and once one has failed the next
//! ones do not even try for a second.

use crate::breaker::Breaker;
use crate::metrics::CacheMetrics;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisResult};
use std::time::Duration;

/// How long nobody tries after a failure.
const BROKEN: Duration = Duration::from_secs(1);

/// One connection, made when needed, given up when a call on it fails.
pub struct RedisConnection {
    client: redis::Client,
    patience: Duration,
    connection: tokio::sync::Mutex<Option<MultiplexedConnection>>,
    breaker: Breaker,
    metrics: CacheMetrics,
}

impl RedisConnection {
    /// Connects to nothing yet.
    pub fn new(client: redis::Client, patience: Duration, metrics: CacheMetrics) -> RedisConnection {
        RedisConnection {
            client,
            patience,
            connection: tokio::sync::Mutex::default(),
            breaker: Breaker::new(BROKEN),
            metrics,
        }
    }

    /// What Redis answers. `None`: it is away, slow or hanging, or was so a moment ago.
    ///
    /// # Cancel safety
    /// Runs on the main runtime, which drives the connection. May be dropped.
    pub async fn call<T>(
        &self,
        work: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Option<T> {
        if !self.breaker.may_try() {
            self.metrics.redis_skipped.inc();
            return None;
        }
        let trying = async {
            let mut connection = self.connected().await?;
            work(&mut connection).await
        };
        let cause = match tokio::time::timeout(self.patience, trying).await {
            Ok(Ok(answer)) => {
                if self.breaker.restored() {
                    tracing::info!("the cache in Redis is used again");
                }
                return Some(answer);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        self.broke(&cause).await;
        None
    }

    async fn connected(&self) -> RedisResult<MultiplexedConnection> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = &*kept {
            return Ok(connection.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.patience))
            .set_response_timeout(Some(self.patience));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        *kept = Some(connection.clone());
        Ok(connection)
    }

    async fn broke(&self, cause: &str) {
        self.metrics.redis_failures.inc();
        if self.breaker.broke() {
            tracing::warn!(cause, "the cache in Redis is not used: reading Postgres");
        }
        if let Ok(mut kept) = self.connection.try_lock() {
            *kept = None;
        }
    }
}

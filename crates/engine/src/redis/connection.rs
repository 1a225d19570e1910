//! The way of one kind of value to Redis, with a breaker before it: no call waits longer than the limit, and once one has
//! failed the next ones do not even try for a second.

use super::pool::{NoConnection, Redis};
use crate::breaker::Breaker;
use crate::metrics::CacheMetrics;
use deadpool_redis::Connection;
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long no call is tried after one that failed.
const BROKEN: Duration = Duration::from_secs(1);

/// Each call has a connection of the pool to itself, so that a small value waits for no large one. Each kind of value has a
/// breaker of its own, because large ones may be too slow while small ones are not.
pub struct RedisConnection {
    redis: Redis,
    breaker: Breaker,
    metrics: CacheMetrics,
}

impl RedisConnection {
    /// Connects to nothing yet.
    pub fn new(redis: Redis, metrics: CacheMetrics) -> RedisConnection {
        RedisConnection { redis, breaker: Breaker::new(BROKEN), metrics }
    }

    /// What Redis answers. `None`: it is away, slow or hanging, or was so a moment ago, or all connections are in use.
    ///
    /// # Cancel safety
    /// May be dropped.
    pub async fn call<T>(
        &self,
        work: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Option<T> {
        if !self.breaker.may_try() {
            self.metrics.redis_skipped.inc();
            return None;
        }
        match self.answer(work).await {
            Ok(answer) => {
                if self.breaker.restored() {
                    tracing::info!("the cache in Redis is used again");
                }
                Some(answer)
            }
            // A busy pool says nothing about Redis, so the breaker stays as it is.
            Err(NoConnection::Busy) => {
                self.metrics.redis_skipped.inc();
                None
            }
            Err(NoConnection::Failed(cause)) => {
                self.broke(&cause);
                None
            }
        }
    }

    async fn answer<T>(
        &self,
        work: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, NoConnection> {
        let deadline = Instant::now() + self.redis.patience;
        let late = |_| NoConnection::Failed("no answer in time".to_owned());
        let mut connection = timeout_at(deadline, self.redis.get()).await.map_err(late)??;
        let answered = timeout_at(deadline, work(&mut connection)).await.map_err(late);
        let failed = match answered {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => NoConnection::Failed(error.to_string()),
            Err(late) => late,
        };
        // A connection that failed does not go back into the pool.
        drop(Connection::take(connection));
        Err(failed)
    }

    fn broke(&self, cause: &str) {
        self.metrics.redis_failures.inc();
        if self.breaker.broke() {
            tracing::warn!(cause, "the cache in Redis is not used: reading Postgres");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_call_that_finds_no_connection_free_says_nothing_about_redis() {
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("redis://{}", silent.local_addr().expect("an address"));
        let patience = Duration::from_millis(200);
        let redis = Redis::of(&url, 1, patience, tokio::runtime::Handle::current()).expect("a pool");
        let metrics = CacheMetrics::default();
        let connection = RedisConnection::new(redis, metrics.clone());
        let call = || connection.call(async |redis| redis::cmd("PING").query_async::<String>(redis).await);
        let second = async {
            let answer = call().await;
            (answer, metrics.redis_skipped.get(), metrics.redis_failures.get())
        };
        let (first, second) = futures_util::join!(call(), second);
        assert_eq!((first, second), (None, (None, 1, 0)));
        assert_eq!((metrics.redis_skipped.get(), metrics.redis_failures.get()), (1, 1));
        assert!(!connection.breaker.may_try(), "no answer opens it");
    }
}

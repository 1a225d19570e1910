//! Whether the engine's sources serve.

use crate::pools::Pools;
use crate::redis::Redis;
use std::time::Duration;
use store::migrations::Schema;
use store::pool::Settings;

/// A balancer asks often and waits little.
const PATIENCE: Duration = Duration::from_secs(1);

/// How Postgres is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostgresHealth {
    /// It answers, and the schema is current.
    Serves,
    /// The schema lacks these migrations.
    OldSchema(Vec<String>),
    /// It does not serve, because of this.
    Fails(String),
    /// It does not answer in time.
    Silent,
}

/// How Redis is. Nothing stops without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisHealth {
    /// It answers.
    Serves,
    /// This instance has no Redis.
    NotConfigured,
    /// It does not answer in time.
    Silent,
}

/// How well an instance reaches Postgres and Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// How Postgres is.
    pub postgres: PostgresHealth,
    /// How Redis is.
    pub redis: RedisHealth,
}

/// Asks both.
pub async fn look(pools: &Pools, settings: &Settings, redis: Option<&Redis>) -> Health {
    let (postgres, redis) = futures_util::join!(postgres(pools, settings), ask_redis(redis));
    Health { postgres, redis }
}

async fn postgres(pools: &Pools, settings: &Settings) -> PostgresHealth {
    // A pool that is busy says nothing about Postgres, and an instance with much to do must not be taken out for it.
    let state = match tokio::time::timeout(PATIENCE, pooled(pools)).await {
        Ok(Ok(state)) => state,
        Ok(Err(_)) | Err(_) => match tokio::time::timeout(PATIENCE, on_purpose(settings)).await {
            Ok(Ok(state)) => state,
            Ok(Err(error)) => return PostgresHealth::Fails(error.to_string()),
            Err(_) => return PostgresHealth::Silent,
        },
    };
    match state.is_current() {
        true => PostgresHealth::Serves,
        false => PostgresHealth::OldSchema(state.pending),
    }
}

async fn pooled(pools: &Pools) -> store::Result<Schema> {
    let conn = store::pool::read(&pools.jobs).await?;
    store::migrations::state(&conn).await
}

/// By a connection of its own, which tells why if it fails.
async fn on_purpose(settings: &Settings) -> store::Result<Schema> {
    let conn = store::pool::connect(settings).await?;
    store::migrations::state(&conn).await
}

async fn ask_redis(redis: Option<&Redis>) -> RedisHealth {
    match redis {
        None => RedisHealth::NotConfigured,
        Some(redis) if redis.ping().await.is_ok() => RedisHealth::Serves,
        Some(_) => RedisHealth::Silent,
    }
}

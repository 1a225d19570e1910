//! Redis, for what may be lost: every call has a short deadline, and nothing depends on an answer.

mod connection;

pub use connection::RedisConnection;

use crate::settings::Limits;
use anyhow::Context;
use deadpool_redis::{Config, Connection, Pool, PoolConfig, Runtime, Timeouts};
use std::time::Duration;
use tokio::runtime::Handle;

/// A pool of connections for single commands, scripts and batches.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
    runtime: Handle,
    patience: Duration,
}

impl Redis {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn open(url: &str, limits: &Limits, runtime: Handle) -> anyhow::Result<Self> {
        let patience = limits.redis;
        let mut config = Config::from_url(url);
        config.pool = Some(PoolConfig {
            max_size: limits.redis_pool,
            timeouts: Timeouts { wait: Some(patience), create: Some(patience), recycle: Some(patience) },
            ..PoolConfig::default()
        });
        let pool =
            config.create_pool(Some(Runtime::Tokio1)).context("the address of Redis cannot be used")?;
        Ok(Self { pool, runtime, patience })
    }

    /// A connection; made on the main runtime, which drives its socket.
    ///
    /// # Errors
    /// When Redis is away or slow.
    pub async fn get(&self) -> anyhow::Result<Connection> {
        let pool = self.pool.clone();
        Ok(self.runtime.spawn(async move { pool.get().await }).await??)
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

/// A client that speaks RESP3, with sockets that notice a dead peer.
///
/// # Errors
/// When the address cannot be used.
pub fn client(url: &str) -> anyhow::Result<redis::Client> {
    let info: redis::ConnectionInfo = redis::IntoConnectionInfo::into_connection_info(url)?;
    let settings = info.redis_settings().clone().set_protocol(redis::ProtocolVersion::RESP3);
    let tcp = redis::io::tcp::TcpSettings::default().set_nodelay(true);
    Ok(redis::Client::open(info.set_redis_settings(settings).set_tcp_settings(tcp))?)
}

/// Whether a text is an address of Redis.
pub fn is_address(url: &str) -> bool {
    redis::Client::open(url).is_ok()
}

//! Connections to Postgres, and the pools that lend them.
//!
//! Every connection has deadlines of its own for statements, locks and idle transactions, and was checked by
//! [`identity::check`] before anybody gets it. Sockets are driven by the main runtime: actix workers are runtimes of one
//! thread each, which a connection must not depend on.

use crate::error::StoreError;
use crate::identity::{self, Failover};
use diesel::ConnectionError;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod, bb8,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use std::time::Duration;
use tokio_postgres::NoTls;

/// An address of Postgres, as `DATABASE_URL` has it.
pub use tokio_postgres::Config as Address;

/// A pool of checked connections.
pub type Pool = bb8::Pool<AsyncPgConnection>;
/// A connection on loan.
pub type Connection<'a> = bb8::PooledConnection<'a, AsyncPgConnection>;

/// How connections are made.
#[derive(Clone)]
pub struct Settings {
    /// `postgres://…`, reached directly: PgBouncer refuses the options that carry the timeouts.
    pub url: String,
    /// Shown by `pg_stat_activity`.
    pub application_name: String,
    /// Longest wait for a TCP connection.
    pub connect_timeout: Duration,
    /// Longest run of one statement.
    pub statement_timeout: Duration,
    /// Longest wait for one lock.
    pub lock_timeout: Duration,
    /// Longest pause inside a transaction before Postgres ends the connection.
    pub idle_in_transaction_timeout: Duration,
    pub failover: Failover,
    /// The runtime that drives the sockets.
    pub runtime: tokio::runtime::Handle,
}

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub connections: u32,
    pub acquire_timeout: Duration,
}

/// Opens a pool; it connects when asked for the first connection.
pub fn open(settings: &Settings, size: Size) -> Pool {
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    let connecting = settings.clone();
    config.custom_setup = Box::new(move |_url| {
        let settings = connecting.clone();
        async move {
            let connected = connect(&settings).await;
            connected.map_err(|error| ConnectionError::BadConnection(error.to_string()))
        }
        .boxed()
    });
    // Without a round trip: a connection whose socket closed, or that was left inside a transaction, is thrown away.
    config.recycling_method = RecyclingMethod::CustomFunction(Box::new(|conn| {
        let broken = conn.is_broken();
        async move { if broken { Err(diesel::result::Error::BrokenTransactionManager) } else { Ok(()) } }
            .boxed()
    }));
    let manager = AsyncDieselConnectionManager::new_with_config(settings.url.clone(), config);
    ::bb8::Pool::builder()
        .max_size(size.connections)
        .min_idle(None)
        .connection_timeout(size.acquire_timeout)
        .test_on_check_out(true)
        .error_sink(Box::new(LogSink))
        .build_unchecked(manager)
}

/// Takes a connection from the pool.
///
/// # Errors
/// [`StoreError::Unavailable`] when none comes in time.
pub async fn get(pool: &Pool) -> Result<Connection<'_>, StoreError> {
    pool.get().await.map_err(lent)
}

/// Like [`get`], for a task that outlives its caller.
///
/// # Errors
/// [`StoreError::Unavailable`] when none comes in time.
pub async fn get_owned(pool: &Pool) -> Result<Connection<'static>, StoreError> {
    pool.get_owned().await.map_err(lent)
}

fn lent(error: bb8::RunError) -> StoreError {
    match error {
        ::bb8::RunError::TimedOut => StoreError::Unavailable("no connection came free in time".to_owned()),
        ::bb8::RunError::User(error) => StoreError::Unavailable(error.to_string()),
    }
}

/// Makes one connection outside any pool, with the reason if it fails.
///
/// # Errors
/// [`StoreError::Unavailable`], or [`StoreError::Unsuitable`] for a Postgres that must not be used.
pub async fn connect(settings: &Settings) -> Result<AsyncPgConnection, StoreError> {
    let runtime = settings.runtime.clone();
    let settings = settings.clone();
    let connecting = runtime.spawn(async move { connect_here(&settings).await });
    connecting.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
}

async fn connect_here(settings: &Settings) -> Result<AsyncPgConnection, StoreError> {
    let mut config: tokio_postgres::Config =
        settings.url.parse().map_err(|error| StoreError::Unsuitable(format!("DATABASE_URL: {error}")))?;
    let options = format!("{} {}", config.get_options().unwrap_or_default(), options(settings));
    config
        .options(options.trim())
        .application_name(&settings.application_name)
        .connect_timeout(settings.connect_timeout)
        .tcp_user_timeout(settings.statement_timeout.saturating_mul(2))
        .keepalives_idle(Duration::from_secs(10));
    let connected = tokio::time::timeout(settings.connect_timeout * 2, config.connect(NoTls)).await;
    let (client, socket) = connected
        .map_err(|_| StoreError::Unavailable("Postgres did not answer in time".to_owned()))?
        .map_err(|error| StoreError::Unavailable(told(&error)))?;
    let mut conn = AsyncPgConnection::try_from_client_and_connection(client, socket)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    // Only superusers may set it; `check` warns if it matters.
    let _ = conn.batch_execute("SET lc_messages TO 'C'").await;
    identity::check(&mut conn, settings.failover).await?;
    Ok(conn)
}

/// The message of Postgres, or of the system, without our own address and password in it.
fn told(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(refused), _) => refused.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

fn options(settings: &Settings) -> String {
    let timeouts = [
        ("statement_timeout", settings.statement_timeout),
        ("lock_timeout", settings.lock_timeout),
        ("idle_in_transaction_session_timeout", settings.idle_in_transaction_timeout),
    ];
    timeouts.map(|(name, time)| format!("-c {name}={}", time.as_millis())).join(" ")
}

/// bb8 retries to connect until the caller's time is up; what failed in between would be lost.
#[derive(Debug, Clone, Copy)]
struct LogSink;

impl ::bb8::ErrorSink<PoolError> for LogSink {
    fn sink(&self, error: PoolError) {
        match error {
            PoolError::QueryError(_) => tracing::debug!("a lost Postgres connection was thrown away"),
            PoolError::ConnectionError(error) => tracing::warn!(%error, "cannot connect to Postgres"),
        }
    }

    fn boxed_clone(&self) -> Box<dyn ::bb8::ErrorSink<PoolError>> {
        Box::new(*self)
    }
}

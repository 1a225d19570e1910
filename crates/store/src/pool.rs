//! Connections to Postgres, and the pools that lend them.
//!
//! Every connection to the primary was checked by [`identity::check`] before anybody gets it. Deadlines for statements, locks and pauses
//! are set by each transaction for itself, in the message that begins it: so they hold behind PgBouncer too, where a
//! session is nobody's own, and reads are transactions as well. Sockets are driven by the main runtime: actix workers are
//! runtimes of one thread each, which a connection must not depend on.

use crate::error::StoreError;
use crate::identity::{self, Failover};
use crate::projects;
use diesel::ConnectionError;
use diesel::connection::{TransactionDepthChange, TransactionManagerStatus};
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod, bb8,
};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager};
use futures_util::FutureExt;
use std::sync::LazyLock;
use std::time::Duration;
use tokio_postgres::NoTls;

/// An address of Postgres, as `DATABASE_URL` has it.
pub use tokio_postgres::Config as Address;

type Connections = bb8::Pool<AsyncPgConnection>;
type Pooled<'a> = bb8::PooledConnection<'a, AsyncPgConnection>;

/// A pool of checked connections.
#[derive(Clone)]
pub struct Pool {
    connections: Connections,
    timeouts: Timeouts,
    runtime: tokio::runtime::Handle,
}

/// How connections are made.
#[derive(Clone)]
pub struct Settings {
    /// `postgres://…`, reached directly or through PgBouncer 1.21 or later.
    pub url: String,
    /// Shown by `pg_stat_activity`.
    pub application_name: String,
    /// Longest wait for a TCP connection.
    pub connect_timeout: Duration,
    /// The deadlines of each transaction.
    pub timeouts: Timeouts,
    /// What a change of Postgres' timeline means.
    pub failover: Failover,
    /// A standby will do, because the connections only read.
    pub standby: bool,
    /// The runtime that drives the sockets.
    pub runtime: tokio::runtime::Handle,
}

/// The deadlines of a transaction, held by Postgres.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Longest run of one statement.
    pub statement: Duration,
    /// Longest wait for one lock.
    pub lock: Duration,
    /// Longest pause inside a transaction before Postgres ends the connection.
    pub idle_in_transaction: Duration,
}

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Most connections.
    pub connections: u32,
    /// Longest wait for a free one.
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
    let connections = ::bb8::Pool::builder()
        .max_size(size.connections)
        .min_idle(None)
        .connection_timeout(size.acquire_timeout)
        .test_on_check_out(true)
        .error_sink(Box::new(LogSink))
        .build_unchecked(manager);
    Pool { connections, timeouts: settings.timeouts, runtime: settings.runtime.clone() }
}

/// A connection on loan, for [transactions](Connection::transaction).
pub struct Connection<'a> {
    pooled: Pooled<'a>,
    timeouts: Timeouts,
}

/// Takes a connection from the pool.
///
/// # Errors
/// [`StoreError::Unavailable`] when none comes in time.
pub async fn get(pool: &Pool) -> Result<Connection<'_>, StoreError> {
    let pooled = pool.connections.get().await.map_err(lent)?;
    Ok(Connection { pooled, timeouts: pool.timeouts })
}

impl Connection<'_> {
    /// Runs `work` in a READ COMMITTED transaction with the pool's deadlines.
    ///
    /// Its statements keep one plan each (`force_generic_plan`). They are written for the index whatever the values, and Postgres
    /// would otherwise plan some of them anew each time, which takes longer than to run them: it takes a list whose length it does
    /// not know for ten entries and an index read ten times, so a plan for the one that is there always looks cheaper. For the same
    /// reason none of them reads a whole table (`enable_seqscan`): of a table of three pages that looks cheaper than the index, also
    /// where it is done again for each of 200 people, and the plan stays while the table grows.
    ///
    /// # Errors
    /// Those of `work`, which roll back, and of BEGIN and COMMIT.
    pub async fn transaction<R, E, F>(&mut self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&AsyncPgConnection) -> Result<R, E>,
        E: From<diesel::result::Error>,
    {
        let begin = format!("{}; {ONE_PLAN}; {}", self.timeouts.begin("BEGIN"), *ANALYSES);
        transaction(&mut self.pooled, &begin, work).await
    }

    /// Runs `work` on one moment of the database: a REPEATABLE READ, READ ONLY transaction with the pool's deadlines.
    ///
    /// # Errors
    /// Those of `work`, and of BEGIN and COMMIT.
    pub async fn at_one_moment<R, E, F>(&mut self, work: F) -> Result<R, E>
    where
        F: AsyncFnOnce(&AsyncPgConnection) -> Result<R, E>,
        E: From<diesel::result::Error>,
    {
        let begin = self.timeouts.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        transaction(&mut self.pooled, &begin, work).await
    }
}

const ONE_PLAN: &str = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off";
/// Tells the triggers on tasks and comments that whoever writes them writes `words` too, by the analysis of this number.
static ANALYSES: LazyLock<String> =
    LazyLock::new(|| format!("SET LOCAL lockstep.analysis = '{}'", domain::words::ANALYSIS));

/// Runs `work` in a transaction. Nobody waits for BEGIN: what `work` sends first goes to Postgres behind it, in the same
/// flight. When this is dropped half-way, the pool throws the connection away, because the transaction manager knows that
/// the transaction is open.
async fn transaction<R, E, F>(conn: &mut AsyncPgConnection, begin: &str, work: F) -> Result<R, E>
where
    F: AsyncFnOnce(&AsyncPgConnection) -> Result<R, E>,
    E: From<diesel::result::Error>,
{
    note_begun(conn)?;
    let shared = &*conn;
    let beginning = async { (&mut &*shared).batch_execute(begin).await.map_err(E::from) };
    match futures_util::try_join!(beginning, work(shared)) {
        Ok(((), value)) => {
            AnsiTransactionManager::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(error) => {
            // What cannot be rolled back is lost with its connection; the caller learns what came first.
            if let Err(cause) = AnsiTransactionManager::rollback_transaction(conn).await {
                tracing::debug!(%cause, "a transaction ended with its connection");
            }
            Err(error)
        }
    }
}

fn note_begun(conn: &mut AsyncPgConnection) -> diesel::QueryResult<()> {
    let status = AnsiTransactionManager::transaction_manager_status_mut(conn);
    let TransactionManagerStatus::Valid(status) = status else {
        return Err(diesel::result::Error::BrokenTransactionManager);
    };
    if status.transaction_depth().is_some() {
        return Err(diesel::result::Error::AlreadyInTransaction);
    }
    status.change_transaction_depth(TransactionDepthChange::IncreaseDepth)
}

impl Timeouts {
    /// One message: a transaction that begins has its deadlines.
    fn begin(&self, begin: &str) -> String {
        let settings = [
            ("statement_timeout", self.statement),
            ("lock_timeout", self.lock),
            ("idle_in_transaction_session_timeout", self.idle_in_transaction),
        ];
        let set = settings.map(|(name, time)| format!("SET LOCAL {name} = {}", time.as_millis()));
        format!("{begin}; {}", set.join("; "))
    }
}

/// A READ ONLY transaction. Nobody waits for its end, because a task of its own rolls it back.
pub struct Reading {
    pooled: Option<Pooled<'static>>,
    runtime: tokio::runtime::Handle,
}

/// Takes a connection from the pool for reading.
///
/// # Errors
/// [`StoreError::Unavailable`] when none comes in time; those of BEGIN.
pub async fn read(pool: &Pool) -> Result<Reading, StoreError> {
    let mut pooled = pool.connections.get_owned().await.map_err(lent)?;
    let begin = pool.timeouts.begin("BEGIN READ ONLY");
    AnsiTransactionManager::begin_transaction_sql(&mut *pooled, &begin).await?;
    Ok(Reading { pooled: Some(pooled), runtime: pool.runtime.clone() })
}

impl std::ops::Deref for Reading {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.pooled.as_ref().expect("it is there until dropped")
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let Some(mut pooled) = self.pooled.take() else { return };
        self.runtime.spawn(async move {
            // If this fails, the pool throws the connection away.
            if let Err(cause) = AnsiTransactionManager::rollback_transaction(&mut *pooled).await {
                tracing::debug!(%cause, "a read ended with its connection");
            }
        });
    }
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
    config
        .application_name(&settings.application_name)
        .connect_timeout(settings.connect_timeout)
        .tcp_user_timeout(settings.timeouts.statement.saturating_mul(2))
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
    if settings.standby {
        return Ok(conn);
    }
    if identity::check(&mut conn, settings.failover).await? {
        match projects::prepare_lock(&conn).await {
            // The schema lacks a migration, which may be just what this connection is for.
            Err(StoreError::Query(cause)) => tracing::debug!(cause, "the lock could not be prepared"),
            prepared => prepared?,
        }
    }
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

/// Logs why connecting failed, because bb8 retries until the caller's time is up and then says only that.
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

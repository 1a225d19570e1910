//! Settings: where they come from, what they mean, and one clear sentence when one is wrong.
//!
//! The environment wins over the file named by `LOCKSTEP_CONFIG` (`NAME=value` lines, read by dotenvy). A secret may come from
//! the file that `<NAME>_FILE` names instead. An empty value counts as absent.

mod error;
mod limits;
mod read;

pub use error::ConfigError;
pub use limits::Limits;
pub use read::{Secret, Source};

use engine::operate::{Address, Failover, Postgres, Timeouts};
use engine::people::Signup;
use engine::settings::PoolSizes;
use error::Result;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Json,
    Human,
}

/// What every subcommand needs to reach Postgres.
#[derive(Debug, Clone)]
pub struct Database {
    /// `DATABASE_URL`, required: `postgres://user:password@host/database`, of the primary and reached directly (PgBouncer
    /// refuses the start-up options that carry the timeouts).
    pub url: Secret,
    /// `DATABASE_REPLICA_URL`: a streaming standby that serves lists of tasks and builds snapshots as far as it is up to date.
    /// Absent: the primary does. One that lags costs a needless look at it.
    pub replica_url: Option<Secret>,
    /// `LOCKSTEP_FAILOVER`: `rotate` (default) gives every project a new epoch when Postgres' timeline changed, so that
    /// clients load anew; `trust` does not, for operators whose standby is synchronous. Wrongly trusting loses changes
    /// silently; needlessly rotating costs every client one snapshot.
    pub failover: Failover,
    /// `LOCKSTEP_DATABASE_CONNECT_MS`, default 3000. Too short fails on a slow network; too long delays the 503.
    pub connect_timeout: Duration,
    /// `LOCKSTEP_DATABASE_ACQUIRE_MS`, default 3000: longest wait for a connection of a pool. Too short answers 503 in
    /// every small burst; too long lets requests pile up.
    pub acquire_timeout: Duration,
    /// `LOCKSTEP_DATABASE_STATEMENT_MS`, default 5000: longest statement. Too short cancels large snapshots; too long lets
    /// one statement hold its locks.
    pub statement_timeout: Duration,
    /// `LOCKSTEP_DATABASE_LOCK_MS`, default 3000: longest wait for a lock. Too short refuses commands of a busy project; too
    /// long lets them pile up behind a stuck one.
    pub lock_timeout: Duration,
    /// `LOCKSTEP_DATABASE_IDLE_IN_TRANSACTION_MS`, default 10000: longest pause inside a transaction. Too short cuts off an
    /// instance that is short of CPU; too long lets a frozen instance hold a project's lock.
    pub idle_in_transaction_timeout: Duration,
}

/// Everything `serve` needs.
#[derive(Debug, Clone)]
pub struct Config {
    pub database: Database,
    /// Connections of each pool: `LOCKSTEP_POOL_WRITE` (default 8), `LOCKSTEP_POOL_ROOMS` (4), `LOCKSTEP_POOL_READ` (8),
    /// `LOCKSTEP_POOL_SNAPSHOT` (2), `LOCKSTEP_POOL_JOBS` (2). Too few make requests wait; the sum over all instances must stay below
    /// Postgres' `max_connections`.
    pub pools: PoolSizes,
    /// `REDIS_URL`: `redis://…`; absent: runs without, and changes reach other instances within a second instead of at once.
    pub redis_url: Option<Secret>,
    /// `LOCKSTEP_LISTEN`, default `127.0.0.1:8080`: the public address.
    pub listen: SocketAddr,
    /// `LOCKSTEP_OPERATOR_LISTEN`, default `127.0.0.1:9090`: health and metrics. Not to be reached from outside.
    pub operator_listen: SocketAddr,
    /// `LOCKSTEP_PUBLIC_URL`, default `http://` and the public address: for links, cookies and the own origin.
    pub public_url: Url,
    /// `LOCKSTEP_TOKEN_SECRET`, required, at least 32 bytes: signs access tokens. The same on every instance. Whoever has it
    /// can be anybody; changing it ends all access tokens.
    pub token_secret: Secret,
    /// `LOCKSTEP_SIGNUP`: `open`, `invite` (default), `closed`.
    pub signup: Signup,
    /// `LOCKSTEP_ALLOWED_ORIGINS`, comma separated: origins besides the own that may use the API from a browser. Exact.
    pub allowed_origins: Vec<String>,
    /// `LOCKSTEP_TRUSTED_PROXIES`, comma separated networks: only their `X-Forwarded-For` counts. One too many lets its
    /// clients pretend to be any address.
    pub trusted_proxies: Vec<IpNet>,
    /// `LOCKSTEP_NAME`, 1 to 64 characters, default `Lockstep`: what people see the installation called.
    pub name: String,
    /// `LOCKSTEP_INSTANCE`, default the host's name: in logs, metrics and `x-instance`.
    pub instance: String,
    /// `LOCKSTEP_WORKERS`, default one per core: threads that own sockets.
    pub workers: usize,
    pub limits: Limits,
}

impl Database {
    /// # Errors
    /// The first setting that is wrong.
    pub fn read(source: &Source) -> Result<Self> {
        let url = source.secret("DATABASE_URL")?.ok_or_else(|| {
            missing(
                "DATABASE_URL",
                "the address of Postgres, such as postgres://user:password@localhost/lockstep",
            )
        })?;
        let replica_url = source.secret("DATABASE_REPLICA_URL")?;
        address_of_postgres("DATABASE_URL", &url)?;
        replica_url.iter().try_for_each(|url| address_of_postgres("DATABASE_REPLICA_URL", url))?;
        Ok(Self {
            url,
            replica_url,
            failover: source.choice(
                "LOCKSTEP_FAILOVER",
                Failover::Rotate,
                &[("rotate", Failover::Rotate), ("trust", Failover::Trust)],
            )?,
            connect_timeout: source.millis("LOCKSTEP_DATABASE_CONNECT_MS", 3_000)?,
            acquire_timeout: source.millis("LOCKSTEP_DATABASE_ACQUIRE_MS", 3_000)?,
            statement_timeout: source.millis("LOCKSTEP_DATABASE_STATEMENT_MS", 5_000)?,
            lock_timeout: source.millis("LOCKSTEP_DATABASE_LOCK_MS", 3_000)?,
            idle_in_transaction_timeout: source.millis("LOCKSTEP_DATABASE_IDLE_IN_TRANSACTION_MS", 10_000)?,
        })
    }

    /// The same for the store.
    pub fn settings(&self, application_name: &str, runtime: tokio::runtime::Handle) -> Postgres {
        Postgres {
            url: self.url.expose().to_owned(),
            application_name: application_name.to_owned(),
            connect_timeout: self.connect_timeout,
            timeouts: Timeouts {
                statement: self.statement_timeout,
                lock: self.lock_timeout,
                idle_in_transaction: self.idle_in_transaction_timeout,
            },
            failover: self.failover,
            standby: false,
            runtime,
        }
    }

    /// The same for the read replica, if there is one.
    pub fn replica_settings(
        &self,
        application_name: &str,
        runtime: tokio::runtime::Handle,
    ) -> Option<Postgres> {
        let url = self.replica_url.as_ref()?.expose().to_owned();
        Some(Postgres { url, standby: true, ..self.settings(application_name, runtime) })
    }
}

impl Config {
    /// # Errors
    /// The first setting that is wrong.
    pub fn read(source: &Source) -> Result<Self> {
        let listen = listen(source)?;
        Ok(Self {
            database: Database::read(source)?,
            pools: PoolSizes {
                write: source.number("LOCKSTEP_POOL_WRITE", 8, 1..=1_000)?,
                rooms: source.number("LOCKSTEP_POOL_ROOMS", 4, 1..=1_000)?,
                read: source.number("LOCKSTEP_POOL_READ", 8, 1..=1_000)?,
                snapshot: source.number("LOCKSTEP_POOL_SNAPSHOT", 2, 1..=100)?,
                jobs: source.number("LOCKSTEP_POOL_JOBS", 2, 1..=100)?,
            },
            redis_url: redis_url(source)?,
            listen,
            operator_listen: operator_listen(source)?,
            public_url: public_url(source, listen)?,
            token_secret: token_secret(source)?,
            signup: source.choice(
                "LOCKSTEP_SIGNUP",
                Signup::Invite,
                &[("open", Signup::Open), ("invite", Signup::Invite), ("closed", Signup::Closed)],
            )?,
            allowed_origins: source.list(
                "LOCKSTEP_ALLOWED_ORIGINS",
                "exact origins such as https://app.example.org",
                origin,
            )?,
            trusted_proxies: source.list(
                "LOCKSTEP_TRUSTED_PROXIES",
                "networks such as 10.0.0.0/8",
                network,
            )?,
            name: name(source)?,
            instance: instance(source)?,
            workers: source.number("LOCKSTEP_WORKERS", cores(), 1..=1_024)?,
            limits: Limits::read(source)?,
        })
    }

    /// True if cookies may only travel over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The origin of our own page.
    pub fn own_origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// `LOCKSTEP_LOG`: `json`, or `human` (default: human on a terminal). Read apart, so that wrong settings are told in it.
///
/// # Errors
/// When it is something else.
pub fn log_format(source: &Source) -> Result<LogFormat> {
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let default = if terminal { LogFormat::Human } else { LogFormat::Json };
    source.choice("LOCKSTEP_LOG", default, &[("json", LogFormat::Json), ("human", LogFormat::Human)])
}

/// Most characters of the installation's name.
const LONGEST_NAME: usize = 64;
const ADDRESS: &str = "an address and port such as 127.0.0.1:8080";

fn missing(name: &str, what: &str) -> ConfigError {
    ConfigError(format!("{name} is not set: give {what}"))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// `LOCKSTEP_OPERATOR_LISTEN`, which `lockstep probe` needs alone.
///
/// # Errors
/// When it is no address.
pub fn operator_listen(source: &Source) -> Result<SocketAddr> {
    Ok(source.parsed("LOCKSTEP_OPERATOR_LISTEN", ADDRESS)?.unwrap_or(([127, 0, 0, 1], 9090).into()))
}

fn address_of_postgres(name: &str, url: &Secret) -> Result<()> {
    match url.expose().parse::<Address>() {
        Ok(_) => Ok(()),
        Err(_) => Err(ConfigError(format!(
            "{name} (not shown) cannot be read: allowed is postgres://user:password@host:port/database"
        ))),
    }
}

fn redis_url(source: &Source) -> Result<Option<Secret>> {
    let url = source.secret("REDIS_URL")?;
    if let Some(url) = &url
        && !engine::operate::is_redis_address(url.expose())
    {
        return Err(ConfigError(
            "REDIS_URL (not shown) cannot be read: allowed is redis://user:password@host:port/0".to_owned(),
        ));
    }
    Ok(url)
}

/// The public address, to listen on.
fn listen(source: &Source) -> Result<SocketAddr> {
    Ok(source.parsed("LOCKSTEP_LISTEN", ADDRESS)?.unwrap_or(([127, 0, 0, 1], 8080).into()))
}

/// The address that links begin with.
///
/// # Errors
/// When it is wrong.
pub fn public_address(source: &Source) -> Result<Url> {
    public_url(source, listen(source)?)
}

fn public_url(source: &Source, listen: SocketAddr) -> Result<Url> {
    let allowed = "http:// or https:// with a host and no path, such as https://lockstep.example.org";
    let text = source.text("LOCKSTEP_PUBLIC_URL").unwrap_or_else(|| format!("http://{listen}"));
    let url = Url::parse(&text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
    });
    url.ok_or_else(|| ConfigError(format!("LOCKSTEP_PUBLIC_URL is \"{text}\": allowed is {allowed}")))
}

fn token_secret(source: &Source) -> Result<Secret> {
    let secret = source.secret("LOCKSTEP_TOKEN_SECRET")?.ok_or_else(|| {
        missing("LOCKSTEP_TOKEN_SECRET", "at least 32 random bytes, such as from: openssl rand -base64 48")
    })?;
    match secret.expose().len() {
        0..32 => Err(ConfigError(format!(
            "LOCKSTEP_TOKEN_SECRET (not shown) has {} bytes: allowed is 32 or more",
            secret.expose().len()
        ))),
        _ => Ok(secret),
    }
}

/// `LOCKSTEP_NAME`.
fn name(source: &Source) -> Result<String> {
    let name = source.text("LOCKSTEP_NAME").unwrap_or_else(|| "Lockstep".to_owned());
    let is_short = name.chars().count() <= LONGEST_NAME;
    match is_short && domain::text::Name::new(name.clone()).is_ok() {
        true => Ok(name),
        false => Err(ConfigError(format!(
            "LOCKSTEP_NAME is {name:?}: allowed are 1 to {LONGEST_NAME} characters on one line, not all blank"
        ))),
    }
}

fn instance(source: &Source) -> Result<String> {
    let name = source.text("LOCKSTEP_INSTANCE").or_else(|| hostname::get().ok()?.into_string().ok());
    let name = name.unwrap_or_else(|| "lockstep".to_owned());
    let sane = |c: u8| c.is_ascii_alphanumeric() || b"-_.:".contains(&c);
    if name.len() <= 64 && name.bytes().all(sane) {
        Ok(name)
    } else {
        Err(ConfigError(format!(
            "LOCKSTEP_INSTANCE is \"{name}\": allowed are up to 64 letters, digits and - _ . :"
        )))
    }
}

fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let origin = url.origin().ascii_serialization();
    (matches!(url.scheme(), "http" | "https") && origin == text).then_some(origin)
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: std::net::IpAddr| address.into()))
}

#[cfg(test)]
mod tests;

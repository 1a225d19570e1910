//! A database per test: cloned from a migrated template in some 50 ms, dropped with its guard.

mod template;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Url;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::services;

/// How long a database of a killed run stays before another run sweeps it.
const LEFTOVER_AGE: Duration = Duration::from_secs(3600);
const PREFIX: &str = "lockstep_test_";

/// One test's own, migrated, empty database. Dropping the guard drops it, also while a panic unwinds.
pub struct Database {
    pub name: String,
    url: Url,
}

impl Database {
    /// Clones the template, which the first test of a run makes with `lockstep migrate`.
    pub async fn create() -> Self {
        let template = template::ready().await;
        let admin = admin().await;
        sweep_once(&admin).await;
        let database = Self::named();
        clone(&admin, &template, &database.name).await;
        database
    }

    /// The same in the locale `C`, where Postgres knows no letters but those of ASCII.
    pub async fn create_in_locale_c() -> Self {
        let database = Self::named();
        let create = format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
            database.name
        );
        admin().await.batch_execute(&create).await.expect("a database in the locale C");
        template::migrate(&crate::binary::lockstep(), &database.name).await;
        database
    }

    /// A copy that stays as this database is now, like a standby that lags for ever. Nobody else may be connected for long.
    pub async fn copy(&self) -> Self {
        let copy = Self::named();
        clone(&admin().await, &self.name, &copy.name).await;
        copy
    }

    /// The guard exists before the database does, so that a panic in between leaves nothing behind.
    fn named() -> Self {
        let name = format!("{PREFIX}{}_{:08x}", unix_now(), fastrand::u32(..));
        let mut url = services::postgres_url();
        url.set_path(&name);
        Self { name, url }
    }

    /// The address of this database, past all proxies.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// A connection of the test's own, past all proxies.
    pub async fn sql(&self) -> Client {
        connect(&self.url).await
    }

    /// Holds the lock of a project's row, as a command under way does, until the answer is released or dropped.
    pub async fn lock_project(&self, project: Uuid) -> ProjectLock {
        let client = self.sql().await;
        client.batch_execute("BEGIN").await.expect("a transaction for the test's own lock");
        let rows = client
            .query("SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE", &[&project])
            .await
            .expect("the project's row can be locked");
        assert_eq!(rows.len(), 1, "project {project} has a row to lock");
        ProjectLock { client }
    }

    /// How many backends of this database wait for a lock: proof that a race was really set up.
    pub async fn waiting_for_locks(&self) -> i64 {
        self.count("wait_event_type = 'Lock'").await
    }

    /// How many backends sit in an open transaction with nothing to do.
    pub async fn idle_in_transaction(&self) -> i64 {
        self.count("state LIKE 'idle in transaction%'").await
    }

    async fn count(&self, condition: &str) -> i64 {
        let query = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {condition}"
        );
        self.sql().await.query_one(&query, &[]).await.expect("pg_stat_activity can be read").get(0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // Drop is not async and may run while a runtime is ending: a thread with a runtime of its own.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                admin().await.batch_execute(&statement).await.map_err(anyhow::Error::from)
            })
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the test's database {} could not be dropped: {dropped:?}", self.name);
        }
    }
}

/// An open transaction that holds a project's row; see [`Database::lock_project`].
pub struct ProjectLock {
    client: Client,
}

impl ProjectLock {
    /// Lets the next one have the project. (Dropping the guard does the same, a little later.)
    pub async fn release(self) {
        self.client.batch_execute("ROLLBACK").await.expect("the test's own transaction can be ended");
    }
}

/// A connection to `TEST_DATABASE_URL` itself.
pub(crate) async fn admin() -> Client {
    connect(&services::postgres_url()).await
}

pub(crate) async fn connect(url: &Url) -> Client {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls).await.unwrap_or_else(|e| {
        panic!("no connection to the test's Postgres ({e:?}); is `make test-services` running?")
    });
    tokio::spawn(connection);
    client
}

async fn clone(admin: &Client, template: &str, name: &str) {
    let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
    // "Being accessed by other users": another clone or an autovacuum worker is at the template for a moment.
    crate::wait::eventually(
        "the template database to be free for cloning",
        Duration::from_secs(60),
        || async {
            match admin.batch_execute(&statement).await {
                Ok(()) => true,
                Err(e) if e.code() == Some(&SqlState::OBJECT_IN_USE) => false,
                // Another build's run has dropped it.
                Err(e) if e.code() == Some(&SqlState::UNDEFINED_DATABASE) => {
                    template::make_if_missing().await;
                    false
                }
                Err(e) => panic!("{statement}: {e:?}"),
            }
        },
    )
    .await;
}

async fn sweep_once(admin: &Client) {
    static SWEPT: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    SWEPT.get_or_init(|| sweep(admin)).await;
}

/// Drops what runs that were killed left behind. A failure is another test binary sweeping the same.
async fn sweep(admin: &Client) {
    let names = admin
        .query(r"SELECT datname FROM pg_database WHERE datname LIKE 'lockstep\_test\_%'", &[])
        .await
        .expect("pg_database can be read");
    let now = unix_now();
    for name in names.iter().map(|row| row.get::<_, String>(0)) {
        if born(&name).is_some_and(|born| now.saturating_sub(born) > LEFTOVER_AGE.as_secs()) {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// The second at which a test's database was made, which its name tells.
fn born(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.split('_').next()?.parse().ok()
}

fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970").as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_test_databases_tell_an_age() {
        assert_eq!(born("lockstep_test_1700000000_0000beef"), Some(1_700_000_000));
        assert_eq!(born("lockstep_template_00ff"), None);
        assert_eq!(born("lockstep_test_mine"), None);
    }
}

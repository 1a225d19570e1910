//! `lockstep doctor`: what is wrong, in plain words, and what to do about it.

use super::connect;
use crate::config::{Config, Source};
use engine::operate::{self, Checkup, Connection, Filling, Pooler, Postgres, StoreError};
use tokio::runtime::Handle;

/// Oldest Postgres the tests run on, as `server_version_num`.
const OLDEST_POSTGRES: i32 = 150_000;
/// Clocks further apart make tokens fail.
const CLOCK_SECONDS: f64 = 2.0;

/// Checks everything it can reach; fails if anything must be done.
pub async fn run(source: &Source) -> anyhow::Result<()> {
    let config = Config::read(source);
    let mut report = Report::default();
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            report.bad("Settings", &error.to_string());
            return report.end();
        }
    };
    report.good("Settings", &format!("instance {}, {}", config.instance, config.own_origin()));
    let settings = connect::settings(&config.database, "lockstep doctor");
    match operate::pooler(&settings).await {
        Ok(Pooler::TooOld) => report.bad("PgBouncer", operate::TOO_OLD),
        Ok(found) => {
            if found == Pooler::Present {
                report.good("PgBouncer", "keeps prepared statements");
            }
            match operate::connect(&settings).await {
                Ok(conn) => postgres(&mut report, &config, &conn).await,
                Err(error) => report.unreachable(&error),
            }
            limits(&mut report, &config, &settings).await;
        }
        Err(error) => report.unreachable(&error),
    }
    replica(&mut report, &config).await;
    redis(&mut report, &config).await;
    report.end()
}

/// The deadlines as Postgres holds them, whatever stands in between.
async fn limits(report: &mut Report, config: &Config, settings: &Postgres) {
    match operate::held_limits(settings, config.database.acquire_timeout).await {
        Ok(held) => report.good(
            "Limits",
            &format!(
                "a statement {}, waiting for a lock {}, pausing in a transaction {}",
                held.statement, held.lock, held.idle_in_transaction
            ),
        ),
        Err(error) => report.bad("Limits", &error.to_string()),
    }
}

async fn postgres(report: &mut Report, config: &Config, conn: &Connection) {
    match operate::checkup(conn).await {
        Ok(checkup) => judge(report, config, &checkup),
        Err(error) => report.bad("Postgres", &error.to_string()),
    }
    match operate::schema(conn).await {
        Ok(state) if state.is_current() && state.unknown.is_empty() => {
            report.good("Schema", "up to date");
            search(report, conn).await;
        }
        Ok(state) if state.is_current() => {
            report.note(
                "Schema",
                &format!("newer than this program ({}): upgrade it soon", state.unknown.join(", ")),
            );
        }
        Ok(state) => {
            report.bad("Schema", &format!("lacks {}: run lockstep migrate", state.pending.join(", ")))
        }
        Err(error) => report.bad("Schema", &error.to_string()),
    }
}

/// How far old texts are analysed for search.
async fn search(report: &mut Report, conn: &Connection) {
    match operate::filling(conn).await {
        Ok(Filling { projects: 0, marks: 0, .. }) => report.good("Search", "all texts are analysed"),
        Ok(Filling { projects, of, marks }) => report.note(
            "Search",
            &format!(
                "{projects} of {of} projects and {marks} changed texts are still to be analysed; running instances do it"
            ),
        ),
        Err(error) => report.bad("Search", &error.to_string()),
    }
}

fn judge(report: &mut Report, config: &Config, found: &Checkup) {
    let version = format!("version {}, synchronous_commit {}", found.version, found.synchronous_commit);
    if found.version_number < OLDEST_POSTGRES {
        report.bad("Postgres", &format!("{version}: upgrade to 15 or later"));
    } else {
        report.good("Postgres", &version);
    }
    if !operate::untranslated(&found.lc_messages) {
        report.bad(
            "Messages",
            &format!(
                "lc_messages is {}: as a superuser run ALTER DATABASE … SET lc_messages = 'C'",
                found.lc_messages
            ),
        );
    }
    let wanted = i64::from(config.pools.sum());
    if wanted * 2 > found.max_connections {
        report.note(
            "Connections",
            &format!(
                "each instance may open {wanted}, Postgres takes {}: lower LOCKSTEP_POOL_* or raise max_connections",
                found.max_connections
            ),
        );
    }
    let apart = found.clock_ahead_seconds;
    if apart.abs() > CLOCK_SECONDS {
        report.bad("Clock", &format!("Postgres is {apart:+.1} s from here: let both follow NTP"));
    } else {
        report.good("Clock", &format!("{apart:+.3} s between here and Postgres"));
    }
}

async fn replica(report: &mut Report, config: &Config) {
    let Some(settings) = config.database.replica_settings("lockstep doctor", Handle::current()) else {
        return;
    };
    let looked = async {
        let pooler = operate::pooler(&settings).await?;
        let conn = operate::connect(&settings).await?;
        Ok::<_, StoreError>((pooler, operate::behind(&conn).await?))
    };
    match looked.await {
        Ok((Pooler::TooOld, _)) => report.bad("Replica", &operate::TOO_OLD.replace("_URL", "_REPLICA_URL")),
        Ok((_, Some(seconds))) => {
            report.good("Replica", &format!("answers; its newest change is {seconds:.1} s old"))
        }
        Ok((_, None)) => {
            report.note("Replica", "answers, but is no standby: DATABASE_REPLICA_URL should name one")
        }
        Err(error) => report
            .bad("Replica", &format!("{error}. Check DATABASE_REPLICA_URL; the primary serves meanwhile.")),
    }
}

async fn redis(report: &mut Report, config: &Config) {
    let Some(url) = &config.redis_url else {
        report.note(
            "Redis",
            "REDIS_URL is not set: changes reach other instances within a second, not at once",
        );
        return;
    };
    let asked = operate::ping_redis(url.expose(), &config.limits.of_engine()).await;
    match asked {
        Ok(()) => report.good("Redis", "answers"),
        Err(error) => {
            report.bad("Redis", &format!("{}. Check REDIS_URL and that Redis runs.", error.root_cause()))
        }
    }
}

#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn good(&self, what: &str, text: &str) {
        println!("ok     {what}: {text}");
    }

    fn note(&self, what: &str, text: &str) {
        println!("note   {what}: {text}");
    }

    fn bad(&mut self, what: &str, text: &str) {
        println!("WRONG  {what}: {text}");
        self.wrong += 1;
    }

    fn unreachable(&mut self, error: &StoreError) {
        self.bad("Postgres", &format!("{error}. Check DATABASE_URL and that Postgres runs."));
    }

    fn end(self) -> anyhow::Result<()> {
        match self.wrong {
            0 => Ok(()),
            wrong => anyhow::bail!("{wrong} thing(s) to put right"),
        }
    }
}

//! What `lockstep doctor` wants to know of Postgres.

use crate::Result;
use diesel::sql_types::{BigInt, Double, Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// What a look at the server tells.
#[derive(Debug, Clone)]
pub struct Checkup {
    /// As people write it: `15.6`.
    pub version: String,
    /// As `server_version_num`: 150006 is 15.6.
    pub version_number: i32,
    /// The setting of this name, of this role and database.
    pub synchronous_commit: String,
    /// The setting of this name.
    pub lc_messages: String,
    /// The setting of this name: how many connections the server takes.
    pub max_connections: i64,
    /// How far its clock is ahead of ours, give or take the time of the query.
    pub clock_ahead_seconds: f64,
}

type CheckupColumns = (Text, Integer, Text, Text, BigInt, Double);

statement! { Look() -> CheckupColumns:
"SELECT current_setting('server_version'), current_setting('server_version_num')::int, \
current_setting('synchronous_commit'), current_setting('lc_messages'), \
current_setting('max_connections')::bigint, \
extract(epoch FROM clock_timestamp())::double precision" }

/// Looks at the server. The query is run twice, because the first run prepares it, which would count as a wrong clock.
///
/// # Errors
/// Those of the query.
pub async fn look(conn: &AsyncPgConnection) -> Result<Checkup> {
    Look::new().get_result::<(String, i32, String, String, i64, f64)>(&mut &*conn).await?;
    let before = jiff::Timestamp::now();
    let row: (String, i32, String, String, i64, f64) = Look::new().get_result(&mut &*conn).await?;
    let middle = (before.as_duration() + jiff::Timestamp::now().as_duration()) / 2;
    let (version, version_number, synchronous_commit, lc_messages, max_connections, clock) = row;
    Ok(Checkup {
        version,
        version_number,
        synchronous_commit,
        lc_messages,
        max_connections,
        clock_ahead_seconds: clock - middle.as_secs_f64(),
    })
}

statement! { Behind() -> Nullable<Double>:
"SELECT CASE WHEN pg_is_in_recovery() \
THEN coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0)::double precision END" }

/// How old the last change is that a standby has, in seconds. `None`: this is no standby.
///
/// # Errors
/// Those of the query.
pub async fn behind(conn: &AsyncPgConnection) -> Result<Option<f64>> {
    Ok(Behind::new().get_result(&mut &*conn).await?)
}

/// The deadlines that Postgres holds a transaction to, as it shows them.
#[derive(Debug, Clone)]
pub struct Held {
    /// `statement_timeout`: longest run of one statement.
    pub statement: String,
    /// `lock_timeout`: longest wait for one lock.
    pub lock: String,
    /// `idle_in_transaction_session_timeout`: longest pause between two statements.
    pub idle_in_transaction: String,
}

statement! { HeldNow() -> (Text, Text, Text):
"SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), \
current_setting('idle_in_transaction_session_timeout')" }

/// The deadlines of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn held(conn: &AsyncPgConnection) -> Result<Held> {
    let (statement, lock, idle_in_transaction) = HeldNow::new().get_result(&mut &*conn).await?;
    Ok(Held { statement, lock, idle_in_transaction })
}

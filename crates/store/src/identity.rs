//! Which Postgres this is, and whether the log in it may have lost its tail.
//!
//! Beside the log stand the system identifier and the timeline it was last written in. A restore into another cluster
//! changes the one, a failover or a restore to a point in time the other; then positions that clients hold may name
//! events that no longer exist, and every epoch changes before any command runs. A copy of the data folder that kept
//! both is not recognised: run `lockstep epoch rotate` after such a restore.

use crate::error::StoreError;
use crate::{Result, advisory, epochs};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// What a change of the timeline means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failover {
    /// The new primary may lack the last transactions: rotate all epochs.
    Rotate,
    /// The standby is synchronous, nothing can be lost: keep the epochs (`LOCKSTEP_FAILOVER=trust`). Another system
    /// identifier rotates them all the same.
    Trust,
}

/// Where a log was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Made by `initdb`: the same in all copies of one cluster.
    pub system_identifier: String,
    /// Eight hexadecimal digits, raised by every failover and every restore to a point in time.
    pub timeline: String,
}

type ServerColumns = (Bool, Text, Text, Bool, Bool, Nullable<Text>, Nullable<Text>);

statement! { Server() -> ServerColumns:
"SELECT pg_is_in_recovery(), current_setting('synchronous_commit'), current_setting('lc_messages'), \
to_regclass('log_identity') IS NOT NULL, to_regclass('projects') IS NOT NULL, \
(SELECT system_identifier::text FROM pg_control_system()), \
CASE WHEN NOT pg_is_in_recovery() \
THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END" }
statement! { Recorded() -> (Text, Text): "SELECT system_identifier, timeline FROM log_identity" }
statement! { Record(system: &'a str as Text, timeline: &'a str as Text) -> Bool:
"INSERT INTO log_identity (system_identifier, timeline) VALUES ({}, {}) \
ON CONFLICT (only_row) DO UPDATE SET system_identifier = EXCLUDED.system_identifier, \
timeline = EXCLUDED.timeline" }
statement! { Turn(key: i64 as BigInt) -> Text: "SELECT pg_advisory_xact_lock({})::text" }

/// Refuses a Postgres that must not be written to, and rotates the epochs if the log moved. Run on every new connection.
/// Tells whether the tables of projects are there.
///
/// # Errors
/// [`StoreError::Unsuitable`] in recovery (as `Unavailable`: a failover may be under way) or with `synchronous_commit`
/// off; those of the queries.
pub async fn check(conn: &mut AsyncPgConnection, failover: Failover) -> Result<bool> {
    let (standby, commit, messages, log, projects, system, timeline): (
        bool,
        String,
        String,
        bool,
        bool,
        Option<String>,
        Option<String>,
    ) = Server::new().get_result(conn).await?;
    if standby {
        return Err(StoreError::Unavailable(
            "this Postgres is a standby (in recovery); DATABASE_URL must reach the primary".to_owned(),
        ));
    }
    if commit == "off" {
        return Err(StoreError::Unsuitable(
            "synchronous_commit is off in Postgres, so acknowledged changes could be lost; set it to on (or local, \
             remote_write, remote_apply) for this database and role"
                .to_owned(),
        ));
    }
    if !untranslated(&messages) {
        tracing::warn!(
            lc_messages = messages,
            "Postgres translates its errors, some will be misjudged: as a superuser run ALTER DATABASE … SET lc_messages = 'C'"
        );
    }
    let (Some(system_identifier), Some(timeline)) = (system, timeline) else {
        return Err(StoreError::Unavailable("Postgres did not tell its timeline".to_owned()));
    };
    let here = Identity { system_identifier, timeline };
    if !log || recorded(conn).await?.as_ref() == Some(&here) {
        return Ok(projects);
    }
    moved(conn, here, failover, projects).await?;
    Ok(projects)
}

/// True if error messages come in English.
pub fn untranslated(lc_messages: &str) -> bool {
    matches!(lc_messages, "" | "C" | "POSIX")
        || lc_messages.starts_with("C.")
        || lc_messages.starts_with("en")
}

async fn recorded(conn: &AsyncPgConnection) -> Result<Option<Identity>> {
    let rows: Vec<(String, String)> = Recorded::new().load(&mut &*conn).await?;
    let row = rows.into_iter().next();
    Ok(row.map(|(system_identifier, timeline)| Identity { system_identifier, timeline }))
}

/// One of all the connections that see the difference at once wins the lock and rotates; the others then find it done.
async fn moved(
    conn: &mut AsyncPgConnection,
    here: Identity,
    failover: Failover,
    projects: bool,
) -> Result<()> {
    let rotated = conn
        .transaction(async |conn| {
            conn.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'").await?;
            Turn::new(advisory::IDENTITY).execute(conn).await?;
            let before = recorded(conn).await?;
            if before.as_ref() == Some(&here) {
                return Ok(None);
            }
            let rotate = projects && must_rotate(before.as_ref(), &here, failover);
            let count = if rotate { epochs::rotate_all(conn).await? } else { 0 };
            let record = Record::new(&here.system_identifier, &here.timeline);
            record.execute(conn).await?;
            Ok::<_, StoreError>(before.map(|before| (before, rotate, count)))
        })
        .await?;
    if let Some((before, rotated, projects)) = rotated {
        tracing::warn!(?before, now = ?here, rotated, projects, "the log moved to another Postgres or timeline");
    }
    Ok(())
}

fn must_rotate(before: Option<&Identity>, here: &Identity, failover: Failover) -> bool {
    before.is_some_and(|before| {
        before.system_identifier != here.system_identifier || failover == Failover::Rotate
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves E3.
    #[test]
    fn a_trusted_failover_keeps_the_epochs_and_a_restore_elsewhere_never_does() {
        let identity = |system: &str, timeline: &str| Identity {
            system_identifier: system.to_owned(),
            timeline: timeline.to_owned(),
        };
        let old = identity("7", "00000001");
        assert!(!must_rotate(None, &old, Failover::Rotate));
        assert!(must_rotate(Some(&old), &identity("7", "00000002"), Failover::Rotate));
        assert!(!must_rotate(Some(&old), &identity("7", "00000002"), Failover::Trust));
        assert!(must_rotate(Some(&old), &identity("8", "00000001"), Failover::Trust));
    }
}

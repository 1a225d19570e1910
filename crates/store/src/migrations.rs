//! Migrations, part of the binary and run by `lockstep migrate`.

use crate::{AsyncPgConnection, Result, StoreError, advisory};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

statement! { Turn(key: i64 as BigInt) -> Text: "SELECT pg_advisory_lock({})::text" }
statement! { Exists() -> Bool: "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL" }
statement! { Applied() -> Text: "SELECT version FROM __diesel_schema_migrations" }

/// How the schema in Postgres compares with the one this program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Known to the program, not applied: run `lockstep migrate`.
    pub pending: Vec<String>,
    /// Applied, not known to the program: a newer one was here.
    pub unknown: Vec<String>,
}

impl Schema {
    /// True if the program can run. A schema that is newer is allowed: a rolling deploy migrates first.
    pub fn is_current(&self) -> bool {
        self.pending.is_empty()
    }
}

/// Applies what is missing and names it. Several instances may do this at once: one at a time gets its turn, the others
/// find it done. Takes a connection of its own, because the turn ends with it.
///
/// # Errors
/// Those of the migrations; each is a transaction of its own.
///
/// # Panics
/// On a runtime of one thread: diesel's migrations are blocking code.
pub async fn run(mut conn: AsyncPgConnection) -> Result<Vec<String>> {
    conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0").await?;
    Turn::new(advisory::MIGRATE).execute(&mut conn).await?;
    conn.batch_execute("SET lock_timeout = '30s'").await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let applied = harness.run_pending_migrations(MIGRATIONS);
    let names = applied.map_err(|error| StoreError::Query(format!("migration failed: {error}")))?;
    Ok(names.iter().map(ToString::to_string).collect())
}

/// Compares the schema in Postgres with the one that this program knows.
///
/// # Errors
/// Those of the queries.
pub async fn state(conn: &AsyncPgConnection) -> Result<Schema> {
    let known: BTreeSet<String> = known()?.into_iter().collect();
    let exists: bool = Exists::new().get_result(&mut &*conn).await?;
    let applied: BTreeSet<String> =
        if exists { Applied::new().load(&mut &*conn).await?.into_iter().collect() } else { BTreeSet::new() };
    Ok(Schema {
        pending: known.difference(&applied).cloned().collect(),
        unknown: applied.difference(&known).cloned().collect(),
    })
}

fn known() -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<Pg>>> =
        MIGRATIONS.migrations().map_err(|error| StoreError::Query(error.to_string()))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two with one version, only one would ever run.
    #[test]
    fn each_migration_has_a_version_of_its_own() {
        let versions: BTreeSet<String> = known().expect("embedded migrations").into_iter().collect();
        assert_eq!(versions.len(), std::fs::read_dir("../../migrations").expect("migrations").count());
    }
}

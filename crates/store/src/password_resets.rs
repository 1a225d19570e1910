//! Links to a new password: one open one of each person, for an hour by Postgres' clock.

use crate::Result;
use diesel::sql_types::{Bytea, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use uuid::Uuid;

statement! { Put(user: Uuid as SqlUuid, hash: &'a [u8] as Bytea) -> SqlUuid:
"INSERT INTO password_resets (user_id, hash, expires_at) VALUES ({}, {}, now() + interval '1 hour') \
ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at" }
statement! { Find(hash: &'a [u8] as Bytea) -> SqlUuid:
"SELECT user_id FROM password_resets WHERE hash = {} AND expires_at > now()" }
statement! { Take(user: Uuid as SqlUuid, hash: &'a [u8] as Bytea) -> SqlUuid:
"DELETE FROM password_resets WHERE user_id = {} AND hash = {} AND expires_at > now()" }

/// Opens a link for a person, in place of one that is open already.
///
/// # Errors
/// Those of the query.
pub async fn put(conn: &AsyncPgConnection, user: UserId, hash: &[u8]) -> Result<()> {
    Put::new(user.0, hash).execute(&mut &*conn).await?;
    Ok(())
}

/// Whose link that is, if it is open.
///
/// # Errors
/// Those of the query.
pub async fn find(conn: &AsyncPgConnection, hash: &[u8]) -> Result<Option<UserId>> {
    let found: Vec<Uuid> = Find::new(hash).load(&mut &*conn).await?;
    Ok(found.into_iter().next().map(UserId))
}

/// Uses a link up; `false` if it is not open. The caller holds the person's lock.
///
/// # Errors
/// Those of the query.
pub async fn take(conn: &AsyncPgConnection, user: UserId, hash: &[u8]) -> Result<bool> {
    Ok(Take::new(user.0, hash).execute(&mut &*conn).await? == 1)
}

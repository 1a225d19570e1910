//! Epochs: one incarnation of a project's log each. See [`crate::identity`] for when they change by themselves.

use crate::Result;
use crate::error::StoreError;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ProjectId;
use uuid::Uuid;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Rows rotated by one statement.
const CHUNK: usize = 5_000;

/// A new epoch: ten characters of base62, 59 bits of the system's randomness.
pub fn fresh() -> String {
    let mut random = Uuid::new_v4().as_u128() ^ (Uuid::new_v4().as_u128() >> 3);
    let mut text = String::with_capacity(10);
    for _ in 0..10 {
        text.push(char::from(ALPHABET[(random % 62) as usize]));
        random /= 62;
    }
    text
}

statement! { LockAll() -> SqlUuid: "SELECT id FROM projects ORDER BY id FOR NO KEY UPDATE" }
statement! { LockOne(project: Uuid as SqlUuid) -> SqlUuid:
"SELECT id FROM projects WHERE id = {} FOR NO KEY UPDATE" }
statement! { Set(ids: &'a [Uuid] as Array<SqlUuid>, epochs: &'a [String] as Array<Text>) -> SqlUuid:
"UPDATE projects SET epoch = fresh.epoch FROM unnest({}, {}) AS fresh (id, epoch) WHERE projects.id = fresh.id" }

/// Gives every project a new epoch and says how many there are.
///
/// # Locks
/// All project rows, in id order, to the end of the caller's transaction.
///
/// # Errors
/// Those of the queries.
pub async fn rotate_all(conn: &AsyncPgConnection) -> Result<usize> {
    let ids: Vec<Uuid> = LockAll::new().load(&mut &*conn).await?;
    for chunk in ids.chunks(CHUNK) {
        set(conn, chunk).await?;
    }
    Ok(ids.len())
}

/// Gives one project a new epoch.
///
/// # Locks
/// The project's row, to the end of the caller's transaction.
///
/// # Errors
/// [`StoreError::NotFound`], and those of the queries.
pub async fn rotate(conn: &AsyncPgConnection, project: ProjectId) -> Result<()> {
    let ids: Vec<Uuid> = LockOne::new(project.0).load(&mut &*conn).await?;
    if ids.is_empty() {
        return Err(StoreError::NotFound);
    }
    set(conn, &ids).await
}

async fn set(conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<()> {
    let epochs: Vec<String> = ids.iter().map(|_| fresh()).collect();
    Set::new(ids, &epochs).execute(&mut &*conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    /// Proves E1.
    #[test]
    fn an_epoch_is_ten_characters_and_another_each_time() {
        let (a, b) = (super::fresh(), super::fresh());
        assert!(a.len() == 10 && a.bytes().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(a, b);
    }
}

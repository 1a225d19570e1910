//! Accounts, by whoever runs the installation.

use super::account::{DisplayName, Email};
use super::passwords;
use diesel_async::AsyncConnection;
use store::users::{self, NewUser};
use store::{AsyncPgConnection, StoreError, sessions};
use uuid::Uuid;

pub use store::users::User;

/// Makes an account. `None`: the address has one already.
///
/// # Errors
/// Those of Postgres; when the system gives no randomness.
pub async fn create(
    conn: &AsyncPgConnection,
    email: &Email,
    name: &DisplayName,
    password: &str,
) -> anyhow::Result<Option<Uuid>> {
    let hash = passwords::hash_now(password.as_bytes()).map_err(anyhow::Error::msg)?;
    let id = Uuid::now_v7();
    let new = NewUser { id, email: email.as_str(), name: name.as_str(), password_hash: &hash };
    Ok(users::create(conn, &new).await?.then_some(id))
}

/// All accounts.
///
/// # Errors
/// Those of Postgres.
pub async fn list(conn: &AsyncPgConnection) -> Result<Vec<User>, StoreError> {
    users::list(conn).await
}

/// The account of an address.
///
/// # Errors
/// Those of Postgres.
pub async fn find(conn: &AsyncPgConnection, email: &Email) -> Result<Option<User>, StoreError> {
    users::by_email(conn, email.as_str()).await
}

/// Stops an account, which ends its sessions, or lets it be used again.
///
/// # Errors
/// Those of Postgres.
pub async fn set_disabled(
    conn: &mut AsyncPgConnection,
    user: &User,
    disabled: bool,
) -> Result<(), StoreError> {
    conn.transaction(async |conn| {
        users::lock(conn, user.id()).await?;
        users::set_disabled(conn, user.id(), disabled).await?;
        if disabled {
            sessions::revoke_all(conn, user.id()).await?;
        }
        users::raise_feed_version(conn, &[user.id()]).await
    })
    .await
}

/// Gives an account another password, which ends its sessions.
///
/// # Errors
/// Those of Postgres; when the system gives no randomness.
pub async fn reset_password(conn: &mut AsyncPgConnection, user: &User, password: &str) -> anyhow::Result<()> {
    let hash = passwords::hash_now(password.as_bytes()).map_err(anyhow::Error::msg)?;
    conn.transaction(async |conn| {
        users::lock(conn, user.id()).await?;
        users::set_password_hash(conn, user.id(), &hash).await?;
        sessions::revoke_all(conn, user.id()).await?;
        users::raise_feed_version(conn, &[user.id()]).await
    })
    .await?;
    Ok(())
}

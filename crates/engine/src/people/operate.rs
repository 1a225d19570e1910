//! Accounts, by whoever runs the installation.

use super::account::{DisplayName, Email};
use super::error::PeopleError;
#[cfg(doc)]
use super::sessions::People;
use super::{passwords, resets};
use diesel_async::AsyncConnection;
use store::users::{self, NewUser};
use store::{AsyncPgConnection, StoreError, sessions};
use uuid::Uuid;

pub use store::users::User;

/// Makes an account with a password that a new one may be; the first account administers the installation. `None`: the address has one already.
///
/// # Errors
/// Those of Postgres; when the system gives no randomness.
pub async fn create(
    conn: &mut AsyncPgConnection,
    email: &Email,
    name: &DisplayName,
    password: &str,
) -> anyhow::Result<Option<Uuid>> {
    let hash = passwords::hash_now(password.as_bytes()).map_err(anyhow::Error::msg)?;
    let id = Uuid::now_v7();
    let (email, name) = (email.as_str(), name.as_str());
    let created = conn.transaction(async |conn| {
        users::first_account_turn(conn).await?;
        let admin = !users::any(conn).await?;
        users::create(conn, &NewUser { id, email, name, password_hash: &hash, admin }).await
    });
    let created: Result<bool, StoreError> = created.await;
    Ok(created?.then_some(id))
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

/// Makes the token of a link with which the person chooses another password; see [`People::reset_password`].
///
/// # Errors
/// [`PeopleError::NotFound`] for a disabled account; those of Postgres.
pub async fn begin_reset(conn: &mut AsyncPgConnection, user: &User) -> Result<String, PeopleError> {
    conn.transaction(async |conn| resets::begin(conn, user.id()).await).await
}

/// Makes a person an administrator of the installation, or one no more.
///
/// # Errors
/// Those of Postgres.
pub async fn set_admin(conn: &mut AsyncPgConnection, user: &User, admin: bool) -> Result<(), StoreError> {
    conn.transaction(async |conn| {
        users::lock(conn, user.id()).await?;
        users::set_admin(conn, user.id(), admin).await?;
        users::raise_feed_version(conn, &[user.id()]).await
    })
    .await
}

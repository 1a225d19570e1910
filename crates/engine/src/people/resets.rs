//! Links with which somebody chooses a new password: one hour, once, and it ends all sessions and API tokens.

use super::account::Password;
use super::commit::Commit;
use super::error::PeopleError;
use super::secret::{RESET, Secret};
use super::sessions::{Desk, People};
use domain::UserId;
use store::{AsyncPgConnection, password_resets, sessions, users};

/// Makes the one open link of a person; one that was made before is void. The token is the link's secret.
///
/// # Errors
/// [`PeopleError::NotFound`] for an account that is not there, disabled or deleted.
pub(super) async fn begin(conn: &AsyncPgConnection, user: UserId) -> Result<String, PeopleError> {
    users::lock(conn, user).await?;
    let known = users::by_id(conn, user).await?.filter(|known| !known.is_disabled());
    if known.is_none() {
        return Err(PeopleError::NotFound);
    }
    let secret = Secret::random()?;
    password_resets::put(conn, user, &secret.hash()).await?;
    tracing::info!(target: "audit", { user.id = %user }, "a link to a new password was made");
    Ok(secret.expose(RESET))
}

impl People {
    /// Gives the person of a link another password.
    ///
    /// # Errors
    /// [`PeopleError::LinkGone`] for a link that is unknown, used, replaced or too old.
    pub async fn reset_password(&self, token: &str, password: Password) -> Result<(), PeopleError> {
        let secret = Secret::parse(RESET, token).ok_or(PeopleError::LinkGone)?;
        let desk = self.desk.clone();
        self.work.run(async move { reset(&desk, &secret, password).await }).await
    }
}

async fn reset(desk: &Desk, secret: &Secret, password: Password) -> Result<(), PeopleError> {
    let known = {
        let conn = store::pool::read(&desk.read).await?;
        password_resets::find(&conn, &secret.hash()).await?
    };
    let user = known.ok_or(PeopleError::LinkGone)?; // before the costly hash; judged again below
    let hash = desk.passwords.hash(password.into_inner()).await?;
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let done = conn.transaction(async |conn| {
        users::lock(conn, user).await?;
        let enabled = users::by_id(conn, user).await?.is_some_and(|known| !known.is_disabled());
        if !enabled || !password_resets::take(conn, user, &secret.hash()).await? {
            return Err(PeopleError::LinkGone);
        }
        users::set_password_hash(conn, user, &hash).await?;
        sessions::revoke_all(conn, user).await?;
        commit.follows(users::raise_feed_version(conn, &[user]).await?)
    });
    done.await.map_err(|error: PeopleError| commit.failed(error))?;
    desk.hints.moved(user);
    tracing::info!(target: "audit", { user.id = %user }, "a new password was chosen through a link");
    Ok(())
}

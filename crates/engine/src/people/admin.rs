//! What an administrator does with the accounts of an installation. An administrator reads no project without being a member.

use super::commit::Commit;
use super::error::PeopleError;
use super::resets;
use super::sessions::{Desk, People};
use crate::caller::Caller;
use domain::UserId;
use store::{AsyncPgConnection, accounts, invitations, sessions, users};
use uuid::Uuid;

pub use store::accounts::Account;
pub use store::invitations::Overseen;

impl People {
    /// Judges that the caller administers the installation.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`].
    pub async fn administers(&self, caller: Caller) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        let judge = async move { administers(&*store::pool::read(&desk.read).await?, &caller).await };
        self.work.run(judge).await
    }

    /// A page of all accounts, by id, with `q` in name or address.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`].
    pub async fn accounts(
        &self,
        caller: Caller,
        q: String,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Account>, PeopleError> {
        let desk = self.desk.clone();
        let list = async move {
            let conn = store::pool::read(&desk.read).await?;
            administers(&conn, &caller).await?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            Ok(accounts::page(&conn, &q, after.unwrap_or_default(), limit).await?)
        };
        self.work.run(list).await
    }

    /// Stops an account, which ends its sessions and API tokens, or lets it be used again.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`], [`PeopleError::NotFound`], [`PeopleError::OwnAccount`].
    pub async fn set_disabled(
        &self,
        caller: Caller,
        user: UserId,
        disabled: bool,
    ) -> Result<(), PeopleError> {
        if user == caller.user {
            return Err(PeopleError::OwnAccount);
        }
        let desk = self.desk.clone();
        let switch = async move |conn: &AsyncPgConnection| {
            users::set_disabled(conn, user, disabled).await?;
            if disabled {
                sessions::revoke_all(conn, user).await?;
            }
            Ok(users::raise_feed_version(conn, &[user]).await?)
        };
        self.work.run(async move { administered(&desk, &caller, user, switch).await }).await?;
        tracing::info!(target: "audit", { user.id = %user, disabled }, "account switched by an administrator");
        Ok(())
    }

    /// Ends all sessions and API tokens of an account.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`], [`PeopleError::NotFound`].
    pub async fn end_sessions(&self, caller: Caller, user: UserId) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        let end = async move |conn: &AsyncPgConnection| {
            sessions::revoke_all(conn, user).await?;
            Ok(users::raise_feed_version(conn, &[user]).await?)
        };
        self.work.run(async move { administered(&desk, &caller, user, end).await }).await?;
        tracing::info!(target: "audit", { user.id = %user }, "sessions ended by an administrator");
        Ok(())
    }

    /// Makes the token of a link with which the person chooses another password.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`], [`PeopleError::NotFound`] also for a disabled account.
    pub async fn begin_reset(&self, caller: Caller, user: UserId) -> Result<String, PeopleError> {
        let desk = self.desk.clone();
        let begin = async move |conn: &AsyncPgConnection| resets::begin(conn, user).await;
        self.work.run(async move { administered(&desk, &caller, user, begin).await }).await
    }
}

impl People {
    /// The invitations of the installation that can be used, above an id, oldest first.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`].
    pub async fn all_invitations(
        &self,
        caller: Caller,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Overseen>, PeopleError> {
        let desk = self.desk.clone();
        let list = async move {
            let conn = store::pool::read(&desk.read).await?;
            administers(&conn, &caller).await?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            Ok(invitations::all_open(&conn, after.unwrap_or_default(), limit).await?)
        };
        self.work.run(list).await
    }

    /// Revokes an invitation, whoever made it.
    ///
    /// # Errors
    /// [`PeopleError::AdminRequired`], [`PeopleError::NotFound`].
    pub async fn revoke_any_invitation(&self, caller: Caller, id: Uuid) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        let revoke = async move {
            let mut conn = store::pool::get(&desk.write).await?;
            let commit = Commit::default();
            let revoked = conn.transaction(async |conn| {
                administers(conn, &caller).await?;
                commit.follows(invitations::revoke_any(conn, id).await?)
            });
            match revoked.await.map_err(|error: PeopleError| commit.failed(error))? {
                true => Ok(()),
                false => Err(PeopleError::NotFound),
            }
        };
        self.work.run(revoke).await?;
        tracing::info!(target: "audit", { invitation.id = %id }, "invitation revoked by an administrator");
        Ok(())
    }
}

/// Judges that the caller has a session and administers the installation.
async fn administers(conn: &AsyncPgConnection, caller: &Caller) -> Result<(), PeopleError> {
    if !sessions::alive(conn, caller.user, caller.sid).await? {
        return Err(PeopleError::SessionEnded);
    }
    match users::by_id(conn, caller.user).await?.is_some_and(|user| user.admin) {
        true => Ok(()),
        false => Err(PeopleError::AdminRequired),
    }
}

/// Does something to an account that is there and not deleted, under its lock.
async fn administered<T>(
    desk: &Desk,
    caller: &Caller,
    user: UserId,
    change: impl AsyncFnOnce(&AsyncPgConnection) -> Result<T, PeopleError>,
) -> Result<T, PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let done = conn.transaction(async |conn| {
        users::lock(conn, user).await?;
        administers(conn, caller).await?;
        let there = users::by_id(conn, user).await?.is_some_and(|user| user.deleted_at.is_none());
        if !there {
            return Err(PeopleError::NotFound);
        }
        commit.follows(change(conn).await?)
    });
    let done = done.await.map_err(|error| commit.failed(error))?;
    desk.hints.moved(user);
    Ok(done)
}

//! What a person changes about their own account. The password is asked for again where somebody else at an open page could
//! take the account over.

use super::account::{DisplayName, Email, Locale, Password, Timezone};
use super::commit::Commit;
use super::error::PeopleError;
use super::passwords::Match;
use super::sessions::{Desk, People};
use crate::caller::Caller;
use domain::task::config;
use serde_json::{Map, Value};
use std::net::IpAddr;
use store::users::{self, Profile, User};
use store::{AsyncPgConnection, StoreError, api_tokens, feeds, sessions};
use uuid::Uuid;

pub use store::sessions::Session;

/// What changes of an account; `None` stays as it is.
#[derive(Default)]
pub struct AccountChange {
    /// What others see.
    pub name: Option<DisplayName>,
    /// The language.
    pub locale: Option<Locale>,
    /// The time zone.
    pub timezone: Option<Timezone>,
    /// A merge patch (RFC 7396) of what the page remembers for the person.
    pub preferences: Option<Map<String, Value>>,
}

/// Largest preferences, in bytes of canonical JSON.
pub const PREFERENCES_BYTES: usize = 16_384;

impl People {
    /// Changes name, language or time zone.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn change(&self, caller: Caller, change: AccountChange) -> Result<User, PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { update(&desk, &caller, &change).await }).await
    }

    /// Replaces the password; ends the caller's other sessions, and their API tokens if `tokens` says so.
    ///
    /// # Errors
    /// [`PeopleError::WrongPassword`], [`PeopleError::TooManyAttempts`].
    pub async fn change_password(
        &self,
        caller: Caller,
        address: IpAddr,
        current: Password,
        new: Password,
        tokens: bool,
    ) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        let change = async move {
            let known = proven(&desk, &caller, address, current).await?;
            let hash = desk.passwords.hash(new.into_inner()).await?;
            let replace = async |conn: &AsyncPgConnection| -> Result<(), PeopleError> {
                users::set_password_hash(conn, caller.user, &hash).await?;
                sessions::revoke_others(conn, caller.user, caller.sid).await?;
                if tokens {
                    api_tokens::revoke_all(conn, caller.user).await?;
                }
                Ok(())
            };
            changed(&desk, &caller, &known, replace).await?;
            tracing::info!(target: "audit", { user.id = %caller.user, tokens_ended = tokens }, "password changed");
            Ok(())
        };
        self.work.run(change).await
    }

    /// Replaces the address.
    ///
    /// # Errors
    /// [`PeopleError::WrongPassword`], [`PeopleError::TooManyAttempts`], [`PeopleError::EmailTaken`].
    pub async fn change_email(
        &self,
        caller: Caller,
        address: IpAddr,
        password: Password,
        email: Email,
    ) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        let change = async move {
            let known = proven(&desk, &caller, address, password).await?;
            let replace =
                async |conn: &AsyncPgConnection| match users::set_email(conn, caller.user, email.as_str())
                    .await?
                {
                    true => Ok(()),
                    false => Err(PeopleError::EmailTaken),
                };
            desk.probing.watch(address, changed(&desk, &caller, &known, replace)).await?;
            tracing::info!(target: "audit", { user.id = %caller.user }, "address changed");
            Ok(())
        };
        self.work.run(change).await
    }

    /// The caller's sessions that go on.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn sessions(&self, caller: Caller) -> Result<Vec<Session>, PeopleError> {
        let desk = self.desk.clone();
        let list = async move {
            let conn = store::pool::read(&desk.read).await?;
            match sessions::alive(&conn, caller.user, caller.sid).await? {
                true => Ok(sessions::of(&conn, caller.user).await?),
                false => Err(PeopleError::SessionEnded),
            }
        };
        self.work.run(list).await
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`].
    pub async fn end_session(&self, caller: Caller, session: Uuid) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { end_session(&desk, &caller, session).await }).await
    }
}

async fn update(desk: &Desk, caller: &Caller, change: &AccountChange) -> Result<User, PeopleError> {
    let profile = Profile {
        name: change.name.as_ref().map(DisplayName::as_str),
        locale: change.locale.as_ref().map(Locale::as_str),
        timezone: change.timezone.as_ref().map(Timezone::as_str),
    };
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let changed = conn.transaction(async |conn| {
        // First, because people's rows are locked in id order, and the caller's own is one of them.
        if profile.name.is_some() {
            feeds::raise_colleagues(conn, caller.user).await?;
        }
        if !sessions::lock(conn, caller.sid, caller.user).await?.alive {
            return Err(PeopleError::SessionEnded);
        }
        users::set_profile(conn, caller.user, &profile).await?;
        if let Some(patch) = &change.preferences {
            remember(conn, caller, patch).await?;
        }
        let user = users::by_id(conn, caller.user).await?.ok_or(StoreError::NotFound)?;
        commit.follows(user)
    });
    changed.await.map_err(|error| commit.failed(error))
}

/// Merges a patch into what the page remembers. The caller holds the person's lock.
async fn remember(
    conn: &AsyncPgConnection,
    caller: &Caller,
    patch: &Map<String, Value>,
) -> Result<(), PeopleError> {
    let known = users::by_id(conn, caller.user).await?.ok_or(StoreError::NotFound)?.preferences;
    let merged = config::merged(known.as_object().unwrap_or(&Map::new()), patch);
    config::check(&merged, PREFERENCES_BYTES, "preferences_too_large", "preferences_too_deep")
        .map_err(PeopleError::Preferences)?;
    Ok(users::set_preferences(conn, caller.user, &Value::Object(merged)).await?)
}

async fn end_session(desk: &Desk, caller: &Caller, session: Uuid) -> Result<(), PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let ended = conn.transaction(async |conn| {
        if !sessions::lock(conn, caller.sid, caller.user).await?.alive {
            return Err(PeopleError::SessionEnded);
        }
        if !sessions::of(conn, caller.user).await?.iter().any(|own| own.id == session) {
            return Err(PeopleError::NotFound);
        }
        sessions::revoke(conn, session).await?;
        commit.follows(users::raise_feed_version(conn, &[caller.user]).await?)
    });
    ended.await.map_err(|error| commit.failed(error))?;
    desk.hints.moved(caller.user);
    Ok(())
}

/// The caller's account, if they know its password. Counted with failed logins.
pub(super) async fn proven(
    desk: &Desk,
    caller: &Caller,
    address: IpAddr,
    password: Password,
) -> Result<User, PeopleError> {
    let known = {
        let conn = store::pool::read(&desk.read).await?;
        match sessions::alive(&conn, caller.user, caller.sid).await? {
            true => users::by_id(&conn, caller.user).await?.ok_or(PeopleError::SessionEnded)?,
            false => return Err(PeopleError::SessionEnded),
        }
    };
    let tried = desk.failed_logins.begin(known.email.as_deref().unwrap_or_default(), address)?;
    if desk.passwords.verify(password.into_inner(), Some(&known.password_hash)).await? == Match::Wrong {
        return Err(PeopleError::WrongPassword);
    }
    desk.failed_logins.succeeded(tried);
    Ok(known)
}

/// Changes an account whose password was just proven, unless the session ended or the password changed meanwhile.
pub(super) async fn changed(
    desk: &Desk,
    caller: &Caller,
    known: &User,
    change: impl AsyncFnOnce(&AsyncPgConnection) -> Result<(), PeopleError>,
) -> Result<(), PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let done = conn.transaction(async |conn| {
        if !sessions::lock(conn, caller.sid, caller.user).await?.alive {
            return Err(PeopleError::SessionEnded);
        }
        let now = users::by_id(conn, caller.user).await?.ok_or(PeopleError::SessionEnded)?;
        if now.password_hash != known.password_hash {
            return Err(PeopleError::WrongPassword);
        }
        change(conn).await?;
        commit.follows(users::raise_feed_version(conn, &[caller.user]).await?)
    });
    done.await.map_err(|error| commit.failed(error))?;
    desk.hints.moved(caller.user);
    Ok(())
}

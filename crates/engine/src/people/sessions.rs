//! Beginning, continuing and ending sessions.

use super::account::{Device, DisplayName, Email, Password};
use super::commit::Commit;
use super::error::PeopleError;
use super::failed_logins::FailedLogins;
use super::passwords::{Match, Passwords};
use super::probing::Probing;
use super::refresh::RefreshToken;
use super::rules::{Rules, Signup};
use crate::caller::Caller;
use crate::execute::Spine;
use crate::rooms::FeedHints;
use crate::work::Work;
use domain::UserId;
use std::net::IpAddr;
use std::sync::Arc;
use store::pool::Pool;
use store::sessions::{self, Link, LockedSession};
use store::users::{self, NewUser, User};
use store::{AsyncPgConnection, StoreError};
use tokio::sync::Notify;
use uuid::Uuid;

/// The accounts of an installation.
pub struct People {
    pub(super) desk: Arc<Desk>,
    pub(super) work: Work,
}

/// What their transactions need.
pub(super) struct Desk {
    pub rules: Rules,
    pub write: Pool,
    pub read: Pool,
    pub hints: FeedHints,
    /// An account was deleted here.
    pub deleted: Notify,
    pub passwords: Passwords,
    pub failed_logins: FailedLogins,
    pub probing: Probing,
    /// For memberships that begin or end with what a person does here.
    pub spine: Arc<Spine>,
}

/// Where somebody logs in.
#[derive(Clone)]
pub struct Arrival {
    /// The network address of the client.
    pub address: IpAddr,
    /// The device, if it names itself.
    pub device: Option<Device>,
}

/// A person with a session that goes on.
pub struct SignedIn {
    /// The person.
    pub user: User,
    /// The session.
    pub sid: Uuid,
    /// What continues the session.
    pub refresh: RefreshToken,
}

impl People {
    /// # Errors
    /// When the system gives no randomness, or no threads.
    pub(crate) fn open(
        rules: Rules,
        (write, read): (Pool, Pool),
        spine: Arc<Spine>,
        hints: FeedHints,
        work: Work,
    ) -> anyhow::Result<People> {
        let passwords = Passwords::new(rules.password_hashes, work.deadline())?;
        let failed_logins = FailedLogins::new(rules.failed_logins_per_minute);
        let probing = Probing::new(rules.failed_logins_per_minute);
        let deleted = Notify::new();
        let desk = Desk { rules, write, read, spine, hints, deleted, passwords, failed_logins, probing };
        Ok(People { desk: Arc::new(desk), work })
    }

    /// Makes an account and its first session.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn register(
        &self,
        email: Email,
        name: DisplayName,
        password: Password,
        from: Arrival,
    ) -> Result<SignedIn, PeopleError> {
        let desk = self.desk.clone();
        let register = async move {
            let registering = register(&desk, email, name, password, from.device);
            desk.probing.watch(from.address, registering).await
        };
        self.work.run(register).await
    }

    /// Opens a session for whoever knows the password.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn login(
        &self,
        email: Email,
        password: Password,
        from: Arrival,
    ) -> Result<SignedIn, PeopleError> {
        let tried = self.desk.failed_logins.begin(email.as_str(), from.address)?;
        let desk = self.desk.clone();
        let login = async move {
            let signed_in = login(&desk, email, password, from.device).await?;
            desk.failed_logins.succeeded(tried); // here, so that a client that hangs up does not count as failed
            Ok(signed_in)
        };
        self.work.run(login).await
    }

    /// Spends a refresh token for its successor.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn refresh(&self, token: RefreshToken) -> Result<SignedIn, PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { refresh(&desk, token).await }).await
    }

    /// Ends the session that a refresh token belongs to; one that is unknown or ended needs nothing.
    ///
    /// # Errors
    /// When Postgres does not answer.
    pub async fn logout(&self, token: RefreshToken) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { logout(&desk, token).await }).await
    }

    /// Makes several accounts with one password, all or none, and a session for each. `None`: the first of them is there already.
    ///
    /// # Errors
    /// [`PeopleError::EmailTaken`] when one of the others is there already.
    pub async fn open_together(
        &self,
        people: &[(&str, &str)],
        password: &str,
    ) -> Result<Option<Vec<Caller>>, PeopleError> {
        let first = people.first().map_or("", |(_, email)| email);
        if users::by_email(&*store::pool::read(&self.desk.read).await?, first).await?.is_some() {
            return Ok(None);
        }
        let hash = self.desk.passwords.hash(password.to_owned()).await?;
        let mut conn = store::pool::get(&self.desk.write).await?;
        let opening = conn.transaction(async |conn| {
            let mut callers = Vec::new();
            for (name, email) in people {
                let id = Uuid::now_v7();
                let admin = !users::any(conn).await?;
                if !users::create(conn, &NewUser { id, email, name, password_hash: &hash, admin }).await? {
                    return Err(PeopleError::EmailTaken);
                }
                let sid = sessions::open(conn, id.into(), None, Uuid::new_v4().as_bytes(), 1).await?;
                callers.push(Caller::in_session(id.into(), sid, Caller::NEVER));
            }
            Ok(callers)
        });
        opening.await.map(Some)
    }
}

async fn register(
    desk: &Desk,
    email: Email,
    name: DisplayName,
    password: Password,
    device: Option<Device>,
) -> Result<SignedIn, PeopleError> {
    let signup = desk.rules.signup;
    let seems_first = {
        let conn = store::pool::read(&desk.read).await?;
        admit(&conn, signup).await? // before the costly hash; judged again below
    };
    let hash = desk.passwords.hash(password.into_inner()).await?;
    let refresh = RefreshToken::random()?;
    let id = Uuid::now_v7();
    let days = desk.rules.session_days;
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let (user, sid) = conn
        .transaction(async |conn| {
            if seems_first {
                users::first_account_turn(conn).await?;
            }
            let admin = admit(conn, signup).await?;
            let (email, name) = (email.as_str(), name.as_str());
            let new = NewUser { id, email, name, password_hash: &hash, admin };
            if !users::create(conn, &new).await? {
                return Err(PeopleError::EmailTaken);
            }
            let device = device.as_ref().map(Device::as_str);
            let sid = sessions::open(conn, id.into(), device, &refresh.hash(), days).await?;
            let user = users::by_id(conn, id.into()).await?.ok_or(StoreError::NotFound)?;
            commit.follows::<_, PeopleError>((user, sid))
        })
        .await
        .map_err(|error| commit.failed(error))?;
    tracing::info!(user.id = %id, "account registered");
    Ok(SignedIn { user, sid, refresh })
}

/// Whether somebody may register, and whether theirs is the first account, which administers the installation.
async fn admit(conn: &AsyncPgConnection, signup: Signup) -> Result<bool, PeopleError> {
    let first = !users::any(conn).await?;
    match signup {
        Signup::Open => Ok(first),
        Signup::Invite if first => Ok(first),
        Signup::Invite | Signup::Closed => Err(PeopleError::SignupClosed),
    }
}

/// Opens a session for whoever knows the password. An unknown address takes as long as a wrong password.
async fn login(
    desk: &Desk,
    email: Email,
    password: Password,
    device: Option<Device>,
) -> Result<SignedIn, PeopleError> {
    let known = {
        let conn = store::pool::read(&desk.read).await?;
        users::by_email(&conn, email.as_str()).await?
    };
    let sent = password.into_inner();
    let hash = known.as_ref().map(|user| user.password_hash.as_str());
    let matched = desk.passwords.verify(sent.clone(), hash).await?;
    let right = matched != Match::Wrong;
    let Some(known) = known.filter(|_| right) else { return Err(PeopleError::WrongCredentials) };
    let renewed = desk.passwords.renewed(&known, matched, &sent).await?;
    let refresh = RefreshToken::random()?;
    let days = desk.rules.session_days;
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let (user, sid) = conn
        .transaction(async |conn| {
            users::lock(conn, known.id()).await?;
            let user = users::by_id(conn, known.id()).await?.ok_or(StoreError::NotFound)?;
            if user.password_hash != known.password_hash {
                return Err(PeopleError::WrongCredentials); // replaced while we compared: its sessions were just ended
            }
            if user.is_disabled() {
                return Err(PeopleError::AccountDisabled);
            }
            if let Some(hash) = &renewed {
                users::set_password_hash(conn, user.id(), hash).await?;
            }
            let device = device.as_ref().map(Device::as_str);
            let sid = sessions::open(conn, user.id(), device, &refresh.hash(), days).await?;
            commit.follows::<_, PeopleError>((user, sid))
        })
        .await
        .map_err(|error| commit.failed(error))?;
    Ok(SignedIn { user, sid, refresh })
}

/// What became of a refresh token. Not an error, so that a revocation is committed.
enum Refreshed {
    Continued(Box<SignedIn>),
    Unknown,
    Ended,
    Reused(UserId),
}

/// Spends a refresh token for its successor. One that was spent within the grace gets the same successor again, while that
/// is unused; any other re-use means that somebody else has it, and ends the session.
async fn refresh(desk: &Desk, token: RefreshToken) -> Result<SignedIn, PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let refreshed = conn
        .transaction(async |conn| {
            let Some((sid, user)) = sessions::of_token(conn, &token.hash()).await? else {
                return Ok(Refreshed::Unknown);
            };
            let session = sessions::lock(conn, sid, user).await?;
            if !session.alive {
                return Ok(Refreshed::Ended);
            }
            commit.follows(advance(conn, &desk.rules, &session, &token).await?)
        })
        .await
        .map_err(|error: StoreError| commit.failed(error))?;
    match refreshed {
        Refreshed::Continued(signed_in) => Ok(*signed_in),
        Refreshed::Unknown => Err(PeopleError::UnknownToken),
        Refreshed::Ended => Err(PeopleError::SessionEnded),
        Refreshed::Reused(user) => {
            desk.hints.moved(user);
            tracing::warn!("a spent refresh token was used again; its session is revoked");
            Err(PeopleError::SessionEnded)
        }
    }
}

async fn advance(
    conn: &AsyncPgConnection,
    rules: &Rules,
    session: &LockedSession,
    token: &RefreshToken,
) -> Result<Refreshed, StoreError> {
    let next = token.successor(&rules.refresh_key);
    let grace = i64::try_from(rules.refresh_grace.as_millis()).unwrap_or(0);
    match sessions::link(conn, session, &token.hash()).await? {
        Link::Unused => {
            sessions::rotate(conn, session, &token.hash(), &next.hash(), rules.session_days).await?
        }
        Link::Spent(ago)
            if ago <= grace && sessions::link(conn, session, &next.hash()).await? == Link::Unused => {}
        Link::Spent(_) => {
            sessions::revoke(conn, session.id).await?;
            users::raise_feed_version(conn, &[session.user]).await?;
            return Ok(Refreshed::Reused(session.user));
        }
        Link::Unknown => return Ok(Refreshed::Unknown),
    }
    let user = users::by_id(conn, session.user).await?.ok_or(StoreError::NotFound)?;
    Ok(Refreshed::Continued(Box::new(SignedIn { user, sid: session.id, refresh: next })))
}

/// Ends the session a refresh token belongs to; one that is unknown or ended needs nothing.
async fn logout(desk: &Desk, token: RefreshToken) -> Result<(), PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let ended = conn.transaction(async |conn| {
        let Some((sid, user)) = sessions::of_token(conn, &token.hash()).await? else { return Ok(None) };
        let session = sessions::lock(conn, sid, user).await?;
        sessions::revoke(conn, session.id).await?;
        users::raise_feed_version(conn, &[session.user]).await?;
        commit.follows(Some(user))
    });
    let ended = ended.await.map_err(|error: StoreError| commit.failed(error))?;
    ended.into_iter().for_each(|user| desk.hints.moved(user));
    Ok(())
}

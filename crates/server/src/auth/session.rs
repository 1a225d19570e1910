//! Beginning, continuing and ending sessions: the transactions behind `/auth/*`.

use super::commit::Commit;
use super::refresh::RefreshToken;
use super::{Tokens, session_ended};
use crate::account::{DisplayName, Email, Password};
use crate::app::App;
use crate::config::Signup;
use crate::error::ApiError;
use store::sessions::{self, Link, LockedSession};
use store::users::{self, NewUser, User};
use store::{AsyncPgConnection, StoreError};
use uuid::Uuid;

/// A person with a session that goes on.
pub struct SignedIn {
    pub user: User,
    pub sid: Uuid,
    pub refresh: RefreshToken,
}

/// Makes an account and its first session.
///
/// # Errors
/// 403 `signup_closed`, 409 `email_taken`.
pub async fn register(
    app: &App,
    email: Email,
    name: DisplayName,
    password: Password,
) -> Result<SignedIn, ApiError> {
    let signup = app.config.signup;
    {
        let conn = app.read().await?;
        admit(&conn, signup).await?; // before the costly hash; judged again below
    }
    let hash = app.passwords.hash(password.into_inner()).await?;
    let refresh = new_token()?;
    let id = Uuid::now_v7();
    let days = app.config.limits.session_days;
    let mut conn = app.write().await?;
    let commit = Commit::default();
    let (user, sid) = conn
        .transaction(async |conn| {
            if signup == Signup::Invite {
                users::first_account_turn(conn).await?;
            }
            admit(conn, signup).await?;
            let new = NewUser { id, email: email.as_str(), name: name.as_str(), password_hash: &hash };
            if !users::create(conn, &new).await? {
                return Err(ApiError::new("email_taken", "Log in instead."));
            }
            let sid = sessions::open(conn, id.into(), &refresh.hash(), days).await?;
            let user = users::by_id(conn, id.into()).await?.ok_or(StoreError::NotFound)?;
            commit.follows::<_, ApiError>((user, sid))
        })
        .await
        .map_err(|error| commit.failed(error))?;
    tracing::info!(user.id = %id, "account registered");
    Ok(SignedIn { user, sid, refresh })
}

async fn admit(conn: &AsyncPgConnection, signup: Signup) -> Result<(), ApiError> {
    match signup {
        Signup::Open => Ok(()),
        Signup::Invite if !users::any(conn).await? => Ok(()),
        Signup::Invite | Signup::Closed => {
            Err(ApiError::new("signup_closed", "Accounts are made by the operator here."))
        }
    }
}

/// Opens a session for whoever knows the password. An unknown address takes as long as a wrong password.
///
/// # Errors
/// 401 `invalid_credentials`, 403 `account_disabled` to who knew the password.
pub async fn login(app: &App, email: Email, password: Password) -> Result<SignedIn, ApiError> {
    let known = {
        let conn = app.read().await?;
        users::by_email(&conn, email.as_str()).await?
    };
    let hash = known.as_ref().map(|user| user.password_hash.as_str());
    let right = app.passwords.verify(password.into_inner(), hash).await?;
    let Some(known) = known.filter(|_| right) else { return Err(wrong()) };
    let refresh = new_token()?;
    let days = app.config.limits.session_days;
    let mut conn = app.write().await?;
    let commit = Commit::default();
    let (user, sid) = conn
        .transaction(async |conn| {
            users::lock(conn, known.id()).await?;
            let user = users::by_id(conn, known.id()).await?.ok_or(StoreError::NotFound)?;
            if user.password_hash != known.password_hash {
                return Err(wrong()); // replaced while we compared: its sessions were just ended
            }
            if user.is_disabled() {
                return Err(ApiError::new("account_disabled", "Ask whoever runs this installation."));
            }
            let sid = sessions::open(conn, user.id(), &refresh.hash(), days).await?;
            commit.follows::<_, ApiError>((user, sid))
        })
        .await
        .map_err(|error| commit.failed(error))?;
    Ok(SignedIn { user, sid, refresh })
}

fn wrong() -> ApiError {
    ApiError::new("invalid_credentials", "Check both and try again.")
}

/// What became of a refresh token. Not an error, so that a revocation is committed.
enum Refreshed {
    Continued(Box<SignedIn>),
    Unknown,
    Ended,
    Reused,
}

/// Spends a refresh token for its successor. One that was spent within the grace gets the same successor again, while that
/// is unused; any other re-use means that somebody else has it, and ends the session.
///
/// # Errors
/// 401.
pub async fn refresh(app: &App, token: RefreshToken) -> Result<SignedIn, ApiError> {
    let mut conn = app.write().await?;
    let limits = &app.config.limits;
    let (grace, days) =
        (i64::try_from(limits.refresh_grace_seconds * 1_000).unwrap_or(0), limits.session_days);
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
            commit.follows(advance(conn, &app.tokens, &session, &token, grace, days).await?)
        })
        .await
        .map_err(|error: StoreError| commit.failed(error))?;
    match refreshed {
        Refreshed::Continued(signed_in) => Ok(*signed_in),
        Refreshed::Unknown => Err(ApiError::new("invalid_token", "Log in again.")),
        Refreshed::Ended => Err(session_ended()),
        Refreshed::Reused => {
            tracing::warn!("a spent refresh token was used again; its session is revoked");
            Err(session_ended())
        }
    }
}

async fn advance(
    conn: &AsyncPgConnection,
    tokens: &Tokens,
    session: &LockedSession,
    token: &RefreshToken,
    grace: i64,
    days: i64,
) -> Result<Refreshed, StoreError> {
    let next = tokens.successor(token);
    match sessions::link(conn, session, &token.hash()).await? {
        Link::Unused => sessions::rotate(conn, session, &token.hash(), &next.hash(), days).await?,
        Link::Spent(ago)
            if ago <= grace && sessions::link(conn, session, &next.hash()).await? == Link::Unused => {}
        Link::Spent(_) => {
            sessions::revoke(conn, session.id).await?;
            users::raise_feed_version(conn, &[session.user]).await?;
            return Ok(Refreshed::Reused);
        }
        Link::Unknown => return Ok(Refreshed::Unknown),
    }
    let user = users::by_id(conn, session.user).await?.ok_or(StoreError::NotFound)?;
    Ok(Refreshed::Continued(Box::new(SignedIn { user, sid: session.id, refresh: next })))
}

/// Ends the session a refresh token belongs to; one that is unknown or ended needs nothing.
///
/// # Errors
/// 503.
pub async fn logout(app: &App, token: RefreshToken) -> Result<(), ApiError> {
    let mut conn = app.write().await?;
    let commit = Commit::default();
    conn.transaction(async |conn| {
        let Some((sid, user)) = sessions::of_token(conn, &token.hash()).await? else { return Ok(()) };
        let session = sessions::lock(conn, sid, user).await?;
        sessions::revoke(conn, session.id).await?;
        commit.follows(users::raise_feed_version(conn, &[session.user]).await?)
    })
    .await
    .map_err(|error: StoreError| commit.failed(error))
}

fn new_token() -> Result<RefreshToken, ApiError> {
    RefreshToken::random().map_err(|error| ApiError::internal(error.to_string()))
}

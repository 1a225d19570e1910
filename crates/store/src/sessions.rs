//! Sessions and the refresh tokens that keep them going.
//!
//! A session is one login. Its refresh tokens are a chain: each is spent once for the next. Postgres' clock judges all
//! of it, so instances need not agree on the time.

use crate::Result;
use crate::schema::{refresh_tokens, sessions, users};
use diesel::dsl::{exists, now, sql};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// Whether a person may act in a session, and the version of what concerns them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The person.
    pub user: UserId,
    /// The session.
    pub session: Uuid,
    /// The session is neither revoked nor expired, the account exists and is not disabled.
    pub alive: bool,
    /// 0 for an account that does not exist.
    pub feed_version: i64,
}

/// A session that [`lock`] has locked.
#[derive(Debug, Clone, Copy)]
pub struct LockedSession {
    /// The session.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// As [`Standing::alive`].
    pub alive: bool,
}

/// Where a refresh token stands in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Not a token of this session.
    Unknown,
    /// The newest: may be spent.
    Unused,
    /// Spent so many milliseconds ago.
    Spent(i64),
}

type StandingColumns = (SqlUuid, SqlUuid, Bool, BigInt);

statement! { Standings(users: &'a [Uuid] as Array<SqlUuid>, sids: &'a [Uuid] as Array<SqlUuid>) -> StandingColumns:
"SELECT asked.user_id, asked.sid, \
       coalesce(u.disabled_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > now(), false), \
       coalesce(u.feed_version, 0) \
FROM unnest({}, {}) WITH ORDINALITY AS asked (user_id, sid, place) \
LEFT JOIN users u ON u.id = asked.user_id \
LEFT JOIN sessions s ON s.id = asked.sid AND s.user_id = u.id \
ORDER BY asked.place" }
statement! { LinkOf(hash: &'a [u8] as Bytea, session: Uuid as SqlUuid) -> Nullable<BigInt>:
"SELECT (extract(epoch FROM clock_timestamp() - rotated_at) * 1000)::bigint \
FROM refresh_tokens WHERE hash = {} AND session_id = {}" }
statement! { Open(id: Uuid as SqlUuid, user: Uuid as SqlUuid, device: Option<&'a str> as Nullable<Text>, days: i64 as BigInt) -> Timestamptz:
"INSERT INTO sessions (id, user_id, device, expires_at) VALUES ({}, {}, {}, now() + {} * interval '1 day')" }
statement! { Extend(days: i64 as BigInt, id: Uuid as SqlUuid) -> Timestamptz:
"UPDATE sessions SET expires_at = now() + {} * interval '1 day', last_used_at = now() WHERE id = {}" }
statement! { Of(user: Uuid as SqlUuid) -> (SqlUuid, Nullable<Text>, Timestamptz, Timestamptz, Timestamptz):
"SELECT s.id, s.device, s.created_at, s.last_used_at, s.expires_at FROM sessions s \
WHERE s.user_id = {} AND s.revoked_at IS NULL AND s.expires_at > now() \
AND NOT EXISTS (SELECT FROM api_tokens t WHERE t.session_id = s.id) ORDER BY s.last_used_at DESC, s.id" }
statement! { RevokeOthers(user: Uuid as SqlUuid, kept: Uuid as SqlUuid) -> SqlUuid:
"UPDATE sessions s SET revoked_at = now() WHERE s.user_id = {} AND s.id <> {} AND s.revoked_at IS NULL \
AND NOT EXISTS (SELECT FROM api_tokens t WHERE t.session_id = s.id)" }
statement! { Sweep(limit: i64 as BigInt) -> SqlUuid:
"DELETE FROM sessions WHERE id IN (SELECT id FROM sessions \
WHERE expires_at < now() - interval '1 day' ORDER BY expires_at LIMIT {} FOR UPDATE SKIP LOCKED)" }

/// True if that person may act in that session: not revoked, not expired, account not disabled.
///
/// # Errors
/// Those of the query.
pub async fn alive(conn: &AsyncPgConnection, user: UserId, session: Uuid) -> Result<bool> {
    let found = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(session).and(sessions::user_id.eq(user.0)))
        .filter(sessions::revoked_at.is_null().and(sessions::expires_at.gt(now)))
        .filter(users::disabled_at.is_null())
        .select(sessions::id);
    Ok(diesel::select(exists(found)).get_result(&mut &*conn).await?)
}

/// [`alive`] for many at once, in the order asked, with the people's feed versions.
///
/// # Errors
/// Those of the query.
pub async fn standings(conn: &AsyncPgConnection, asked: &[(UserId, Uuid)]) -> Result<Vec<Standing>> {
    let (users, sids): (Vec<Uuid>, Vec<Uuid>) = asked.iter().map(|(user, sid)| (user.0, *sid)).unzip();
    let query = Standings::new(&users, &sids);
    let rows: Vec<(Uuid, Uuid, bool, i64)> = query.load(&mut &*conn).await?;
    let standing =
        |(user, session, alive, feed_version)| Standing { user: UserId(user), session, alive, feed_version };
    Ok(rows.into_iter().map(standing).collect())
}

/// Starts a session with its first refresh token.
///
/// # Errors
/// Those of the queries.
pub async fn open(
    conn: &AsyncPgConnection,
    user: UserId,
    device: Option<&str>,
    hash: &[u8],
    days: i64,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    Open::new(id, user.0, device, days).execute(&mut &*conn).await?;
    issue(conn, id, hash).await?;
    Ok(id)
}

/// The session a refresh token belongs to, and whose it is, whatever its state.
///
/// # Errors
/// Those of the query.
pub async fn of_token(conn: &AsyncPgConnection, hash: &[u8]) -> Result<Option<(Uuid, UserId)>> {
    let query = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::hash.eq(hash))
        .select((sessions::id, sessions::user_id));
    let row: Option<(Uuid, Uuid)> = query.first(&mut &*conn).await.optional()?;
    Ok(row.map(|(session, user)| (session, UserId(user))))
}

/// Locks a session and then reads whether it is alive, in a statement of its own, because one that waited for the lock would
/// see everything else as it was before it waited.
///
/// # Locks
/// The person's row, to the end of the caller's transaction: [`crate::users::lock`].
///
/// # Errors
/// Those of the queries.
pub async fn lock(conn: &AsyncPgConnection, session: Uuid, user: UserId) -> Result<LockedSession> {
    crate::users::lock(conn, user).await?;
    let alive = alive(conn, user, session).await?;
    Ok(LockedSession { id: session, user, alive })
}

/// Where a token stands in its session's chain.
///
/// # Errors
/// Those of the query.
pub async fn link(conn: &AsyncPgConnection, session: &LockedSession, hash: &[u8]) -> Result<Link> {
    let query = LinkOf::new(hash, session.id);
    let rows: Vec<Option<i64>> = query.load(&mut &*conn).await?;
    Ok(match rows.as_slice() {
        [] => Link::Unknown,
        [None, ..] => Link::Unused,
        [Some(ago), ..] => Link::Spent(*ago),
    })
}

/// Spends a token for its successor, and moves the end of the session `days` away.
///
/// # Errors
/// Those of the queries.
pub async fn rotate(
    conn: &AsyncPgConnection,
    session: &LockedSession,
    spent: &[u8],
    successor: &[u8],
    days: i64,
) -> Result<()> {
    let spend = diesel::update(refresh_tokens::table.find(spent)).set(refresh_tokens::rotated_at.eq(sql::<
        Nullable<Timestamptz>,
    >(
        "clock_timestamp()",
    )));
    spend.execute(&mut &*conn).await?;
    issue(conn, session.id, successor).await?;
    Extend::new(days, session.id).execute(&mut &*conn).await?;
    Ok(())
}

async fn issue(conn: &AsyncPgConnection, session: Uuid, hash: &[u8]) -> Result<()> {
    let row = (refresh_tokens::hash.eq(hash), refresh_tokens::session_id.eq(session));
    diesel::insert_into(refresh_tokens::table).values(row).execute(&mut &*conn).await?;
    Ok(())
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session.
    pub id: Uuid,
    /// The device as its browser or program named itself. `None`: it did not.
    pub device: Option<String>,
    /// When the person logged in.
    pub created_at: jiff::Timestamp,
    /// When it was last refreshed.
    pub last_used_at: jiff::Timestamp,
    /// When it ends unless it is refreshed before.
    pub expires_at: jiff::Timestamp,
}

/// The sessions of a person that go on, those used last first. API tokens are not among them.
///
/// # Errors
/// Those of the query.
pub async fn of(conn: &AsyncPgConnection, user: UserId) -> Result<Vec<Session>> {
    type Row = (Uuid, Option<String>, Timestamp, Timestamp, Timestamp);
    let rows: Vec<Row> = Of::new(user.0).load(&mut &*conn).await?;
    let session = |(id, device, created_at, last_used_at, expires_at): Row| Session {
        id,
        device,
        created_at: created_at.to_jiff(),
        last_used_at: last_used_at.to_jiff(),
        expires_at: expires_at.to_jiff(),
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Ends all sessions of a person but one; API tokens go on. Raise their feed version in the same transaction.
///
/// # Errors
/// Those of the query.
pub async fn revoke_others(conn: &AsyncPgConnection, user: UserId, kept: Uuid) -> Result<()> {
    RevokeOthers::new(user.0, kept).execute(&mut &*conn).await?;
    Ok(())
}

/// Ends a session. Raise the person's feed version in the same transaction, so that its sockets close.
///
/// # Errors
/// Those of the query.
pub async fn revoke(conn: &AsyncPgConnection, session: Uuid) -> Result<()> {
    let live = sessions::table.find(session).filter(sessions::revoked_at.is_null());
    diesel::update(live).set(sessions::revoked_at.eq(now)).execute(&mut &*conn).await?;
    Ok(())
}

/// Ends all sessions of a person, API tokens among them. Raise their feed version in the same transaction.
///
/// # Errors
/// Those of the query.
pub async fn revoke_all(conn: &AsyncPgConnection, user: UserId) -> Result<usize> {
    let live = sessions::table.filter(sessions::user_id.eq(user.0).and(sessions::revoked_at.is_null()));
    Ok(diesel::update(live).set(sessions::revoked_at.eq(now)).execute(&mut &*conn).await?)
}

/// Deletes at most `limit` sessions that ended more than a day ago, with their tokens.
///
/// # Errors
/// Those of the query.
pub async fn sweep(conn: &AsyncPgConnection, limit: i64) -> Result<usize> {
    Ok(Sweep::new(limit).execute(&mut &*conn).await?)
}

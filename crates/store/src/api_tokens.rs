//! API tokens. Each is a session without refresh tokens, so a token is revoked, expires and is judged as sessions are.

use crate::Result;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// A token to be made.
pub struct NewToken<'a> {
    /// The id of the token, and of its session.
    pub id: Uuid,
    /// Its owner.
    pub user: UserId,
    /// SHA-256 of the token.
    pub hash: &'a [u8],
    /// The name that its owner gave it.
    pub name: &'a str,
    /// `read` or `write`.
    pub scope: &'a str,
    /// The projects that it is for. `None`: all of its owner's.
    pub projects: Option<&'a [Uuid]>,
    /// `None`: it has no end.
    pub expires_at: Option<jiff::Timestamp>,
}

/// A token as its owner sees it.
#[derive(Debug, Clone)]
pub struct Token {
    /// The id of the token, and of its session.
    pub id: Uuid,
    /// The name that its owner gave it.
    pub name: String,
    /// `read` or `write`.
    pub scope: String,
    /// The projects that it is for. `None`: all of its owner's.
    pub projects: Option<Vec<Uuid>>,
    /// When it was made.
    pub created_at: jiff::Timestamp,
    /// `None`: it has no end.
    pub expires_at: Option<jiff::Timestamp>,
    /// When it was last used, to about a minute. `None`: never.
    pub last_used_at: Option<jiff::Timestamp>,
}

/// A token that somebody presents.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Its owner.
    pub user: UserId,
    /// The token.
    pub token: Token,
    /// Neither revoked nor expired; its owner is not disabled.
    pub alive: bool,
    /// Whether its last use has to be noted again.
    pub use_is_old: bool,
}

type TokenColumns = (
    SqlUuid,
    Text,
    Text,
    Nullable<Array<SqlUuid>>,
    Timestamptz,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
);
type PresentedRow = (
    Uuid,
    bool,
    bool,
    Uuid,
    String,
    String,
    Option<Vec<Uuid>>,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
);
type TokenRow = (Uuid, String, String, Option<Vec<Uuid>>, Timestamp, Option<Timestamp>, Option<Timestamp>);

statement! { Create(id: Uuid as SqlUuid, user: Uuid as SqlUuid, expires: Option<Timestamp> as Nullable<Timestamptz>,
    of: Uuid as SqlUuid, owner: Uuid as SqlUuid, hash: &'a [u8] as Bytea, name: &'a str as Text, scope: &'a str as Text,
    projects: Option<&'a [Uuid]> as Nullable<Array<SqlUuid>>) -> SqlUuid:
"WITH session AS (INSERT INTO sessions (id, user_id, expires_at) VALUES ({}, {}, coalesce({}, 'infinity'))) \
INSERT INTO api_tokens (session_id, user_id, hash, name, scope, projects) VALUES ({}, {}, {}, {}, {}, {})" }
statement! { ByHash(hash: &'a [u8] as Bytea) -> (SqlUuid, Bool, Bool, SqlUuid, Text, Text, Nullable<Array<SqlUuid>>, Timestamptz, Nullable<Timestamptz>, Nullable<Timestamptz>):
"SELECT t.user_id, u.disabled_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > now(), \
s.last_used_at = s.created_at OR s.last_used_at < now() - interval '1 minute', \
s.id, t.name, t.scope, t.projects, s.created_at, nullif(s.expires_at, 'infinity'), nullif(s.last_used_at, s.created_at) \
FROM api_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = t.user_id WHERE t.hash = {}" }
statement! { Of(user: Uuid as SqlUuid) -> TokenColumns:
"SELECT s.id, t.name, t.scope, t.projects, s.created_at, nullif(s.expires_at, 'infinity'), nullif(s.last_used_at, s.created_at) \
FROM api_tokens t JOIN sessions s ON s.id = t.session_id \
WHERE t.user_id = {} AND s.revoked_at IS NULL AND s.expires_at > now() ORDER BY s.id" }
statement! { Used(id: Uuid as SqlUuid) -> SqlUuid:
"UPDATE sessions SET last_used_at = clock_timestamp() WHERE id = {} \
AND (last_used_at = created_at OR last_used_at < now() - interval '1 minute')" }
statement! { Alive(user: Uuid as SqlUuid) -> BigInt:
"SELECT count(*) FROM api_tokens t JOIN sessions s ON s.id = t.session_id \
WHERE t.user_id = {} AND s.revoked_at IS NULL AND s.expires_at > now()" }
statement! { RevokeAll(user: Uuid as SqlUuid) -> SqlUuid:
"UPDATE sessions SET revoked_at = now(), expires_at = now() \
WHERE revoked_at IS NULL AND id IN (SELECT session_id FROM api_tokens WHERE user_id = {})" }
statement! { Revoke(user: Uuid as SqlUuid, id: Uuid as SqlUuid) -> SqlUuid:
"UPDATE sessions SET revoked_at = now(), expires_at = now() \
WHERE revoked_at IS NULL AND id IN (SELECT session_id FROM api_tokens WHERE user_id = {} AND session_id = {})" }

/// Makes a token.
///
/// # Errors
/// Those of the query.
pub async fn create(conn: &AsyncPgConnection, new: &NewToken<'_>) -> Result<()> {
    let NewToken { id, user, hash, name, scope, projects, expires_at } = *new;
    let expires_at = expires_at.map(Timestamp::from);
    let create = Create::new(id, user.0, expires_at, id, user.0, hash, name, scope, projects);
    create.execute(&mut &*conn).await?;
    Ok(())
}

/// The token with that hash, whatever its state.
///
/// # Errors
/// Those of the query.
pub async fn by_hash(conn: &AsyncPgConnection, hash: &[u8]) -> Result<Option<Presented>> {
    let rows: Vec<PresentedRow> = ByHash::new(hash).load(&mut &*conn).await?;
    Ok(rows.into_iter().next().map(presented))
}

/// The tokens of a person that can be used, oldest first.
///
/// # Errors
/// Those of the query.
pub async fn of(conn: &AsyncPgConnection, user: UserId) -> Result<Vec<Token>> {
    let rows: Vec<TokenRow> = Of::new(user.0).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(token).collect())
}

/// How many tokens of a person can be used.
///
/// # Errors
/// Those of the query.
pub async fn count(conn: &AsyncPgConnection, user: UserId) -> Result<i64> {
    Ok(Alive::new(user.0).get_result(&mut &*conn).await?)
}

/// Notes that a token was used, at most once a minute.
///
/// # Errors
/// Those of the query.
pub async fn used(conn: &AsyncPgConnection, id: Uuid) -> Result<()> {
    Used::new(id).execute(&mut &*conn).await?;
    Ok(())
}

/// Revokes a token; `false` if the person has no such token. Raise the person's feed version in the same transaction.
///
/// # Errors
/// Those of the query.
pub async fn revoke(conn: &AsyncPgConnection, user: UserId, id: Uuid) -> Result<bool> {
    Ok(Revoke::new(user.0, id).execute(&mut &*conn).await? == 1)
}

/// Revokes all tokens of a person. Raise the person's feed version in the same transaction.
///
/// # Errors
/// Those of the query.
pub async fn revoke_all(conn: &AsyncPgConnection, user: UserId) -> Result<()> {
    RevokeAll::new(user.0).execute(&mut &*conn).await?;
    Ok(())
}

fn presented(
    (user, alive, use_is_old, id, name, scope, projects, made, ends, used): PresentedRow,
) -> Presented {
    let token = token((id, name, scope, projects, made, ends, used));
    Presented { user: UserId(user), token, alive, use_is_old }
}

fn token((id, name, scope, projects, created_at, expires_at, last_used_at): TokenRow) -> Token {
    Token {
        id,
        name,
        scope,
        projects,
        created_at: created_at.to_jiff(),
        expires_at: expires_at.map(|at| at.to_jiff()),
        last_used_at: last_used_at.map(|at| at.to_jiff()),
    }
}

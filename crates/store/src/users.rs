//! People: accounts and what is said about them.

use crate::feeds::Concerns;
use crate::schema::users;
use crate::{Result, advisory, feeds};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use uuid::Uuid;

/// An account. `Debug` is left out on purpose: it holds an address and a password's hash.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    /// The account's id.
    pub id: Uuid,
    /// The address, in lower case. `None`: the account was deleted.
    pub email: Option<String>,
    /// The name that others see.
    pub name: String,
    /// Argon2 hash of the password, with its parameters.
    pub password_hash: String,
    /// The person's language, such as `en`.
    pub locale: String,
    /// The time zone's IANA name.
    pub timezone: String,
    /// When the account was stopped or deleted. `None`: it works.
    pub disabled_at: Option<jiff_diesel::Timestamp>,
    /// Raised by whatever concerns the person; see [`feeds`].
    pub feed_version: i64,
    /// When the account was made.
    pub created_at: jiff_diesel::Timestamp,
    /// Whether the person administers the installation.
    pub admin: bool,
    /// When the account was deleted.
    pub deleted_at: Option<jiff_diesel::Timestamp>,
    /// By which rule the password was hashed; see [`PASSWORD_RULE`].
    pub password_rule: i16,
    /// What the page remembers for the person: an object.
    pub preferences: serde_json::Value,
}

impl User {
    /// The id as the domain has it.
    pub fn id(&self) -> UserId {
        UserId(self.id)
    }

    /// Whether the account was stopped or deleted.
    pub fn is_disabled(&self) -> bool {
        self.disabled_at.is_some()
    }
}

/// The rule by which passwords are hashed now: RFC 8265 OpaqueString. Those of rule 0 were hashed as they were sent.
pub const PASSWORD_RULE: i16 = 1;

/// What a new account starts with. `email` is lower-cased already.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub struct NewUser<'a> {
    /// The account's id.
    pub id: Uuid,
    /// The address, in lower case.
    pub email: &'a str,
    /// The name that others see.
    pub name: &'a str,
    /// Argon2 hash of the password by [`PASSWORD_RULE`], with its parameters.
    pub password_hash: &'a str,
    /// Whether the person administers the installation.
    pub admin: bool,
}

statement! { Lock(id: Uuid as SqlUuid) -> SqlUuid: "SELECT id FROM users WHERE id = {} FOR NO KEY UPDATE" }
statement! { SetProfile(name: Option<&'a str> as Nullable<Text>, locale: Option<&'a str> as Nullable<Text>,
    timezone: Option<&'a str> as Nullable<Text>, id: Uuid as SqlUuid) -> SqlUuid:
"UPDATE users SET name = coalesce({}, name), locale = coalesce({}, locale), timezone = coalesce({}, timezone) WHERE id = {}" }
statement! { SetEmail(email: &'a str as Text, id: Uuid as SqlUuid, taken: &'a str as Text, own: Uuid as SqlUuid) -> SqlUuid:
"UPDATE users SET email = {} WHERE id = {} AND NOT EXISTS (SELECT FROM users WHERE email = {} AND id <> {})" }
statement! { FirstAccountTurn(key: i64 as BigInt) -> Text: "SELECT pg_advisory_xact_lock({})::text" }

/// Adds an account; `false` if the address has one already.
///
/// # Errors
/// Those of the query.
pub async fn create(conn: &AsyncPgConnection, new: &NewUser<'_>) -> Result<bool> {
    let insert = diesel::insert_into(users::table)
        .values((new, users::password_rule.eq(PASSWORD_RULE)))
        .on_conflict(users::email)
        .do_nothing();
    Ok(insert.execute(&mut &*conn).await? == 1)
}

/// The account with that id.
///
/// # Errors
/// Those of the query.
pub async fn by_id(conn: &AsyncPgConnection, id: UserId) -> Result<Option<User>> {
    let query = users::table.find(id.0).select(User::as_select());
    Ok(query.first(&mut &*conn).await.optional()?)
}

/// The account with that address, lower-cased by the caller.
///
/// # Errors
/// Those of the query.
pub async fn by_email(conn: &AsyncPgConnection, email: &str) -> Result<Option<User>> {
    let query = users::table.filter(users::email.eq(email)).select(User::as_select());
    Ok(query.first(&mut &*conn).await.optional()?)
}

/// All accounts, oldest first; for the operator's command line.
///
/// # Errors
/// Those of the query.
pub async fn list(conn: &AsyncPgConnection) -> Result<Vec<User>> {
    let query = users::table.order((users::created_at, users::id)).select(User::as_select());
    Ok(query.load(&mut &*conn).await?)
}

/// True if there is any account.
///
/// # Errors
/// Those of the query.
pub async fn any(conn: &AsyncPgConnection) -> Result<bool> {
    let query = diesel::select(diesel::dsl::exists(users::table.select(users::id)));
    Ok(query.get_result(&mut &*conn).await?)
}

/// Waits for the turn of a registration that depends on [`any`], because two at the same time would both be the first.
///
/// # Locks
/// An advisory lock, to the end of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn first_account_turn(conn: &AsyncPgConnection) -> Result<()> {
    let turn = FirstAccountTurn::new(advisory::FIRST_ACCOUNT);
    turn.execute(&mut &*conn).await?;
    Ok(())
}

/// Locks an account. Its password, its sessions and whether it is disabled change only under this lock, so read them in
/// later statements.
///
/// # Locks
/// The person's row, to the end of the caller's transaction. Taken before any of their sessions, never after.
///
/// # Errors
/// Those of the query.
pub async fn lock(conn: &AsyncPgConnection, id: UserId) -> Result<()> {
    Lock::new(id.0).execute(&mut &*conn).await?;
    Ok(())
}

/// Stops or restarts an account. Raise its feed version in the same transaction, so that its sockets close.
///
/// # Errors
/// Those of the query.
pub async fn set_disabled(conn: &AsyncPgConnection, id: UserId, disabled: bool) -> Result<()> {
    let at = disabled.then(|| jiff_diesel::Timestamp::from(jiff::Timestamp::now()));
    let update = diesel::update(users::table.find(id.0)).set(users::disabled_at.eq(at));
    update.execute(&mut &*conn).await?;
    Ok(())
}

/// What a person says about themselves; `None` stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Profile<'a> {
    /// The name that others see.
    pub name: Option<&'a str>,
    /// The language, as a BCP 47 tag.
    pub locale: Option<&'a str>,
    /// The time zone's IANA name.
    pub timezone: Option<&'a str>,
}

/// Changes what a person says about themselves.
///
/// # Errors
/// Those of the query.
pub async fn set_profile(conn: &AsyncPgConnection, id: UserId, profile: &Profile<'_>) -> Result<()> {
    SetProfile::new(profile.name, profile.locale, profile.timezone, id.0).execute(&mut &*conn).await?;
    Ok(())
}

/// Replaces what the page remembers for a person.
///
/// # Errors
/// Those of the query.
///
/// # Locks
/// The caller holds the person's lock, because it read them before.
pub async fn set_preferences(
    conn: &AsyncPgConnection,
    id: UserId,
    preferences: &serde_json::Value,
) -> Result<()> {
    let update = diesel::update(users::table.find(id.0)).set(users::preferences.eq(preferences));
    update.execute(&mut &*conn).await?;
    Ok(())
}

/// Replaces the address; `false` if it belongs to another account.
///
/// # Errors
/// Those of the query.
///
/// # Locks
/// The caller holds the person's lock.
pub async fn set_email(conn: &AsyncPgConnection, id: UserId, email: &str) -> Result<bool> {
    let set = SetEmail::new(email, id.0, email, id.0).execute(&mut &*conn).await;
    match set.map_err(crate::StoreError::from) {
        // Somebody else took it at this moment. The transaction is over.
        Err(crate::StoreError::Constraint { .. }) => Ok(false),
        set => Ok(set? == 1),
    }
}

/// Makes a person an administrator of the installation, or one no more.
///
/// # Errors
/// Those of the query.
pub async fn set_admin(conn: &AsyncPgConnection, id: UserId, admin: bool) -> Result<()> {
    diesel::update(users::table.find(id.0)).set(users::admin.eq(admin)).execute(&mut &*conn).await?;
    Ok(())
}

/// Replaces the password's hash by one of [`PASSWORD_RULE`].
///
/// # Errors
/// Those of the query.
pub async fn set_password_hash(conn: &AsyncPgConnection, id: UserId, hash: &str) -> Result<()> {
    let update = diesel::update(users::table.find(id.0))
        .set((users::password_hash.eq(hash), users::password_rule.eq(PASSWORD_RULE)));
    update.execute(&mut &*conn).await?;
    Ok(())
}

/// Tells every instance that these people's accounts or sessions changed; [`feeds::raise`] tells what else did. The last
/// statement of its transaction, so that their rows are held only briefly.
///
/// # Locks
/// The people's rows in id order, to the end of the caller's transaction.
///
/// # Errors
/// Those of the query.
pub async fn raise_feed_version(conn: &AsyncPgConnection, users: &[UserId]) -> Result<()> {
    let people: Vec<_> = users.iter().map(|user| (*user, Concerns::NONE)).collect();
    feeds::raise(conn, &people).await
}

//! People for tests.

use std::time::Duration;

use serde_json::Value;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::token;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";

/// [`PASSWORD`] by argon2id (19 MiB, two passes), so that people put in by SQL can log in too.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$dGVzdGtpdC1zYWx0LTAwMDE$B7mSV/OPJI8FNSOTmyvOFcWuMOHUKqsHB70MDgRx6Vc";

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// An access token; made here it lives 15 minutes.
    pub token: String,
    /// Only after registering or logging in over HTTP.
    pub refresh_token: Option<String>,
    /// The session that the token names as `sid`.
    pub session: Uuid,
}

impl User {
    /// Puts a person and a session into the database.
    pub(crate) async fn insert(sql: &Client, name: &str) -> Self {
        let (id, session, email) = (Uuid::now_v7(), Uuid::now_v7(), unique_email(name));
        sql.execute(
            "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)",
            &[&id, &email, &name, &PASSWORD_HASH],
        )
        .await
        .expect("a person can be put into `users`");
        sql.execute(
            "INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '30 days')",
            &[&session, &id],
        )
        .await
        .expect("a session can be put into `sessions`");
        let token = token::mint(id, session, token::TTL);
        Self { id, email, name: name.to_owned(), token, refresh_token: None, session }
    }

    /// From the answer to a registration or login.
    ///
    /// # Panics
    /// When it is not what the contract says.
    pub(crate) fn from_login(email: &str, name: &str, answer: &Value) -> Self {
        let token = answer["access_token"].as_str().expect("a login answers an access token").to_owned();
        let claims = token::read(&token).expect("an access token is a JWT");
        let id = |value: &Value| value.as_str().and_then(|id| id.parse::<Uuid>().ok());
        Self {
            id: id(&answer["user"]["id"]).expect("a login answers the user's id"),
            email: email.to_owned(),
            name: name.to_owned(),
            session: id(&claims["sid"]).expect("an access token names its session"),
            refresh_token: answer["refresh_token"].as_str().map(str::to_owned),
            token,
        }
    }

    /// Another token of the same session.
    pub fn fresh_token(&self, ttl: Duration) -> String {
        token::mint(self.id, self.session, ttl)
    }

    /// A token of the same session that ended a minute ago.
    pub fn expired_token(&self) -> String {
        token::expired(self.id, self.session)
    }
}

/// An address nobody else has.
pub(crate) fn unique_email(name: &str) -> String {
    let word: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{word}-{}@example.org", Uuid::new_v4().simple())
}

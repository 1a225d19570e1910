//! API tokens: what somebody gives a program instead of their password. A token never does more than its owner may do now,
//! because each request judges membership and role anew.

use super::commit::Commit;
use super::error::PeopleError;
use super::secret::{API_TOKEN, Secret};
use super::sessions::{Desk, People};
use crate::caller::{ApiToken, Caller, Scope};
use domain::ProjectId;
use domain::json::{Refused, string};
use domain::text::is_invisible;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::api_tokens::{self, NewToken, Presented, Token};
use store::{projects, sessions, users};
use uuid::Uuid;

/// Most tokens of a person.
pub const MOST_TOKENS: usize = 50;

/// The name of a token: 1 to 64 characters, not all invisible, no control characters, trimmed. Events show it for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    /// # Errors
    /// When it is no such name.
    pub fn read(value: Value) -> Result<Self, Refused> {
        let text = string(value)?;
        let text = text.trim();
        let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        match fits && !is_invisible(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(Refused::invalid(
                "must be 1 to 64 characters that can be seen, without control characters",
            )),
        }
    }
}

/// What a token to be made shall be.
pub struct TokenWanted {
    /// Its name.
    pub name: TokenName,
    /// What it may do.
    pub scope: Scope,
    /// The projects that it is for. `None`: all of its owner's.
    pub projects: Option<BTreeSet<ProjectId>>,
    /// `None`: it has no end.
    pub expires_at: Option<jiff::Timestamp>,
}

impl People {
    /// Whether a text is meant to be an API token.
    pub fn is_api_token(text: &str) -> bool {
        text.starts_with(API_TOKEN)
    }

    /// Who presents an API token. `None`: it is unknown, was revoked, or has expired.
    ///
    /// # Errors
    /// When Postgres does not answer.
    pub async fn of_api_token(&self, text: &str) -> Result<Option<Caller>, PeopleError> {
        let Some(secret) = Secret::parse(API_TOKEN, text) else { return Ok(None) };
        let desk = self.desk.clone();
        let found = async move {
            let conn = store::pool::read(&desk.read).await?;
            Ok::<_, PeopleError>(api_tokens::by_hash(&conn, &secret.hash()).await?)
        };
        let presented = self.work.run(found).await?.filter(|presented| presented.alive);
        let Some(presented) = presented else { return Ok(None) };
        if presented.use_is_old {
            self.work.spawn(note_use(self.desk.clone(), presented.token.id));
        }
        caller(presented).map(Some)
    }

    /// The tokens of the caller that can be used.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn api_tokens(&self, caller: Caller) -> Result<Vec<Token>, PeopleError> {
        let desk = self.desk.clone();
        let list = async move {
            let conn = store::pool::read(&desk.read).await?;
            if !sessions::alive(&conn, caller.user, caller.sid).await? {
                return Err(PeopleError::SessionEnded);
            }
            Ok(api_tokens::of(&conn, caller.user).await?)
        };
        self.work.run(list).await
    }

    /// Makes a token; the secret is never shown again.
    ///
    /// # Errors
    /// [`PeopleError::TooManyTokens`], [`PeopleError::UnknownProjects`].
    pub async fn make_api_token(
        &self,
        caller: Caller,
        wanted: TokenWanted,
    ) -> Result<(Token, String), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { make(&desk, &caller, wanted).await }).await
    }

    /// Revokes a token of the caller: its requests are refused from now on, and its sockets are closed.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`].
    pub async fn revoke_api_token(&self, caller: Caller, id: Uuid) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { revoke(&desk, &caller, id).await }).await
    }
}

fn caller(presented: Presented) -> Result<Caller, PeopleError> {
    let Presented { user, token, .. } = presented;
    let scope = Scope::parse(&token.scope);
    let scope = scope.ok_or_else(|| PeopleError::Defect("an unknown scope is stored".to_owned()))?;
    let projects = token.projects.map(|projects| projects.into_iter().map(ProjectId).collect());
    let expires_at = token.expires_at.map_or(Caller::NEVER, |at| at.as_second());
    let api_token = ApiToken { name: token.name, scope, projects };
    Ok(Caller { user, sid: token.id, expires_at, token: Some(Arc::new(api_token)) })
}

async fn note_use(desk: Arc<Desk>, id: Uuid) {
    let noted = async {
        let mut conn = store::pool::get(&desk.write).await?;
        conn.transaction(async |conn| api_tokens::used(conn, id).await).await
    };
    if let Err(error) = noted.await {
        tracing::debug!(%error, "the use of an API token was not noted");
    }
}

async fn make(desk: &Desk, caller: &Caller, wanted: TokenWanted) -> Result<(Token, String), PeopleError> {
    let secret = Secret::random()?;
    let id = Uuid::now_v7();
    let projects: Option<Vec<Uuid>> =
        wanted.projects.as_ref().map(|projects| projects.iter().map(|project| project.0).collect());
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let made = conn.transaction(async |conn| {
        if !sessions::lock(conn, caller.sid, caller.user).await?.alive {
            return Err(PeopleError::SessionEnded);
        }
        if api_tokens::count(conn, caller.user).await? >= MOST_TOKENS as i64 {
            return Err(PeopleError::TooManyTokens);
        }
        let own = projects::of_member(conn, caller.user).await?;
        let is_own = |project: &ProjectId| own.iter().any(|(own, _)| own == project);
        if wanted.projects.as_ref().is_some_and(|projects| !projects.iter().all(is_own)) {
            return Err(PeopleError::UnknownProjects);
        }
        let new = NewToken {
            id,
            user: caller.user,
            hash: &secret.hash(),
            name: &wanted.name.0,
            scope: wanted.scope.as_str(),
            projects: projects.as_deref(),
            expires_at: wanted.expires_at,
        };
        api_tokens::create(conn, &new).await?;
        let made = api_tokens::of(conn, caller.user).await?.into_iter().find(|token| token.id == id);
        commit.follows(made.ok_or(PeopleError::NotFound)?)
    });
    let made = made.await.map_err(|error| commit.failed(error))?;
    tracing::info!(target: "audit", { user.id = %caller.user, token.id = %id }, "API token made");
    Ok((made, secret.expose(API_TOKEN)))
}

async fn revoke(desk: &Desk, caller: &Caller, id: Uuid) -> Result<(), PeopleError> {
    let mut conn = store::pool::get(&desk.write).await?;
    let commit = Commit::default();
    let revoked = conn.transaction(async |conn| {
        if !sessions::lock(conn, caller.sid, caller.user).await?.alive {
            return Err(PeopleError::SessionEnded);
        }
        if !api_tokens::revoke(conn, caller.user, id).await? {
            return Err(PeopleError::NotFound);
        }
        commit.follows(users::raise_feed_version(conn, &[caller.user]).await?)
    });
    revoked.await.map_err(|error: PeopleError| commit.failed(error))?;
    desk.hints.moved(caller.user);
    tracing::info!(target: "audit", { user.id = %caller.user, token.id = %id }, "API token revoked");
    Ok(())
}

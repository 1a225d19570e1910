//! Who acts or asks.

use domain::{ProjectId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// A person with a credential, as a door learnt it. Whether the credential is still good is asked in Postgres, inside the
/// transaction of what the person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// Their session. An API token has one of its own, which no refresh token continues.
    pub sid: Uuid,
    /// When the credential ends, in seconds of Unix time; [`Caller::NEVER`] for a token without an end.
    pub expires_at: i64,
    /// The API token, if the person uses one instead of logging in.
    pub token: Option<Arc<ApiToken>>,
}

/// What an API token may do. None of it changes after the token was made.
#[derive(Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// The name that its owner gave it; events show it as `via`.
    pub name: String,
    /// Whether it may change anything.
    pub scope: Scope,
    /// The projects that it is for. `None`: all of its owner's.
    pub projects: Option<BTreeSet<ProjectId>>,
}

/// What an API token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Look.
    Read,
    /// Look and change.
    Write,
}

impl Scope {
    /// The scope of that name.
    pub fn parse(name: &str) -> Option<Scope> {
        match name {
            "read" => Some(Scope::Read),
            "write" => Some(Scope::Write),
            _ => None,
        }
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
        }
    }
}

impl Caller {
    /// The end of a credential that has none.
    pub const NEVER: i64 = i64::MAX;

    /// A person who has logged in.
    pub fn in_session(user: UserId, sid: Uuid, expires_at: i64) -> Caller {
        Caller { user, sid, expires_at, token: None }
    }

    /// Whether the credential reaches that project. Membership is another question.
    pub fn reaches(&self, project: ProjectId) -> bool {
        self.only().is_none_or(|projects| projects.contains(&project))
    }

    /// The projects that the credential is limited to, if it is.
    pub fn only(&self) -> Option<&BTreeSet<ProjectId>> {
        self.token.as_ref()?.projects.as_ref()
    }

    /// The same as plain ids, for a query.
    pub(crate) fn only_ids(&self) -> Option<Vec<Uuid>> {
        self.only().map(|projects| projects.iter().map(|project| project.0).collect())
    }

    /// Whether the credential may change anything.
    pub fn may_write(&self) -> bool {
        self.token.as_ref().is_none_or(|token| token.scope == Scope::Write)
    }

    /// Whether the person has logged in, which is more than having a token.
    pub fn has_session(&self) -> bool {
        self.token.is_none()
    }

    /// The name of the API token, which events show.
    pub fn via(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.name.as_str())
    }
}

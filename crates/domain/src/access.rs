//! Who may do what, and whose access an event changes.

use crate::ids::UserId;
use crate::json::{Refused, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What a member may do in a project; each may do what the one before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    /// Changes tasks and comments.
    Editor,
    /// Changes the project, its members and its settings too.
    Owner,
}

impl Role {
    /// Every role, the one that may least first.
    pub const ALL: [Role; 3] = [Role::Viewer, Role::Editor, Role::Owner];

    /// The name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Editor => "editor",
            Role::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Reads one from JSON.
    ///
    /// # Errors
    /// When the value names no role.
    pub fn read(value: Value) -> Result<Role, Refused> {
        Role::parse(&string(value)?).ok_or_else(|| Refused::invalid("must be owner, editor or viewer"))
    }
}

/// What an event changes about who may see the project; all that a relay needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody's access stays as it was.
    Unchanged,
    /// This person has this role from here on.
    Granted(UserId, Role),
    /// This person gets this event and nothing above it.
    Revoked(UserId),
    /// The project went into the bin. Its clients get this event and none above it.
    Closed,
    /// Members may come back.
    Opened,
}

impl Access {
    /// The member whose access changes.
    pub fn user(self) -> Option<UserId> {
        match self {
            Access::Granted(user, _) | Access::Revoked(user) => Some(user),
            Access::Unchanged | Access::Closed | Access::Opened => None,
        }
    }

    /// Reads what [`Access`]'s `Display` wrote.
    pub fn parse(text: &str) -> Option<Access> {
        match text.split_once(':') {
            None if text == "unchanged" => Some(Access::Unchanged),
            None if text == "closed" => Some(Access::Closed),
            None if text == "opened" => Some(Access::Opened),
            None => None,
            Some(("revoked", user)) => UserId::parse(user).map(Access::Revoked),
            Some((role, user)) => Some(Access::Granted(UserId::parse(user)?, Role::parse(role)?)),
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Access::Unchanged => f.write_str("unchanged"),
            Access::Granted(user, role) => write!(f, "{}:{user}", role.as_str()),
            Access::Revoked(user) => write!(f, "revoked:{user}"),
            Access::Closed => f.write_str("closed"),
            Access::Opened => f.write_str("opened"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves R5.
    #[test]
    fn access_is_read_as_it_was_written() {
        let user = UserId::new();
        for access in [
            Access::Unchanged,
            Access::Granted(user, Role::Editor),
            Access::Revoked(user),
            Access::Closed,
            Access::Opened,
        ] {
            assert_eq!(Access::parse(&access.to_string()), Some(access));
        }
        assert_eq!(Access::parse("admin:x"), None);
    }
}

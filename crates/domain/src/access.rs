//! Who may do what: the role of a member in a project.

use crate::json::{Refused, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

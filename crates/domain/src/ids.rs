//! Identifiers: UUIDs (RFC 9562) with a type for what they name, written in lower case with hyphens.

use crate::json::Refused;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use uuid::Uuid;

/// The number of an event within its project: 1, 2, 3 … without a gap.
pub type Version = i64;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new one, ordered by time (UUIDv7).
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Reads one from JSON.
            ///
            /// # Errors
            /// When the value is not a UUID of 36 characters.
            pub fn read(value: Value) -> Result<Self, Refused> {
                let text = crate::json::string(value)?;
                parse_uuid(&text).map(Self).ok_or_else(|| Refused::invalid("must be a UUID"))
            }

            /// Reads one from a path or a channel name.
            pub fn parse(text: &str) -> Option<Self> {
                parse_uuid(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

id!(/// A project.
    ProjectId);
id!(/// A person with an account.
    UserId);
id!(/// A task.
    TaskId);
id!(/// A comment.
    CommentId);
id!(/// A saved filter of a project's tasks.
    FilterId);
id!(/// What makes a repeat of a command recognisable, within a project and an actor.
    CommandId);

/// Only the hyphenated form of 36 characters, so that one id has one spelling but for its case.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

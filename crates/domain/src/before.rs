//! What an event replaced: the values as they were before it. They are kept beside the event, for the activity log and for
//! undo. They are never part of its bytes, and never sent with it.

use crate::access::Role;
use crate::field::Field;
use crate::label::Label;
use crate::project::ProjectChange;
use crate::rank::Rank;
use crate::task::TaskChange;
use crate::text::{Body, Key};
use serde::{Deserialize, Serialize};

/// The values that an event replaced, in the shape in which the event has the new ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Of `project.updated`: the fields it set.
    Project(ProjectChange),
    /// Of `member.updated` and `member.removed`.
    Role(Role),
    /// Of `task.updated`: the fields it set; `config` as the patch that brings the old one back.
    Task(Box<TaskChange>),
    /// Of `task.moved`.
    Place {
        /// Where the task stood.
        rank: Rank,
        /// Only when the move changed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Key>,
    },
    /// Of `label.put`, if there was one with that key, and of `label.archived`.
    Label(Label),
    /// Of `field.put`, if there was one with that key, and of `field.archived`.
    Field(Field),
    /// Of `comment.updated`.
    Body(Body),
}

impl Before {
    /// The role that somebody had.
    pub(crate) fn role(before: Option<&Before>) -> Option<Role> {
        match before {
            Some(Before::Role(role)) => Some(*role),
            Some(_) | None => None,
        }
    }

    /// The text that a comment had.
    pub(crate) fn body(before: Option<&Before>) -> Option<&Body> {
        match before {
            Some(Before::Body(body)) => Some(body),
            Some(_) | None => None,
        }
    }
}

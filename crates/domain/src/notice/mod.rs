//! Who is told of what: an event says what of it is news ([`news`]), the facts say whom that concerns, and what one transaction
//! tells a person is gathered into few notices ([`gather`]). All of it is pure.

pub mod gather;
pub mod news;

use crate::ids::{CommentId, TaskId, UserId};
use serde::{Deserialize, Serialize};

/// Why a person is told of something, the least direct first: where several causes meet, the greatest one stays.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A task that the person follows changed, or somebody commented on it.
    Changed,
    /// A task that one of the person's open tasks waited for is done or cancelled.
    BlockerFinished,
    /// Somebody answered a comment of the person.
    Replied,
    /// The person became an assignee.
    Assigned,
    /// A comment mentions the person.
    Mentioned,
    /// Somebody made the person a member.
    Invited,
    /// Somebody ended the person's membership.
    Removed,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 7] = [
        Cause::Changed,
        Cause::BlockerFinished,
        Cause::Replied,
        Cause::Assigned,
        Cause::Mentioned,
        Cause::Invited,
        Cause::Removed,
    ];

    /// The name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Changed => "changed",
            Cause::BlockerFinished => "blocker_finished",
            Cause::Replied => "replied",
            Cause::Assigned => "assigned",
            Cause::Mentioned => "mentioned",
            Cause::Invited => "invited",
            Cause::Removed => "removed",
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.as_str() == name)
    }
}

/// That one event tells one person of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The person.
    pub user: UserId,
    /// Why.
    pub cause: Cause,
    /// The task that it is about; none: the project.
    pub task: Option<TaskId>,
    /// The comment that mentions or answers the person, or that is new.
    pub comment: Option<CommentId>,
}

//! What happened: one event for one version of a project. What a stored event means never changes.

use crate::Version;
use crate::access::Role;
use crate::comment::Emoji;
use crate::dependency::{self, Dependency};
use crate::field::{FieldOption, FieldType};
use crate::ids::{CommandId, CommentId, ProjectId, TaskId, UserId};
use crate::order::Reranked;
use crate::project::{BlockedGate, ProjectChange};
use crate::rank::Rank;
use crate::task::{NewTask, Task, TaskChange};
use crate::text::{Body, Color, Key, Markdown, Name, ProjectKey};
use crate::time::Moment;
use crate::workflow::Workflow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// An event as it is stored, published and sent: these bytes, once written, are what everybody gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Event {
    pub project: ProjectId,
    pub version: Version,
    #[serde(flatten)]
    pub body: EventBody,
    pub at: Moment,
    pub actor: UserId,
    pub command_id: CommandId,
    /// The version of the event that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Version>,
    /// Open blockers that an owner's `override` passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrode: Vec<TaskId>,
    /// Neighbours that made room for the task, at most 64; they may be in the bin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reranked: Vec<Reranked>,
}

impl Event {
    /// The tasks whose rows the event changes.
    pub fn tasks(&self) -> Vec<TaskId> {
        let mut tasks = self.body.tasks();
        tasks.extend(self.reranked.iter().map(|reranked| reranked.task));
        tasks
    }
}

/// The type of an event with its data: the least that lets a client apply the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", content = "data")]
pub enum EventBody {
    #[serde(rename = "project.created")]
    ProjectCreated(NewProject),
    #[serde(rename = "project.updated")]
    ProjectUpdated { set: ProjectChange },
    #[serde(rename = "project.deleted")]
    ProjectDeleted {},
    #[serde(rename = "project.restored")]
    ProjectRestored {},
    #[serde(rename = "label.put")]
    LabelPut { key: Key, name: Name, color: Color },
    #[serde(rename = "label.archived")]
    LabelArchived { key: Key },
    #[serde(rename = "field.put")]
    FieldPut {
        key: Key,
        name: Name,
        #[serde(rename = "type")]
        kind: FieldType,
        options: Option<Vec<FieldOption>>,
    },
    #[serde(rename = "field.archived")]
    FieldArchived { key: Key },
    #[serde(rename = "member.added")]
    MemberAdded { user: UserId, role: Role },
    #[serde(rename = "member.updated")]
    MemberUpdated { user: UserId, role: Role },
    #[serde(rename = "member.removed")]
    MemberRemoved { user: UserId },
    #[serde(rename = "task.created")]
    TaskCreated { task: Box<NewTask> },
    #[serde(rename = "task.updated")]
    TaskUpdated { task: TaskId, set: Box<TaskChange> },
    #[serde(rename = "task.moved")]
    TaskMoved {
        task: TaskId,
        rank: Rank,
        /// Only when the move changed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Key>,
    },
    #[serde(rename = "task.deleted")]
    TaskDeleted { task: TaskId, tasks: Vec<TaskId> },
    #[serde(rename = "task.restored")]
    TaskRestored {
        task: TaskId,
        /// Whole, because a snapshot made meanwhile does not have them.
        tasks: Vec<Task>,
        /// Their edges that come back with them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dependencies: Vec<Dependency>,
        /// Those that would close a cycle now, and are gone for good.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<Dependency>,
    },
    #[serde(rename = "dependency.added")]
    DependencyAdded { task: TaskId, on: TaskId, kind: dependency::Kind },
    #[serde(rename = "dependency.removed")]
    DependencyRemoved { task: TaskId, on: TaskId, kind: dependency::Kind },
    #[serde(rename = "comment.added")]
    CommentAdded {
        comment: CommentId,
        task: TaskId,
        body: Body,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<CommentId>,
        /// The members it mentions.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        mentions: BTreeSet<UserId>,
    },
    #[serde(rename = "comment.updated")]
    CommentUpdated {
        comment: CommentId,
        task: TaskId,
        body: Body,
        /// The members it mentions now.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        mentions: BTreeSet<UserId>,
    },
    #[serde(rename = "comment.deleted")]
    CommentDeleted { comment: CommentId, task: TaskId },
    #[serde(rename = "comment.restored")]
    CommentRestored {
        comment: CommentId,
        task: TaskId,
        /// Again, because a list made meanwhile does not have it.
        body: Body,
    },
    #[serde(rename = "comment.reacted")]
    CommentReacted {
        comment: CommentId,
        task: TaskId,
        emoji: Emoji,
        /// Whether the actor added the reaction, or took it away.
        on: bool,
    },
}

/// What `project.created` says: version 1 of every project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewProject {
    pub key: ProjectKey,
    pub name: Name,
    pub description: Markdown,
    pub workflow: Workflow,
    pub blocked_gate: BlockedGate,
    pub owner: UserId,
}

/// What an event changes about who may see the project; all that a relay needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Unchanged,
    /// This person has this role from here on.
    Granted(UserId, Role),
    /// This person gets this event and nothing above it.
    Revoked(UserId),
    /// Nobody gets anything above it.
    Closed,
    /// Members may come back.
    Opened,
}

impl EventBody {
    /// The name of the type, as in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            EventBody::ProjectCreated(_) => "project.created",
            EventBody::ProjectUpdated { .. } => "project.updated",
            EventBody::ProjectDeleted {} => "project.deleted",
            EventBody::ProjectRestored {} => "project.restored",
            EventBody::LabelPut { .. } => "label.put",
            EventBody::LabelArchived { .. } => "label.archived",
            EventBody::FieldPut { .. } => "field.put",
            EventBody::FieldArchived { .. } => "field.archived",
            EventBody::MemberAdded { .. } => "member.added",
            EventBody::MemberUpdated { .. } => "member.updated",
            EventBody::MemberRemoved { .. } => "member.removed",
            EventBody::TaskCreated { .. } => "task.created",
            EventBody::TaskUpdated { .. } => "task.updated",
            EventBody::TaskMoved { .. } => "task.moved",
            EventBody::TaskDeleted { .. } => "task.deleted",
            EventBody::TaskRestored { .. } => "task.restored",
            EventBody::DependencyAdded { .. } => "dependency.added",
            EventBody::DependencyRemoved { .. } => "dependency.removed",
            EventBody::CommentAdded { .. } => "comment.added",
            EventBody::CommentUpdated { .. } => "comment.updated",
            EventBody::CommentDeleted { .. } => "comment.deleted",
            EventBody::CommentRestored { .. } => "comment.restored",
            EventBody::CommentReacted { .. } => "comment.reacted",
        }
    }

    /// The tasks that change, those aside that only make room.
    pub fn tasks(&self) -> Vec<TaskId> {
        match self {
            EventBody::TaskCreated { task } => vec![task.id],
            EventBody::TaskUpdated { task, .. }
            | EventBody::TaskMoved { task, .. }
            | EventBody::CommentAdded { task, .. }
            | EventBody::CommentDeleted { task, .. }
            | EventBody::CommentRestored { task, .. } => vec![*task],
            EventBody::TaskDeleted { tasks, .. } => tasks.clone(),
            EventBody::TaskRestored { tasks, .. } => tasks.iter().map(|task| task.id).collect(),
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::ProjectDeleted {}
            | EventBody::ProjectRestored {}
            | EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. }
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. }
            | EventBody::MemberAdded { .. }
            | EventBody::MemberUpdated { .. }
            | EventBody::MemberRemoved { .. }
            | EventBody::CommentUpdated { .. }
            | EventBody::CommentReacted { .. } => Vec::new(),
        }
    }

    /// The tasks that the event concerns: it stands in the activity of each.
    pub fn concerns(&self) -> Vec<TaskId> {
        match self {
            EventBody::CommentUpdated { task, .. } | EventBody::CommentReacted { task, .. } => vec![*task],
            EventBody::DependencyAdded { task, on, .. } | EventBody::DependencyRemoved { task, on, .. } => {
                vec![*task, *on]
            }
            changing => changing.tasks(),
        }
    }

    /// The comment whose row the event changes.
    pub fn comment(&self) -> Option<CommentId> {
        match self {
            EventBody::CommentAdded { comment, .. }
            | EventBody::CommentUpdated { comment, .. }
            | EventBody::CommentDeleted { comment, .. }
            | EventBody::CommentRestored { comment, .. }
            | EventBody::CommentReacted { comment, .. } => Some(*comment),
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::ProjectDeleted {}
            | EventBody::ProjectRestored {}
            | EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. }
            | EventBody::MemberAdded { .. }
            | EventBody::MemberUpdated { .. }
            | EventBody::MemberRemoved { .. }
            | EventBody::TaskCreated { .. }
            | EventBody::TaskUpdated { .. }
            | EventBody::TaskMoved { .. }
            | EventBody::TaskDeleted { .. }
            | EventBody::TaskRestored { .. }
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. } => None,
        }
    }

    /// The member whom the event concerns.
    pub fn user(&self) -> Option<UserId> {
        match self.access() {
            Access::Granted(user, _) | Access::Revoked(user) => Some(user),
            Access::Unchanged | Access::Closed | Access::Opened => None,
        }
    }

    /// The edges that the event makes or takes away for good.
    pub fn edges(&self) -> Vec<(Dependency, bool)> {
        match self {
            EventBody::DependencyAdded { task, on, kind } => vec![(Dependency::new(*task, *on, *kind), true)],
            EventBody::DependencyRemoved { task, on, kind } => {
                vec![(Dependency::new(*task, *on, *kind), false)]
            }
            EventBody::TaskRestored { dropped, .. } => dropped.iter().map(|edge| (*edge, false)).collect(),
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::ProjectDeleted {}
            | EventBody::ProjectRestored {}
            | EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. }
            | EventBody::MemberAdded { .. }
            | EventBody::MemberUpdated { .. }
            | EventBody::MemberRemoved { .. }
            | EventBody::TaskCreated { .. }
            | EventBody::TaskUpdated { .. }
            | EventBody::TaskMoved { .. }
            | EventBody::TaskDeleted { .. }
            | EventBody::CommentAdded { .. }
            | EventBody::CommentUpdated { .. }
            | EventBody::CommentDeleted { .. }
            | EventBody::CommentRestored { .. }
            | EventBody::CommentReacted { .. } => Vec::new(),
        }
    }

    /// Whether the event changes the project's own fields, its labels and custom fields among them.
    pub fn is_of_project(&self) -> bool {
        ["project.", "label.", "field."].iter().any(|kind| self.kind().starts_with(kind))
    }

    /// Whose access the event changes.
    pub fn access(&self) -> Access {
        match self {
            EventBody::ProjectCreated(new) => Access::Granted(new.owner, Role::Owner),
            EventBody::ProjectDeleted {} => Access::Closed,
            EventBody::ProjectRestored {} => Access::Opened,
            EventBody::MemberAdded { user, role } | EventBody::MemberUpdated { user, role } => {
                Access::Granted(*user, *role)
            }
            EventBody::MemberRemoved { user } => Access::Revoked(*user),
            EventBody::ProjectUpdated { .. }
            | EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. }
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. }
            | EventBody::TaskCreated { .. }
            | EventBody::TaskUpdated { .. }
            | EventBody::TaskMoved { .. }
            | EventBody::TaskDeleted { .. }
            | EventBody::TaskRestored { .. }
            | EventBody::CommentAdded { .. }
            | EventBody::CommentUpdated { .. }
            | EventBody::CommentDeleted { .. }
            | EventBody::CommentRestored { .. }
            | EventBody::CommentReacted { .. } => Access::Unchanged,
        }
    }
}

impl Access {
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

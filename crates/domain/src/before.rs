//! What an event replaced: the values as they were before it. Kept beside the event, for the activity log and for undo;
//! never part of its bytes, and never sent with it.

use crate::access::Role;
use crate::event::{Event, EventBody};
use crate::facts::Facts;
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
    /// What `event` is about to replace in `facts`, on which it was decided. `None`: nothing that it does not tell itself.
    pub fn of(facts: &Facts, event: &Event) -> Option<Before> {
        let renamed = |rank: &Rank| facts.renamed(rank, &event.reranked);
        match &event.body {
            EventBody::ProjectUpdated { set } => Some(Before::Project(set.before(&facts.state.project))),
            EventBody::MemberUpdated { user, .. } | EventBody::MemberRemoved { user } => {
                facts.role(*user).map(Before::Role)
            }
            EventBody::TaskUpdated { task, set } => {
                let mut before = set.before(facts.any_task(*task)?);
                before.rank = before.rank.as_ref().map(renamed);
                Some(Before::Task(Box::new(before)))
            }
            EventBody::TaskMoved { task, status, .. } => facts.any_task(*task).map(|task| Before::Place {
                rank: renamed(&task.rank),
                status: status.as_ref().map(|_| task.status.clone()),
            }),
            EventBody::CommentUpdated { comment, .. } => {
                facts.comments.get(comment).and_then(|comment| comment.body.clone()).map(Before::Body)
            }
            EventBody::LabelPut { key, .. } | EventBody::LabelArchived { key } => {
                facts.state.project.label(key).cloned().map(Before::Label)
            }
            EventBody::FieldPut { key, .. } | EventBody::FieldArchived { key } => {
                facts.state.project.field(key.as_str()).cloned().map(Before::Field)
            }
            EventBody::ProjectCreated(_)
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. }
            | EventBody::ProjectDeleted {}
            | EventBody::ProjectRestored {}
            | EventBody::MemberAdded { .. }
            | EventBody::TaskCreated { .. }
            | EventBody::TaskDeleted { .. }
            | EventBody::TaskRestored { .. }
            | EventBody::CommentAdded { .. }
            | EventBody::CommentDeleted { .. }
            | EventBody::CommentRestored { .. }
            | EventBody::CommentReacted { .. } => None,
        }
    }
}

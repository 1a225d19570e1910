//! Commands on comments.

use super::{Decision, chosen, fresh_comment};
use crate::access::Role;
use crate::event::EventBody;
use crate::facts::{Facts, Subject};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid};
use crate::rejection::Rejection;
use crate::task::Comment;
use crate::text::Body;
use serde::Serialize;

/// `comment.add`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AddComment {
    #[serde(skip)]
    pub id: CommentId,
    /// The id as the client chose it, if it did: a repeat without one is still a repeat.
    #[serde(rename = "id")]
    pub chosen: Option<CommentId>,
    pub task: TaskId,
    pub body: Body,
}

impl AddComment {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let id = fields.optional("id", CommentId::read);
        let task = fields.required("task", TaskId::read);
        let body = fields.required("body", Body::read);
        fields.finish()?;
        let (task, body) = (task.expect("required"), body.expect("required"));
        Ok(AddComment { id: chosen(id, fresh_comment), chosen: id, task, body })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        facts.task(self.task)?;
        if facts.comments.contains_key(&self.id) {
            return Err(Rejection::IdTaken);
        }
        let event = EventBody::CommentAdded { comment: self.id, task: self.task, body: self.body.clone() };
        Ok(Decision::change(event, Subject::Comment(self.id)))
    }
}

/// `comment.update`, by its author or an owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateComment {
    pub comment: CommentId,
    pub body: Body,
}

impl UpdateComment {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let comment = fields.required("comment", CommentId::read);
        let body = fields.required("body", Body::read);
        fields.finish()?;
        Ok(UpdateComment { comment: comment.expect("required"), body: body.expect("required") })
    }

    pub(super) fn decide(&self, facts: &Facts, actor: UserId, role: Role) -> Result<Decision, Rejection> {
        let comment = changeable(facts, self.comment, actor, role)?;
        let subject = Subject::Comment(self.comment);
        if comment.body.as_ref() == Some(&self.body) {
            return Ok(Decision::unchanged(subject));
        }
        let event =
            EventBody::CommentUpdated { comment: self.comment, task: comment.task, body: self.body.clone() };
        Ok(Decision::change(event, subject))
    }
}

/// `comment.delete`, by its author or an owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeleteComment {
    pub comment: CommentId,
}

impl DeleteComment {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let comment = fields.required("comment", CommentId::read);
        fields.finish()?;
        Ok(DeleteComment { comment: comment.expect("required") })
    }

    pub(super) fn decide(&self, facts: &Facts, actor: UserId, role: Role) -> Result<Decision, Rejection> {
        let comment = changeable(facts, self.comment, actor, role)?;
        let event = EventBody::CommentDeleted { comment: self.comment, task: comment.task };
        Ok(Decision::change(event, Subject::Comment(self.comment)))
    }
}

/// A comment that is there, on a task that is there, and that this member may change.
fn changeable(facts: &Facts, id: CommentId, actor: UserId, role: Role) -> Result<&Comment, Rejection> {
    let comment = facts.comments.get(&id).ok_or(Rejection::CommentNotFound)?;
    facts.task(comment.task)?;
    if comment.author != actor && role < Role::Owner {
        return Err(Rejection::NotAuthor);
    }
    if comment.deleted { Err(Rejection::CommentDeleted) } else { Ok(comment) }
}

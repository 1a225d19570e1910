//! Commands on comments.

use super::{Decision, chosen, fresh_comment};
use crate::access::Role;
use crate::comment::{Comment, Emoji, MOST_EMOJI, mentioned};
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid, Refused, boolean};
use crate::rejection::Rejection;
use crate::text::Body;
use serde::Serialize;
use std::collections::BTreeSet;

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
    /// The comment of the same task that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<CommentId>,
}

impl AddComment {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let id = fields.optional("id", CommentId::read);
        let task = fields.required("task", TaskId::read);
        let body = fields.required("body", Body::read);
        let reply_to = fields.optional("reply_to", CommentId::read);
        fields.finish()?;
        let (task, body) = (task.expect("required"), body.expect("required"));
        Ok(AddComment { id: chosen(id, fresh_comment), chosen: id, task, body, reply_to })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.comments.insert(self.id);
        touched.comments.extend(self.reply_to);
        touched.users.extend(mentioned(&self.body));
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        facts.task(self.task)?;
        if facts.comments.contains_key(&self.id) {
            return Err(Rejection::IdTaken);
        }
        if let Some(answered) = self.reply_to {
            let answered = facts.comments.get(&answered).filter(|answered| answered.task == self.task);
            if answered.ok_or(Rejection::CommentNotFound)?.deleted {
                return Err(Rejection::CommentDeleted);
            }
        }
        let event = EventBody::CommentAdded {
            comment: self.id,
            task: self.task,
            body: self.body.clone(),
            reply_to: self.reply_to,
            mentions: members_mentioned(facts, &self.body),
        };
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

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.comments.insert(self.comment);
        touched.users.extend(mentioned(&self.body));
    }

    pub(super) fn decide(&self, facts: &Facts, actor: UserId, role: Role) -> Result<Decision, Rejection> {
        let comment = changeable(facts, self.comment, actor, role)?;
        let subject = Subject::Comment(self.comment);
        if comment.body.as_ref() == Some(&self.body) {
            return Ok(Decision::unchanged(subject));
        }
        let event = EventBody::CommentUpdated {
            comment: self.comment,
            task: comment.task,
            body: self.body.clone(),
            mentions: members_mentioned(facts, &self.body),
        };
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

/// `comment.restore`, by its author or an owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestoreComment {
    pub comment: CommentId,
}

impl RestoreComment {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let comment = fields.required("comment", CommentId::read);
        fields.finish()?;
        Ok(RestoreComment { comment: comment.expect("required") })
    }

    pub(super) fn decide(&self, facts: &Facts, actor: UserId, role: Role) -> Result<Decision, Rejection> {
        let comment = own(facts, self.comment, actor, role)?;
        let subject = Subject::Comment(self.comment);
        Ok(match comment.withheld.clone() {
            Some(body) => {
                let event = EventBody::CommentRestored { comment: self.comment, task: comment.task, body };
                Decision::change(event, subject)
            }
            None => Decision::unchanged(subject),
        })
    }
}

/// `comment.react`: adds one's reaction, or takes it away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReactToComment {
    pub comment: CommentId,
    pub emoji: Emoji,
    pub on: bool,
}

impl ReactToComment {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let comment = fields.required("comment", CommentId::read);
        let emoji = fields.required("emoji", Emoji::read);
        let on = fields.required("on", boolean);
        fields.finish()?;
        let (comment, emoji) = (comment.expect("required"), emoji.expect("required"));
        Ok(ReactToComment { comment, emoji, on: on.expect("required") })
    }

    pub(super) fn decide(&self, facts: &Facts, actor: UserId) -> Result<Decision, Rejection> {
        let comment = there(facts, self.comment)?;
        let subject = Subject::Comment(self.comment);
        if comment.has_reaction(actor, &self.emoji) == self.on {
            return Ok(Decision::unchanged(subject));
        }
        if comment.deleted {
            return Err(Rejection::CommentDeleted);
        }
        if self.on && !comment.reactions.contains_key(&self.emoji) && comment.reactions.len() >= MOST_EMOJI {
            let refused = Refused::invalid(format!("a comment has at most {MOST_EMOJI} different emoji"));
            return Err(Rejection::InvalidField { pointer: "/emoji".to_owned(), refused });
        }
        let (emoji, on) = (self.emoji.clone(), self.on);
        let event = EventBody::CommentReacted { comment: self.comment, task: comment.task, emoji, on };
        Ok(Decision::change(event, subject))
    }
}

/// A comment, deleted or not, on a task that is there.
fn there(facts: &Facts, id: CommentId) -> Result<&Comment, Rejection> {
    let comment = facts.comments.get(&id).ok_or(Rejection::CommentNotFound)?;
    facts.task(comment.task).map(|_| comment)
}

/// One that this member may change: its author, or an owner.
fn own(facts: &Facts, id: CommentId, actor: UserId, role: Role) -> Result<&Comment, Rejection> {
    let comment = there(facts, id)?;
    if comment.author == actor || role == Role::Owner { Ok(comment) } else { Err(Rejection::NotAuthor) }
}

/// One that this member may change, and that is not deleted.
fn changeable(facts: &Facts, id: CommentId, actor: UserId, role: Role) -> Result<&Comment, Rejection> {
    let comment = own(facts, id, actor, role)?;
    if comment.deleted { Err(Rejection::CommentDeleted) } else { Ok(comment) }
}

/// Only members count: nobody else could follow the mention.
fn members_mentioned(facts: &Facts, body: &Body) -> BTreeSet<UserId> {
    mentioned(body).into_iter().filter(|user| facts.role(*user).is_some()).collect()
}

//! `comment.delete` and `comment.restore`, by its author or an owner: each is the undo of the other.

use super::judge::{REFUSALS, changed_body, count, own};
use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid, only};
use crate::order::Reranked;
use crate::rejection::Rejection;
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use crate::text::Body;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Takes a comment's text away; its place and its replies stay.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeleteComment {
    /// Which comment.
    pub comment: CommentId,
}

/// A comment lost its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommentDeleted {
    /// Which comment.
    pub comment: CommentId,
    /// The task that it is about.
    pub task: TaskId,
}

impl CommandRules for DeleteComment {
    type Event = CommentDeleted;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "comment", CommentId::read).map(|comment| DeleteComment { comment })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.comments.insert(self.comment);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::needing([Subject::Comment(self.comment)])
    }

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<CommentDeleted>, Rejection> {
        let comment = own(facts, self.comment, actor)?;
        if comment.deleted {
            return Ok(Decision::unchanged(Subject::Comment(self.comment)));
        }
        let event = CommentDeleted { comment: self.comment, task: comment.task };
        Ok(Decision::change(event, Subject::Comment(self.comment)))
    }

    fn example() -> Value {
        json!({"comment": "018f9c1e-0000-7000-8000-0000000000b1"})
    }

    fn refusals() -> Vec<Code> {
        REFUSALS.iter().filter(|(_, code)| *code != "comment_deleted").copied().collect()
    }
}

impl EventRules for CommentDeleted {
    type Undo = RestoreComment;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        count(state, self.task, -1)
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        facts.change_comment(self.comment, stamp.version, stamp.at, None);
    }

    fn effects(&self) -> Effects {
        Effects { tasks: vec![self.task], ..Effects::comment(self.comment, self.task) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        Vec::new()
    }

    fn undo(&self, _: Undone<'_>) -> Result<RestoreComment, Rejection> {
        Ok(RestoreComment { comment: self.comment })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let there = facts.comments.get(&self.comment).is_some_and(|comment| !comment.deleted);
        changed("deleted", there)
    }
}

/// Gives a deleted comment its text again.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RestoreComment {
    /// Which comment.
    pub comment: CommentId,
}

/// A deleted comment has its text again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommentRestored {
    /// Which comment.
    pub comment: CommentId,
    /// The task that it is about.
    pub task: TaskId,
    /// Again, because a list made meanwhile does not have it.
    pub body: Body,
}

impl CommandRules for RestoreComment {
    type Event = CommentRestored;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "comment", CommentId::read).map(|comment| RestoreComment { comment })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.comments.insert(self.comment);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::needing([Subject::Comment(self.comment)])
    }

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<CommentRestored>, Rejection> {
        let comment = own(facts, self.comment, actor)?;
        let subject = Subject::Comment(self.comment);
        Ok(match comment.withheld.clone() {
            Some(body) => {
                let event = CommentRestored { comment: self.comment, task: comment.task, body };
                Decision::change(event, subject)
            }
            None => Decision::unchanged(subject),
        })
    }

    fn example() -> Value {
        json!({"comment": "018f9c1e-0000-7000-8000-0000000000b1"})
    }

    fn refusals() -> Vec<Code> {
        REFUSALS.to_vec()
    }
}

impl EventRules for CommentRestored {
    type Undo = DeleteComment;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        count(state, self.task, 1)
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        facts.change_comment(self.comment, stamp.version, stamp.at, Some(self.body.clone()));
    }

    fn effects(&self) -> Effects {
        Effects { tasks: vec![self.task], ..Effects::comment(self.comment, self.task) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        Vec::new()
    }

    fn undo(&self, _: Undone<'_>) -> Result<DeleteComment, Rejection> {
        Ok(DeleteComment { comment: self.comment })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed_body(facts, self.comment, &self.body)
    }
}

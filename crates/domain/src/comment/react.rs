//! `comment.react`

use super::judge::{REFUSALS, there};
use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::comment::{Emoji, MOST_EMOJI};
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid, Refused, boolean};
use crate::order::Reranked;
use crate::rejection::Rejection;
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Adds one's reaction to a comment, or takes it away.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReactToComment {
    /// Which comment.
    pub comment: CommentId,
    /// The reaction.
    pub emoji: Emoji,
    /// Whether it is there afterwards.
    pub on: bool,
}

/// Somebody added a reaction, or took it away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommentReacted {
    /// Which comment.
    pub comment: CommentId,
    /// The task that it is about.
    pub task: TaskId,
    /// The reaction.
    pub emoji: Emoji,
    /// Whether the actor added the reaction, or took it away.
    pub on: bool,
}

impl CommandRules for ReactToComment {
    type Event = CommentReacted;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let comment = fields.required("comment", CommentId::read);
        let emoji = fields.required("emoji", Emoji::read);
        let on = fields.required("on", boolean);
        fields.finish()?;
        let (comment, emoji) = (comment.expect("required"), emoji.expect("required"));
        Ok(ReactToComment { comment, emoji, on: on.expect("required") })
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

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<CommentReacted>, Rejection> {
        let comment = there(facts, self.comment)?;
        let subject = Subject::Comment(self.comment);
        if comment.has_reaction(actor.user, &self.emoji) == self.on {
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
        let event = CommentReacted { comment: self.comment, task: comment.task, emoji, on };
        Ok(Decision::change(event, subject))
    }

    fn example() -> Value {
        json!({"comment": "018f9c1e-0000-7000-8000-0000000000b1", "emoji": "👍", "on": true})
    }

    fn refusals() -> Vec<Code> {
        REFUSALS.iter().copied().filter(|(_, code)| *code != "not_author").collect()
    }
}

impl EventRules for CommentReacted {
    type Undo = ReactToComment;

    fn apply(&self, _: &mut State, _: &Stamp) -> Result<(), FoldError> {
        Ok(())
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        facts.comment(self.comment).react(stamp.actor, &self.emoji, self.on);
    }

    fn effects(&self) -> Effects {
        Effects::comment(self.comment, self.task)
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        let (from, to) = match self.on {
            true => (Value::Null, json!(self.emoji)),
            false => (json!(self.emoji), Value::Null),
        };
        vec![Change::new("reaction", from, to)]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<ReactToComment, Rejection> {
        if undone.made_by != undone.by {
            return Err(Rejection::CannotUndo { reason: "a reaction is undone by whoever made it" });
        }
        Ok(ReactToComment { comment: self.comment, emoji: self.emoji.clone(), on: !self.on })
    }

    fn changed_since(&self, facts: &Facts, stamp: &Stamp) -> Vec<String> {
        let comment = facts.comments.get(&self.comment);
        let is_on = comment.is_some_and(|comment| comment.has_reaction(stamp.actor, &self.emoji));
        changed("reaction", is_on != self.on)
    }
}

//! `comment.update`, by its author or an owner.

use super::judge::{REFUSALS, changeable, changed_body, members_mentioned};
use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::comment::mentioned;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::Rejection;
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone,
};
use crate::state::{FoldError, State};
use crate::text::Body;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Gives a comment another text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UpdateComment {
    /// Which comment.
    pub comment: CommentId,
    /// Its Markdown from here on.
    pub body: Body,
}

/// A comment has another text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommentUpdated {
    /// Which comment.
    pub comment: CommentId,
    /// The task that it is about.
    pub task: TaskId,
    /// Its Markdown from here on.
    pub body: Body,
    /// The members it mentions now.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mentions: BTreeSet<UserId>,
}

impl CommandRules for UpdateComment {
    type Event = CommentUpdated;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let comment = fields.required("comment", CommentId::read);
        let body = fields.required("body", Body::read);
        fields.finish()?;
        Ok(UpdateComment { comment: comment.expect("required"), body: body.expect("required") })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.comments.insert(self.comment);
        touched.users.extend(mentioned(&self.body));
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

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<CommentUpdated>, Rejection> {
        let comment = changeable(facts, self.comment, actor)?;
        let subject = Subject::Comment(self.comment);
        if comment.body.as_ref() == Some(&self.body) {
            return Ok(Decision::unchanged(subject));
        }
        let event = CommentUpdated {
            comment: self.comment,
            task: comment.task,
            body: self.body.clone(),
            mentions: members_mentioned(facts, &self.body),
        };
        Ok(Decision::change(event, subject))
    }

    fn example() -> Value {
        json!({"comment": "018f9c1e-0000-7000-8000-0000000000b1", "body": "Done, have another look."})
    }

    fn refusals() -> Vec<Code> {
        REFUSALS.to_vec()
    }
}

impl EventRules for CommentUpdated {
    type Undo = UpdateComment;

    fn apply(&self, _: &mut State, _: &Stamp) -> Result<(), FoldError> {
        Ok(())
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        facts.change_comment(self.comment, stamp.version, stamp.at, Some(self.body.clone()));
    }

    fn effects(&self) -> Effects {
        let CommentUpdated { comment, task, .. } = *self;
        let news = vec![News::Mentioned { task, comment, users: self.mentions.clone() }];
        Effects { news, ..Effects::comment(comment, task) }
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.comments.get(&self.comment).and_then(|comment| comment.body.clone()).map(Before::Body)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        let was = Before::body(before).map_or(Value::Null, |body| json!(body));
        vec![Change::new("body", was, json!(self.body))]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<UpdateComment, Rejection> {
        let body = Before::body(undone.before).cloned();
        body.map_or_else(Undone::not_kept, |body| Ok(UpdateComment { comment: self.comment, body }))
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed_body(facts, self.comment, &self.body)
    }
}

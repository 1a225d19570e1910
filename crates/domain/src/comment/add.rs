//! `comment.add`

use super::judge::{changed_body, count, members_mentioned};
use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::comment::bin::DeleteComment;
use crate::comment::{Comment, mentioned};
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone,
};
use crate::state::{FoldError, State};
use crate::text::Body;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Adds a comment to a task.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AddComment {
    /// The id as the client chose it, or a new one.
    #[serde(skip)]
    pub id: CommentId,
    /// The id as the client chose it, if it did: a repeat without one is still a repeat.
    #[serde(rename = "id")]
    #[schema(nullable = false)]
    pub chosen: Option<CommentId>,
    /// The task that it is about.
    pub task: TaskId,
    /// Its Markdown.
    pub body: Body,
    /// The comment of the same task that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reply_to: Option<CommentId>,
}

/// There is a new comment; its author is the event's actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommentAdded {
    /// Its id.
    pub comment: CommentId,
    /// The task that it is about.
    pub task: TaskId,
    /// Its Markdown.
    pub body: Body,
    /// The comment that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<CommentId>,
    /// The members it mentions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mentions: BTreeSet<UserId>,
}

impl CommandRules for AddComment {
    type Event = CommentAdded;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let id = fields.optional("id", CommentId::read);
        let task = fields.required("task", TaskId::read);
        let body = fields.required("body", Body::read);
        let reply_to = fields.optional("reply_to", CommentId::read);
        fields.finish()?;
        let (task, body) = (task.expect("required"), body.expect("required"));
        Ok(AddComment { id: id.unwrap_or_else(CommentId::new), chosen: id, task, body, reply_to })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.watched.insert(self.task);
        touched.comments.insert(self.id);
        touched.comments.extend(self.reply_to);
        touched.users.extend(mentioned(&self.body));
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        let answered = self.reply_to.map(Subject::Comment);
        let needs = std::iter::once(Subject::Task(self.task)).chain(answered).collect();
        Involves { creates: Some(Subject::Comment(self.id)), needs, matched: None }
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<CommentAdded>, Rejection> {
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
        let event = CommentAdded {
            comment: self.id,
            task: self.task,
            body: self.body.clone(),
            reply_to: self.reply_to,
            mentions: members_mentioned(facts, &self.body),
        };
        Ok(Decision::change(event, Subject::Comment(self.id)))
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1", "body": "Done, have a look."})
    }

    fn refusals() -> Vec<Code> {
        let own = [
            (RejectionKind::NotFound, "comment_not_found"),
            (RejectionKind::Conflict, "comment_deleted"),
            (RejectionKind::Conflict, "id_taken"),
        ];
        [rejection::OF_TASK, &own].concat()
    }
}

impl EventRules for CommentAdded {
    type Undo = DeleteComment;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        count(state, self.task, 1)
    }

    fn note(&self, facts: &mut Facts, stamp: &Stamp) {
        let made = Comment {
            id: self.comment,
            task: self.task,
            reply_to: self.reply_to,
            author: stamp.actor,
            body: Some(self.body.clone()),
            deleted: false,
            reactions: BTreeMap::new(),
            created_version: stamp.version,
            version: stamp.version,
            created_at: stamp.at,
            updated_at: stamp.at,
            withheld: None,
        };
        facts.comments.insert(self.comment, made);
    }

    fn effects(&self) -> Effects {
        let CommentAdded { comment, task, reply_to, .. } = *self;
        let news = vec![
            News::Commented { task, comment, reply_to },
            News::Mentioned { task, comment, users: self.mentions.clone() },
        ];
        Effects { tasks: vec![task], news, ..Effects::comment(comment, task) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        vec![Change::new("body", Value::Null, json!(self.body))]
    }

    fn undo(&self, _: Undone<'_>) -> Result<DeleteComment, Rejection> {
        Ok(DeleteComment { comment: self.comment })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed_body(facts, self.comment, &self.body)
    }
}

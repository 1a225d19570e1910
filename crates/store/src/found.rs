//! What a search finds, and what comes first.

use domain::{CommentId, ProjectId, TaskId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What was found: a task, by its own words or by a comment's.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The task's project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// The comment whose words they are.
    pub comment: Option<CommentId>,
    /// How well it answers.
    pub standing: Standing,
}

impl Hit {
    /// The better one first, ties by id.
    pub fn order(&self, other: &Hit) -> Ordering {
        self.standing
            .order(&other.standing)
            .then_with(|| (self.task, self.comment).cmp(&(other.task, other.comment)))
    }
}

/// How well a task answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// 0: the question is its name. 1: it has all words as they were typed. 2: in another spelling. 3: the last word is longer.
    pub class: u8,
    /// Where the words stand and how often; greater is better.
    pub score: f32,
    /// Its status means done or cancelled.
    pub closed: bool,
}

impl Standing {
    /// The better one first.
    pub fn order(&self, other: &Standing) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        self.class.cmp(&other.class).then(by_score).then(self.closed.cmp(&other.closed))
    }
}

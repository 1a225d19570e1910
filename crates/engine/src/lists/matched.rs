//! What a search found: where the words stand, and the text around them.

use super::snippet::{self, Piece};
use crate::error::ReadError;
use domain::comment::Comment;
use domain::task::Task;
use domain::words::Question;
use domain::{CommentId, TaskId};
use std::collections::{BTreeMap, HashMap};
use store::AsyncPgConnection;
use store::found::{Hit, Standing};
use uuid::Uuid;

/// The place where a search found its words.
#[derive(Debug, Clone)]
pub struct Matched {
    /// `title`, `description` or `comment`.
    pub place: &'static str,
    /// The comment, if the words are in one.
    pub comment: Option<CommentId>,
    /// The text around the words.
    pub pieces: Vec<Piece>,
}

/// The comments of the hits of a page, and the question that found them.
pub struct Matches<'a> {
    comments: HashMap<Uuid, Comment>,
    question: &'a Question,
}

impl<'a> Matches<'a> {
    pub async fn read(
        conn: &AsyncPgConnection,
        hits: &[&Hit],
        question: &'a Question,
    ) -> Result<Matches<'a>, ReadError> {
        let mut by_project: BTreeMap<_, Vec<Uuid>> = BTreeMap::new();
        for hit in hits {
            by_project.entry(hit.project).or_default().extend(hit.comment.map(|comment| comment.0));
        }
        by_project.retain(|_, comments| !comments.is_empty());
        let reads = by_project.iter().map(|(project, ids)| store::comments::by_ids(conn, *project, ids));
        let read = futures_util::future::try_join_all(reads).await?;
        let comments = read.into_iter().flatten().map(|comment| (comment.id.0, comment)).collect();
        Ok(Matches { comments, question })
    }

    /// Where the words of `hit`, which is of `task`, stand.
    pub fn matched(&self, task: &Task, hit: &Hit) -> Matched {
        let (place, pieces) = self.pieces(task, hit);
        Matched { place, comment: hit.comment, pieces }
    }

    fn pieces(&self, task: &Task, hit: &Hit) -> (&'static str, Vec<Piece>) {
        if let Some(comment) = hit.comment {
            let text = self.comments.get(&comment.0).and_then(|comment| comment.body.as_ref());
            let text = text.map_or("", |body| body.as_str());
            let pieces = snippet::of(text, self.question);
            return ("comment", pieces.unwrap_or_else(|| snippet::beginning(text, self.question)));
        }
        let (title, description) = (task.title.as_str(), task.description.as_str());
        if let Some(pieces) = snippet::of(title, self.question) {
            return ("title", pieces);
        }
        match snippet::of(description, self.question) {
            Some(pieces) => ("description", pieces),
            None => ("title", snippet::beginning(title, self.question)),
        }
    }
}

/// Whether a hit comes after the one with this standing and task, in a list of the best first.
pub fn is_after(hit: &Hit, standing: &Standing, task: TaskId) -> bool {
    hit.standing.order(standing).then(hit.task.cmp(&task)).is_gt()
}

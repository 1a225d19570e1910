//! What several commands on comments judge alike.

use crate::access::Role;
use crate::comment::{Comment, mentioned};
use crate::facts::Facts;
use crate::ids::{CommentId, UserId};
use crate::rejection::{Code, Rejection, RejectionKind};
use crate::rules::{Actor, changed};
use crate::state::{FoldError, State};
use crate::text::Body;
use std::collections::BTreeSet;

/// What may refuse the change of a comment.
pub(super) const REFUSALS: &[Code] = &[
    (RejectionKind::Forbidden, "not_author"),
    (RejectionKind::NotFound, "comment_not_found"),
    (RejectionKind::NotFound, "task_not_found"),
    (RejectionKind::Conflict, "comment_deleted"),
    (RejectionKind::Conflict, "task_deleted"),
    (RejectionKind::Unprocessable, "task_archived"),
    (RejectionKind::Unprocessable, "project_archived"),
];

/// A comment, deleted or not, on a task that is there.
pub(super) fn there(facts: &Facts, id: CommentId) -> Result<&Comment, Rejection> {
    let comment = facts.comments.get(&id).ok_or(Rejection::CommentNotFound)?;
    facts.task(comment.task).map(|_| comment)
}

/// One that this member may change: its author, or an owner.
pub(super) fn own(facts: &Facts, id: CommentId, actor: Actor) -> Result<&Comment, Rejection> {
    let comment = there(facts, id)?;
    let may = comment.author == actor.user || actor.role == Role::Owner;
    if may { Ok(comment) } else { Err(Rejection::NotAuthor) }
}

/// One that this member may change, and that is not deleted.
pub(super) fn changeable(facts: &Facts, id: CommentId, actor: Actor) -> Result<&Comment, Rejection> {
    let comment = own(facts, id, actor)?;
    if comment.deleted { Err(Rejection::CommentDeleted) } else { Ok(comment) }
}

/// The members whom a text mentions. Other people are left out, because they cannot open the task.
pub(super) fn members_mentioned(facts: &Facts, body: &Body) -> BTreeSet<UserId> {
    mentioned(body).into_iter().filter(|user| facts.role(*user).is_some()).collect()
}

/// One comment more, or fewer, on a task.
pub(super) fn count(state: &mut State, task: crate::TaskId, by: i64) -> Result<(), FoldError> {
    state.task(task)?.comment_count += by;
    Ok(())
}

/// What changed of a comment since an event left it with this text.
pub(super) fn changed_body(facts: &Facts, comment: CommentId, body: &Body) -> Vec<String> {
    match facts.comments.get(&comment) {
        Some(comment) if comment.deleted => changed("deleted", true),
        Some(comment) => changed("body", comment.body.as_ref() != Some(body)),
        None => Vec::new(),
    }
}

//! Comments on tasks.

use crate::convert::Stored;
use crate::error::StoreError;
use crate::projects::LockedProject;
use crate::schema::comments;
use crate::{Result, convert};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::comment::{self, Comment};
use domain::text::Body;
use domain::{CommentId, ProjectId, TaskId, UserId, Version};
use jiff_diesel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = comments, check_for_backend(diesel::pg::Pg))]
struct CommentRow {
    project_id: Uuid,
    id: Uuid,
    task_id: Uuid,
    author: Uuid,
    body: String,
    deleted: bool,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    reply_to: Option<Uuid>,
    created_version: i64,
    reactions: Stored<BTreeMap<String, BTreeSet<UserId>>>,
}

impl TryFrom<CommentRow> for Comment {
    type Error = StoreError;

    fn try_from(row: CommentRow) -> Result<Comment> {
        let (body, withheld) = match row.deleted {
            true => (None, Some(Body::stored(row.body))),
            false => (Some(Body::stored(row.body)), None),
        };
        Ok(Comment {
            id: CommentId(row.id),
            task: TaskId(row.task_id),
            reply_to: row.reply_to.map(CommentId),
            author: UserId(row.author),
            body,
            deleted: row.deleted,
            reactions: comment::joined(row.reactions.0),
            created_version: row.created_version,
            version: row.version,
            created_at: convert::moment(row.created_at),
            updated_at: convert::moment(row.updated_at),
            withheld,
        })
    }
}

/// The comments with these ids, deleted ones too.
///
/// # Errors
/// Those of the query.
pub async fn by_ids(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<Comment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = comments::table
        .filter(comments::project_id.eq(project.0).and(comments::id.eq_any(ids)))
        .select(CommentRow::as_select());
    let rows: Vec<CommentRow> = query.load(&mut &*conn).await?;
    rows.into_iter().map(Comment::try_from).collect()
}

/// The tasks that these comments are on.
///
/// # Errors
/// Those of the query.
pub async fn tasks_of(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let query = comments::table
        .filter(comments::project_id.eq(project.0).and(comments::id.eq_any(ids)))
        .select(comments::task_id);
    Ok(query.load(&mut &*conn).await?)
}

/// A task's comments in the order in which they were made, those made after the version `after`.
///
/// # Errors
/// Those of the query.
pub async fn of_task(
    conn: &AsyncPgConnection,
    project: ProjectId,
    task: TaskId,
    after: Version,
    limit: i64,
) -> Result<Vec<Comment>> {
    let query = comments::table
        .filter(comments::project_id.eq(project.0).and(comments::task_id.eq(task.0)))
        .filter(comments::created_version.gt(after))
        .order(comments::created_version)
        .limit(limit)
        .select(CommentRow::as_select());
    let rows: Vec<CommentRow> = query.load(&mut &*conn).await?;
    rows.into_iter().map(Comment::try_from).collect()
}

/// Writes a comment. A deleted one keeps the text it had, for whoever restores it.
///
/// # Errors
/// Those of the query.
pub async fn put(conn: &AsyncPgConnection, locked: &LockedProject, comment: &Comment) -> Result<()> {
    let body = comment.body.as_ref().or(comment.withheld.as_ref()).map(|body| body.as_str().to_owned());
    let reactions = comment.reactions.iter().map(|(emoji, users)| (emoji.to_string(), users.clone()));
    let row = CommentRow {
        project_id: locked.id().0,
        id: comment.id.0,
        task_id: comment.task.0,
        author: comment.author.0,
        body: body.unwrap_or_default(),
        deleted: comment.deleted,
        version: comment.version,
        created_at: Timestamp::from(comment.created_at.timestamp()),
        updated_at: Timestamp::from(comment.updated_at.timestamp()),
        reply_to: comment.reply_to.map(|answered| answered.0),
        created_version: comment.created_version,
        reactions: Stored(reactions.collect()),
    };
    let state = (
        comments::body.eq(&row.body),
        comments::deleted.eq(row.deleted),
        comments::version.eq(row.version),
        comments::updated_at.eq(row.updated_at),
        comments::reactions.eq(&row.reactions),
    );
    diesel::insert_into(comments::table)
        .values(&row)
        .on_conflict((comments::project_id, comments::id))
        .do_update()
        .set(state)
        .execute(&mut &*conn)
        .await?;
    Ok(())
}

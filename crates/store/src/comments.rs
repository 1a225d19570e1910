//! Comments on tasks.

use crate::projects::LockedProject;
use crate::schema::comments;
use crate::{Result, convert};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::task::Comment;
use domain::text::Body;
use domain::time::Moment;
use domain::{CommentId, ProjectId, TaskId, UserId};
use jiff_diesel::Timestamp;
use uuid::Uuid;

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = comments, check_for_backend(diesel::pg::Pg))]
struct Row {
    project_id: Uuid,
    id: Uuid,
    task_id: Uuid,
    author: Uuid,
    body: String,
    deleted: bool,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Row> for Comment {
    fn from(row: Row) -> Comment {
        Comment {
            id: CommentId(row.id),
            task: TaskId(row.task_id),
            author: UserId(row.author),
            body: (!row.deleted).then(|| Body::stored(row.body)),
            deleted: row.deleted,
            version: row.version,
            created_at: convert::moment(row.created_at),
            updated_at: convert::moment(row.updated_at),
        }
    }
}

/// The comments with these ids, deleted ones too.
///
/// # Errors
/// Those of the query.
pub async fn some(conn: &AsyncPgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Vec<Comment>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = comments::table
        .filter(comments::project_id.eq(project.0).and(comments::id.eq_any(ids)))
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(&mut &*conn).await?;
    Ok(rows.into_iter().map(Comment::from).collect())
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

/// A task's comments, oldest first, those after `after`.
///
/// # Errors
/// Those of the query.
pub async fn of_task(
    conn: &AsyncPgConnection,
    project: ProjectId,
    task: TaskId,
    after: Option<(Moment, CommentId)>,
    limit: i64,
) -> Result<Vec<Comment>> {
    let mut query = comments::table
        .filter(comments::project_id.eq(project.0).and(comments::task_id.eq(task.0)))
        .order((comments::created_at, comments::id))
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let at = Timestamp::from(at.timestamp());
        query = query
            .filter(comments::created_at.gt(at).or(comments::created_at.eq(at).and(comments::id.gt(id.0))));
    }
    let rows: Vec<Row> = query.load(&mut &*conn).await?;
    Ok(rows.into_iter().map(Comment::from).collect())
}

/// Writes a comment. A deleted one keeps the text it had, for whoever restores it.
///
/// # Errors
/// Those of the query.
pub async fn put(conn: &AsyncPgConnection, locked: &LockedProject, comment: &Comment) -> Result<()> {
    let body = comment.body.as_ref().map(|body| body.as_str().to_owned());
    let updated_at = Timestamp::from(comment.updated_at.timestamp());
    let row = Row {
        project_id: locked.id().0,
        id: comment.id.0,
        task_id: comment.task.0,
        author: comment.author.0,
        body: body.clone().unwrap_or_default(),
        deleted: comment.deleted,
        version: comment.version,
        created_at: Timestamp::from(comment.created_at.timestamp()),
        updated_at,
    };
    let insert = diesel::insert_into(comments::table).values(&row);
    let state = (
        comments::deleted.eq(comment.deleted),
        comments::version.eq(comment.version),
        comments::updated_at.eq(updated_at),
    );
    let key = (comments::project_id, comments::id);
    match body {
        Some(body) => {
            insert
                .on_conflict(key)
                .do_update()
                .set((state, comments::body.eq(body)))
                .execute(&mut &*conn)
                .await?
        }
        None => insert.on_conflict(key).do_update().set(state).execute(&mut &*conn).await?,
    };
    Ok(())
}

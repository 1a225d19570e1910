//! What people are told in the app. The rows are written by the transaction whose events they tell of.

use crate::projects::LockedProject;
use crate::schema::notifications;
use crate::{AsyncPgConnection, Result, StoreError, convert};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::notice::Cause;
use domain::notice::gather::Notice;
use domain::time::Moment;
use domain::{CommentId, ProjectId, TaskId, UserId, Version};
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// Notifications that are kept of one person.
pub const MOST_KEPT: i64 = 10_000;

type Ids = Vec<Uuid>;

// A row that the person is marking at this moment is passed over, so that no project waits for an inbox. A row that a notice
// joins is found by its key as a conflict, because a join could be planned to read all inboxes.
statement! { Tell(
    users: Ids as Array<SqlUuid>, abouts: Ids as Array<SqlUuid>, causes: Vec<&'a str> as Array<Text>,
    versions: Vec<i64> as Array<BigInt>, counts: Vec<i64> as Array<BigInt>, actors: Ids as Array<SqlUuid>,
    comments: Vec<Option<Uuid>> as Array<Nullable<SqlUuid>>, recent: Timestamp as Timestamptz,
    project: Uuid as SqlUuid, begun: Timestamp as Timestamptz, last: Timestamp as Timestamptz
) -> SqlUuid:
"WITH new AS MATERIALIZED (SELECT * FROM unnest({}, {}, {}, {}, {}, {}, {}) WITH ORDINALITY \
   AS n (user_id, about, cause, version, count, actor, comment_id, place)), \
 old AS MATERIALIZED (SELECT o.id, new.place FROM new CROSS JOIN LATERAL \
   (SELECT id FROM notifications n WHERE n.user_id = new.user_id AND n.about = new.about AND n.cause = new.cause AND n.unread \
    AND n.created_at > {} ORDER BY n.created_at DESC LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) o), \
 told AS (SELECT old.id, new.* FROM new LEFT JOIN old ON old.place = new.place ORDER BY new.place) \
INSERT INTO notifications \
  (user_id, id, project_id, about, cause, version, count, actor, comment_id, created_at, updated_at) OVERRIDING SYSTEM VALUE \
SELECT user_id, coalesce(id, nextval('notifications_id_seq')), {}, about, cause, version, count, actor, comment_id, {}, {} \
FROM told ON CONFLICT (user_id, id) DO UPDATE SET count = notifications.count + excluded.count, version = excluded.version, \
  actor = excluded.actor, comment_id = excluded.comment_id, updated_at = excluded.updated_at" }

/// Writes what a transaction tells people. A notice joins the newest unread one of the same person, task and cause that is
/// less than a minute old.
///
/// # Locks
/// The rows that notices join. It waits for none of them.
///
/// # Errors
/// Those of the query.
pub async fn tell(
    conn: &AsyncPgConnection,
    locked: &LockedProject,
    at: Moment,
    notices: &[Notice],
) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let recent = at.timestamp() - jiff::SignedDuration::from_secs(60);
    let tell = Tell::new(
        notices.iter().map(|notice| notice.user.0).collect(),
        notices.iter().map(|notice| notice.about(locked.id())).collect(),
        notices.iter().map(|notice| notice.cause.as_str()).collect(),
        notices.iter().map(|notice| notice.version).collect(),
        notices.iter().map(|notice| notice.count).collect(),
        notices.iter().map(|notice| notice.actor.0).collect(),
        notices.iter().map(|notice| notice.comment.map(|comment| comment.0)).collect(),
        recent.into(),
        locked.id().0,
        at.timestamp().into(),
        at.timestamp().into(),
    );
    tell.execute(&mut &*conn).await?;
    Ok(())
}

/// A row of somebody's inbox.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Its number: of two that one person sees, the later one has the greater.
    pub id: i64,
    /// The project that it comes from.
    pub project: ProjectId,
    /// The task; none: the project as a whole.
    pub task: Option<TaskId>,
    /// Why the person is told.
    pub cause: Cause,
    /// The last event that it tells of.
    pub version: Version,
    /// How many events it tells of.
    pub count: i64,
    /// Who made the last one.
    pub actor: UserId,
    /// The comment that it made or changed.
    pub comment: Option<CommentId>,
    /// Nobody has looked at it.
    pub unread: bool,
    /// When the first event happened.
    pub created_at: Moment,
    /// When the last one happened.
    pub updated_at: Moment,
}

/// Which rows of an inbox are meant.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that nobody has looked at.
    pub unread: bool,
    /// Only of these projects. `None`: of all.
    pub projects: Option<Ids>,
    /// Only of these causes; none: of any.
    pub causes: Vec<Cause>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: i64,
    project_id: Uuid,
    about: Uuid,
    cause: String,
    version: i64,
    count: i64,
    actor: Uuid,
    comment_id: Option<Uuid>,
    unread: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl TryFrom<Row> for Notification {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Notification> {
        Ok(Notification {
            id: row.id,
            project: ProjectId(row.project_id),
            task: (row.about != row.project_id).then_some(TaskId(row.about)),
            cause: Cause::parse(&row.cause).ok_or_else(|| convert::unreadable("cause"))?,
            version: row.version,
            count: row.count,
            actor: UserId(row.actor),
            comment: row.comment_id.map(CommentId),
            unread: row.unread,
            created_at: convert::moment(row.created_at),
            updated_at: convert::moment(row.updated_at),
        })
    }
}

/// A page of a person's inbox, the latest first, of those before `before`.
///
/// # Errors
/// Those of the query.
pub async fn of(
    conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Notification>> {
    let mut query = notifications::table
        .filter(notifications::user_id.eq(user.0))
        .order(notifications::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(notifications::id.lt(before));
    }
    if filter.unread {
        query = query.filter(notifications::unread);
    }
    if let Some(projects) = &filter.projects {
        query = query.filter(notifications::project_id.eq_any(projects));
    }
    if !filter.causes.is_empty() {
        let causes = filter.causes.iter().map(|cause| cause.as_str());
        query = query.filter(notifications::cause.eq_any(causes));
    }
    let rows: Vec<Row> = query.load(&mut &*conn).await?;
    rows.into_iter().map(Notification::try_from).collect()
}

statement! { Unread(user: Uuid as SqlUuid, projects: Option<Ids> as Nullable<Array<SqlUuid>>) -> BigInt:
"SELECT count(DISTINCT CASE about WHEN project_id THEN notifications.id::text ELSE about::text END) FROM notifications, (SELECT {}::uuid AS id, {}::uuid[] AS projects) AS asked \
WHERE user_id = asked.id AND unread AND (asked.projects IS NULL OR project_id = ANY(asked.projects))" }

/// Of how many tasks a person has not looked at something, in these projects or in all. A row that is of no task counts by itself.
///
/// # Errors
/// Those of the query.
pub async fn unread(conn: &AsyncPgConnection, user: UserId, projects: Option<Ids>) -> Result<i64> {
    Ok(Unread::new(user.0, projects).get_result(&mut &*conn).await?)
}

/// The rows of an inbox that somebody marks.
#[derive(Debug, Clone)]
pub enum Marked {
    /// All up to this one.
    UpTo(i64),
    /// These.
    Ids(Vec<i64>),
    /// Those about these tasks.
    Tasks(Vec<TaskId>),
}

/// A statement that marks those rows that `$which` chooses and that are not as they shall be. They are locked in their order,
/// because two requests of a person may mark the same ones.
macro_rules! mark {
    ($which:literal) => {
        concat!(
            "WITH asked AS MATERIALIZED (SELECT {}::uuid AS id, {}::uuid[] AS projects, {}::boolean AS unread), ",
            "own AS MATERIALIZED (SELECT n.id FROM notifications n, asked WHERE n.user_id = asked.id AND ",
            $which,
            " AND n.unread <> asked.unread AND (asked.projects IS NULL OR n.project_id = ANY(asked.projects)) ",
            "ORDER BY n.id FOR NO KEY UPDATE OF n) ",
            "UPDATE notifications n SET unread = asked.unread FROM own, asked WHERE n.user_id = asked.id AND n.id = own.id"
        )
    };
}

statement! { MarkUpTo(user: Uuid as SqlUuid, projects: Option<Ids> as Nullable<Array<SqlUuid>>, unread: bool as Bool,
id: i64 as BigInt) -> SqlUuid: mark!("n.id <= {}") }
statement! { MarkIds(user: Uuid as SqlUuid, projects: Option<Ids> as Nullable<Array<SqlUuid>>, unread: bool as Bool,
ids: Vec<i64> as Array<BigInt>) -> SqlUuid: mark!("n.id = ANY({})") }
statement! { MarkTasks(user: Uuid as SqlUuid, projects: Option<Ids> as Nullable<Array<SqlUuid>>, unread: bool as Bool,
tasks: Ids as Array<SqlUuid>) -> SqlUuid: mark!("n.about = ANY({})") }

/// Marks rows of a person's inbox as read, or as unread again, in these projects or in all. Answers how many it changed.
///
/// # Locks
/// Those rows, in their order. Take the person's own row after them, never before.
///
/// # Errors
/// Those of the query.
pub async fn mark(
    conn: &AsyncPgConnection,
    user: UserId,
    projects: Option<Ids>,
    marked: Marked,
    unread: bool,
) -> Result<usize> {
    let mut shared = conn;
    Ok(match marked {
        Marked::UpTo(id) => MarkUpTo::new(user.0, projects, unread, id).execute(&mut shared).await?,
        Marked::Ids(ids) => MarkIds::new(user.0, projects, unread, ids).execute(&mut shared).await?,
        Marked::Tasks(tasks) => {
            let tasks = tasks.iter().map(|task| task.0).collect();
            MarkTasks::new(user.0, projects, unread, tasks).execute(&mut shared).await?
        }
    })
}

statement! { People(after: Uuid as SqlUuid, most: i64 as BigInt) -> SqlUuid:
"SELECT id FROM users WHERE id > {} ORDER BY id LIMIT {}" }
statement! { Sweep(people: Ids as Array<SqlUuid>, most: i64 as BigInt, limit: i64 as BigInt, days: i64 as BigInt) -> SqlUuid:
"DELETE FROM notifications WHERE (user_id, id) IN (SELECT o.user_id, o.id FROM unnest({}) AS p (id) CROSS JOIN LATERAL \
(SELECT (SELECT id FROM notifications WHERE user_id = p.id ORDER BY id DESC OFFSET {} LIMIT 1) AS beyond) k CROSS JOIN LATERAL \
(SELECT user_id, id, updated_at FROM notifications WHERE user_id = p.id ORDER BY id LIMIT {} FOR UPDATE SKIP LOCKED) o \
WHERE o.id <= k.beyond OR o.updated_at < now() - {} * interval '1 day')" }

/// Deletes rows that are older than `days` or beyond the newest [`MOST_KEPT`], at most `limit` of each of the next people after
/// `after`. Answers the last of those people, if there were any, and how many rows it deleted.
///
/// # Errors
/// Those of the queries.
pub async fn sweep(
    conn: &AsyncPgConnection,
    after: Uuid,
    people: i64,
    days: i64,
    limit: i64,
) -> Result<(Option<Uuid>, usize)> {
    let people: Ids = People::new(after, people).load(&mut &*conn).await?;
    let Some(last) = people.last().copied() else { return Ok((None, 0)) };
    let deleted = Sweep::new(people, MOST_KEPT, limit, days).execute(&mut &*conn).await?;
    Ok((Some(last), deleted))
}

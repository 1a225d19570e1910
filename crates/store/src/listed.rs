//! Pages of tasks that are chosen and sorted in `listed_by`: the tasks of a project with some facets, and the tasks that a
//! person is assigned to in all their projects. `listed_by` is narrow, because it has only those columns of a task that
//! lists choose and order by.

use crate::facets::{self, Facets};
use crate::lists::order::{Page, SortKey, date, priority_order};
use crate::{AsyncPgConnection, Result, StoreError, convert};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Date as SqlDate, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use domain::task::Priority;
use domain::time::Moment;
use domain::{ProjectId, TaskId, UserId};
use jiff::civil::Date;
use uuid::Uuid;

/// Most tasks of a person's list.
const MOST_ASSIGNED: i64 = 10_000;

#[derive(QueryableByName)]
struct Chosen {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The tasks of a page, of those on the board that have these facets. The facets stand in a subquery and the whole behind a fence
/// (`OFFSET 0`), because Postgres then plans without their value and without the limit. So it takes the index, also for a
/// label that most tasks have.
pub(crate) async fn page(
    conn: &AsyncPgConnection,
    project: ProjectId,
    facets: &Facets,
    dated: Option<bool>,
    page: &Page,
) -> Result<Vec<Uuid>> {
    let asked = |query: &str| format!("(SELECT replace({query}, E'\\x01', project_mark($1))::tsquery)");
    let indexed = facets.indexed.as_ref().map(|_| format!(" AND facets @@ {}", asked("$2")));
    // The function instead of its operator, which the index would be asked for.
    let rest = facets.rest.as_ref().map(|_| format!(" AND ts_match_vq(facets, {})", asked("$3")));
    let dated = match dated {
        None => "",
        Some(true) => " AND due_on IS NOT NULL",
        Some(false) => " AND due_on IS NULL",
    };
    let text = format!(
        "SELECT id FROM (SELECT id, {} AS place FROM listed_by WHERE project_id = $1 AND NOT deleted{}{}{} OFFSET 0) found {}",
        key(page),
        indexed.unwrap_or_default(),
        rest.unwrap_or_default(),
        dated,
        in_order(page, "place", &["id"], 4)
    );
    let query = diesel::sql_query(text).into_boxed::<Pg>().bind::<SqlUuid, _>(project.0);
    let query = query.bind::<Nullable<Text>, _>(facets.indexed.as_deref());
    let query = query.bind::<Nullable<Text>, _>(facets.rest.as_deref());
    let chosen: Vec<Chosen> = beginning(query, page, None).load(&mut &*conn).await?;
    Ok(chosen.into_iter().map(|task| task.id).collect())
}

/// A task that somebody is assigned to, with the columns that their list is ordered by.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The task's project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// When the task last changed.
    pub updated_at: Moment,
    /// `None`: no date.
    pub due_on: Option<Date>,
    /// The task's priority.
    pub priority: Priority,
}

#[derive(QueryableByName)]
struct AssignedRow {
    #[diesel(sql_type = SqlUuid)]
    project_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    updated_at: jiff_diesel::Timestamp,
    #[diesel(sql_type = Nullable<SqlDate>)]
    due_on: Option<jiff_diesel::Date>,
    #[diesel(sql_type = Text)]
    priority: String,
}

/// A page of the tasks that a person is assigned to, of at most ten thousand in all their projects that are neither archived
/// nor in the bin. `only`: in these of them. No categories, or no priorities: any. `after_project` is the project of `page.after`.
///
/// # Errors
/// Those of the query.
pub async fn assigned_to(
    conn: &AsyncPgConnection,
    user: UserId,
    only: Option<&[Uuid]>,
    categories: &[String],
    priorities: &[String],
    page: &Page,
    after_project: Option<ProjectId>,
) -> Result<Vec<Assigned>> {
    let text = format!(
        "WITH found AS MATERIALIZED (SELECT l.project_id, l.id, l.updated_at, l.due_on, l.priority \
         FROM (SELECT p.id, replace($1, E'\\x01', project_mark(p.id))::tsquery AS query, ARRAY(SELECT s ->> 'key' \
             FROM jsonb_array_elements(p.workflow -> 'statuses') s WHERE s ->> 'category' = ANY($3)) AS statuses \
             FROM members m JOIN projects p ON p.id = m.project_id \
             WHERE m.user_id = $2 AND p.deleted_at IS NULL AND NOT p.archived \
             AND ($6 IS NULL OR p.id = ANY($6)) ORDER BY p.changed_at DESC, p.id) asked \
         CROSS JOIN LATERAL (SELECT * FROM listed_by l \
             WHERE l.project_id = asked.id AND NOT l.deleted AND l.facets @@ asked.query OFFSET 0) l \
         WHERE (cardinality($3) = 0 OR l.status = ANY(asked.statuses)) \
         AND (cardinality($4) = 0 OR l.priority = ANY($4)) LIMIT $5) \
         SELECT project_id, id, updated_at, due_on, priority FROM found {}",
        in_order(page, &key(page), &["project_id", "id"], 7)
    );
    let query = diesel::sql_query(text).into_boxed::<Pg>();
    let query = query.bind::<Text, _>(facets::assigned_to(Some(user))).bind::<SqlUuid, _>(user.0);
    let query = query.bind::<Array<Text>, _>(categories).bind::<Array<Text>, _>(priorities);
    let query = query.bind::<BigInt, _>(MOST_ASSIGNED).bind::<Nullable<Array<SqlUuid>>, _>(only);
    let rows: Vec<AssignedRow> = beginning(query, page, after_project).load(&mut &*conn).await?;
    rows.into_iter().map(Assigned::try_from).collect()
}

impl TryFrom<AssignedRow> for Assigned {
    type Error = StoreError;

    fn try_from(row: AssignedRow) -> Result<Assigned> {
        Ok(Assigned {
            project: ProjectId(row.project_id),
            task: TaskId(row.id),
            updated_at: convert::moment(row.updated_at),
            due_on: row.due_on.map(|date| date.to_jiff()),
            priority: Priority::parse(&row.priority).ok_or_else(|| convert::unreadable("priority"))?,
        })
    }
}

/// The expression over columns of `listed_by` that the page is ordered by.
fn key(page: &Page) -> String {
    page.order.expression(true).replace("tasks.", "").replace("'infinity'", no_date(page))
}

/// What no date counts as, so that it comes last.
fn no_date(page: &Page) -> &'static str {
    if page.descending { "'-infinity'" } else { "'infinity'" }
}

/// The end of a page's statement: only what comes after the page before, in the order of `by` and then of `ties`, and no
/// more than the limit. Its binds have the numbers from `first` on; [`beginning`] binds them.
fn in_order(page: &Page, by: &str, ties: &[&str], first: usize) -> String {
    let (direction, compare) = if page.descending { ("DESC", "<") } else { ("ASC", ">") };
    let last: String = (0..ties.len()).map(|tie| format!(", ${}", first + 2 + tie)).collect();
    let value = match page.after {
        Some((SortKey::Due(_), _)) => format!("coalesce(${}, {})", first + 1, no_date(page)),
        _ => format!("${}", first + 1),
    };
    let columns = ties.join(", ");
    let beyond = match page.after {
        Some(_) => format!("WHERE ({by}, {columns}) {compare} ({value}{last})"),
        None => String::new(),
    };
    let ordered = ties.join(&format!(" {direction}, "));
    format!("{beyond} ORDER BY {by} {direction}, {ordered} {direction} LIMIT ${first}")
}

type Query<'a> = diesel::query_builder::BoxedSqlQuery<'a, Pg, diesel::query_builder::SqlQuery>;

/// Binds the page's limit and the last task of the page before. `project` is that task's project, in a list over several.
fn beginning<'a>(query: Query<'a>, page: &'a Page, project: Option<ProjectId>) -> Query<'a> {
    let query = query.bind::<BigInt, _>(page.limit);
    let Some((key, id)) = &page.after else { return query };
    let query = match key {
        SortKey::Updated(at) => query.bind::<Timestamptz, _>(jiff_diesel::Timestamp::from(at.timestamp())),
        SortKey::Due(due) => query.bind::<Nullable<SqlDate>, _>(due.map(date)),
        SortKey::Priority(priority) => query.bind::<SmallInt, _>(priority_order(*priority)),
        SortKey::Rank(rank) => query.bind::<Text, _>(rank.as_str()),
        SortKey::Number(number) => query.bind::<BigInt, _>(*number),
    };
    match project {
        Some(project) => query.bind::<SqlUuid, _>(project.0).bind::<SqlUuid, _>(id.0),
        None => query.bind::<SqlUuid, _>(id.0),
    }
}

//! Pages of tasks: in a project by filters and in an order, and a person's own in all their projects.

use crate::schema::tasks;
use crate::tasks::{Kept, Row};
use crate::{AsyncPgConnection, Result, convert, search};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Date as SqlDate, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use domain::task::{Priority, Task};
use domain::time::Moment;
use domain::{ProjectId, TaskId, UserId};
use jiff::civil::Date;
use uuid::Uuid;

/// What tasks are asked for. An empty list asks for nothing; a list of several for any of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub statuses: Vec<String>,
    /// `None`: nobody.
    pub assignees: Vec<Option<UserId>>,
    pub labels: Vec<String>,
    pub priorities: Vec<Priority>,
    /// `None`: not below any task.
    pub parents: Vec<Option<TaskId>>,
    pub created_by: Vec<UserId>,
    pub numbers: Vec<i64>,
    pub due_from: Option<Date>,
    pub due_before: Option<Date>,
    pub updated_since: Option<Moment>,
    /// Whether it has an open blocker.
    pub blocked: Option<bool>,
    /// Whether it can be begun: not begun, and no blocker open.
    pub ready: Option<bool>,
    /// The statuses that mean done or cancelled, and those that mean not begun; read only for the two above.
    pub closed: Vec<String>,
    pub unbegun: Vec<String>,
    /// Those in the bin instead.
    pub deleted: bool,
    /// Only among these.
    pub among: Option<Vec<Uuid>>,
}

/// What a list is ordered by; ties by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Updated,
    Due,
    Priority,
    Rank,
    Number,
}

/// Where a task stands in an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    Updated(Moment),
    /// `None`: after every date.
    Due(Option<Date>),
    Priority(Priority),
    Rank(String),
    Number(i64),
}

impl Order {
    pub fn key(self, task: &Task) -> Key {
        match self {
            Order::Updated => Key::Updated(task.updated_at),
            Order::Due => Key::Due(task.due_on),
            Order::Priority => Key::Priority(task.priority),
            Order::Rank => Key::Rank(task.rank.as_str().to_owned()),
            Order::Number => Key::Number(task.number),
        }
    }

    /// As the index has it; or, for tasks so few that they are read and sorted, as no index has it. The planner would
    /// walk an index in the hope of meeting one of the few soon, and might meet none in all of the project.
    fn expression(self, few: bool) -> &'static str {
        match (self, few) {
            (Order::Updated, false) => "tasks.updated_at",
            (Order::Updated, true) => "(tasks.updated_at + interval '0')",
            (Order::Due, false) => "coalesce(tasks.due_on, 'infinity')",
            (Order::Due, true) => "(coalesce(tasks.due_on, 'infinity') + 0)",
            (Order::Priority, false) => "priority_order(tasks.priority)",
            (Order::Priority, true) => "(priority_order(tasks.priority) + 0)",
            (Order::Rank, false) => "tasks.rank",
            (Order::Rank, true) => "(tasks.rank || '')",
            (Order::Number, false) => "tasks.number",
            (Order::Number, true) => "(tasks.number + 0)",
        }
    }
}

/// A page: where it begins, and how it goes on.
#[derive(Debug, Clone)]
pub struct Page {
    pub order: Order,
    pub descending: bool,
    pub after: Option<(Key, TaskId)>,
    pub limit: i64,
}

impl Filter {
    /// Whether nothing is asked but to be among some.
    fn is_only_among(&self) -> bool {
        let Filter { statuses, assignees, labels, priorities, parents, created_by, numbers, .. } = self;
        let lists = statuses.is_empty() && assignees.is_empty() && labels.is_empty() && priorities.is_empty();
        let more = parents.is_empty() && created_by.is_empty() && numbers.is_empty();
        let dates = self.due_from.is_none() && self.due_before.is_none() && self.updated_since.is_none();
        let waits = self.blocked.is_some() || self.ready.is_some();
        lists && more && dates && !waits
    }
}

type Boxed<'a> = tasks::BoxedQuery<'a, Pg>;

/// So few are found by their labels or people: they are read and sorted. More: the order is walked until the page is full.
const FEW: i64 = 10_000;

/// A page of a project's tasks.
///
/// # Errors
/// Those of the queries.
pub async fn page(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Task>> {
    let mut sorted = filter.among.is_some();
    let mut query = filtered(project, filter);
    if let Some(facets) = facets(filter) {
        let few = search::some_tasks(conn, project, &facets, FEW + 1).await?;
        if i64::try_from(few.len()).is_ok_and(|count| count <= FEW) {
            sorted = true;
            query = query.filter(tasks::id.eq_any(few));
        }
    }
    let rows: Vec<Row> = ordered(query, page, sorted).select(Row::as_select()).load(&mut &*conn).await?;
    rows.into_iter().map(|row| Kept::try_from(row).map(|kept| kept.task)).collect()
}

/// Those of `filter.among`, which are in the bin or not as the filter asks, that pass the rest of it.
///
/// # Errors
/// Those of the query.
pub async fn passing(conn: &AsyncPgConnection, project: ProjectId, filter: &Filter) -> Result<Vec<Uuid>> {
    if let Some(all) = filter.among.as_ref().filter(|_| filter.is_only_among()) {
        return Ok(all.clone());
    }
    Ok(filtered(project, filter).select(tasks::id).load(&mut &*conn).await?)
}

fn facets(filter: &Filter) -> Option<String> {
    let mut asked = Vec::new();
    if !filter.assignees.is_empty() {
        asked.push(search::assigned_to(&filter.assignees));
    }
    if !filter.labels.is_empty() {
        asked.push(search::labelled(&filter.labels));
    }
    (!asked.is_empty()).then(|| search::both(&asked))
}

fn filtered(project: ProjectId, filter: &Filter) -> Boxed<'_> {
    let mut query = tasks::table.filter(tasks::project_id.eq(project.0)).into_boxed();
    query = match filter.deleted {
        true => query.filter(tasks::deleted_version.is_not_null()),
        false => query.filter(tasks::deleted_version.is_null()),
    };
    if !filter.statuses.is_empty() {
        query = query.filter(tasks::status.eq_any(&filter.statuses));
    }
    if !filter.assignees.is_empty() {
        let people: Vec<Uuid> = filter.assignees.iter().flatten().map(|user| user.0).collect();
        let any = sql::<Bool>("(tasks.assignees && ").bind::<Array<SqlUuid>, _>(people);
        query = match filter.assignees.contains(&None) {
            true => query.filter(any.sql(" OR tasks.assignees = '{}')")),
            false => query.filter(any.sql(")")),
        };
    }
    if !filter.labels.is_empty() {
        query = query.filter(sql::<Bool>("tasks.labels && ").bind::<Array<Text>, _>(&filter.labels));
    }
    if !filter.priorities.is_empty() {
        let names: Vec<&str> = filter.priorities.iter().map(|priority| priority.as_str()).collect();
        query = query.filter(tasks::priority.eq_any(names));
    }
    if !filter.parents.is_empty() {
        let some: Vec<Uuid> = filter.parents.iter().flatten().map(|task| task.0).collect();
        let below_none = filter.parents.contains(&None);
        query = match below_none {
            true => query.filter(tasks::parent.is_null().or(tasks::parent.eq_any(some).assume_not_null())),
            false => query.filter(tasks::parent.eq_any(some)),
        };
    }
    if !filter.created_by.is_empty() {
        query = query.filter(tasks::created_by.eq_any(filter.created_by.iter().map(|user| user.0)));
    }
    if !filter.numbers.is_empty() {
        query = query.filter(tasks::number.eq_any(&filter.numbers));
    }
    if let Some(from) = filter.due_from {
        query = query
            .filter(sql::<Bool>("coalesce(tasks.due_on, 'infinity') >= ").bind::<SqlDate, _>(date(from)));
        query = query.filter(tasks::due_on.is_not_null());
    }
    if let Some(before) = filter.due_before {
        query = query
            .filter(sql::<Bool>("coalesce(tasks.due_on, 'infinity') < ").bind::<SqlDate, _>(date(before)));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(tasks::updated_at.ge(jiff_diesel::Timestamp::from(since.timestamp())));
    }
    if let Some(among) = &filter.among {
        query = query.filter(tasks::id.eq_any(among));
    }
    query = match filter.blocked {
        None => query,
        Some(true) => query.filter(has_open_blocker(project, filter)),
        Some(false) => query.filter(diesel::dsl::not(has_open_blocker(project, filter))),
    };
    match filter.ready {
        None => query,
        Some(true) => query
            .filter(tasks::status.eq_any(&filter.unbegun))
            .filter(diesel::dsl::not(has_open_blocker(project, filter))),
        Some(false) => query.filter(
            diesel::dsl::not(tasks::status.eq_any(&filter.unbegun)).or(has_open_blocker(project, filter)),
        ),
    }
}

fn has_open_blocker(
    project: ProjectId,
    filter: &Filter,
) -> Box<dyn BoxableExpression<tasks::table, Pg, SqlType = Bool>> {
    Box::new(
        sql::<Bool>("EXISTS (SELECT FROM dependencies d JOIN tasks b ON b.project_id = d.project_id AND b.id = d.on_id WHERE d.project_id = ")
            .bind::<SqlUuid, _>(project.0)
            .sql(" AND d.task_id = tasks.id AND d.kind = 'blocks' AND b.deleted_version IS NULL AND NOT b.status = ANY(")
            .bind::<Array<Text>, _>(filter.closed.clone())
            .sql("))"),
    )
}

fn date(date: Date) -> jiff_diesel::Date {
    date.into()
}

fn ordered<'a>(mut query: Boxed<'a>, page: &Page, sorted: bool) -> Boxed<'a> {
    let direction = if page.descending { " DESC" } else { "" };
    let by = page.order.expression(sorted);
    if let Some((key, id)) = &page.after {
        let compare = if page.descending { "<" } else { ">" };
        let from = sql::<Bool>(&format!("({by}, tasks.id) {compare} ("));
        let id = id.0;
        query = match key {
            Key::Updated(at) => {
                let at = jiff_diesel::Timestamp::from(at.timestamp());
                query.filter(from.bind::<Timestamptz, _>(at).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            Key::Due(Some(due)) => {
                query.filter(from.bind::<SqlDate, _>(date(*due)).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            Key::Due(None) => query.filter(from.sql("'infinity', ").bind::<SqlUuid, _>(id).sql(")")),
            Key::Priority(priority) => {
                let order = priority_order(*priority);
                query.filter(from.bind::<SmallInt, _>(order).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            Key::Rank(rank) => {
                query.filter(from.bind::<Text, _>(rank.clone()).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            Key::Number(number) => {
                query.filter(from.bind::<BigInt, _>(*number).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
        };
    }
    // A rank, and a number, is one task's: its index needs no id.
    let order = match page.order {
        Order::Rank | Order::Number => format!("{by}{direction}"),
        Order::Updated | Order::Due | Order::Priority => format!("{by}{direction}, tasks.id{direction}"),
    };
    query.order(sql::<Text>(&order)).limit(page.limit)
}

/// The same as the function of this name in Postgres.
fn priority_order(priority: Priority) -> i16 {
    match priority {
        Priority::None => 0,
        Priority::Low => 1,
        Priority::Medium => 2,
        Priority::High => 3,
        Priority::Urgent => 4,
    }
}

/// A task that somebody is assigned to, by what their list is ordered by.
#[derive(Debug, Clone)]
pub struct Assigned {
    pub project: ProjectId,
    pub task: TaskId,
    pub updated_at: Moment,
    pub due_on: Option<Date>,
    pub priority: Priority,
}

statement! { Mine(query: &'a str as Text, user: Uuid as SqlUuid, categories: &'a [String] as Array<Text>,
  same: &'a [String] as Array<Text>, priorities: &'a [String] as Array<Text>, too: &'a [String] as Array<Text>, most: i64 as BigInt)
 -> (SqlUuid, SqlUuid, Timestamptz, Nullable<SqlDate>, Text):
"SELECT t.project_id, t.id, t.updated_at, t.due_on, t.priority \
FROM (SELECT p.id, p.workflow, replace({}, E'\\x01', project_mark(p.id))::tsquery AS query \
    FROM members m JOIN projects p ON p.id = m.project_id \
    WHERE m.user_id = {} AND p.deleted_at IS NULL AND NOT p.archived ORDER BY p.changed_at DESC, p.id) asked \
CROSS JOIN LATERAL (SELECT f.task_id FROM found_by f \
WHERE f.project_id = asked.id AND f.kind = 'task' AND f.words @@ asked.query) found \
CROSS JOIN LATERAL (SELECT * FROM tasks t WHERE t.project_id = asked.id AND t.id = found.task_id OFFSET 0) t \
WHERE t.deleted_version IS NULL AND (cardinality({}) = 0 OR EXISTS ( \
SELECT FROM jsonb_array_elements(asked.workflow -> 'statuses') s \
WHERE s ->> 'key' = t.status AND s ->> 'category' = ANY({}))) AND (cardinality({}) = 0 OR t.priority = ANY({})) LIMIT {}" }

/// The tasks that a person is assigned to, in all their projects that are neither archived nor in the bin, at most ten
/// thousand of them. No categories, or no priorities: any.
///
/// # Errors
/// Those of the query.
pub async fn assigned_to(
    conn: &AsyncPgConnection,
    user: UserId,
    categories: &[String],
    priorities: &[String],
) -> Result<Vec<Assigned>> {
    let query = search::assigned_to(&[Some(user)]);
    let mine = Mine::new(&query, user.0, categories, categories, priorities, priorities, FEW);
    let rows: Vec<(Uuid, Uuid, jiff_diesel::Timestamp, Option<jiff_diesel::Date>, String)> =
        mine.load(&mut &*conn).await?;
    let read =
        |(project, task, updated_at, due_on, priority): (_, _, _, Option<jiff_diesel::Date>, String)| {
            Ok(Assigned {
                project: ProjectId(project),
                task: TaskId(task),
                updated_at: convert::moment(updated_at),
                due_on: due_on.map(|date| date.to_jiff()),
                priority: Priority::parse(&priority).ok_or_else(|| convert::unreadable("priority"))?,
            })
        };
    rows.into_iter().map(read).collect()
}

statement! { Projects(ids: &'a [Uuid] as Array<SqlUuid>) -> (SqlUuid, Text, Text):
"SELECT id, key, name FROM projects WHERE id = ANY({})" }

/// Id, key and name of these projects. Whoever asks has seen that the person is a member.
///
/// # Errors
/// Those of the query.
pub async fn project_names(conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String)>> {
    Ok(Projects::new(ids).load(&mut &*conn).await?)
}

//! Pages of a project's tasks, by filters and in an order.

use crate::schema::tasks;
use crate::tasks::{Kept, Row};
use crate::{AsyncPgConnection, Result, listed, search};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date as SqlDate, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
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
    pub(crate) fn expression(self, few: bool) -> &'static str {
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
        let Filter { statuses, assignees, labels, priorities, .. } = self;
        let facets = [statuses.len(), assignees.len(), labels.len(), priorities.len()];
        facets == [0; 4] && self.has_no_more_than_facets()
    }

    /// Whether nothing is asked that `listed_by` does not tell.
    fn asks_only_for_facets(&self) -> bool {
        self.among.is_none() && self.has_no_more_than_facets()
    }

    fn has_no_more_than_facets(&self) -> bool {
        let lists = self.parents.is_empty() && self.created_by.is_empty() && self.numbers.is_empty();
        let dates = self.due_from.is_none() && self.due_before.is_none() && self.updated_since.is_none();
        lists && dates && self.blocked.is_none() && self.ready.is_none()
    }
}

type Boxed<'a> = tasks::BoxedQuery<'a, Pg>;

/// So few are looked up one by one and sorted. More: the order is walked until the page is full, as it soon is.
const FEW: i64 = 10_000;
/// So many are looked through before anything is looked up.
const NEXT: i64 = 500;

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
    let Some(facets) = facets(filter) else {
        return read(conn, ordered(filtered(project, filter), page, filter.among.is_some())).await;
    };
    let next = next(conn, project, filter.deleted, page).await?;
    let nearest = read(conn, among(filtered(project, filter), page, next)).await?;
    if nearest.len() as i64 == page.limit {
        return Ok(nearest);
    }
    let few = match filter.asks_only_for_facets() {
        true => listed::page(conn, project, &facets, filter.deleted, page).await?,
        false => Some(search::some_tasks(conn, project, &facets, FEW + 1).await?)
            .filter(|found| found.len() as i64 <= FEW),
    };
    match few {
        Some(few) => read(conn, among(filtered(project, filter), page, few)).await,
        None => read(conn, ordered(filtered(project, filter), page, false)).await,
    }
}

async fn read(conn: &AsyncPgConnection, query: Boxed<'_>) -> Result<Vec<Task>> {
    let rows: Vec<Row> = query.select(Row::as_select()).load(&mut &*conn).await?;
    rows.into_iter().map(|row| Kept::try_from(row).map(|kept| kept.task)).collect()
}

/// The tasks that come next in the page's order, whatever they are: of what one task in ten has, they are a page.
async fn next(conn: &AsyncPgConnection, project: ProjectId, deleted: bool, page: &Page) -> Result<Vec<Uuid>> {
    let all = Filter { deleted, ..Filter::default() };
    let next = Page { limit: NEXT, ..page.clone() };
    Ok(ordered(filtered(project, &all), &next, false).select(tasks::id).load(&mut &*conn).await?)
}

fn among<'a>(query: Boxed<'a>, page: &Page, ids: Vec<Uuid>) -> Boxed<'a> {
    ordered(query.filter(tasks::id.eq_any(ids)), page, true)
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

/// What is asked of people, labels, statuses and priorities. `None` if it is little: the order is walked, or the status' index.
fn facets(filter: &Filter) -> Option<String> {
    let mut asked = Vec::new();
    if !filter.assignees.is_empty() {
        asked.push(search::assigned_to(&filter.assignees));
    }
    if !filter.labels.is_empty() {
        asked.push(search::labelled(&filter.labels));
    }
    let little = asked.is_empty() && (filter.statuses.is_empty() || filter.priorities.is_empty());
    if !filter.statuses.is_empty() {
        asked.push(search::in_status(&filter.statuses));
    }
    if !filter.priorities.is_empty() {
        asked.push(search::of_priority(&filter.priorities));
    }
    (!little).then(|| search::both(&asked))
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

pub(crate) fn date(date: Date) -> jiff_diesel::Date {
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
pub(crate) fn priority_order(priority: Priority) -> i16 {
    match priority {
        Priority::None => 0,
        Priority::Low => 1,
        Priority::Medium => 2,
        Priority::High => 3,
        Priority::Urgent => 4,
    }
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

//! Pages of a project's tasks, by filters and in an order.

mod filter;

pub use filter::Filter;
use filter::{facets, filtered};

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
use domain::{ProjectId, TaskId};
use jiff::civil::Date;
use uuid::Uuid;

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
    let next = next(conn, project, filter, page).await?;
    let are_all = (next.len() as i64) < NEXT;
    let nearest = read(conn, among(filtered(project, filter), page, next)).await?;
    if are_all || nearest.len() as i64 == page.limit {
        return Ok(nearest);
    }
    let few = match filter.asks_only_for_facets() {
        true => Some(listed::page(conn, project, &facets, filter.deleted, page).await?),
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

/// The tasks that come next in the page's order, whatever they are: of what one task in ten has, they are a page. In the order of
/// priorities they begin with, and go no further than, those that are asked for.
async fn next(
    conn: &AsyncPgConnection,
    project: ProjectId,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Uuid>> {
    let all = Filter { deleted: filter.deleted, ..Filter::default() };
    let next = Page { limit: NEXT, ..page.clone() };
    let mut query = ordered(filtered(project, &all), &next, false);
    let asked = || filter.priorities.iter().map(|priority| priority_order(*priority));
    if let (Order::Priority, Some(least), Some(most)) = (page.order, asked().min(), asked().max()) {
        let between = sql::<Bool>("priority_order(tasks.priority) BETWEEN ").bind::<SmallInt, _>(least);
        query = query.filter(between.sql(" AND ").bind::<SmallInt, _>(most));
    }
    Ok(query.select(tasks::id).load(&mut &*conn).await?)
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

//! The orders of task lists, and where a page begins.

use crate::schema::tasks;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date as SqlDate, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::TaskId;
use domain::task::{Priority, Task};
use domain::time::Moment;
use jiff::civil::Date;

/// What a list is ordered by; ties by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// When a task last changed.
    Updated,
    /// The day it is due; tasks without one come after all others, also from the latest to the earliest.
    Due,
    /// From none to urgent.
    Priority,
    /// The place that people gave it.
    Rank,
    /// The number within the project, so the order in which they were made.
    Number,
}

/// Where a task stands in an order.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// When it last changed.
    Updated(Moment),
    /// `None`: after all that have a date.
    Due(Option<Date>),
    /// Its priority.
    Priority(Priority),
    /// Its rank.
    Rank(String),
    /// Its number.
    Number(i64),
}

impl Order {
    /// Where this task stands.
    pub fn key(self, task: &Task) -> SortKey {
        match self {
            Order::Updated => SortKey::Updated(task.updated_at),
            Order::Due => SortKey::Due(task.due_on),
            Order::Priority => SortKey::Priority(task.priority),
            Order::Rank => SortKey::Rank(task.rank.as_str().to_owned()),
            Order::Number => SortKey::Number(task.number),
        }
    }

    /// The expression that the list is ordered by: the one of the index, or for `few` tasks, which are read and sorted, one
    /// that no index has. With the former the planner would walk the index in the hope of meeting one of the few soon, and
    /// might read all of the project.
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
    /// What the list is ordered by.
    pub order: Order,
    /// From the greatest to the least.
    pub descending: bool,
    /// The last task of the page before.
    pub after: Option<(SortKey, TaskId)>,
    /// Most tasks of the page.
    pub limit: i64,
}

/// Tasks that are asked for, while conditions are added.
pub(super) type Boxed<'a> = tasks::BoxedQuery<'a, Pg>;

pub(crate) fn date(date: Date) -> jiff_diesel::Date {
    date.into()
}

/// One page of `query`'s tasks. `sorted`: they are few, so they are read and sorted instead of found by an index.
pub(super) fn ordered<'a>(mut query: Boxed<'a>, page: &Page, sorted: bool) -> Boxed<'a> {
    let direction = if page.descending { " DESC" } else { "" };
    let by = page.order.expression(sorted);
    if let Some((key, id)) = &page.after {
        let compare = if page.descending { "<" } else { ">" };
        let from = sql::<Bool>(&format!("({by}, tasks.id) {compare} ("));
        let id = id.0;
        query = match key {
            SortKey::Updated(at) => {
                let at = jiff_diesel::Timestamp::from(at.timestamp());
                query.filter(from.bind::<Timestamptz, _>(at).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            SortKey::Due(Some(due)) => {
                query.filter(from.bind::<SqlDate, _>(date(*due)).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            SortKey::Due(None) => query.filter(from.sql("'infinity', ").bind::<SqlUuid, _>(id).sql(")")),
            SortKey::Priority(priority) => {
                let order = priority_order(*priority);
                query.filter(from.bind::<SmallInt, _>(order).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            SortKey::Rank(rank) => {
                query.filter(from.bind::<Text, _>(rank.clone()).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
            SortKey::Number(number) => {
                query.filter(from.bind::<BigInt, _>(*number).sql(", ").bind::<SqlUuid, _>(id).sql(")"))
            }
        };
    }
    // A rank and a number are those of one task, so their indexes have no id.
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

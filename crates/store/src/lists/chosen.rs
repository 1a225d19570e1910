//! What is asked of something that a task has any number of.

use super::order::Boxed;
use crate::schema::tasks;
use diesel::dsl::{not, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};

/// What is asked of something that a task has any number of, such as labels. `None` stands for having none. An empty list asks
/// for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen<T> {
    /// It has one of these.
    pub any: Vec<Option<T>>,
    /// It has all of these.
    pub all: Vec<T>,
    /// It has none of these.
    pub not: Vec<Option<T>>,
}

impl<T> Default for Chosen<T> {
    fn default() -> Chosen<T> {
        Chosen { any: Vec::new(), all: Vec::new(), not: Vec::new() }
    }
}

impl<T> Chosen<T> {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && self.all.is_empty() && self.not.is_empty()
    }
}

/// A condition on a task.
pub(super) type Condition = Box<dyn BoxableExpression<tasks::table, Pg, SqlType = Bool>>;

/// What a task has, in SQL. Before and behind the values, as texts, of each condition.
pub(super) struct Column {
    pub any: [&'static str; 2],
    pub all: [&'static str; 2],
}

/// The tasks of `query` that have what is chosen. `none`: whether a task has none.
pub(super) fn having<'a, T: ToString>(
    mut query: Boxed<'a>,
    Column { any, all }: &Column,
    none: impl Fn() -> Condition,
    chosen: &Chosen<T>,
) -> Boxed<'a> {
    let has = |[before, behind]: [&str; 2], values: Vec<String>| {
        sql::<Bool>(before).bind::<Array<Text>, _>(values).sql(behind)
    };
    let some = |values: &[Option<T>]| values.iter().flatten().map(T::to_string).collect();
    if !chosen.any.is_empty() {
        let any = has(*any, some(&chosen.any));
        query = match chosen.any.iter().any(Option::is_none) {
            true => query.filter(any.or(none())),
            false => query.filter(any),
        };
    }
    if !chosen.all.is_empty() {
        query = query.filter(has(*all, chosen.all.iter().map(T::to_string).collect()));
    }
    if !chosen.not.is_empty() {
        query = query.filter(not(has(*any, some(&chosen.not))));
    }
    if chosen.not.iter().any(Option::is_none) {
        query = query.filter(not(none()));
    }
    query
}

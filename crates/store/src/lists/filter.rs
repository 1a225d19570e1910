//! What the tasks of a list are chosen by.

use super::chosen::{Chosen, Column, having};
use super::order::{Boxed, date};
use crate::find::{Asked, By, Having, has_words};
use crate::schema::{tasks, watchers};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date as SqlDate, Text, Timestamptz, Uuid as SqlUuid};
use domain::task::Priority;
use domain::time::Moment;
use domain::{ProjectId, TaskId, UserId};
use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

/// Where a project's tasks are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// On the board.
    #[default]
    Board,
    /// In the archive.
    Archive,
    /// In the bin.
    Bin,
}

/// What is asked of a custom field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldFilter {
    /// The field.
    pub key: String,
    /// Each is an object with this field alone: a task has it that has the same value, or it among others.
    pub chosen: Chosen<Value>,
}

/// What tasks are asked for. An empty list asks for nothing; a list of several for any of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Keys of statuses.
    pub statuses: Vec<String>,
    /// People who are assigned.
    pub assignees: Chosen<UserId>,
    /// Keys of labels.
    pub labels: Chosen<String>,
    /// Values of custom fields.
    pub fields: Vec<FieldFilter>,
    /// Priorities.
    pub priorities: Vec<Priority>,
    /// `None`: not below any task.
    pub parents: Vec<Option<TaskId>>,
    /// Who made them.
    pub created_by: Vec<UserId>,
    /// Numbers within the project.
    pub numbers: Vec<i64>,
    /// Due on this day or later.
    pub due_from: Option<Date>,
    /// Due before this day.
    pub due_before: Option<Date>,
    /// Whether it has a day that it is due.
    pub dated: Option<bool>,
    /// Changed at this moment or later, or came into the archive or the bin.
    pub updated_since: Option<Moment>,
    /// Tasks that came back to the board since then.
    pub returned: Vec<Uuid>,
    /// Whether it has an open blocker.
    pub blocked: Option<bool>,
    /// Whether it can be begun: not begun, and no blocker open.
    pub ready: Option<bool>,
    /// Keys of the statuses that mean done or cancelled. Only `blocked` and `ready` need them.
    pub closed: Vec<String>,
    /// Keys of the statuses that mean not begun. Only `ready` needs them.
    pub unbegun: Vec<String>,
    /// Where the tasks are.
    pub place: Place,
    /// Only tasks that this person follows.
    pub watched_by: Option<UserId>,
    /// Only tasks that have these words.
    pub asked: Option<Asked>,
    /// Only these tasks.
    pub among: Option<Vec<Uuid>>,
}

impl Filter {
    /// Whether nothing is asked but to be among some.
    pub(super) fn is_only_among(&self) -> bool {
        let Filter { statuses, assignees, labels, priorities, .. } = self;
        let no_facets = [statuses.is_empty(), assignees.is_empty(), labels.is_empty(), priorities.is_empty()];
        self.place == Place::Board && no_facets == [true; 4] && self.has_no_more_than_facets()
    }

    /// Whether nothing is asked that `listed_by` does not tell.
    pub(super) fn asks_only_for_facets(&self) -> bool {
        self.place == Place::Board && self.among.is_none() && self.has_no_more_than_facets()
    }

    fn has_no_more_than_facets(&self) -> bool {
        let lists = self.fields.is_empty()
            && self.parents.is_empty()
            && self.created_by.is_empty()
            && self.numbers.is_empty();
        let dates = self.due_from.is_none() && self.due_before.is_none() && self.updated_since.is_none();
        let edges = self.blocked.is_none() && self.ready.is_none();
        lists && dates && edges && self.watched_by.is_none() && self.asked.is_none()
    }
}

const ASSIGNEES: Column =
    Column { any: ["tasks.assignees && ", "::uuid[]"], all: ["tasks.assignees @> ", "::uuid[]"] };
const LABELS: Column = Column { any: ["tasks.labels && ", ""], all: ["tasks.labels @> ", ""] };

const FIELD: Column =
    Column { any: ["tasks.fields @> ANY(", "::jsonb[])"], all: ["tasks.fields @> ALL(", "::jsonb[])"] };

/// The tasks of the project that pass the filter. `by`: how those that have the words are looked for.
pub(super) fn filtered(project: ProjectId, filter: &Filter, by: By) -> Boxed<'_> {
    let mut query = tasks::table.filter(tasks::project_id.eq(project.0)).into_boxed();
    let archived =
        || tasks::archived_version.is_not_null().and(tasks::archived_version.eq(tasks::deleted_version));
    query = match filter.place {
        Place::Board => query.filter(tasks::deleted_version.is_null()),
        Place::Archive => query.filter(archived().assume_not_null()),
        Place::Bin => query
            .filter(tasks::deleted_version.is_not_null())
            .filter(tasks::archived_version.is_distinct_from(tasks::deleted_version)),
    };
    if !filter.statuses.is_empty() {
        query = query.filter(tasks::status.eq_any(&filter.statuses));
    }
    query = having(query, &ASSIGNEES, || Box::new(sql("tasks.assignees = '{}'")), &filter.assignees);
    query = having(query, &LABELS, || Box::new(sql("tasks.labels = '{}'")), &filter.labels);
    for FieldFilter { key, chosen } in &filter.fields {
        let value = || sql("coalesce(tasks.fields -> ").bind::<Text, _>(key.clone());
        query = having(query, &FIELD, || Box::new(value().sql(", '[]') = '[]'")), chosen);
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
    if let Some(dated) = filter.dated {
        let compare = if dated { "<" } else { "=" };
        query =
            query.filter(sql::<Bool>(&format!("coalesce(tasks.due_on, 'infinity') {compare} 'infinity'")));
    }
    if let Some(since) = filter.updated_since {
        let since = jiff_diesel::Timestamp::from(since.timestamp());
        let changed = tasks::updated_at.ge(since);
        let returned = || tasks::id.eq_any(&filter.returned);
        query = match (filter.place, filter.returned.is_empty()) {
            (Place::Board, true) => query.filter(changed),
            (Place::Board, false) => query.filter(changed.or(returned())),
            (Place::Archive | Place::Bin, _) => query.filter(changed.or(returned()).or(left_since(since))),
        };
    }
    if let Some(user) = filter.watched_by {
        let own = watchers::project_id.eq(project.0).and(watchers::user_id.eq(user.0));
        query = query.filter(tasks::id.eq_any(watchers::table.filter(own).select(watchers::task_id)));
    }
    if let Some(asked) = &filter.asked {
        query = query.filter(has_words(asked, Having::Any, by));
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

/// Whether it came to where it is, off the board, at this moment or later.
fn left_since(since: jiff_diesel::Timestamp) -> Box<dyn BoxableExpression<tasks::table, Pg, SqlType = Bool>> {
    Box::new(
        sql::<Bool>("EXISTS (SELECT FROM events e WHERE e.project_id = tasks.project_id AND e.version = tasks.deleted_version AND e.at >= ")
            .bind::<Timestamptz, _>(since)
            .sql(")"),
    )
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

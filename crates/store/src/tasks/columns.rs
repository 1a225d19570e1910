//! The columns of a task: a row for each, with its type in Rust and in SQL, what an update does with it, and how it is read.
//! Whatever names all columns is made of these rows, so a column that is missing here is missing nowhere else.

use crate::convert::Stored;
use crate::error::StoreError;
use crate::schema::tasks;
use crate::{Result, convert};
use diesel::prelude::*;
use domain::json::JsonObject;
use domain::rank::Rank;
use domain::task::{Priority, Task};
use domain::text::{Key, Markdown, Title};
use domain::{TaskId, UserId, Version};
use jiff_diesel::Timestamp;
use uuid::Uuid;

/// A task with where it is.
#[derive(Debug, Clone)]
pub struct StoredTask {
    /// The task.
    pub task: Task,
    /// The version of the event that took it off the board: into the bin, or into the archive. `None`: it is on the board.
    pub deleted: Option<Version>,
    /// The version of the event that archived it. Another one than `deleted`: from the archive it went into the bin.
    pub archived: Option<Version>,
}

impl StoredTask {
    /// Whether it is in the archive.
    pub fn is_archived(&self) -> bool {
        self.archived.is_some() && self.archived == self.deleted
    }
}

/// What an update does with a column: `set` writes it, `given` writes it unless it is null, `kept` leaves it.
macro_rules! assignment {
    (set $name:ident) => {
        concat!(stringify!($name), " = r.", stringify!($name), ", ")
    };
    (given $name:ident) => {
        concat!(stringify!($name), " = coalesce(r.", stringify!($name), ", t.", stringify!($name), "), ")
    };
    (kept $name:ident) => {
        ""
    };
}

macro_rules! columns {
    ($row:ident => $($name:ident: $type:ty, $sql:literal, $update:ident, $read:expr;)*) => {
        #[derive(Debug, Queryable, Selectable)]
        #[diesel(table_name = tasks, check_for_backend(diesel::pg::Pg))]
        pub(crate) struct TaskRow {
            $(pub(super) $name: $type,)*
            deleted_version: Option<i64>,
            archived_version: Option<i64>,
        }

        impl TryFrom<TaskRow> for StoredTask {
            type Error = StoreError;

            fn try_from($row: TaskRow) -> Result<StoredTask> {
                let (deleted, archived) = ($row.deleted_version, $row.archived_version);
                Ok(StoredTask { task: Task { $($name: $read,)* }, deleted, archived })
            }
        }

        /// The columns of `t`, in the order of the row.
        macro_rules! selected {
            () => { concat!($("t.", stringify!($name), ", ",)* "t.deleted_version, t.archived_version") };
        }
        /// The columns that an insert writes.
        macro_rules! inserted {
            () => { concat!($(stringify!($name), ", ",)* "deleted_version, archived_version") };
        }
        /// The same with their types.
        macro_rules! typed {
            () => { concat!($(stringify!($name), " ", $sql, ", ",)* "deleted_version bigint, archived_version bigint") };
        }
        /// The assignments of an update of `t` from `r`.
        macro_rules! updated {
            () => { concat!($(assignment!($update $name),)* "deleted_version = r.deleted_version, archived_version = r.archived_version") };
        }
    };
}

columns! { row =>
    id: Uuid, "uuid", kept, TaskId(row.id);
    number: i64, "bigint", kept, row.number;
    title: String, "text", set, Title::stored(row.title);
    description: String, "text", given, Markdown::stored(row.description);
    status: String, "text", set, Key::stored(row.status);
    assignees: Vec<Uuid>, "uuid[]", set, row.assignees.into_iter().map(UserId).collect();
    labels: Vec<String>, "text[]", set, row.labels.into_iter().map(Key::stored).collect();
    priority: String, "text", set,
        Priority::parse(&row.priority).ok_or_else(|| convert::unreadable("priority"))?;
    start_on: Option<jiff_diesel::Date>, "date", set, row.start_on.map(|date| date.to_jiff());
    due_on: Option<jiff_diesel::Date>, "date", set, row.due_on.map(|date| date.to_jiff());
    estimate: Option<i64>, "bigint", set, row.estimate;
    rank: String, "text", set, Rank::stored(row.rank);
    parent: Option<Uuid>, "uuid", set, row.parent.map(TaskId);
    config: Stored<JsonObject>, "jsonb", given, row.config.0;
    fields: Stored<JsonObject>, "jsonb", set, row.fields.0;
    comment_count: i64, "bigint", set, row.comment_count;
    version: i64, "bigint", set, row.version;
    created_at: Timestamp, "timestamptz", kept, convert::moment(row.created_at);
    created_by: Uuid, "uuid", kept, UserId(row.created_by);
    updated_at: Timestamp, "timestamptz", set, convert::moment(row.updated_at);
}

//! A task, and what an event changes of it.

pub mod archive;
pub mod bin;
pub mod config;
pub mod create;
pub mod group;
mod judge;
pub mod place;
pub mod shift;
pub mod update;
pub mod watch;

use crate::Version;
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, JsonObject, Refused, integer, string};
use crate::rank::Rank;
use crate::text::{Key, Markdown, Title};
use crate::time::{self, Moment};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Most assignees of a task.
pub const MOST_ASSIGNEES: usize = 100;
/// Most labels of a task.
pub const MOST_LABELS: usize = 100;
/// Largest `fields` of a task, in bytes of canonical JSON.
pub const FIELDS_BYTES: usize = 65_536;

/// How much a task matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nobody said.
    #[default]
    None,
    /// It can wait.
    Low,
    /// As usual.
    Medium,
    /// Before others.
    High,
    /// Before everything.
    Urgent,
}

impl Priority {
    const ALL: [Priority; 5] =
        [Priority::None, Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];

    /// The name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Priority::None => "none",
            Priority::Low => "low",
            Priority::Medium => "medium",
            Priority::High => "high",
            Priority::Urgent => "urgent",
        }
    }

    /// The priority of that name.
    pub fn parse(name: &str) -> Option<Priority> {
        Priority::ALL.into_iter().find(|priority| priority.as_str() == name)
    }

    fn read(value: Value) -> Result<Priority, Refused> {
        Priority::parse(&string(value)?)
            .ok_or_else(|| Refused::invalid("must be none, low, medium, high or urgent"))
    }
}

/// A task as problems and differences name it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TaskRef {
    /// Its id.
    pub id: TaskId,
    /// Its number within the project.
    pub number: i64,
    /// Its title.
    pub title: Title,
    /// The key of its status.
    pub status: Key,
}

/// How a change of one field is applied: its value is replaced.
mod replaced {
    pub(super) fn apply<T>(field: &mut T, change: T) {
        *field = change;
    }

    /// Whether the field already is as `change` makes it.
    pub(super) fn is<T: PartialEq>(field: &T, change: &T) -> bool {
        field == change
    }

    /// The change that takes `change` back.
    pub(super) fn back<T: Clone>(field: &T, _change: &T) -> T {
        field.clone()
    }
}

/// How a change of one field is applied: it is a merge patch (RFC 7396) of the value.
mod patched {
    use crate::json::JsonObject;
    use crate::task::config::{merged, patch_between};

    pub(super) fn apply(field: &mut JsonObject, patch: JsonObject) {
        *field = merged(field, &patch).into();
    }

    /// Whether the field already is as `patch` makes it.
    pub(super) fn is(field: &JsonObject, patch: &JsonObject) -> bool {
        merged(field, patch) == **field
    }

    /// The patch that takes `patch` back.
    pub(super) fn back(field: &JsonObject, patch: &JsonObject) -> JsonObject {
        patch_between(&merged(field, patch), field).into()
    }
}

/// The fields that commands set: a row for each, with its type, how it is read from JSON, how a change of it is applied, and
/// what a new task has where it is left out. Everything that has to be done for each field is done here, so a field that is
/// in a task is also read, applied, undone and compared. One that is added later is an `Option`, because it is `null` in older
/// events and snapshots, which do not have it.
macro_rules! task_fields {
    ($($(#[$meta:meta])* $name:ident: $type:ty, $read:expr, $applied:ident, $left_out:expr;)*) => {
        /// A task as its snapshot shows it.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
        pub struct Task {
            /// Chosen by the client, or by the server.
            pub id: TaskId,
            /// 1, 2, 3 … within the project, never used again.
            pub number: i64,
            $($(#[$meta])* pub $name: $type,)*
            /// Its place in the order of the project.
            pub rank: Rank,
            /// How many comments it has, deleted ones aside.
            pub comment_count: i64,
            /// The version of the last event that set a field other than `rank` and `comment_count`.
            pub version: Version,
            /// When it was made.
            pub created_at: Moment,
            /// Who made it.
            pub created_by: UserId,
            /// The time of the event that `version` names.
            pub updated_at: Moment,
        }

        /// What `task.created` says; the rest of the task follows from the event around it.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
        pub struct NewTask {
            /// Chosen by the client, or by the server.
            pub id: TaskId,
            /// 1, 2, 3 … within the project, never used again.
            pub number: i64,
            $($(#[$meta])* pub $name: $type,)*
            /// Its place in the order of the project.
            pub rank: Rank,
        }

        impl NewTask {
            /// The task that an event of this version, time and actor makes.
            pub fn into_task(self, version: Version, at: Moment, actor: UserId) -> Task {
                let NewTask { id, number, rank, $($name),* } = self;
                Task {
                    id,
                    number,
                    $($name,)*
                    rank,
                    comment_count: 0,
                    version,
                    created_at: at,
                    created_by: actor,
                    updated_at: at,
                }
            }
        }

        /// What commands set of a task; absent is unchanged, `null` empties.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
        pub struct TaskFields {
            $(
                $(#[$meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                #[schema(required = false, value_type = $type)]
                pub $name: Option<$type>,
            )*
        }

        impl TaskFields {
            pub(crate) fn read(fields: &mut Fields) -> TaskFields {
                TaskFields { $($name: fields.optional(stringify!($name), $read),)* }
            }

            /// A new task of these fields.
            pub(crate) fn into_new(self, id: TaskId, number: i64, rank: Rank) -> NewTask {
                let TaskFields { $($name),* } = self;
                NewTask { id, number, rank, $($name: $name.unwrap_or_else($left_out),)* }
            }

            pub(crate) fn into_change(self, rank: Option<Rank>) -> TaskChange {
                let TaskFields { $($name),* } = self;
                TaskChange { $($name,)* rank }
            }
        }

        /// What `task.updated` changed; absent is unchanged, `null` empties.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
        pub struct TaskChange {
            $(
                $(#[$meta])*
                #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
                #[schema(required = false, value_type = $type)]
                pub $name: Option<$type>,
            )*
            /// Where a new status put the task: the end of that column.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            pub rank: Option<Rank>,
        }

        impl TaskChange {
            /// The same change without what already is as it asks.
            pub fn against(self, task: &Task) -> TaskChange {
                TaskChange {
                    $($name: self.$name.filter(|change| !$applied::is(&task.$name, change)),)*
                    rank: self.rank.filter(|rank| *rank != task.rank),
                }
            }

            /// The change that takes this one back, for `task` as it is before this one.
            pub fn before(&self, task: &Task) -> TaskChange {
                TaskChange {
                    $($name: self.$name.as_ref().map(|change| $applied::back(&task.$name, change)),)*
                    rank: self.rank.as_ref().map(|_| task.rank.clone()),
                }
            }

            pub(crate) fn into_fields(self) -> (TaskFields, Option<Rank>) {
                let TaskChange { rank, $($name),* } = self;
                (TaskFields { $($name),* }, rank)
            }
        }

        impl Task {
    /// The least that tells people which task it is.
    pub fn reference(&self) -> TaskRef {
        TaskRef { id: self.id, number: self.number, title: self.title.clone(), status: self.status.clone() }
    }

            /// Applies what the event of `version` at `at` changed.
            pub fn apply(&mut self, change: TaskChange, version: Version, at: Moment) {
                let TaskChange { rank, $($name),* } = change;
                $(if let Some(change) = $name { $applied::apply(&mut self.$name, change) })*
                if let Some(rank) = rank {
                    self.rank = rank;
                }
                self.version = version;
                self.updated_at = at;
            }
        }
    };
}

task_fields! {
    /// One line.
    title: Title, Title::read, replaced, given;
    /// Markdown.
    description: Markdown, Markdown::read, replaced, Markdown::default;
    /// The key of its status. A new task without one gets the first status of the workflow.
    status: Key, Key::read, replaced, given;
    /// Members, at most 100. Whoever is removed from the project stays.
    #[schema(max_items = 100)]
    assignees: BTreeSet<UserId>, user_ids, replaced, BTreeSet::new;
    /// Keys of the project's labels, at most 100.
    #[schema(max_items = 100)]
    labels: BTreeSet<Key>, label_keys, replaced, BTreeSet::new;
    /// How much it matters.
    priority: Priority, Priority::read, replaced, Priority::default;
    /// The day on which work on it begins.
    start_on: Option<Date>, nullable(time::date), replaced, Option::default;
    /// The day it is due.
    due_on: Option<Date>, nullable(time::date), replaced, Option::default;
    /// 0 to 10,000.
    #[schema(minimum = 0, maximum = 10_000)]
    estimate: Option<i64>, nullable(|value| integer(&value, 0..=10_000)), replaced, Option::default;
    /// The task that it is a part of.
    parent: Option<TaskId>, nullable(TaskId::read), replaced, Option::default;
    /// Anything; a change is merged into it by RFC 7396. At most 65,536 bytes and 16 levels.
    config: JsonObject, object, patched, JsonObject::default;
    /// Values of the project's custom fields by key; a change is merged into them by RFC 7396, `null` empties one.
    fields: JsonObject, object, patched, JsonObject::default;
}

/// `task.create` has filled it in.
fn given<T>() -> T {
    unreachable!("a new task has a title and a status")
}

/// What is there, be it `null`.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl Task {
    /// Whether the task has this status.
    pub fn stands_in(&self, column: &Key) -> bool {
        *column == self.status
    }
}

impl TaskChange {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == TaskChange::default()
    }
}

fn user_ids(value: Value) -> Result<BTreeSet<UserId>, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list of user ids")) };
    if items.len() > MOST_ASSIGNEES {
        return Err(Refused::invalid(format!("must have at most {MOST_ASSIGNEES} people")));
    }
    items.into_iter().map(UserId::read).collect()
}

fn label_keys(value: Value) -> Result<BTreeSet<Key>, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list of labels")) };
    if items.len() > MOST_LABELS {
        return Err(Refused::invalid(format!("must have at most {MOST_LABELS} labels")));
    }
    items.into_iter().map(Key::read).collect()
}

fn object(value: Value) -> Result<JsonObject, Refused> {
    let Value::Object(fields) = value else { return Err(Refused::not_a("an object")) };
    Ok(fields.into())
}

fn nullable<T>(
    read: impl FnOnce(Value) -> Result<T, Refused>,
) -> impl FnOnce(Value) -> Result<Option<T>, Refused> {
    |value| if value.is_null() { Ok(None) } else { read(value).map(Some) }
}

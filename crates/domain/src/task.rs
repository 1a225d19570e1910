//! A task, and what an event changes of it.

use crate::Version;
use crate::ids::{TaskId, UserId};
use crate::json::Refused;
use crate::rank::Rank;
use crate::text::{Key, Markdown, Title};
use crate::time::Moment;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Largest `config` of a task, in bytes of canonical JSON.
pub const CONFIG_BYTES: usize = 65_536;
/// Deepest nesting of a `config`.
pub const CONFIG_DEPTH: usize = 16;
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
    #[default]
    None,
    Low,
    Medium,
    High,
    Urgent,
}

impl Priority {
    const ALL: [Priority; 5] =
        [Priority::None, Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];

    pub fn as_str(self) -> &'static str {
        match self {
            Priority::None => "none",
            Priority::Low => "low",
            Priority::Medium => "medium",
            Priority::High => "high",
            Priority::Urgent => "urgent",
        }
    }

    pub fn parse(name: &str) -> Option<Priority> {
        Priority::ALL.into_iter().find(|priority| priority.as_str() == name)
    }
}

/// A task as its snapshot shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Task {
    pub id: TaskId,
    /// 1, 2, 3 … within the project, never used again.
    pub number: i64,
    pub title: Title,
    pub description: Markdown,
    pub status: Key,
    pub assignees: BTreeSet<UserId>,
    pub labels: BTreeSet<Key>,
    pub priority: Priority,
    pub due_on: Option<Date>,
    pub estimate: Option<i64>,
    pub rank: Rank,
    pub parent: Option<TaskId>,
    pub config: Map<String, Value>,
    pub fields: Map<String, Value>,
    pub comment_count: i64,
    /// The version of the last event that set a field other than `rank` and `comment_count`.
    pub version: Version,
    pub created_at: Moment,
    pub created_by: UserId,
    pub updated_at: Moment,
}

/// What `task.created` says; the rest of the task follows from the event around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewTask {
    pub id: TaskId,
    pub number: i64,
    pub title: Title,
    pub description: Markdown,
    pub status: Key,
    pub assignees: BTreeSet<UserId>,
    pub labels: BTreeSet<Key>,
    pub priority: Priority,
    pub due_on: Option<Date>,
    pub estimate: Option<i64>,
    pub rank: Rank,
    pub parent: Option<TaskId>,
    pub config: Map<String, Value>,
    pub fields: Map<String, Value>,
}

impl NewTask {
    /// The task that an event of this version, time and actor makes.
    pub fn into_task(self, version: Version, at: Moment, actor: UserId) -> Task {
        Task {
            id: self.id,
            number: self.number,
            title: self.title,
            description: self.description,
            status: self.status,
            assignees: self.assignees,
            labels: self.labels,
            priority: self.priority,
            due_on: self.due_on,
            estimate: self.estimate,
            rank: self.rank,
            parent: self.parent,
            config: self.config,
            fields: self.fields,
            comment_count: 0,
            version,
            created_at: at,
            created_by: actor,
            updated_at: at,
        }
    }
}

/// What `task.updated` changed; absent is unchanged, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaskChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Markdown>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Key>,
    /// Where a new status put the task: the end of that column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignees: Option<BTreeSet<UserId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeSet<Key>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub due_on: Option<Option<Date>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub estimate: Option<Option<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    pub parent: Option<Option<TaskId>>,
    /// A merge patch (RFC 7396) of the task's `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Map<String, Value>>,
    /// A merge patch (RFC 7396) of the task's `fields`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Map<String, Value>>,
}

fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

impl TaskChange {
    pub fn is_empty(&self) -> bool {
        *self == TaskChange::default()
    }

    /// The same change without what already is as it asks.
    pub fn against(self, task: &Task) -> TaskChange {
        TaskChange {
            title: self.title.filter(|v| *v != task.title),
            description: self.description.filter(|v| *v != task.description),
            status: self.status.filter(|v| *v != task.status),
            rank: self.rank.filter(|v| *v != task.rank),
            assignees: self.assignees.filter(|v| *v != task.assignees),
            labels: self.labels.filter(|v| *v != task.labels),
            priority: self.priority.filter(|v| *v != task.priority),
            due_on: self.due_on.filter(|v| *v != task.due_on),
            estimate: self.estimate.filter(|v| *v != task.estimate),
            parent: self.parent.filter(|v| *v != task.parent),
            config: self.config.filter(|patch| merged(&task.config, patch) != task.config),
            fields: self.fields.filter(|patch| merged(&task.fields, patch) != task.fields),
        }
    }

    /// The change that takes this one back, for `task` as it is before this one.
    pub fn before(&self, task: &Task) -> TaskChange {
        TaskChange {
            title: self.title.as_ref().map(|_| task.title.clone()),
            description: self.description.as_ref().map(|_| task.description.clone()),
            status: self.status.as_ref().map(|_| task.status.clone()),
            rank: self.rank.as_ref().map(|_| task.rank.clone()),
            assignees: self.assignees.as_ref().map(|_| task.assignees.clone()),
            labels: self.labels.as_ref().map(|_| task.labels.clone()),
            priority: self.priority.map(|_| task.priority),
            due_on: self.due_on.map(|_| task.due_on),
            estimate: self.estimate.map(|_| task.estimate),
            parent: self.parent.map(|_| task.parent),
            config: self
                .config
                .as_ref()
                .map(|patch| patch_between(&merged(&task.config, patch), &task.config)),
            fields: self
                .fields
                .as_ref()
                .map(|patch| patch_between(&merged(&task.fields, patch), &task.fields)),
        }
    }
}

impl Task {
    /// Applies what the event of `version` at `at` changed.
    pub fn apply(&mut self, change: TaskChange, version: Version, at: Moment) {
        let TaskChange { title, description, status, rank, assignees, labels, priority, .. } = change;
        let TaskChange { due_on, estimate, parent, config, fields, .. } = change;
        set(&mut self.title, title);
        set(&mut self.description, description);
        set(&mut self.status, status);
        set(&mut self.rank, rank);
        set(&mut self.assignees, assignees);
        set(&mut self.labels, labels);
        set(&mut self.priority, priority);
        set(&mut self.due_on, due_on);
        set(&mut self.estimate, estimate);
        set(&mut self.parent, parent);
        let config = config.map(|patch| merged(&self.config, &patch));
        set(&mut self.config, config);
        let fields = fields.map(|patch| merged(&self.fields, &patch));
        set(&mut self.fields, fields);
        self.version = version;
        self.updated_at = at;
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// `target` with a JSON merge patch (RFC 7396) applied.
pub fn merged(target: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = Value::Object(target.clone());
    json_patch::merge(&mut merged, &Value::Object(patch.clone()));
    match merged {
        Value::Object(merged) => merged,
        _ => unreachable!("an object merged into an object is an object"),
    }
}

/// The merge patch (RFC 7396) that makes `to` of `from`. Such a patch exists because no object that was merged has a null
/// among its members.
pub fn patch_between(from: &Map<String, Value>, to: &Map<String, Value>) -> Map<String, Value> {
    let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let set = to.iter().filter(|(key, value)| from.get(*key) != Some(value)).map(|(key, value)| {
        let value = match (from.get(key), value) {
            (Some(Value::Object(from)), Value::Object(to)) => Value::Object(patch_between(from, to)),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    gone.chain(set).collect()
}

/// Checks what a `config` may be, once merged.
///
/// # Errors
/// When it is too large, too deep, or has U+0000 in a text.
pub fn check_config(config: &Map<String, Value>) -> Result<(), Refused> {
    if config.iter().any(|(key, value)| key.contains('\0') || has_nul(value)) {
        return Err(Refused { code: "invalid_text", detail: "must not contain U+0000".to_owned() });
    }
    if 1 + config.values().map(depth).max().unwrap_or(0) > CONFIG_DEPTH {
        return Err(Refused {
            code: "config_too_deep",
            detail: format!("must not be deeper than {CONFIG_DEPTH}"),
        });
    }
    let bytes = serde_json_canonicalizer::to_vec(config).expect("a map is JSON").len();
    if bytes > CONFIG_BYTES {
        let detail = format!("must have at most {CONFIG_BYTES} bytes as canonical JSON, not {bytes}");
        return Err(Refused { code: "config_too_large", detail });
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn a_merge_patch_follows_rfc_7396() {
        let target = map(json!({"a": {"b": 1, "c": 2}, "d": [1], "e": 5}));
        let patch = map(json!({"a": {"b": null, "x": {"y": null, "z": 1}}, "d": [2], "e": null}));
        assert_eq!(Value::Object(merged(&target, &patch)), json!({"a": {"c": 2, "x": {"z": 1}}, "d": [2]}));
    }

    #[test]
    fn the_patch_between_two_configs_makes_the_one_of_the_other() {
        let configs = [
            json!({}),
            json!({"a": {}}),
            json!({"a": {"b": {"c": 1}}, "d": [null, {"e": null}]}),
            json!({"a": {"b": 2, "x": true}, "d": [null]}),
            json!({"a": 5, "f": ""}),
        ];
        for (from, to) in configs.iter().flat_map(|from| configs.iter().map(move |to| (from, to))) {
            let (from, to) = (map(from.clone()), map(to.clone()));
            assert_eq!(merged(&from, &patch_between(&from, &to)), to);
        }
    }

    #[test]
    fn a_config_is_at_most_65536_bytes_and_16_deep_and_without_nul() {
        let nested = |n: usize| (1..n).fold(json!({}), |inner, _| json!({"a": inner}));
        assert!(check_config(&map(nested(16))).is_ok());
        let large = |n: usize| map(json!({"a": "x".repeat(n - 8)}));
        assert!(check_config(&large(65_536)).is_ok());
        for (bad, code) in [
            (map(nested(17)), "config_too_deep"),
            (large(65_537), "config_too_large"),
            (map(json!({"a": ["\0"]})), "invalid_text"),
        ] {
            assert_eq!(check_config(&bad).expect_err("refused").code, code);
        }
    }
}

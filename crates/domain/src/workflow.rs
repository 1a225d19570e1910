//! A project's workflow: its statuses, what each means, and which may follow which.

use crate::json::{Fields, Invalid, Refused, integer};
use crate::text::{Key, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Most statuses of a workflow.
pub const MOST_STATUSES: usize = 50;

/// What a status means to the rules, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Not planned yet.
    Backlog,
    /// Planned, not begun.
    Open,
    /// Being worked on.
    Active,
    /// Done: it blocks nobody.
    Done,
    /// Given up: it blocks nobody.
    Cancelled,
}

/// One column of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Status {
    /// Never changes; what tasks keep.
    pub key: Key,
    /// What people read.
    pub name: Name,
    /// What it means to the rules.
    pub category: Category,
    /// How many tasks should stand there at most; shown, not enforced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// The statuses in their order, and the allowed steps between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Workflow {
    /// At least one, in the order of the board.
    pub statuses: Vec<Status>,
    /// From a status to those that may follow it; absent, or absent for a status: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transitions: Option<BTreeMap<Key, Vec<Key>>>,
}

impl Category {
    /// Whether a task that stands there still blocks those that wait for it.
    pub fn is_open(self) -> bool {
        !matches!(self, Category::Done | Category::Cancelled)
    }
}

impl Default for Workflow {
    fn default() -> Self {
        let status = |key: &str, name: &str, category| Status {
            key: Key::stored(key.to_owned()),
            name: Name::stored(name.to_owned()),
            category,
            limit: None,
        };
        Workflow {
            statuses: vec![
                status("backlog", "Backlog", Category::Backlog),
                status("todo", "Todo", Category::Open),
                status("in_progress", "In progress", Category::Active),
                status("in_review", "In review", Category::Active),
                status("done", "Done", Category::Done),
                status("cancelled", "Cancelled", Category::Cancelled),
            ],
            transitions: None,
        }
    }
}

impl Workflow {
    /// The status a task gets when nobody chose one.
    pub fn first(&self) -> &Key {
        &self.statuses.first().expect("a workflow has at least one status").key
    }

    /// Whether it has a status with this key.
    pub fn has(&self, key: &Key) -> bool {
        self.statuses.iter().any(|status| status.key == *key)
    }

    /// What a status means. A status that is not there any more blocks no task.
    pub fn category(&self, key: &Key) -> Category {
        self.statuses
            .iter()
            .find(|status| status.key == *key)
            .map_or(Category::Cancelled, |status| status.category)
    }

    /// The keys of its statuses, in their order.
    pub fn keys(&self) -> Vec<Key> {
        self.statuses.iter().map(|status| status.key.clone()).collect()
    }

    /// The statuses that may follow `from`, without itself.
    pub fn allowed_from(&self, from: &Key) -> Vec<Key> {
        let listed = self.transitions.as_ref().and_then(|steps| steps.get(from));
        let allowed = listed.cloned().unwrap_or_else(|| self.keys());
        allowed.into_iter().filter(|to| to != from).collect()
    }

    /// Reads one from JSON.
    ///
    /// # Errors
    /// Every field that is refused, with its pointer.
    pub fn read(value: Value, pointer: &str) -> Result<Workflow, Invalid> {
        let mut fields = Fields::at(value, pointer)?;
        let statuses = fields.required("statuses", read_statuses);
        let keys: BTreeSet<Key> =
            statuses.iter().flatten().map(|status: &Status| status.key.clone()).collect();
        let transitions = fields.optional("transitions", |value| read_transitions(value, &keys)).flatten();
        fields.finish()?;
        Ok(Workflow { statuses: statuses.expect("required"), transitions })
    }
}

fn read_statuses(value: Value) -> Result<Vec<Status>, Refused> {
    let Value::Array(items) = value else { return Err(Refused::not_a("a list of statuses")) };
    let statuses: Vec<Status> = items.into_iter().map(read_status).collect::<Result<_, _>>()?;
    if !(1..=MOST_STATUSES).contains(&statuses.len()) {
        return Err(Refused::invalid(format!("must have 1 to {MOST_STATUSES} statuses")));
    }
    let keys: BTreeSet<&Key> = statuses.iter().map(|status| &status.key).collect();
    if keys.len() < statuses.len() {
        return Err(Refused::invalid("no two statuses may have the same key"));
    }
    Ok(statuses)
}

fn read_status(value: Value) -> Result<Status, Refused> {
    let read = || -> Result<Status, Invalid> {
        let mut fields = Fields::of(value)?;
        let key = fields.required("key", Key::read);
        let name = fields.required("name", Name::read);
        let category = fields.required("category", |value| {
            serde_json::from_value(value)
                .map_err(|_| Refused::invalid("must be backlog, open, active, done or cancelled"))
        });
        let limit = fields.optional("limit", |value| {
            if value.is_null() { Ok(None) } else { integer(&value, 1..=100_000).map(Some) }
        });
        fields.finish()?;
        Ok(Status {
            key: key.expect("required"),
            name: name.expect("required"),
            category: category.expect("required"),
            limit: limit.flatten(),
        })
    };
    read().map_err(|invalid| {
        let first = &invalid.errors[0];
        Refused { code: first.code, detail: format!("status{}: {}", first.pointer, first.detail) }
    })
}

fn read_transitions(value: Value, keys: &BTreeSet<Key>) -> Result<Option<BTreeMap<Key, Vec<Key>>>, Refused> {
    if value.is_null() {
        return Ok(None);
    }
    let Value::Object(steps) = value else { return Err(Refused::not_a("an object of lists")) };
    let known = |name: String| {
        let key = Key::new(name)?;
        if keys.contains(&key) {
            Ok(key)
        } else {
            Err(Refused::invalid(format!("{key} is no status of this workflow")))
        }
    };
    let read = |(from, to): (String, Value)| {
        let Value::Array(to) = to else { return Err(Refused::not_a("an object of lists")) };
        let to: Vec<Key> =
            to.into_iter().map(|value| known(crate::json::string(value)?)).collect::<Result<_, _>>()?;
        Ok((known(from)?, to))
    };
    steps.into_iter().map(read).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_workflow_whose_transition_names_no_status_is_refused() {
        let workflow = |to: &str| json!({"statuses": [{"key": "a", "name": "A", "category": "open"}], "transitions": {"a": [to]}});
        assert!(Workflow::read(workflow("a"), "").is_ok());
        let refused = Workflow::read(workflow("b"), "/workflow").expect_err("b is no status");
        assert_eq!(refused.errors[0].pointer, "/workflow/transitions");
    }

    #[test]
    fn without_transitions_any_other_status_may_follow() {
        let allowed = Workflow::default().allowed_from(&Key::stored("done".into()));
        assert_eq!(allowed.len(), 5);
    }
}

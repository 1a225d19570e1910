//! What several commands on tasks judge alike.

use crate::access::Role;
use crate::facts::{Facts, Touched};
use crate::graph::refuse_cycle;
use crate::ids::{TaskId, UserId};
use crate::json::Refused;
use crate::rejection::{Code, Rejection, RejectionKind};
use crate::rules::Actor;
use crate::task::config::merged;
use crate::task::{FIELDS_BYTES, Task};
use crate::text::Key;
use serde_json::{Map, Value};

/// What may refuse a new status.
pub(super) const OF_STATUS: &[Code] = &[
    (RejectionKind::Unprocessable, "unknown_status"),
    (RejectionKind::Unprocessable, "transition_not_allowed"),
    (RejectionKind::Unprocessable, "blocked"),
];

/// What may refuse the values of fields.
pub(super) const OF_FIELDS: &[Code] = &[
    (RejectionKind::Unprocessable, "unknown_assignee"),
    (RejectionKind::Unprocessable, "unknown_user"),
    (RejectionKind::Unprocessable, "unknown_label"),
    (RejectionKind::Unprocessable, "config_too_deep"),
    (RejectionKind::Unprocessable, "config_too_large"),
    (RejectionKind::Unprocessable, "fields_too_large"),
];

/// A new status: one that the workflow has and that may follow.
pub(super) fn may_follow(facts: &Facts, task: &Task, status: &Key) -> Result<(), Rejection> {
    let workflow = &facts.state.project.workflow;
    let allowed = workflow.allowed_from(&task.status);
    if !workflow.has(status) {
        return Err(Rejection::UnknownStatus { allowed });
    }
    match allowed.contains(status) {
        true => Ok(()),
        false => Err(Rejection::TransitionNotAllowed { from: task.status.clone(), allowed }),
    }
}

/// Refuses a move into a gated category while the task waits for something open. Answers what an owner's `override` passed.
pub(super) fn pass_gate(
    facts: &Facts,
    task: &Task,
    status: &Key,
    overrides: bool,
    actor: Actor,
) -> Result<Vec<TaskId>, Rejection> {
    let project = &facts.state.project;
    let (from, to) = (project.workflow.category(&task.status), project.workflow.category(status));
    if !project.blocked_gate.stops(from, to) {
        return Ok(Vec::new());
    }
    let blockers = facts.open_blockers(task.id);
    match blockers.is_empty() || overrides && actor.role >= Role::Owner {
        true => Ok(blockers.into_iter().map(|blocker| blocker.id).collect()),
        false => Err(Rejection::Blocked { blockers }),
    }
}

/// Assignees that a task gets anew are members.
pub(super) fn members_only<'a>(
    facts: &Facts,
    users: impl Iterator<Item = &'a UserId>,
) -> Result<(), Rejection> {
    let users: Vec<UserId> = users.filter(|user| facts.role(**user).is_none()).copied().collect();
    if users.is_empty() { Ok(()) } else { Err(Rejection::UnknownAssignee { users }) }
}

/// Labels that a task gets anew are labels of the project, not archived.
pub(super) fn known_labels<'a>(facts: &Facts, keys: impl Iterator<Item = &'a Key>) -> Result<(), Rejection> {
    let project = &facts.state.project;
    let is_known = |key: &Key| project.label(key).is_some_and(|label| !label.archived);
    let labels: Vec<Key> = keys.filter(|key| !is_known(key)).cloned().collect();
    if labels.is_empty() {
        return Ok(());
    }
    let usable = project.labels.iter().filter(|label| !label.archived);
    Err(Rejection::UnknownLabel { labels, allowed: usable.map(|label| label.key.clone()).collect() })
}

/// A merge patch of a task's `fields` as it is kept: each new value is one that its field takes.
pub(super) fn checked_fields(
    facts: &Facts,
    current: &Map<String, Value>,
    patch: &Map<String, Value>,
    pointer: &str,
) -> Result<Map<String, Value>, Rejection> {
    let mut checked = Map::new();
    for (key, value) in patch {
        if current.get(key) == Some(value) || value.is_null() && !current.contains_key(key) {
            continue;
        }
        let kept = if value.is_null() { Ok(Value::Null) } else { field_value(facts, key, value.clone()) };
        let escaped = key.replace('~', "~0").replace('/', "~1");
        let refused = |refused| Rejection::InvalidField { pointer: format!("{pointer}/{escaped}"), refused };
        checked.insert(key.clone(), kept.map_err(refused)?);
    }
    let bytes = serde_json_canonicalizer::to_vec(&merged(current, &checked)).expect("a map is JSON").len();
    if bytes > FIELDS_BYTES {
        let detail = format!("must have at most {FIELDS_BYTES} bytes as canonical JSON, not {bytes}");
        let refused = Refused { code: "fields_too_large", detail };
        return Err(Rejection::InvalidField { pointer: pointer.to_owned(), refused });
    }
    Ok(checked)
}

fn field_value(facts: &Facts, key: &str, value: Value) -> Result<Value, Refused> {
    let field = facts.state.project.field(key).filter(|field| !field.archived);
    let field = field.ok_or_else(|| Refused::unknown("the project has no such field, or has archived it"))?;
    crate::field::value::checked(field, value, facts)
}

/// Adds every value in `fields` that may be a person's id, because the types of the fields are known only when the project
/// is read.
pub(super) fn touch_people(fields: &Map<String, Value>, touched: &mut Touched) {
    let people = fields.values().filter_map(|value| UserId::parse(value.as_str()?));
    touched.users.extend(people);
}

/// A task's parent is there, and not below it.
pub(super) fn may_stand_below(facts: &Facts, task: TaskId, parent: TaskId) -> Result<(), Rejection> {
    facts.task(parent)?;
    let above = |at| facts.parent_of(at).into_iter().collect();
    refuse_cycle(facts, task, parent, above, !facts.edges.parents_truncated)
}

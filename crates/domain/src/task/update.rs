//! `task.update`

use super::judge::{
    OF_FIELDS, OF_STATUS, checked_fields, known_labels, may_follow, may_stand_below, members_only, pass_gate,
    touch_people,
};
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, MAX_INTEGER, Refused, boolean, integer};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rank::Rank;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, names,
};
use crate::state::{FoldError, State};
use crate::task::config::{check_config, merged};
use crate::task::{MOST_ASSIGNEES, MOST_LABELS, Task, TaskChange, TaskFields};
use crate::task::{label_keys, user_ids};
use crate::text::Key;
use crate::{Role, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Changes fields of a task. `set` of a list replaces it, `add` and `remove` change the current one, so two people who add at
/// once both win. A new `status` puts the task at the end of that column.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UpdateTask {
    /// Which task.
    pub task: TaskId,
    /// The fields that change.
    #[schema(required = false)]
    pub set: TaskFields,
    /// Who becomes an assignee, and the labels that the task gets.
    #[schema(required = false, value_type = TaskLists)]
    pub add: BTreeSet<UserId>,
    /// Who is an assignee no more, and the labels that the task loses.
    #[schema(required = false, value_type = TaskLists)]
    pub remove: BTreeSet<UserId>,
    // What came later is left out where it is empty, so that the hash of an older command stays as it was.
    /// The labels that the task gets.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(ignore)]
    pub add_labels: BTreeSet<Key>,
    /// The labels that the task loses.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(ignore)]
    pub remove_labels: BTreeSet<Key>,
    /// The task's version that the client last saw; another one refuses the command.
    #[schema(required = false, nullable = false, minimum = 1, value_type = i64)]
    pub expect: Option<Version>,
    /// Passes open blockers, for owners.
    #[serde(rename = "override", skip_serializing_if = "std::ops::Not::not")]
    pub overrides: bool,
    /// Where a new status puts the task, for an undo; no client names a rank.
    #[serde(skip)]
    rank: Option<Rank>,
}

/// What `add` and `remove` have.
#[derive(Debug, Default, ToSchema)]
pub struct TaskLists {
    /// People.
    #[schema(required = false, max_items = 100)]
    assignees: BTreeSet<UserId>,
    /// Keys of labels.
    #[schema(required = false, max_items = 100)]
    labels: BTreeSet<Key>,
}

impl TaskLists {
    fn read(value: Value, pointer: &str) -> Result<TaskLists, Invalid> {
        let mut fields = Fields::at(value, pointer)?;
        let assignees = fields.optional("assignees", user_ids);
        let labels = fields.optional("labels", label_keys);
        fields.finish()?;
        Ok(TaskLists { assignees: assignees.unwrap_or_default(), labels: labels.unwrap_or_default() })
    }
}

/// Fields of a task changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskUpdated {
    /// Which task.
    pub task: TaskId,
    /// The fields that changed.
    pub set: Box<TaskChange>,
}

impl UpdateTask {
    /// The command that makes this change.
    fn setting(task: TaskId, set: TaskChange) -> UpdateTask {
        let (set, rank) = set.into_fields();
        UpdateTask {
            task,
            set,
            add: BTreeSet::new(),
            remove: BTreeSet::new(),
            add_labels: BTreeSet::new(),
            remove_labels: BTreeSet::new(),
            expect: None,
            overrides: false,
            rank,
        }
    }

    /// `set` replaces the list, `add` and `remove` change the current one. Only who is new must be a member.
    fn assignees(&self, facts: &Facts, task: &Task) -> Result<BTreeSet<UserId>, Rejection> {
        let mut assignees = self.set.assignees.clone().unwrap_or_else(|| task.assignees.clone());
        assignees.extend(&self.add);
        assignees.retain(|user| !self.remove.contains(user));
        members_only(facts, assignees.difference(&task.assignees))?;
        match assignees.len() > MOST_ASSIGNEES {
            true => Err(too_many("assignees", MOST_ASSIGNEES)),
            false => Ok(assignees),
        }
    }

    /// The same for labels. Only a new one must be in use.
    fn labels(&self, facts: &Facts, task: &Task) -> Result<BTreeSet<Key>, Rejection> {
        let mut labels = self.set.labels.clone().unwrap_or_else(|| task.labels.clone());
        labels.extend(self.add_labels.iter().cloned());
        labels.retain(|label| !self.remove_labels.contains(label));
        known_labels(facts, labels.difference(&task.labels))?;
        match labels.len() > MOST_LABELS {
            true => Err(too_many("labels", MOST_LABELS)),
            false => Ok(labels),
        }
    }

    /// What the command changes of the task, its place aside.
    fn change(&self, facts: &Facts, task: &Task) -> Result<TaskChange, Rejection> {
        let mut set = self.set.clone();
        set.assignees = Some(self.assignees(facts, task)?);
        set.labels = Some(self.labels(facts, task)?);
        if let Some(patch) = &set.fields {
            set.fields = Some(checked_fields(facts, &task.fields, patch, "/set/fields")?.into());
        }
        let set = set.into_change(None).against(task);
        if let Some(Some(parent)) = set.parent {
            may_stand_below(facts, self.task, parent)?;
        }
        if let Some(patch) = &set.config {
            check_config(&merged(&task.config, patch))
                .map_err(|refused| Rejection::InvalidField { pointer: "/set/config".to_owned(), refused })?;
        }
        Ok(set)
    }
}

fn too_many(what: &str, most: usize) -> Rejection {
    let refused = Refused::invalid(format!("a task has at most {most} {what}"));
    Rejection::InvalidField { pointer: format!("/add/{what}"), refused }
}

fn read_set(value: Value, pointer: &str) -> Result<TaskFields, Invalid> {
    let mut fields = Fields::at(value, pointer)?;
    let set = TaskFields::read(&mut fields);
    fields.finish().map(|()| set)
}

impl CommandRules for UpdateTask {
    type Event = TaskUpdated;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let task = fields.required("task", TaskId::read);
        let set = fields.nested("set", read_set);
        let add = fields.nested("add", TaskLists::read).unwrap_or_default();
        let remove = fields.nested("remove", TaskLists::read).unwrap_or_default();
        let expect = fields.optional("expect", |value| integer(&value, 1..=MAX_INTEGER));
        let overrides = fields.optional("override", boolean);
        fields.finish()?;
        Ok(UpdateTask {
            task: task.expect("required"),
            set: set.unwrap_or_default(),
            add: add.assignees,
            remove: remove.assignees,
            add_labels: add.labels,
            remove_labels: remove.labels,
            expect,
            overrides: overrides.unwrap_or(false),
            rank: None,
        })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        touched.watched.insert(self.task);
        touched.users.extend(self.set.assignees.iter().flatten());
        touched.users.extend(&self.add);
        self.set.fields.iter().for_each(|fields| touch_people(fields, touched));
        if let Some(Some(parent)) = self.set.parent {
            touched.tasks.insert(parent);
            touched.parents.insert(parent);
            // The tasks below this one are read too, because a deletion of the parent in the same batch takes them along.
            touched.reparented.insert(self.task);
        }
        if self.set.status.is_some() {
            touched.gated.insert(self.task);
            // Another status is another column: the task goes to its end.
            touched.order = true;
        }
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        let mut involves = Involves::task(self.task);
        involves.needs.extend(self.set.parent.flatten().map(Subject::Task));
        involves
    }

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<TaskUpdated>, Rejection> {
        let task = facts.task(self.task)?;
        if self.expect.is_some_and(|expected| expected != task.version) {
            return Err(Rejection::Stale { current: task.version });
        }
        let mut set = self.change(facts, task)?;
        let (mut overrode, mut reranked) = (Vec::new(), Vec::new());
        if let Some(status) = &set.status {
            may_follow(facts, task, status)?;
            overrode = pass_gate(facts, task, status, self.overrides, actor)?;
            let rank = self.rank.as_ref().map_or_else(|| facts.ranks.end(), |rank| facts.ranks.at(rank));
            let (rank, made_room) = facts.with_room(rank, self.task);
            (set.rank, reranked) = (Some(rank), made_room);
        }
        let subject = Subject::Task(self.task);
        if set.is_empty() {
            return Ok(Decision::unchanged(subject));
        }
        let event = TaskUpdated { task: self.task, set: Box::new(set) };
        Ok(Decision { overrode, reranked, ..Decision::change(event, subject) })
    }

    fn example() -> Value {
        json!({
            "task": "018f9c1e-0000-7000-8000-0000000000a1", "set": {"status": "in_progress"},
            "add": {"assignees": ["018f9c1e-0000-7000-8000-00000000000a"]},
        })
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_TASK, OF_STATUS, OF_FIELDS, rejection::OF_GRAPH, &[(RejectionKind::Conflict, "stale")]]
            .concat()
    }
}

impl EventRules for TaskUpdated {
    type Undo = UpdateTask;

    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        state.task(self.task)?.apply((*self.set).clone(), stamp.version, stamp.at);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        self.set.rank.iter().for_each(|rank| facts.ranks.know(rank.clone()));
    }

    fn effects(&self) -> Effects {
        let mut news = vec![News::Changed(self.task)];
        news.extend(self.set.assignees.clone().map(|assignees| News::Assigned(self.task, assignees)));
        news.extend(self.set.status.clone().map(|status| News::Status(self.task, status)));
        Effects { news, ..Effects::tasks(vec![self.task]) }
    }

    fn before(&self, facts: &Facts, reranked: &[Reranked]) -> Option<Before> {
        let mut before = self.set.before(facts.any_task(self.task)?);
        before.rank = before.rank.as_ref().map(|rank| facts.renamed(rank, reranked));
        Some(Before::Task(Box::new(before)))
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        Change::each(json!(self.set), set_of(before).map_or(Value::Null, |set| json!(set)))
    }

    fn undo(&self, undone: Undone<'_>) -> Result<UpdateTask, Rejection> {
        let set = set_of(undone.before).cloned();
        set.map_or_else(Undone::not_kept, |set| Ok(UpdateTask::setting(self.task, set)))
    }

    /// A rank that came with a status is not compared, because dragging the card afterwards does not conflict.
    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let set = TaskChange { rank: None, ..(*self.set).clone() };
        facts.any_task(self.task).map_or(Vec::new(), |task| names(&set.against(task)))
    }
}

fn set_of(before: Option<&Before>) -> Option<&TaskChange> {
    match before {
        Some(Before::Task(set)) => Some(set),
        Some(_) | None => None,
    }
}

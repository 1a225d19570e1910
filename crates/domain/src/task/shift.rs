//! `task.move`

use super::judge::{OF_STATUS, may_follow, pass_gate};
use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, boolean};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rank::Rank;
use crate::rejection::{self, Rejection};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use crate::task::TaskChange;
use crate::task::place::Place;
use crate::text::Key;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Puts a task elsewhere in the order, in its column or in another one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MoveTask {
    /// Which task.
    pub task: TaskId,
    /// The column that it goes to; its own if left out.
    #[schema(nullable = false)]
    pub status: Option<Key>,
    /// Where in the column.
    #[serde(flatten)]
    pub place: Place,
    /// Passes open blockers, for owners.
    #[serde(rename = "override", skip_serializing_if = "std::ops::Not::not")]
    pub overrides: bool,
}

/// A task got another place in the order, another status, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskMoved {
    /// Which task.
    pub task: TaskId,
    /// Its place from here on.
    pub rank: Rank,
    /// Only when the move changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<Key>,
}

impl CommandRules for MoveTask {
    type Event = TaskMoved;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let task = fields.required("task", TaskId::read);
        let status = fields.optional("status", Key::read);
        let place = Place::read(&mut fields);
        let overrides = fields.optional("override", boolean).unwrap_or(false);
        fields.finish()?;
        Ok(MoveTask { task: task.expect("required"), status, place, overrides })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        self.place.touch(touched);
        if self.status.is_some() {
            touched.gated.insert(self.task);
            touched.watched.insert(self.task);
        }
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    /// A neighbour that is missing is no error.
    fn involves(&self) -> Involves {
        Involves::task(self.task)
    }

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<TaskMoved>, Rejection> {
        let task = facts.task(self.task)?;
        let status = self.status.clone().filter(|status| !task.stands_in(status));
        let mut overrode = Vec::new();
        if let Some(status) = &status {
            may_follow(facts, task, status)?;
            overrode = pass_gate(facts, task, status, self.overrides, actor)?;
        }
        let subject = Subject::Task(self.task);
        if status.is_none() && self.place.is_where_it_stands(facts, task) {
            return Ok(Decision::unchanged(subject));
        }
        let (rank, reranked) = self.place.rank(facts, self.task, status.as_ref().unwrap_or(&task.status));
        let event = TaskMoved { task: self.task, rank, status };
        Ok(Decision { overrode, reranked, ..Decision::change(event, subject) })
    }

    fn example() -> Value {
        json!({"task": "018f9c1e-0000-7000-8000-0000000000a1", "status": "done"})
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_TASK, OF_STATUS].concat()
    }
}

impl EventRules for TaskMoved {
    type Undo = MoveTask;

    /// A place alone is no field that moves the task's version.
    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError> {
        let task = state.task(self.task)?;
        let rank = self.rank.clone();
        match &self.status {
            None => task.rank = rank,
            status @ Some(_) => {
                let change = TaskChange { rank: Some(rank), status: status.clone(), ..TaskChange::default() };
                task.apply(change, stamp.version, stamp.at);
            }
        }
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.ranks.know(self.rank.clone());
    }

    fn effects(&self) -> Effects {
        // Where a card stands among others is no news.
        let status = self.status.iter();
        let news = status.flat_map(|to| [News::Changed(self.task), News::Status(self.task, to.clone())]);
        Effects { news: news.collect(), ..Effects::tasks(vec![self.task]) }
    }

    fn before(&self, facts: &Facts, reranked: &[Reranked]) -> Option<Before> {
        facts.any_task(self.task).map(|task| Before::Place {
            rank: facts.renamed(&task.rank, reranked),
            status: self.status.as_ref().map(|_| task.status.clone()),
        })
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        let Some(status) = &self.status else { return Vec::new() };
        let was = place_of(before).map_or(Value::Null, |(_, status)| json!(status));
        vec![Change::new("status", was, json!(status))]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<MoveTask, Rejection> {
        let Some((rank, status)) = place_of(undone.before) else { return Undone::not_kept() };
        let place = Place::exactly(rank.clone());
        Ok(MoveTask { task: self.task, status: status.clone(), place, overrides: false })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        match (facts.any_task(self.task), &self.status) {
            (None, _) => Vec::new(),
            (Some(task), Some(status)) => changed("status", !task.stands_in(status)),
            (Some(task), None) => changed("rank", task.rank != self.rank),
        }
    }
}

fn place_of(before: Option<&Before>) -> Option<(&Rank, &Option<Key>)> {
    match before {
        Some(Before::Place { rank, status }) => Some((rank, status)),
        Some(_) | None => None,
    }
}

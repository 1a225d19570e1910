//! `task.move`

use super::super::Decision;
use super::super::place::Place;
use super::{may_follow, pass_gate};
use crate::access::Role;
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::TaskId;
use crate::json::{Fields, Invalid, boolean};
use crate::rejection::Rejection;
use crate::text::Key;
use serde::Serialize;

/// `task.move`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoveTask {
    pub task: TaskId,
    pub status: Option<Key>,
    #[serde(flatten)]
    pub place: Place,
    /// Whether open blockers are passed, if the actor is an owner.
    #[serde(rename = "override", skip_serializing_if = "std::ops::Not::not")]
    pub overrides: bool,
}

impl MoveTask {
    pub(in crate::command) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let task = fields.required("task", TaskId::read);
        let status = fields.optional("status", Key::read);
        let place = Place::read(&mut fields);
        let overrides = fields.optional("override", boolean).unwrap_or(false);
        fields.finish()?;
        Ok(MoveTask { task: task.expect("required"), status, place, overrides })
    }

    pub(in crate::command) fn touch(&self, touched: &mut Touched) {
        touched.tasks.insert(self.task);
        self.place.touch(touched);
        if self.status.is_some() {
            touched.gated.insert(self.task);
        }
    }

    pub(in crate::command) fn decide(&self, facts: &Facts, role: Role) -> Result<Decision, Rejection> {
        let task = facts.task(self.task)?;
        let status = self.status.clone().filter(|status| *status != task.status);
        let mut overrode = Vec::new();
        if let Some(status) = &status {
            may_follow(facts, task, status)?;
            overrode = pass_gate(facts, task, status, self.overrides, role)?;
        }
        let subject = Subject::Task(self.task);
        if status.is_none() && self.place.is_where_it_stands(facts, task) {
            return Ok(Decision::unchanged(subject));
        }
        let (rank, reranked) = self.place.rank(facts, self.task, status.as_ref().unwrap_or(&task.status));
        let event = EventBody::TaskMoved { task: self.task, rank, status };
        Ok(Decision { overrode, reranked, ..Decision::change(event, subject) })
    }
}

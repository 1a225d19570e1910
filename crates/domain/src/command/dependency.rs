//! Commands on edges between tasks.

use super::Decision;
use crate::dependency::{Dependency, Kind, refuse_cycle};
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::TaskId;
use crate::json::{Fields, Invalid, Refused};
use crate::rejection::Rejection;
use serde::Serialize;

/// `dependency.add`: `task` waits for `on`, or has to do with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AddDependency {
    #[serde(flatten)]
    pub edge: Edge,
}

/// `dependency.remove`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RemoveDependency {
    #[serde(flatten)]
    pub edge: Edge,
}

/// The edge that a command names, as it names it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Edge {
    pub task: TaskId,
    pub on: TaskId,
    pub kind: Kind,
}

impl Edge {
    pub(super) fn read(mut fields: Fields) -> Result<Edge, Invalid> {
        let task = fields.required("task", TaskId::read);
        let on = fields.required("on", TaskId::read);
        let kind = fields.optional("kind", Kind::read);
        fields.finish()?;
        let (task, on) = (task.expect("required"), on.expect("required"));
        Ok(Edge { task, on, kind: kind.unwrap_or_default() })
    }

    pub(super) fn touch(&self, touched: &mut Touched) {
        touched.tasks.extend([self.task, self.on]);
        touched.linked.extend([self.task, self.on]);
    }

    pub(super) fn names(&self, task: TaskId) -> bool {
        self.task == task || self.on == task
    }

    /// The edge as it is kept, and whether it is there; both its tasks are.
    fn found(&self, facts: &Facts) -> Result<(Dependency, bool), Rejection> {
        facts.task(self.task)?;
        facts.task(self.on)?;
        let edge = Dependency::new(self.task, self.on, self.kind);
        Ok((edge, facts.state.dependencies.contains(&edge)))
    }
}

impl AddDependency {
    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let (Dependency { task, on, kind }, there) = self.edge.found(facts)?;
        let subject = Subject::Dependency(Dependency { task, on, kind });
        if there {
            return Ok(Decision::unchanged(subject));
        }
        match kind {
            Kind::Blocks => {
                refuse_cycle(facts, task, on, |at| facts.waits_for(at), !facts.edges.truncated)?;
            }
            Kind::Relates if task == on => {
                let refused = Refused::invalid("must be another task");
                return Err(Rejection::InvalidField { pointer: "/on".to_owned(), refused });
            }
            Kind::Relates => {}
        }
        Ok(Decision::change(EventBody::DependencyAdded { task, on, kind }, subject))
    }
}

impl RemoveDependency {
    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let (Dependency { task, on, kind }, there) = self.edge.found(facts)?;
        let subject = Subject::Dependency(Dependency { task, on, kind });
        match there {
            true => Ok(Decision::change(EventBody::DependencyRemoved { task, on, kind }, subject)),
            false => Ok(Decision::unchanged(subject)),
        }
    }
}

//! `dependency.add` and `dependency.remove`: each is the undo of the other.

use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::dependency::{Dependency, Kind};
use crate::facts::{Facts, Subject, Touched};
use crate::graph::refuse_cycle;
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, Refused};
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::{self, Rejection};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The edge that a command names, as it names it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Edge {
    /// The task that waits.
    pub task: TaskId,
    /// The task that it waits for.
    pub on: TaskId,
    /// `blocks` if left out.
    #[schema(required = false)]
    pub kind: Kind,
}

impl Edge {
    fn read(mut fields: Fields) -> Result<Edge, Invalid> {
        let task = fields.required("task", TaskId::read);
        let on = fields.required("on", TaskId::read);
        let kind = fields.optional("kind", Kind::read);
        fields.finish()?;
        let (task, on) = (task.expect("required"), on.expect("required"));
        Ok(Edge { task, on, kind: kind.unwrap_or_default() })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.tasks.extend([self.task, self.on]);
        touched.linked.extend([self.task, self.on]);
        touched.watched.extend([self.task, self.on]);
    }

    fn involves(&self) -> Involves {
        Involves::needing([Subject::Task(self.task), Subject::Task(self.on)])
    }

    /// The edge as it is kept, and whether it is there; both its tasks are.
    fn found(&self, facts: &Facts) -> Result<(Dependency, bool), Rejection> {
        facts.task(self.task)?;
        facts.task(self.on)?;
        let edge = Dependency::new(self.task, self.on, self.kind);
        Ok((edge, facts.state.dependencies.contains(&edge)))
    }

    fn of(Dependency { task, on, kind }: Dependency) -> Edge {
        Edge { task, on, kind }
    }
}

/// Makes `task` wait for `on`, or notes that they have to do with each other.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AddDependency {
    /// Which edge.
    #[serde(flatten)]
    pub edge: Edge,
}

/// There is a new edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DependencyAdded {
    /// The task that waits.
    pub task: TaskId,
    /// The task that it waits for.
    pub on: TaskId,
    /// What the edge means.
    pub kind: Kind,
}

impl CommandRules for AddDependency {
    type Event = DependencyAdded;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        Edge::read(fields).map(|edge| AddDependency { edge })
    }

    fn touch(&self, touched: &mut Touched) {
        self.edge.touch(touched);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        self.edge.involves()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<DependencyAdded>, Rejection> {
        let (edge, there) = self.edge.found(facts)?;
        let Dependency { task, on, kind } = edge;
        if there {
            return Ok(Decision::unchanged(Subject::Dependency(edge)));
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
        Ok(Decision::change(DependencyAdded { task, on, kind }, Subject::Dependency(edge)))
    }

    fn example() -> Value {
        example()
    }

    fn refusals() -> Vec<Code> {
        [rejection::OF_TASK, rejection::OF_GRAPH].concat()
    }
}

impl EventRules for DependencyAdded {
    type Undo = RemoveDependency;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        state.dependencies.insert(Dependency::new(self.task, self.on, self.kind));
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        effects(Dependency::new(self.task, self.on, self.kind), [self.task, self.on], true)
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        vec![Change::new(self.kind.as_str(), Value::Null, json!(self.on))]
    }

    fn undo(&self, _: Undone<'_>) -> Result<RemoveDependency, Rejection> {
        let DependencyAdded { task, on, kind } = *self;
        Ok(RemoveDependency { edge: Edge::of(Dependency { task, on, kind }) })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let edge = Dependency::new(self.task, self.on, self.kind);
        changed("dependency", !facts.state.dependencies.contains(&edge))
    }
}

/// Takes an edge away.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RemoveDependency {
    /// Which edge.
    #[serde(flatten)]
    pub edge: Edge,
}

/// An edge is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DependencyRemoved {
    /// The task that waited.
    pub task: TaskId,
    /// The task that it waited for.
    pub on: TaskId,
    /// What the edge meant.
    pub kind: Kind,
}

impl CommandRules for RemoveDependency {
    type Event = DependencyRemoved;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        Edge::read(fields).map(|edge| RemoveDependency { edge })
    }

    fn touch(&self, touched: &mut Touched) {
        self.edge.touch(touched);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Editor
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        self.edge.involves()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<DependencyRemoved>, Rejection> {
        let (edge, there) = self.edge.found(facts)?;
        let Dependency { task, on, kind } = edge;
        Ok(match there {
            true => Decision::change(DependencyRemoved { task, on, kind }, Subject::Dependency(edge)),
            false => Decision::unchanged(Subject::Dependency(edge)),
        })
    }

    fn example() -> Value {
        example()
    }

    fn refusals() -> Vec<Code> {
        rejection::OF_TASK.to_vec()
    }
}

impl EventRules for DependencyRemoved {
    type Undo = AddDependency;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        state.dependencies.remove(&Dependency::new(self.task, self.on, self.kind));
        Ok(())
    }

    fn note(&self, _: &mut Facts, _: &Stamp) {}

    fn effects(&self) -> Effects {
        effects(Dependency::new(self.task, self.on, self.kind), [self.task, self.on], false)
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        vec![Change::new(self.kind.as_str(), json!(self.on), Value::Null)]
    }

    fn undo(&self, _: Undone<'_>) -> Result<AddDependency, Rejection> {
        let DependencyRemoved { task, on, kind } = *self;
        Ok(AddDependency { edge: Edge::of(Dependency { task, on, kind }) })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        let edge = Dependency::new(self.task, self.on, self.kind);
        changed("dependency", facts.state.dependencies.contains(&edge))
    }
}

fn effects(edge: Dependency, ends: [TaskId; 2], made: bool) -> Effects {
    let news = ends.map(News::Changed).to_vec();
    Effects { edges: vec![(edge, made)], concerns: ends.to_vec(), news, ..Effects::none() }
}

fn example() -> Value {
    json!({"task": "018f9c1e-0000-7000-8000-0000000000a1", "on": "018f9c1e-0000-7000-8000-0000000000a2"})
}

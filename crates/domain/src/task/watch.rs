//! `task.watch` and `task.unwatch`: each is the undo of the other, for whoever made it. What somebody follows is theirs alone: it is
//! in no snapshot, changes no task, and the log for people leaves it out.

use crate::Role;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{TaskId, UserId};
use crate::json::{Fields, Invalid, only};
use crate::order::Reranked;
use crate::rejection::{Code, Rejection, RejectionKind};
use crate::rules::{
    Actor, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Most people who follow one task: each change of it tells all of them.
pub const MOST_WATCHERS: usize = 500;

/// Follows a task. Every member may, in an archived project too.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WatchTask {
    /// Which task.
    pub task: TaskId,
}

/// The actor follows a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskWatched {
    /// Which task.
    pub task: TaskId,
}

/// Follows a task no more.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnwatchTask {
    /// Which task.
    pub task: TaskId,
}

/// The actor follows a task no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskUnwatched {
    /// Which task.
    pub task: TaskId,
}

/// Both commands, and both events: they differ in nothing but what they make of it.
macro_rules! rules {
    ($command:ident, $event:ident, $follows:literal, $undo:ident) => {
        impl CommandRules for $command {
            type Event = $event;

            fn read(fields: Fields) -> Result<Self, Invalid> {
                only(fields, "task", TaskId::read).map(|task| $command { task })
            }

            fn touch(&self, touched: &mut Touched) {
                touched.tasks.insert(self.task);
                touched.watched.insert(self.task);
            }

            fn needs(&self, _: UserId) -> Role {
                Role::Viewer
            }

            fn possible(&self) -> Possible {
                Possible::Archived
            }

            fn involves(&self) -> Involves {
                Involves::needing([Subject::Task(self.task)])
            }

            fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<$event>, Rejection> {
                facts.shown_task(self.task)?;
                let (subject, own) = (Subject::Task(self.task), (self.task, actor.user));
                let follows = facts.watchers.contains(&own);
                if follows == $follows && ($follows || !facts.following.contains(&own)) {
                    return Ok(Decision::unchanged(subject));
                }
                if $follows && facts.followers(self.task).count() >= MOST_WATCHERS {
                    return Err(Rejection::TooManyWatchers { most: MOST_WATCHERS });
                }
                Ok(Decision::change($event { task: self.task }, subject))
            }

            fn example() -> Value {
                json!({"task": "018f9c1e-0000-7000-8000-0000000000a1"})
            }

            fn refusals() -> Vec<Code> {
                let own = [(RejectionKind::Unprocessable, "too_many_watchers")];
                let of_task = [(RejectionKind::NotFound, "task_not_found"), (RejectionKind::Conflict, "task_deleted")];
                of_task.into_iter().chain(own.into_iter().filter(|_| $follows)).collect()
            }
        }

        impl EventRules for $event {
            type Undo = $undo;

            fn apply(&self, _: &mut State, _: &Stamp) -> Result<(), FoldError> {
                Ok(())
            }

            fn note(&self, facts: &mut Facts, stamp: &Stamp) {
                let own = (self.task, stamp.actor);
                if $follows {
                    facts.watchers.insert(own);
                } else {
                    facts.watchers.remove(&own);
                    facts.following.remove(&own);
                }
            }

            fn effects(&self) -> Effects {
                Effects { watched: Some((self.task, $follows)), ..Effects::none() }
            }

            fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
                None
            }

            fn activity(&self, _: Option<&Before>) -> Vec<Change> {
                vec![Change::new("watching", json!(!$follows), json!($follows))]
            }

            fn undo(&self, undone: Undone<'_>) -> Result<$undo, Rejection> {
                match undone.made_by == undone.by {
                    true => Ok($undo { task: self.task }),
                    false => Err(Rejection::CannotUndo { reason: "what somebody follows is undone by them alone" }),
                }
            }

            fn changed_since(&self, facts: &Facts, stamp: &Stamp) -> Vec<String> {
                changed("watching", facts.watchers.contains(&(self.task, stamp.actor)) != $follows)
            }
        }
    };
}

rules!(WatchTask, TaskWatched, true, UnwatchTask);
rules!(UnwatchTask, TaskUnwatched, false, WatchTask);

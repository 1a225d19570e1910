//! What happened: one event for one version of a project. What a stored event means never changes. [`crate::table`] has all types.

use crate::Version;
pub use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::Facts;
use crate::ids::{CommandId, CommentId, ProjectId, TaskId, UserId};
use crate::notice::{Told, news};
use crate::order::Reranked;
use crate::rules::{Effects, EventRules, Stamp};
use crate::state::{FoldError, State};
use crate::table::each_event;
pub use crate::table::*;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// An event as it is stored, published and sent: these bytes, once written, are what everybody gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Event {
    /// The project whose log has the event.
    pub project: ProjectId,
    /// Its number there.
    pub version: Version,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
    /// When.
    pub at: Moment,
    /// Who did it.
    pub actor: UserId,
    /// The command that caused it.
    pub command_id: CommandId,
    /// The name of the API token that the actor used, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// The version of the event that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Version>,
    /// Open blockers that an owner's `override` passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrode: Vec<TaskId>,
    /// Neighbours that made room for the task, at most 64; they may be in the bin or the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reranked: Vec<Reranked>,
}

impl Event {
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { version: self.version, at: self.at, actor: self.actor }
    }

    /// The tasks whose rows the event changes.
    pub fn tasks(&self) -> Vec<TaskId> {
        let mut tasks = self.body.effects().tasks;
        tasks.extend(self.reranked.iter().map(|reranked| reranked.task));
        tasks
    }

    /// What the event replaces. `facts` are those that it was decided on, before it is applied. `None`: the event itself
    /// says all of it.
    pub fn before(&self, facts: &Facts) -> Option<Before> {
        each_event!(&self.body, event => event.before(facts, &self.reranked))
    }

    /// What the event tells people. `facts` are those that it was decided on, before it is applied.
    pub fn told(&self, facts: &Facts) -> Vec<Told> {
        news::told(&self.body.effects().news, facts, self.actor)
    }

    /// What the event changed, for people.
    pub fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        each_event!(&self.body, event => event.activity(before))
    }

    /// The touched fields that are not as the event left them.
    pub(crate) fn changed_since(&self, facts: &Facts) -> Vec<String> {
        each_event!(&self.body, event => event.changed_since(facts, &self.stamp()))
    }
}

impl EventBody {
    /// What it changes beside the snapshot.
    pub fn effects(&self) -> Effects {
        each_event!(self, event => event.effects())
    }

    /// The tasks that change, those aside that only make room.
    pub fn tasks(&self) -> Vec<TaskId> {
        self.effects().tasks
    }

    /// The tasks whose activity shows the event.
    pub fn concerns(&self) -> Vec<TaskId> {
        self.effects().concerns
    }

    /// The comment whose row the event changes.
    pub fn comment(&self) -> Option<CommentId> {
        self.effects().comment
    }

    /// The member whom the event concerns.
    pub fn user(&self) -> Option<UserId> {
        self.access().user()
    }

    /// Whose access the event changes.
    pub fn access(&self) -> Access {
        self.effects().access
    }
}

impl State {
    /// Applies what an event changed.
    ///
    /// # Errors
    /// When it names a task that is not there.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        self.rerank(&event.reranked);
        each_event!(&event.body, body => body.apply(self, &event.stamp()))
    }
}

impl Facts {
    /// Applies an event that was decided on these facts.
    ///
    /// # Panics
    /// When the event does not fit, which `decide` rules out.
    pub fn apply(&mut self, event: &Event) {
        let effects = event.body.effects();
        let tasks = effects.tasks;
        self.following.append(&mut news::followed(&effects.news, self, event.actor));
        self.rerank(&event.reranked);
        each_event!(&event.body, body => body.note(self, &event.stamp()));
        self.count_statuses(&tasks, -1);
        self.state.apply(event).expect("an event fits the facts it was decided on");
        self.count_statuses(&tasks, 1);
        self.version = event.version;
    }
}

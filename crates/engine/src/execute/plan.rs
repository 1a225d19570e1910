//! Step 4 of 8: what a batch comes to while it is decided, and in the end. Each command sees what the ones before it did; nothing
//! is written here.

use super::feeds;
use super::submission::{Answer, ExecuteError, Identified, Submission};
use crate::announce::ListChange;
use crate::caller::Caller;
use domain::command::{Past, fresh_id};
use domain::dependency::Dependency;
use domain::event::{Access, Event, EventBody};
use domain::facts::Facts;
use domain::notice::Told;
use domain::notice::gather::{Gathering, Notice};
use domain::order::Reranked;
use domain::rules::Effects;
use domain::task::Task;
use domain::{CommandId, CommentId, TaskId, UserId, Version};
use std::collections::{BTreeMap, BTreeSet};
use store::feeds::{Concerns, OfMembers};
use store::log::NewEvent;
use store::projects::{Current, LockedProject, Summary};
use store::results::Decided;
use uuid::Uuid;

/// Most events, and most bytes of them, that one transaction appends, unless a single submission makes more.
const MOST_EVENTS: usize = 512;
const MOST_BYTES: i64 = 1024 * 1024;

/// What a batch comes to: the answers, and everything that has to be written for them to be true.
#[derive(Debug)]
pub struct Plan {
    /// One for each submission that found room in the transaction, in order.
    pub answers: Vec<Result<Answer, ExecuteError>>,
    pub epoch: String,
    pub events: Vec<NewEvent>,
    /// What was decided for ids that clients brought, each for its member.
    pub keep: Vec<(UserId, Decided)>,
    /// The project's row afterwards.
    pub current: Current,
    pub project_changed: bool,
    pub tasks: Vec<TaskId>,
    /// Whether tasks left the board, for the bin or the archive, or came back.
    pub off_board: bool,
    pub comments: Vec<CommentId>,
    pub access: Vec<Access>,
    /// What changed for single people.
    pub concerned: Vec<(UserId, Concerns)>,
    /// What changed for all members.
    pub of_members: Option<OfMembers>,
    /// Edges that events made (true) or took away for good.
    pub edges: BTreeMap<Dependency, bool>,
    /// Who follows a task from here on (true), or no more.
    pub watched: Vec<(TaskId, UserId, bool)>,
    /// What people are told.
    pub notices: Vec<Notice>,
    pub facts: Facts,
    /// The changed tasks as they were before.
    pub originals: BTreeMap<TaskId, Task>,
}

impl Plan {
    /// Whether anything has to be written.
    pub fn writes(&self) -> bool {
        !self.events.is_empty() || !self.keep.is_empty()
    }

    /// Whether members hear of it at once, because the members or what lists of projects show changed.
    pub fn is_urgent(&self) -> bool {
        self.of_members.is_some()
    }

    /// What a project list has to know of it.
    pub fn change(&self) -> ListChange {
        let status = |task: &Task| task.status.as_str().to_owned();
        let moved = self.tasks.iter().filter_map(|id| {
            let (from, to) = (self.originals.get(id).map(status), status(self.facts.any_task(*id)?));
            (from.as_ref() != Some(&to)).then_some((from, to))
        });
        let (current, project) = (&self.current, &self.current.project);
        ListChange {
            moved: (!self.off_board).then(|| moved.collect()),
            summary: Summary {
                id: project.id,
                epoch: self.epoch.clone(),
                version: current.version,
                key: project.key.clone(),
                name: project.name.clone(),
                archived: project.archived,
                deleted: current.deleted,
                created_at: project.created_at,
                changed_at: current.changed_at,
                task_counts: BTreeMap::new(),
            },
        }
    }

    /// The ids of what this plan decided anew.
    pub fn new_ids(&self) -> Vec<(UserId, CommandId)> {
        let events = self.events.iter().map(|event| (event.actor, event.command_id));
        events.chain(self.keep.iter().map(|(actor, decided)| (*actor, decided.command_id))).collect()
    }
}

/// The batch being decided: the facts as the commands so far left them, and what they came to.
pub struct Planning {
    pub facts: Facts,
    /// The events that are to be undone.
    pub past: Past,
    pub events: Vec<NewEvent>,
    made: Vec<Made>,
    pub keep: Vec<(UserId, Decided)>,
    /// What was decided in earlier transactions.
    decided_earlier: Vec<(UserId, Decided)>,
    /// Tasks that events changed, as they were before the batch; none if they were not there.
    originals: BTreeMap<TaskId, Option<Task>>,
    total_bytes: i64,
}

/// An event of the batch, with what it changes beside the snapshot and whom it tells of it.
struct Made {
    event: Event,
    effects: Effects,
    told: Vec<Told>,
}

/// What an event comes from.
pub struct Cause {
    pub actor: UserId,
    pub command_id: CommandId,
    /// The name of the API token that the actor used.
    pub via: Option<String>,
    /// The version of the event that is undone.
    pub undoes: Option<Version>,
}

impl Cause {
    /// A command of somebody.
    pub fn command(by: &Caller, identified: &Identified) -> Cause {
        Cause {
            actor: by.user,
            command_id: identified.id,
            via: by.via().map(str::to_owned),
            undoes: identified.command.undoes(),
        }
    }

    /// Something that somebody does without a command.
    pub fn without_command(actor: UserId) -> Cause {
        Cause { actor, command_id: fresh_id(), via: None, undoes: None }
    }
}

/// Where a submission began, to go back to when it is refused as a whole.
pub struct Mark {
    facts: Facts,
    events: usize,
    keep: usize,
    total_bytes: i64,
}

impl Planning {
    /// `decided_earlier` is what was decided for the submissions' ids earlier.
    pub fn new(
        locked: &LockedProject,
        (facts, past): (Facts, Past),
        decided_earlier: Vec<(UserId, Decided)>,
    ) -> Planning {
        Planning {
            facts,
            past,
            events: Vec::new(),
            made: Vec::new(),
            keep: Vec::new(),
            decided_earlier,
            originals: BTreeMap::new(),
            total_bytes: locked.0.total_bytes,
        }
    }

    pub fn is_full(&self, locked: &LockedProject) -> bool {
        self.events.len() >= MOST_EVENTS || self.total_bytes - locked.0.total_bytes >= MOST_BYTES
    }

    /// Membership and session are judged first, and by what the commands before this one did.
    pub fn admitted(&self, submission: &Submission, alive: &BTreeSet<Uuid>) -> Result<(), ExecuteError> {
        let caller = &submission.caller;
        let role = self.facts.role(caller.user).filter(|_| caller.reaches(submission.project));
        match (alive.contains(&caller.sid), role) {
            (false, _) => Err(ExecuteError::SessionEnded),
            (true, None) => Err(ExecuteError::NotFound),
            (true, Some(_)) => Ok(()),
        }
    }

    /// What was decided for this id of this member, in an earlier transaction or earlier in this one.
    pub fn decided(&self, actor: UserId, id: CommandId) -> Option<&Decided> {
        let known = self.decided_earlier.iter().chain(&self.keep);
        known
            .into_iter()
            .find(|(user, decided)| *user == actor && decided.command_id == id)
            .map(|(_, decided)| decided)
    }

    pub fn mark(&self) -> Mark {
        Mark {
            facts: self.facts.clone(),
            events: self.events.len(),
            keep: self.keep.len(),
            total_bytes: self.total_bytes,
        }
    }

    /// Undoes everything since the mark.
    pub fn back_to(&mut self, mark: Mark) {
        self.facts = mark.facts;
        self.events.truncate(mark.events);
        self.made.truncate(mark.events);
        self.keep.truncate(mark.keep);
        self.total_bytes = mark.total_bytes;
    }

    /// Makes the next event and applies it to the facts. Its bytes, from here on, are what everybody gets.
    pub fn append(
        &mut self,
        cause: Cause,
        body: EventBody,
        overrode: Vec<TaskId>,
        reranked: Vec<Reranked>,
    ) -> String {
        let event = Event {
            project: self.facts.state.project.id,
            version: self.facts.version + 1,
            body,
            at: self.facts.now,
            actor: cause.actor,
            command_id: cause.command_id,
            via: cause.via,
            undoes: cause.undoes,
            overrode,
            reranked,
        };
        let effects = event.body.effects();
        let reranked = event.reranked.iter().map(|reranked| reranked.task);
        for id in effects.tasks.iter().copied().chain(reranked) {
            self.originals.entry(id).or_insert_with(|| self.facts.any_task(id).cloned());
        }
        let text = serde_json::to_string(&event).expect("an event is JSON");
        let before = event.before(&self.facts);
        let told = event.told(&self.facts);
        self.facts.apply(&event);
        self.total_bytes += i64::try_from(text.len()).unwrap_or(i64::MAX);
        self.events.push(NewEvent {
            version: event.version,
            kind: event.body.kind(),
            access: effects.access,
            at: event.at,
            actor: event.actor,
            command_id: event.command_id,
            body: text.clone(),
            total_bytes: self.total_bytes,
            before: before.map(|before| serde_json::to_string(&before).expect("what was before is JSON")),
            tasks: effects.concerns.clone(),
        });
        self.made.push(Made { event, effects, told });
        text
    }

    pub fn into_plan(self, answers: Vec<Result<Answer, ExecuteError>>, locked: &LockedProject) -> Plan {
        let effects = || self.made.iter().map(|made| &made.effects);
        let reranked = self.made.iter().flat_map(|made| &made.event.reranked);
        let tasks = effects().flat_map(|effects| effects.tasks.iter().copied());
        let tasks: BTreeSet<TaskId> = tasks.chain(reranked.map(|reranked| reranked.task)).collect();
        let comments: BTreeSet<CommentId> = effects().filter_map(|effects| effects.comment).collect();
        let access = effects().map(|effects| effects.access);
        let access: Vec<Access> = access.filter(|access| *access != Access::Unchanged).collect();
        let watched = self.made.iter().filter_map(|made| {
            let (task, actor) = (made.effects.watched?.0, made.event.actor);
            Some((task, actor, self.facts.watchers.contains(&(task, actor))))
        });
        let watched: BTreeSet<(TaskId, UserId, bool)> = watched.collect();
        let mut current = locked.0.clone();
        current.project = self.facts.state.project.clone();
        current.version = self.facts.version;
        current.total_bytes = self.total_bytes;
        current.last_number = self.facts.last_number;
        current.deleted = self.facts.deleted;
        if !self.events.is_empty() {
            current.changed_at = self.facts.now;
        }
        let events = || self.made.iter().map(|made| &made.event);
        let of_members = feeds::of_members(&locked.0, &current, events());
        let notices = notices(&self.made);
        let concerned = feeds::of_people(events(), &notices);
        Plan {
            answers,
            epoch: locked.0.epoch.clone(),
            edges: effects().flat_map(|effects| effects.edges.iter().copied()).collect(),
            project_changed: effects().any(|effects| effects.project),
            off_board: effects().any(|effects| effects.off_board),
            watched: watched.into_iter().collect(),
            notices,
            events: self.events,
            keep: self.keep,
            current,
            tasks: tasks.into_iter().collect(),
            comments: comments.into_iter().collect(),
            access,
            concerned,
            of_members,
            facts: self.facts,
            originals: self.originals.into_iter().filter_map(|(id, task)| Some((id, task?))).collect(),
        }
    }
}

/// What the batch tells people, gathered for each of them.
fn notices(made: &[Made]) -> Vec<Notice> {
    let mut gathering = Gathering::default();
    made.iter().for_each(|made| gathering.add(made.event.version, made.event.actor, &made.told));
    gathering.notices()
}

//! Step 4 of 8: decisions, pure. Each command sees what the ones before it did; an atomic list is dropped whole at its
//! first rejection. Nothing is written here.

use super::{Answer, Identified, Mode, Outcome, Problem, Submission};
use domain::event::{Access, Event, EventBody};
use domain::facts::{Facts, Subject};
use domain::task::Task;
use domain::{CommandId, CommentId, Rejection, TaskId, UserId, Version};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::events::NewEvent;
use store::projects::{Current, LockedProject};
use store::results::Decided;
use uuid::Uuid;

/// What a submission comes to: its answer, and everything that has to be written for it to be true.
#[derive(Debug, Clone)]
pub struct Plan {
    pub answer: Answer,
    pub epoch: String,
    pub events: Vec<NewEvent>,
    pub keep: Vec<Decided>,
    /// The project's row afterwards.
    pub current: Current,
    pub project_changed: bool,
    pub tasks: Vec<TaskId>,
    pub comments: Vec<CommentId>,
    pub access: Vec<Access>,
    /// People whose own feed changed.
    pub concerned: Vec<UserId>,
    /// For tasks in the bin, the version that put them there.
    pub deleted: BTreeMap<TaskId, Version>,
    pub facts: Facts,
    /// Tasks as they were before.
    pub before: BTreeMap<TaskId, Task>,
}

impl Plan {
    /// Whether anything has to be written.
    pub fn writes(&self) -> bool {
        !self.events.is_empty() || !self.keep.is_empty()
    }

    /// The ids of what this plan decided anew.
    pub fn new_ids(&self) -> Vec<Uuid> {
        let events = self.events.iter().map(|event| event.command_id.0);
        events.chain(self.keep.iter().map(|decided| decided.command_id.0)).collect()
    }

    /// The same plan, found committed by a later attempt: there is nothing left to write, only to announce.
    pub fn already_committed(mut self) -> Plan {
        self.keep.clear();
        self.committed_before();
        self
    }

    fn committed_before(&mut self) {
        self.tasks.clear();
        self.comments.clear();
        self.access.clear();
        self.project_changed = false;
    }
}

struct Deciding<'a> {
    submission: &'a Submission,
    before: &'a [Decided],
    total_bytes: i64,
    facts: Facts,
    outcomes: Vec<Outcome>,
    events: Vec<NewEvent>,
    keep: Vec<Decided>,
    bodies: Vec<EventBody>,
    /// What commands of this list were refused to create.
    never_made: Vec<Subject>,
}

/// Decides a submission on facts read under the lock. `before` is what was decided for its ids earlier.
pub fn decide(submission: &Submission, locked: &LockedProject, facts: Facts, before: &[Decided]) -> Plan {
    let tasks_before = facts.state.tasks.iter().chain(&facts.deleted_tasks);
    let tasks_before: BTreeMap<TaskId, Task> = tasks_before.map(|(id, task)| (*id, task.clone())).collect();
    let untouched = facts.clone();
    let mut deciding = Deciding {
        submission,
        before,
        total_bytes: locked.0.total_bytes,
        facts,
        outcomes: Vec::new(),
        events: Vec::new(),
        keep: Vec::new(),
        bodies: Vec::new(),
        never_made: Vec::new(),
    };
    let answer = match deciding.refused_before() {
        Some(refused) => refused,
        None => deciding.all(),
    };
    if matches!(answer, Answer::Refused { .. }) {
        deciding.facts = untouched;
        deciding.events.clear();
        deciding.bodies.clear();
        deciding.keep.retain(|decided| submission.batch.is_some_and(|batch| batch.id == decided.command_id));
    }
    deciding.into_plan(answer, locked, tasks_before)
}

impl Deciding<'_> {
    /// A whole batch that was decided before under its key, with a refusal or with another content.
    fn refused_before(&self) -> Option<Answer> {
        let batch = self.submission.batch?;
        let decided = self.batch_before()?;
        if decided.hash != batch.hash {
            let problem = Problem::from(&Rejection::IdempotencyKeyReused);
            return Some(Answer::Refused { index: 0, problem, replayed: false });
        }
        let mut problem = Problem::stored(decided.problem.as_deref()?);
        let index = problem.extensions.remove("index").and_then(|index| index.as_u64()).unwrap_or(0);
        Some(Answer::Refused { index: usize::try_from(index).unwrap_or(0), problem, replayed: true })
    }

    fn all(&mut self) -> Answer {
        for (index, identified) in self.submission.commands.iter().enumerate() {
            let outcome = self.one(identified);
            let refusal = outcome.decided.problem.as_deref().map(Problem::stored);
            if let (Some(problem), Mode::Atomic) = (refusal, self.submission.mode) {
                self.keep_batch(Some((index, &problem)));
                return Answer::Refused { index, problem, replayed: outcome.replayed };
            }
            self.outcomes.push(outcome);
        }
        self.keep_batch(None);
        self.decided_all()
    }

    /// The answer of a list that was not refused as a whole. A repeat names the version that the first answer named.
    fn decided_all(&mut self) -> Answer {
        let outcomes = std::mem::take(&mut self.outcomes);
        let repeated = outcomes.iter().all(|outcome| outcome.replayed);
        let before = self.batch_before().filter(|_| repeated);
        let replayed = repeated && (before.is_some() || !outcomes.is_empty());
        let reached = outcomes.iter().map(|outcome| outcome.decided.version).max();
        let version = before.map(|batch| batch.version).or(reached).unwrap_or(self.facts.version);
        Answer::Decided { outcomes, version, replayed }
    }

    /// What was decided for the whole batch in an earlier submission.
    fn batch_before(&self) -> Option<&Decided> {
        let batch = self.submission.batch?;
        self.before.iter().find(|decided| decided.command_id == batch.id)
    }

    fn one(&mut self, identified: &Identified) -> Outcome {
        let hash = identified.command.hash();
        if let Some(first) = self.decided_as(identified.id) {
            if first.hash != hash {
                return self.refused(identified, &hash, &Rejection::IdempotencyKeyReused);
            }
            if first.problem.is_some() {
                self.never_made.extend(identified.command.creates());
            }
            return Outcome { decided: first, replayed: true };
        }
        match self.judge(identified) {
            Ok((event, subject)) => self.agreed(identified, &hash, event, subject),
            Err(rejection) => self.refused(identified, &hash, &rejection),
        }
    }

    fn judge(&self, identified: &Identified) -> Result<(Option<EventBody>, Subject), Rejection> {
        let command = &identified.command;
        if self.never_made.iter().any(|subject| command.names(*subject)) {
            return Err(Rejection::DependsOnRefused);
        }
        let decision = command.decide(&self.facts, self.submission.caller.user)?;
        let task = command.task().and_then(|id| self.facts.any_task(id));
        if let (Some(expected), Some(task)) = (identified.if_match, task)
            && task.version != expected
        {
            return Err(Rejection::Stale { current: task.version });
        }
        Ok((decision.event, decision.subject))
    }

    /// What was decided for this id, in an earlier submission or earlier in this one.
    fn decided_as(&self, id: CommandId) -> Option<Decided> {
        let earlier = self.before.iter().find(|decided| decided.command_id == id);
        let here =
            self.outcomes.iter().map(|outcome| &outcome.decided).find(|decided| decided.command_id == id);
        earlier.or(here).cloned()
    }

    fn agreed(
        &mut self,
        identified: &Identified,
        hash: &[u8],
        body: Option<EventBody>,
        subject: Subject,
    ) -> Outcome {
        let event = body.map(|body| self.append(identified.id, body));
        let resource = resource(&self.facts, subject);
        self.decided(identified, hash, |decided| {
            decided.event = event;
            decided.resource = Some(resource);
        })
    }

    fn refused(&mut self, identified: &Identified, hash: &[u8], rejection: &Rejection) -> Outcome {
        self.never_made.extend(identified.command.creates());
        let problem = Problem::from(rejection).to_json();
        let kept = self.keep.len();
        let outcome = self.decided(identified, hash, |decided| decided.problem = Some(problem));
        if !rejection.is_kept() {
            self.keep.truncate(kept);
        }
        // Not kept, because by itself it may succeed later; in a repeat of its batch it follows from what is kept.
        let replayed = *rejection == Rejection::DependsOnRefused && self.batch_before().is_some();
        Outcome { replayed, ..outcome }
    }

    fn decided(&mut self, identified: &Identified, hash: &[u8], fill: impl FnOnce(&mut Decided)) -> Outcome {
        let mut decided = Decided {
            command_id: identified.id,
            hash: hash.to_vec(),
            version: self.facts.version,
            event: None,
            resource: None,
            problem: None,
        };
        fill(&mut decided);
        if identified.repeatable {
            self.keep.push(decided.clone());
        }
        Outcome { decided, replayed: false }
    }

    /// Makes the next event and applies it to the facts. Its bytes, from here on, are what everybody gets.
    fn append(&mut self, command_id: CommandId, body: EventBody) -> String {
        let event = Event {
            project: self.facts.state.project.id,
            version: self.facts.version + 1,
            body,
            at: self.facts.now,
            actor: self.submission.caller.user,
            command_id,
        };
        let text = serde_json::to_string(&event).expect("an event is JSON");
        self.facts.apply(&event);
        self.total_bytes += i64::try_from(text.len()).unwrap_or(i64::MAX);
        self.events.push(NewEvent {
            version: event.version,
            kind: event.body.kind(),
            access: event.body.access(),
            at: event.at,
            actor: event.actor,
            command_id,
            body: text.clone(),
            total_bytes: self.total_bytes,
        });
        self.bodies.push(event.body);
        text
    }

    /// Keeps the decision on the batch as a whole, unless it was kept before or depends on who asks.
    fn keep_batch(&mut self, refusal: Option<(usize, &Problem)>) {
        let Some(batch) = self.submission.batch else { return };
        if self.batch_before().is_some() || refusal.is_some_and(|(_, problem)| problem.status == 403) {
            return;
        }
        let problem = refusal.map(|(index, problem)| {
            let mut problem = problem.clone();
            problem.extensions.insert("index".to_owned(), json!(index));
            problem.to_json()
        });
        self.keep.push(Decided {
            command_id: batch.id,
            hash: batch.hash.to_vec(),
            version: self.facts.version,
            event: None,
            resource: None,
            problem,
        });
    }

    fn into_plan(self, answer: Answer, locked: &LockedProject, before: BTreeMap<TaskId, Task>) -> Plan {
        let tasks: BTreeSet<TaskId> = self.bodies.iter().flat_map(EventBody::tasks).collect();
        let comments: BTreeSet<CommentId> = self.bodies.iter().filter_map(EventBody::comment).collect();
        let access: Vec<Access> =
            self.bodies.iter().map(EventBody::access).filter(|access| *access != Access::Unchanged).collect();
        let concerned: BTreeSet<UserId> = access
            .iter()
            .filter_map(|access| match access {
                Access::Granted(user, _) | Access::Revoked(user) => Some(*user),
                Access::Unchanged | Access::Closed | Access::Opened => None,
            })
            .collect();
        let mut current = locked.0.clone();
        current.project = self.facts.state.project.clone();
        current.version = self.facts.version;
        current.total_bytes = self.total_bytes;
        current.last_number = self.facts.last_number;
        current.deleted = self.facts.deleted;
        if !self.events.is_empty() {
            current.changed_at = self.facts.now;
        }
        Plan {
            answer,
            epoch: locked.0.epoch.clone(),
            deleted: deletions(&self.events, &self.bodies),
            project_changed: self.bodies.iter().any(EventBody::is_of_project),
            events: self.events,
            keep: self.keep,
            current,
            tasks: tasks.into_iter().collect(),
            comments: comments.into_iter().collect(),
            access,
            concerned: concerned.into_iter().collect(),
            facts: self.facts,
            before,
        }
    }
}

fn deletions(events: &[NewEvent], bodies: &[EventBody]) -> BTreeMap<TaskId, Version> {
    let mut deleted = BTreeMap::new();
    for (event, body) in events.iter().zip(bodies) {
        if let EventBody::TaskDeleted { tasks, .. } = body {
            deleted.extend(tasks.iter().map(|task| (*task, event.version)));
        }
    }
    deleted
}

/// The whole resource as the answer shows it, in JSON.
fn resource(facts: &Facts, subject: Subject) -> String {
    let value = match subject {
        Subject::Project => json!({"project": facts.state.project}),
        Subject::Member(user) => json!({"member": {"user": user, "role": facts.role(user)}}),
        Subject::Task(id) => json!({"task": facts.any_task(id)}),
        Subject::Comment(id) => json!({"comment": facts.comments.get(&id)}),
    };
    value.to_string()
}

//! Step 4 of 8: decisions, pure. An atomic list is dropped whole at its first rejection.

use super::outcome::{Outcome, Refusal, Resource, Verdict};
use super::plan::{Cause, Plan, Planning};
use super::stored;
use super::stored_refusal::StoredRefusal;
use super::submission::{Answer, Identified, Mode, Submission};
use domain::command::{Command, Decision, Past};
use domain::facts::{Facts, Subject};
use domain::rejection::RejectionKind;
use domain::{CommandId, Rejection, UserId};
use std::collections::BTreeSet;
use store::projects::LockedProject;
use store::results::Decided;
use uuid::Uuid;

/// Decides submissions in order, on facts read under the lock, until the transaction is full. `decided_earlier` is what was decided
/// for their ids earlier, `alive` are the sessions that may still act.
pub fn decide<'a>(
    submissions: impl Iterator<Item = &'a Submission>,
    locked: &LockedProject,
    facts: (Facts, Past),
    decided_earlier: Vec<(UserId, Decided)>,
    alive: &BTreeSet<Uuid>,
) -> Plan {
    let mut planning = Planning::new(locked, facts, decided_earlier);
    let mut answers = Vec::new();
    for submission in submissions {
        if planning.is_full(locked) && !answers.is_empty() {
            break;
        }
        let admitted = planning.admitted(submission, alive);
        answers.push(admitted.map(|()| Deciding::new(&mut planning, submission).run()));
    }
    planning.into_plan(answers, locked)
}

/// A submission being decided, within its batch.
struct Deciding<'a> {
    planning: &'a mut Planning,
    submission: &'a Submission,
    /// What was decided for the whole list when it was submitted before.
    batch_decided: Option<Decided>,
    outcomes: Vec<Outcome>,
    /// The hashes of their commands.
    hashes: Vec<[u8; 32]>,
    /// What commands of this list were refused to make, and is not there.
    never_made: Vec<Subject>,
}

impl<'a> Deciding<'a> {
    fn new(planning: &'a mut Planning, submission: &'a Submission) -> Deciding<'a> {
        let decided = submission.batch.and_then(|batch| planning.decided(submission.caller.user, batch.id));
        let batch_decided = decided.cloned();
        Deciding {
            planning,
            submission,
            batch_decided,
            outcomes: Vec::new(),
            hashes: Vec::new(),
            never_made: Vec::new(),
        }
    }

    fn run(mut self) -> Answer {
        if let Some(refused) = self.refused_before() {
            return refused;
        }
        // A single command that is refused has changed nothing yet.
        let undone = self.submission.mode == Mode::Atomic && self.submission.commands.len() > 1;
        let mark = undone.then(|| self.planning.mark());
        let kept_until_here = self.planning.keep.len();
        for (index, identified) in self.submission.commands.iter().enumerate() {
            let hash = identified.command.hash();
            let outcome = self.one(identified, &hash);
            if let (Some(refusal), Mode::Atomic) = (outcome.refusal(), self.submission.mode) {
                if let Some(mark) = mark {
                    self.planning.back_to(mark);
                }
                // The ids of a refused list are not stored, so they can be used again.
                self.planning.keep.truncate(kept_until_here);
                self.keep_batch(Some((index, refusal)));
                return Answer::Refused { index, refusal: refusal.clone(), replayed: outcome.replayed };
            }
            self.outcomes.push(outcome);
            self.hashes.push(hash);
        }
        self.keep_batch(None);
        self.decided_all()
    }

    /// A whole batch that was decided before under its key, with a refusal or with another content.
    fn refused_before(&self) -> Option<Answer> {
        let batch = self.submission.batch?;
        let decided = self.batch_decided.as_ref()?;
        if decided.hash != batch.hash {
            let refusal = Refusal::Fresh(Rejection::IdempotencyKeyReused);
            return Some(Answer::Refused { index: 0, refusal, replayed: false });
        }
        let mut refusal = StoredRefusal::read(decided.problem.as_deref()?);
        let index = refusal.take_index();
        Some(Answer::Refused { index, refusal: Refusal::Stored(refusal), replayed: true })
    }

    /// The answer of a list that was not refused as a whole. A repeat names the version that the first answer named.
    fn decided_all(&mut self) -> Answer {
        let outcomes = std::mem::take(&mut self.outcomes);
        let repeated = outcomes.iter().all(|outcome| outcome.replayed);
        let decided = self.batch_decided.as_ref().filter(|_| repeated);
        let replayed = repeated && (decided.is_some() || !outcomes.is_empty());
        let reached = outcomes.iter().map(|outcome| outcome.version).max();
        let version = decided.map(|batch| batch.version).or(reached).unwrap_or(self.planning.facts.version);
        Answer::Decided { outcomes, version, replayed }
    }

    fn one(&mut self, identified: &Identified, hash: &[u8; 32]) -> Outcome {
        if let Some((first_hash, first)) = self.decided_as(identified.id) {
            if !first_hash.is_empty() && first_hash != *hash {
                return self.refused(identified, hash, Rejection::IdempotencyKeyReused);
            }
            let there = first.refusal().is_none_or(|refusal| refusal.code() == Rejection::IdTaken.code());
            self.note_made(&identified.command, there);
            return first;
        }
        match self.judge(identified) {
            Ok(decision) => self.agreed(identified, hash, decision),
            Err(rejection) => self.refused(identified, hash, rejection),
        }
    }

    fn judge(&self, identified: &Identified) -> Result<Decision, Rejection> {
        let command = &identified.command;
        if self.never_made.iter().any(|subject| command.names(subject)) {
            return Err(Rejection::DependsOnRefused);
        }
        let caller = &self.submission.caller;
        if !caller.may_write() {
            return Err(Rejection::InsufficientScope);
        }
        let decision = command.decide(&self.planning.facts, &self.planning.past, caller.user)?;
        if !caller.has_session()
            && decision.event.as_ref().is_some_and(|event| event.access().user().is_some())
        {
            return Err(Rejection::SessionRequired);
        }
        if let Some(expected) = identified.if_match
            && let Some(task) = command.task().and_then(|id| self.planning.facts.any_task(id))
            && task.version != expected
        {
            return Err(Rejection::PreconditionFailed { current: task.version });
        }
        Ok(decision)
    }

    /// Notes whether what a command makes is there after it. It may be although the command is refused.
    fn note_made(&mut self, command: &Command, there: bool) {
        let Some(made) = command.creates() else { return };
        self.never_made.retain(|other| *other != made);
        if !there {
            self.never_made.push(made);
        }
    }

    /// What was decided for this id, in an earlier submission or earlier in this one, and the hash of its command.
    fn decided_as(&self, id: CommandId) -> Option<(Vec<u8>, Outcome)> {
        if let Some(decided) = self.planning.decided(self.submission.caller.user, id) {
            return Some((decided.hash.clone(), stored::replay(decided)));
        }
        let here = self.outcomes.iter().zip(&self.hashes).find(|(outcome, _)| outcome.id == id);
        here.map(|(outcome, hash)| (hash.to_vec(), Outcome { replayed: true, ..outcome.clone() }))
    }

    fn agreed(&mut self, identified: &Identified, hash: &[u8; 32], decision: Decision) -> Outcome {
        let Decision { event, subject, overrode, reranked } = decision;
        self.note_made(&identified.command, true);
        let cause = Cause::command(&self.submission.caller, identified);
        let event = event.map(|body| self.planning.append(cause, body, overrode, reranked));
        let resource = Some(Resource::of(&self.planning.facts, subject));
        let verdict = match event {
            Some(event) => Verdict::Changed { event, resource },
            None => Verdict::Unchanged { resource },
        };
        let outcome = self.outcome(identified, verdict);
        self.keep(identified, hash, &outcome);
        outcome
    }

    fn refused(&mut self, identified: &Identified, hash: &[u8; 32], rejection: Rejection) -> Outcome {
        let made = identified.command.creates();
        let there = made.is_some_and(|made| is_there(&self.planning.facts, &made));
        self.note_made(&identified.command, there);
        let is_kept = rejection.is_kept();
        // This refusal is not stored, because the command may succeed later by itself. In a repeat of its batch it follows
        // from the decisions that are stored.
        let replayed = rejection == Rejection::DependsOnRefused && self.batch_decided.is_some();
        let outcome = self.outcome(identified, Verdict::Refused(Refusal::Fresh(rejection)));
        if is_kept {
            self.keep(identified, hash, &outcome);
        }
        Outcome { replayed, ..outcome }
    }

    fn outcome(&self, identified: &Identified, verdict: Verdict) -> Outcome {
        Outcome { id: identified.id, version: self.planning.facts.version, verdict, replayed: false }
    }

    /// Keeps the decision under an id that the client brought, because the client may repeat the command.
    fn keep(&mut self, identified: &Identified, hash: &[u8; 32], outcome: &Outcome) {
        if identified.repeatable {
            self.planning.keep.push((self.submission.caller.user, stored::decided(outcome, hash)));
        }
    }

    /// Keeps the decision on the batch as a whole, unless it was kept before or depends on who asks.
    fn keep_batch(&mut self, refused: Option<(usize, &Refusal)>) {
        let Some(batch) = self.submission.batch else { return };
        let of_who_asks = |(_, refusal): (usize, &Refusal)| refusal.kind() == RejectionKind::Forbidden;
        if self.batch_decided.is_some() || refused.is_some_and(of_who_asks) {
            return;
        }
        let decided = Decided {
            command_id: batch.id,
            hash: batch.hash.to_vec(),
            version: self.planning.facts.version,
            event: None,
            resource: None,
            problem: refused.map(|(index, refusal)| stored::refusal_at(index, refusal)),
        };
        self.planning.keep.push((self.submission.caller.user, decided));
    }
}

/// Whether what a command was refused to make is there already, wherever it is.
fn is_there(facts: &Facts, made: &Subject) -> bool {
    match made {
        Subject::Task(id) => facts.any_task(*id).is_some(),
        Subject::Comment(id) => facts.comments.contains_key(id),
        // No command makes one that a later command of its list could name by an id of its own.
        Subject::Project
        | Subject::Member(_)
        | Subject::Dependency(_)
        | Subject::Label(_)
        | Subject::Field(_) => false,
    }
}

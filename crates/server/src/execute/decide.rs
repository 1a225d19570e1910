//! Step 4 of 8: one submission of a batch. An atomic list is dropped whole at its first rejection.

use super::plan::Planning;
use super::{Answer, Identified, Mode, Outcome, Problem, Submission};
use domain::command::Decision;
use domain::facts::{Facts, Subject};
use domain::{CommandId, Rejection};
use serde_json::json;
use store::results::Decided;

/// A submission being decided, within its batch.
pub struct Deciding<'a> {
    planning: &'a mut Planning,
    submission: &'a Submission,
    /// What was decided for the whole list when it was submitted before.
    batch_before: Option<Decided>,
    outcomes: Vec<Outcome>,
    /// What commands of this list were refused to create.
    never_made: Vec<Subject>,
}

impl<'a> Deciding<'a> {
    pub fn new(planning: &'a mut Planning, submission: &'a Submission) -> Deciding<'a> {
        let before = submission.batch.and_then(|batch| planning.decided(submission.caller.user, batch.id));
        let batch_before = before.cloned();
        Deciding { planning, submission, batch_before, outcomes: Vec::new(), never_made: Vec::new() }
    }

    pub fn run(mut self) -> Answer {
        if let Some(refused) = self.refused_before() {
            return refused;
        }
        // A single command that is refused has changed nothing yet.
        let undone = self.submission.mode == Mode::Atomic && self.submission.commands.len() > 1;
        let mark = undone.then(|| self.planning.mark());
        let kept = self.planning.keep.len();
        for (index, identified) in self.submission.commands.iter().enumerate() {
            let outcome = self.one(identified);
            let refusal = outcome.decided.problem.as_deref().map(Problem::stored);
            if let (Some(problem), Mode::Atomic) = (refusal, self.submission.mode) {
                if let Some(mark) = mark {
                    self.planning.back_to(mark);
                }
                // A refused list uses up none of its ids.
                self.planning.keep.truncate(kept);
                self.keep_batch(Some((index, &problem)));
                return Answer::Refused { index, problem, replayed: outcome.replayed };
            }
            self.outcomes.push(outcome);
        }
        self.keep_batch(None);
        self.decided_all()
    }

    /// A whole batch that was decided before under its key, with a refusal or with another content.
    fn refused_before(&self) -> Option<Answer> {
        let batch = self.submission.batch?;
        let decided = self.batch_before.as_ref()?;
        if decided.hash != batch.hash {
            let problem = Problem::from(&Rejection::IdempotencyKeyReused);
            return Some(Answer::Refused { index: 0, problem, replayed: false });
        }
        let mut problem = Problem::stored(decided.problem.as_deref()?);
        let index = problem.extensions.remove("index").and_then(|index| index.as_u64()).unwrap_or(0);
        Some(Answer::Refused { index: usize::try_from(index).unwrap_or(0), problem, replayed: true })
    }

    /// The answer of a list that was not refused as a whole. A repeat names the version that the first answer named.
    fn decided_all(&mut self) -> Answer {
        let outcomes = std::mem::take(&mut self.outcomes);
        let repeated = outcomes.iter().all(|outcome| outcome.replayed);
        let before = self.batch_before.as_ref().filter(|_| repeated);
        let replayed = repeated && (before.is_some() || !outcomes.is_empty());
        let reached = outcomes.iter().map(|outcome| outcome.decided.version).max();
        let version = before.map(|batch| batch.version).or(reached).unwrap_or(self.planning.facts.version);
        Answer::Decided { outcomes, version, replayed }
    }

    fn one(&mut self, identified: &Identified) -> Outcome {
        let hash = identified.command.hash();
        if let Some(first) = self.decided_as(identified.id) {
            if !first.hash.is_empty() && first.hash != hash {
                return self.refused(identified, &hash, &Rejection::IdempotencyKeyReused);
            }
            if first.problem.is_some() {
                self.never_made.extend(identified.command.creates());
            }
            return Outcome { decided: first, replayed: true };
        }
        match self.judge(identified) {
            Ok(decision) => self.agreed(identified, &hash, decision),
            Err(rejection) => self.refused(identified, &hash, &rejection),
        }
    }

    fn judge(&self, identified: &Identified) -> Result<Decision, Rejection> {
        let command = &identified.command;
        if self.never_made.iter().any(|subject| command.names(subject)) {
            return Err(Rejection::DependsOnRefused);
        }
        let decision =
            command.decide(&self.planning.facts, &self.planning.past, self.submission.caller.user)?;
        if let Some(expected) = identified.if_match
            && let Some(task) = command.task().and_then(|id| self.planning.facts.any_task(id))
            && task.version != expected
        {
            return Err(Rejection::Stale { current: task.version });
        }
        Ok(decision)
    }

    /// What was decided for this id, in an earlier submission or earlier in this one.
    fn decided_as(&self, id: CommandId) -> Option<Decided> {
        let earlier = self.planning.decided(self.submission.caller.user, id);
        let here =
            self.outcomes.iter().map(|outcome| &outcome.decided).find(|decided| decided.command_id == id);
        earlier.or(here).cloned()
    }

    fn agreed(&mut self, identified: &Identified, hash: &[u8], decision: Decision) -> Outcome {
        let Decision { event, subject, overrode, reranked } = decision;
        let actor = self.submission.caller.user;
        let event = event.map(|body| self.planning.append(actor, identified, body, overrode, reranked));
        let resource = resource(&self.planning.facts, subject);
        self.decided(identified, hash, |decided| {
            decided.event = event;
            decided.resource = Some(resource);
        })
    }

    fn refused(&mut self, identified: &Identified, hash: &[u8], rejection: &Rejection) -> Outcome {
        self.never_made.extend(identified.command.creates());
        let problem = Problem::from(rejection).to_json();
        let kept = self.planning.keep.len();
        let outcome = self.decided(identified, hash, |decided| decided.problem = Some(problem));
        if !rejection.is_kept() {
            self.planning.keep.truncate(kept);
        }
        // Not kept, because by itself it may succeed later; in a repeat of its batch it follows from what is kept.
        let replayed = *rejection == Rejection::DependsOnRefused && self.batch_before.is_some();
        Outcome { replayed, ..outcome }
    }

    fn decided(&mut self, identified: &Identified, hash: &[u8], fill: impl FnOnce(&mut Decided)) -> Outcome {
        let mut decided = Decided {
            command_id: identified.id,
            hash: hash.to_vec(),
            version: self.planning.facts.version,
            event: None,
            resource: None,
            problem: None,
        };
        fill(&mut decided);
        if identified.repeatable {
            self.planning.keep.push((self.submission.caller.user, decided.clone()));
        }
        Outcome { decided, replayed: false }
    }

    /// Keeps the decision on the batch as a whole, unless it was kept before or depends on who asks.
    fn keep_batch(&mut self, refusal: Option<(usize, &Problem)>) {
        let Some(batch) = self.submission.batch else { return };
        if self.batch_before.is_some() || refusal.is_some_and(|(_, problem)| problem.status == 403) {
            return;
        }
        let problem = refusal.map(|(index, problem)| {
            let mut problem = problem.clone();
            problem.extensions.insert("index".to_owned(), json!(index));
            problem.to_json()
        });
        let decided = Decided {
            command_id: batch.id,
            hash: batch.hash.to_vec(),
            version: self.planning.facts.version,
            event: None,
            resource: None,
            problem,
        };
        self.planning.keep.push((self.submission.caller.user, decided));
    }
}

/// The whole resource as the answer shows it, in JSON.
fn resource(facts: &Facts, subject: Subject) -> String {
    let value = match subject {
        Subject::Project => json!({"project": facts.state.project}),
        Subject::Member(user) => json!({"member": {"user": user, "role": facts.role(user)}}),
        Subject::Task(id) => json!({"task": facts.any_task(id)}),
        Subject::Dependency(dependency) => json!({"dependency": dependency}),
        Subject::Label(key) => json!({"label": facts.state.project.label(&key)}),
        Subject::Field(key) => json!({"field": facts.state.project.field(key.as_str())}),
        Subject::Comment(id) => json!({"comment": facts.comments.get(&id)}),
    };
    value.to_string()
}

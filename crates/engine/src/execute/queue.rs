//! Step 2 of 8: what waits for a project on this instance.
//!
//! The first to come for an idle project leads: its task takes everything that waits, batch by batch, one transaction
//! each, until nothing does (group commit). An idle project therefore waits for nothing, and a busy one waits in memory
//! and not on connections that other projects need.

use super::submission::{Answer, ExecuteError, Submission};
use domain::ProjectId;
use prometheus_client::metrics::gauge::Gauge;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Most commands of one transaction, unless a single submission has more.
const MOST_COMMANDS: usize = 512;

/// The queues of the projects that somebody is writing to.
pub struct Queues {
    queues: Mutex<HashMap<ProjectId, Queue>>,
    longest: usize,
    depth: Gauge,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    commands: usize,
}

/// Too many commands wait for this project already.
#[derive(Debug)]
pub struct Busy;

/// A submission in a queue or in a transaction.
pub struct Waiting {
    pub submission: Submission,
    pub deadline: Instant,
    pub fate: Arc<Fate>,
    answer: oneshot::Sender<Result<Answer, ExecuteError>>,
}

/// The end that the caller waits on.
pub struct Reply {
    answer: oneshot::Receiver<Result<Answer, ExecuteError>>,
    fate: Arc<Fate>,
    deadline: Instant,
}

/// Whether a submission may have been committed. The caller whose time is up and the transaction decide it together, by one
/// atomic value.
#[derive(Debug, Default)]
pub struct Fate(AtomicU8);

const UNDECIDED: u8 = 0;
const COMMITTING: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Fate {
    /// Called before COMMIT is sent. `false`: the caller has given up, so COMMIT must not be sent.
    pub fn commit(&self) -> bool {
        let was = self.0.compare_exchange(UNDECIDED, COMMITTING, Ordering::AcqRel, Ordering::Acquire);
        was != Err(GIVEN_UP)
    }

    /// Nothing was committed after all.
    pub fn rolled_back(&self) {
        let _ = self.0.compare_exchange(COMMITTING, UNDECIDED, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Called when the caller's time is up. `true`: nothing was committed, and nothing will be.
    pub fn give_up(&self) -> bool {
        let was = self.0.compare_exchange(UNDECIDED, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire);
        was != Err(COMMITTING)
    }
}

impl Waiting {
    pub fn new(submission: Submission, deadline: Instant) -> (Waiting, Reply) {
        let (sender, receiver) = oneshot::channel();
        let fate = Arc::<Fate>::default();
        let reply = Reply { answer: receiver, fate: fate.clone(), deadline };
        (Waiting { submission, deadline, fate, answer: sender }, reply)
    }

    /// Answers the caller, who may be gone.
    pub fn tell(self, answer: Result<Answer, ExecuteError>) {
        let _ = self.answer.send(answer);
    }
}

impl Reply {
    /// The answer, or that it did not come in time.
    ///
    /// # Errors
    /// See [`ExecuteError`].
    pub async fn wait(self) -> Result<Answer, ExecuteError> {
        match tokio::time::timeout_at(self.deadline, self.answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) if self.fate.give_up() => {
                Err(ExecuteError::Unavailable("no answer within the deadline".to_owned()))
            }
            Ok(Err(_)) | Err(_) => Err(ExecuteError::OutcomeUnknown),
        }
    }
}

impl Queues {
    /// At most `longest` commands wait for one project. A submission beyond that is refused at once. `depth` shows how many
    /// wait, all projects together.
    pub fn new(longest: usize, depth: Gauge) -> Queues {
        Queues { queues: Mutex::default(), longest, depth }
    }

    /// Queues a submission. `true`: nobody leads this project yet, the caller has to.
    ///
    /// # Errors
    /// [`Busy`].
    pub fn join(&self, waiting: Waiting) -> Result<bool, Busy> {
        let mut queues = self.lock();
        let project = waiting.submission.project;
        let leads = !queues.contains_key(&project);
        let queue = queues.entry(project).or_default();
        let commands = waiting.submission.weight();
        if !queue.waiting.is_empty() && queue.commands + commands > self.longest {
            return Err(Busy);
        }
        queue.commands += commands;
        self.depth.inc_by(commands as i64);
        queue.waiting.push_back(waiting);
        Ok(leads)
    }

    /// The next batch of a project, for whoever leads it. `None`: nothing waits, and nobody leads it any more.
    pub fn next(&self, project: ProjectId) -> Option<Vec<Waiting>> {
        let mut queues = self.lock();
        let queue = queues.get_mut(&project)?;
        let mut batch = Vec::new();
        let mut commands = 0;
        while let Some(first) = queue.waiting.front() {
            let weight = first.submission.weight();
            if !batch.is_empty() && commands + weight > MOST_COMMANDS {
                break;
            }
            commands += weight;
            batch.extend(queue.waiting.pop_front());
        }
        queue.commands -= commands;
        self.depth.dec_by(commands as i64);
        if batch.is_empty() {
            queues.remove(&project);
            return None;
        }
        Some(batch)
    }

    /// Puts what did not fit into a transaction back to the front.
    pub fn put_back(&self, project: ProjectId, rest: Vec<Waiting>) {
        if let Some(queue) = self.lock().get_mut(&project) {
            let commands: usize = rest.iter().map(|waiting| waiting.submission.weight()).sum();
            queue.commands += commands;
            self.depth.inc_by(commands as i64);
            rest.into_iter().rev().for_each(|waiting| queue.waiting.push_front(waiting));
        }
    }

    /// Forgets a project whose leader panicked. The callers who waited for it learn of it because their channels end.
    pub fn forget(&self, project: ProjectId) {
        if let Some(queue) = self.lock().remove(&project) {
            self.depth.dec_by(queue.commands as i64);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ProjectId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::execute::submission::{Identified, Mode};
    use domain::UserId;
    use domain::command::{Command, DeleteProject, fresh_id};
    use std::time::Duration;
    use uuid::Uuid;

    fn of(project: ProjectId, commands: usize) -> Waiting {
        waited(project, commands, Duration::from_secs(8)).0
    }

    fn waited(project: ProjectId, commands: usize, time: Duration) -> (Waiting, Reply) {
        let command = || Identified {
            command: Command::DeleteProject(DeleteProject {}),
            id: fresh_id(),
            repeatable: false,
            if_match: None,
        };
        let submission = Submission {
            project,
            caller: Caller::in_session(UserId::new(), Uuid::now_v7(), 0),
            commands: std::iter::repeat_with(command).take(commands).collect(),
            mode: Mode::Each,
            batch: None,
        };
        Waiting::new(submission, Instant::now() + time)
    }

    #[test]
    fn the_first_to_come_leads_until_nothing_waits_and_leaves_nothing_behind() {
        let (queues, project) = (Queues::new(10, Gauge::default()), ProjectId::new());
        assert!(queues.join(of(project, 1)).expect("room"), "nobody leads it yet");
        assert!(!queues.join(of(project, 1)).expect("room"), "led already");
        assert_eq!(queues.next(project).map(|batch| batch.len()), Some(2));
        assert!(!queues.join(of(project, 1)).expect("room"), "its leader is still in a transaction");
        assert_eq!(queues.next(project).map(|batch| batch.len()), Some(1));
        assert!(queues.next(project).is_none());
        assert!(queues.lock().is_empty());
        assert!(queues.join(of(project, 1)).expect("room"), "the next one leads again");
    }

    /// Proves S7.
    #[test]
    fn whoever_comes_to_a_full_queue_is_sent_away_at_once() {
        let (queues, project) = (Queues::new(3, Gauge::default()), ProjectId::new());
        for _ in 0..3 {
            queues.join(of(project, 1)).expect("room");
        }
        assert!(queues.join(of(project, 1)).is_err());
        assert!(queues.join(of(ProjectId::new(), 1)).is_ok(), "another project has a queue of its own");
        queues.next(project);
        assert!(queues.join(of(project, 3)).is_ok(), "what is in a transaction waits no more");
    }

    /// Proves L10.
    #[test]
    fn a_batch_is_bounded_and_what_did_not_fit_goes_first_next_time() {
        let (queues, project) = (Queues::new(10_000, Gauge::default()), ProjectId::new());
        for commands in [500, 20, 600, 1] {
            queues.join(of(project, commands)).expect("room");
        }
        let sizes = |batch: &[Waiting]| batch.iter().map(|w| w.submission.commands.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&queues.next(project).expect("a batch")), [500]);
        let mut batch = queues.next(project).expect("a batch");
        assert_eq!(sizes(&batch), [20], "600 would not fit");
        queues.put_back(project, batch.split_off(0));
        assert_eq!(sizes(&queues.next(project).expect("a batch")), [20]);
        assert_eq!(sizes(&queues.next(project).expect("a batch")), [600], "alone it goes, however large");
        assert_eq!(sizes(&queues.next(project).expect("a batch")), [1]);
    }

    /// Proves L11.
    #[test]
    fn what_was_given_up_is_not_committed_and_what_is_being_committed_is_not_given_up() {
        let fate = Fate::default();
        assert!(fate.commit() && fate.commit());
        assert!(!fate.give_up());
        fate.rolled_back();
        assert!(fate.give_up());
        fate.rolled_back();
        assert!(!fate.commit());
    }

    /// Proves L11.
    #[tokio::test]
    async fn a_late_answer_is_unavailable_unless_it_may_have_been_committed() {
        let (_kept, reply) = waited(ProjectId::new(), 1, Duration::ZERO);
        assert!(matches!(reply.wait().await, Err(ExecuteError::Unavailable(_))));
        let (committing, reply) = waited(ProjectId::new(), 1, Duration::ZERO);
        assert!(committing.fate.commit());
        assert!(matches!(reply.wait().await, Err(ExecuteError::OutcomeUnknown)));
        let (panicked, reply) = waited(ProjectId::new(), 1, Duration::from_secs(8));
        drop(panicked);
        assert!(matches!(reply.wait().await, Err(ExecuteError::Unavailable(_))));
    }
}

//! Steps 2 to 6 of 8: the spine. The only writer of project state.
//!
//! A submission is a list of commands of one member on one project. What waits for one project on this instance goes into
//! one transaction (`queue`, `transaction`): lock and facts, decisions, writes, version, commit. The listeners (`announce`)
//! are told of a commit before the next transaction begins, so all of them hear of commits in version order. Memberships that
//! begin or end without a command (`join`) do not wait in the queue, so they may be heard of out of order.
//!
//! Invariants: I1 (versions without gap), I2 (what is acknowledged is in the log), I3 (one command id, at most one event),
//! I10 (no effect without a role check in the same transaction).

mod create;
mod decide;
mod feeds;
mod join;
mod outcome;
mod plan;
mod queue;
mod spine;
mod stored;
mod stored_refusal;
mod submission;
mod submit;
mod transaction;
mod write;

pub(crate) use create::create_project;
pub(crate) use join::{HeldProject, Left, Moved, announce, leave, write_all};
pub use outcome::{Outcome, Refusal, Resource, Verdict};
pub(crate) use queue::Queues;
pub(crate) use spine::Spine;
pub use stored_refusal::StoredRefusal;
pub use submission::{Answer, BatchKey, ExecuteError, Identified, Mode, Submission};
pub(crate) use submit::submit;

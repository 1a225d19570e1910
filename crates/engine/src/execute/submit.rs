//! Step 2 of 8: a submission waits for its project's turn, and whoever comes first leads.

use super::queue::Waiting;
use super::spine::Spine;
use super::submission::{Answer, ExecuteError, Submission};
use super::transaction;
use domain::ProjectId;
use std::sync::Arc;
use tokio::time::Instant;

/// Decides and writes a submission, with whatever else waits for its project. A client that hangs up leaves nothing half
/// done: the transaction belongs to the queue, not to the request.
///
/// # Errors
/// See [`ExecuteError`]; within the deadline of a request in any case.
///
/// # Cancel safety
/// Dropping the future gives up the answer, not the submission.
pub async fn submit(spine: &Arc<Spine>, submission: Submission) -> Result<Answer, ExecuteError> {
    let project = submission.project;
    let (waiting, reply) = Waiting::new(submission, Instant::now() + spine.work.deadline());
    if spine.queues.join(waiting).map_err(|_| ExecuteError::Busy)? {
        spine.work.spawn(lead(spine.clone(), project));
    }
    reply.wait().await
}

/// Takes what waits for a project, batch by batch, until nothing does.
async fn lead(spine: Arc<Spine>, project: ProjectId) {
    let leading = Leading { spine: &spine, project };
    while let Some(batch) = spine.queues.next(project) {
        transaction::run(&spine, project, batch).await;
    }
    drop(leading);
}

/// A leader that panics must not leave its project without one.
struct Leading<'a> {
    spine: &'a Spine,
    project: ProjectId,
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.spine.queues.forget(self.project);
        }
    }
}

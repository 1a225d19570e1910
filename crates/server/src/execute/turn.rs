//! Step 2 of 8: a project's turn on this instance. Its commands go one after the other, so a busy project waits in memory
//! and not on connections that other projects need.

use domain::ProjectId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The turns of the projects that somebody is writing to.
pub struct Turns {
    turns: Mutex<HashMap<ProjectId, Arc<Turn<()>>>>,
    longest: usize,
}

/// Too many wait for this project already.
#[derive(Debug)]
pub struct Busy;

/// A turn that is held until dropped.
pub struct Taken<'a> {
    turns: &'a Turns,
    project: ProjectId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// At most `longest` wait for one project; whoever comes then is sent away at once.
    pub fn new(longest: usize) -> Turns {
        Turns { turns: Mutex::default(), longest }
    }

    /// Waits for the project's turn, first come first served.
    ///
    /// # Errors
    /// [`Busy`].
    ///
    /// # Cancel safety
    /// Dropping the future gives up the place in the queue.
    pub async fn take(&self, project: ProjectId) -> Result<Taken<'_>, Busy> {
        let turn = self.lock().entry(project).or_default().clone();
        // The map has one, this has one, and whoever holds the turn has one.
        if Arc::strong_count(&turn) >= self.longest + 3 {
            return Err(Busy);
        }
        let mut taken = Taken { turns: self, project, guard: None };
        taken.guard = Some(turn.lock_owned().await);
        Ok(taken)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ProjectId, Arc<Turn<()>>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut turns = self.turns.lock();
        self.guard = None;
        // One is the map's own: nobody holds this turn or waits for it.
        if turns.get(&self.project).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.project);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_that_nobody_wants_leaves_nothing_behind() {
        let turns = Turns::new(10);
        let project = ProjectId::new();
        let first = turns.take(project).await.expect("free");
        let waiting = turns.take(project);
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(first);
        drop(waiting.await.expect("room to wait"));
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn whoever_comes_to_a_full_queue_is_sent_away_at_once() {
        let turns = Turns::new(1);
        let project = ProjectId::new();
        let _first = turns.take(project).await.expect("free");
        let mut waiting = Box::pin(turns.take(project));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        let mut second = Box::pin(turns.take(project));
        assert!(matches!(futures_util::poll!(&mut second), std::task::Poll::Ready(Err(Busy))));
        assert!(turns.take(ProjectId::new()).await.is_ok(), "another project has a queue of its own");
    }
}

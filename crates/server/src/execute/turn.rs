//! Step 2 of 8: a project's turn on this instance. Its commands go one after the other, so a busy project waits in memory
//! and not on connections that other projects need.

use domain::ProjectId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The turns of the projects that somebody is writing to.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<ProjectId, Arc<Turn<()>>>>);

/// A turn that is held until dropped.
pub struct Taken<'a> {
    turns: &'a Turns,
    project: ProjectId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits for the project's turn, first come first served.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the place in the queue.
    pub async fn take(&self, project: ProjectId) -> Taken<'_> {
        let turn = self.lock().entry(project).or_default().clone();
        let mut taken = Taken { turns: self, project, guard: None };
        taken.guard = Some(turn.lock_owned().await);
        taken
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ProjectId, Arc<Turn<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let turns = Turns::default();
        let project = ProjectId::new();
        let first = turns.take(project).await;
        let waiting = turns.take(project);
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(first);
        drop(waiting.await);
        assert!(turns.lock().is_empty());
    }
}

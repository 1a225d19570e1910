//! A moment around one COMMIT that a test waits for, and what happens to the connection then.

use std::time::Duration;

use tokio::sync::oneshot;

/// What happens at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Both ends of this connection are closed; the bytes of the moment reach nobody.
    Cut,
    /// Nothing passes until [`Commit::release`] (or until the handle is dropped, or the instance killed).
    Hold,
    /// The test is told, and everything passes.
    Notify,
}

/// Which moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The instance has sent COMMIT; Postgres has not seen it. A cut here rolls back.
    Request,
    /// Postgres has committed and answered; the instance has not seen it. A cut here loses the answer.
    Answer,
}

/// The test's end: one armed moment. Dropping it before the moment came disarms it.
pub struct Commit {
    reached: oneshot::Receiver<()>,
    release: oneshot::Sender<()>,
}

/// The proxy's end.
pub struct Armed {
    pub(super) at: At,
    action: Action,
    reached: oneshot::Sender<()>,
    release: oneshot::Receiver<()>,
}

pub(super) enum Fate {
    GoOn,
    Cut,
}

pub(super) fn arm(at: At, action: Action) -> (Armed, Commit) {
    let (tell, reached) = oneshot::channel();
    let (release, released) = oneshot::channel();
    (Armed { at, action, reached: tell, release: released }, Commit { reached, release })
}

impl Armed {
    pub(super) async fn meet(self) -> Fate {
        if self.reached.send(()).is_err() {
            return Fate::GoOn;
        }
        match self.action {
            Action::Notify => Fate::GoOn,
            Action::Cut => Fate::Cut,
            Action::Hold => {
                // An error means that the handle was dropped, which releases too.
                let _ = self.release.await;
                Fate::GoOn
            }
        }
    }
}

impl Commit {
    /// Waits for the moment.
    ///
    /// # Panics
    /// After `timeout`, or when another moment was armed in its place.
    pub async fn reached(&mut self, timeout: Duration) {
        crate::wait::within("an armed COMMIT of a transaction that wrote events", timeout, &mut self.reached)
            .await
            .expect("nothing else was armed in the place of this commit");
    }

    /// Ends a [`Action::Hold`].
    pub fn release(self) {
        // An error means that the connection is gone, and with it what was held.
        let _ = self.release.send(());
    }
}

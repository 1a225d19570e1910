//! Work on the main runtime, which outlives its caller but not the instance.

use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// Runs work on the main runtime. Clones share what runs.
#[derive(Clone)]
pub struct Work {
    runtime: Handle,
    tasks: TaskTracker,
    deadline: Duration,
}

/// Why work did not come to its own end.
#[derive(Debug, Clone)]
pub enum Stopped {
    /// The time was up.
    Late,
    /// It panicked, or the runtime ends: a defect.
    Died(String),
}

impl Work {
    /// On the current runtime. `deadline`: the longest that one caller waits.
    pub fn new(deadline: Duration) -> Work {
        Work { runtime: Handle::current(), tasks: TaskTracker::new(), deadline }
    }

    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Runs work that outlives its caller, but not the instance, which waits for it before it ends.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.runtime.spawn(self.tasks.track_future(work))
    }

    /// The same with the deadline, for a caller that waits. A caller that hangs up leaves nothing half done, and no connection
    /// inside a transaction.
    ///
    /// # Errors
    /// Those of `work`, and [`Stopped`].
    pub async fn run<T: Send + 'static, E: From<Stopped> + Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E> {
        match self.spawn(tokio::time::timeout(self.deadline, work)).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(_)) => Err(Stopped::Late.into()),
            Err(error) => Err(Stopped::Died(error.to_string()).into()),
        }
    }

    /// From now on the instance waits for what runs.
    pub fn close(&self) {
        self.tasks.close();
    }

    /// Returns when nothing runs any more. Only after [`Work::close`].
    pub async fn ended(&self) {
        self.tasks.wait().await;
    }

    /// How much runs.
    pub fn running(&self) -> usize {
        self.tasks.len()
    }
}

//! Waiting for a condition. Tests have no bare sleeps: a sleep is either too short or too long.

use std::future::Future;
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Asks until `condition` holds.
///
/// # Panics
/// After `timeout`, naming `what` was awaited.
pub async fn eventually<F: Future<Output = bool>>(
    what: &str,
    timeout: Duration,
    mut condition: impl FnMut() -> F,
) {
    eventually_some(what, timeout, || {
        let holds = condition();
        async move { holds.await.then_some(()) }
    })
    .await;
}

/// Asks until `question` has an answer, and returns it.
///
/// # Panics
/// After `timeout`, naming `what` was awaited.
pub async fn eventually_some<T, F: Future<Output = Option<T>>>(
    what: &str,
    timeout: Duration,
    mut question: impl FnMut() -> F,
) -> T {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        // One question that hangs must not outlive the deadline either.
        let left = timeout.saturating_sub(started.elapsed()).max(FIRST_PAUSE);
        if let Ok(Some(answer)) = tokio::time::timeout(left, question()).await {
            return answer;
        }
        assert!(started.elapsed() < timeout, "waited {timeout:?} in vain for: {what}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Waits for a future with a deadline.
///
/// # Panics
/// After `timeout`, naming `what` was awaited.
pub async fn within<T>(what: &str, timeout: Duration, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(timeout, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {timeout:?} in vain for: {what}"),
    }
}

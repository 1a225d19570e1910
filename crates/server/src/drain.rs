//! How an instance stops without anybody losing anything. Invariant I20.
//!
//! 1. It says that it is not ready, and serves everything as before for `LOCKSTEP_DRAIN` seconds: balancers look away.
//! 2. New requests get 503 `draining`. Sockets and streams are closed (3001) one after another, over at most
//!    `LOCKSTEP_CLOSE_SECONDS`, so that they do not all knock at the other instances' doors at the same moment.
//! 3. What runs ends, commands above all, within `LOCKSTEP_SHUTDOWN_SECONDS`. Then the process does, with 0.

use crate::app::App;
use crate::edge;
use crate::error::ApiError;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

/// Whoever is refused finds another instance, or this one's successor, after so many seconds.
const RETRY_AFTER: u64 = 1;

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    Serving,
    /// Not ready, but everything is served.
    Leaving,
    /// Nothing new is served.
    Closing,
}

/// The stage that this instance is in.
pub struct Drain(AtomicU8);

impl Drain {
    pub fn new() -> Drain {
        Drain(AtomicU8::new(Stage::Serving as u8))
    }

    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= Stage::Leaving as u8
    }

    fn refuses(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= Stage::Closing as u8
    }

    fn enter(&self, stage: Stage) {
        self.0.store(stage as u8, Ordering::Relaxed);
    }
}

/// 503: nothing happened here, and another instance will do it.
pub fn draining() -> ApiError {
    ApiError::new("draining", "This instance is stopping. Nothing was changed; try again.")
        .retry_after(RETRY_AFTER)
}

/// Innermost middleware of the public address: after the drain wait nothing new begins, save the checks of health.
///
/// # Errors
/// Those of the services within.
pub async fn middleware<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let closing = request.app_data::<web::Data<App>>().is_some_and(|app| app.drain.refuses());
    if closing && !request.path().starts_with("/health/") {
        return Ok(edge::refuse(request, &draining()).map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// The two signals that end an instance.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on they are heard; the first process of a container would otherwise not notice them at all.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for one of them. `true`: balancers have to be told first; a person at a terminal has none.
    async fn told(mut self) -> bool {
        tokio::select! {
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => false,
        }
    }
}

/// Waits for a signal and leads the instance to its end, which comes within the sum of the three waits.
pub async fn when_told(app: web::Data<App>, signals: Signals, public: ServerHandle) {
    let limits = &app.config.limits;
    let wait = if signals.told().await { limits.drain_seconds } else { 0 };
    tracing::info!(seconds = wait, "stopping: not ready any more, everything is still served");
    app.drain.enter(Stage::Leaving);
    sleep(Duration::from_secs(wait)).await;

    let connected = app.metrics.sockets.get();
    tracing::info!(connected, "stopping: nothing new is served, sockets and streams are closed");
    app.drain.enter(Stage::Closing);
    app.realtime.shut_down();
    app.tasks.close();
    let until = Instant::now() + Duration::from_secs(limits.close_seconds + limits.shutdown_seconds);
    let ended = timeout_at(until, async {
        while app.metrics.sockets.get() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
        app.tasks.wait().await;
        public.stop(true).await;
    });
    if ended.await.is_err() {
        let (sockets, tasks) = (app.metrics.sockets.get(), app.tasks.len());
        tracing::warn!(sockets, tasks, "not everything ended in time: the rest is cut off");
    }
}

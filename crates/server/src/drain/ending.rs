//! The stages of the end, one after the other.

use super::{Stage, draining};
use crate::app::App;
use crate::edge;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, timeout_at};

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

/// The signals that end an instance, and those that are sent to servers for other reasons.
pub struct Signals {
    terminate: Signal,
    quit: Signal,
    interrupt: Signal,
    hangup: Signal,
    user1: Signal,
    user2: Signal,
}

impl Signals {
    /// Handles the signals from now on, because the kernel drops unhandled ones for the first process of a container.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            user1: signal(SignalKind::user_defined1())?,
            user2: signal(SignalKind::user_defined2())?,
        })
    }

    /// Waits for one that ends the instance. `true`: it was SIGTERM or SIGQUIT, so balancers have to notice first. SIGINT comes
    /// from a terminal, without a balancer.
    async fn told(mut self) -> bool {
        loop {
            let signal = tokio::select! {
                _ = self.terminate.recv() => return true,
                _ = self.quit.recv() => return true,
                _ = self.interrupt.recv() => return false,
                _ = self.hangup.recv() => "SIGHUP",
                _ = self.user1.recv() => "SIGUSR1",
                _ = self.user2.recv() => "SIGUSR2",
            };
            tracing::warn!(
                signal,
                "a signal is ignored: settings are read at the start, and the log goes to a stream"
            );
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

    let connected = app.engine.connected();
    tracing::info!(connected, "stopping: nothing new is served, sockets and streams are closed");
    app.drain.enter(Stage::Closing);
    app.engine.shut_down();
    let until = Instant::now() + Duration::from_secs(limits.close_seconds + limits.shutdown_seconds);
    let ended = timeout_at(until, async {
        while app.engine.connected() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
        app.engine.ended().await;
        public.stop(true).await;
    });
    if ended.await.is_err() {
        let (sockets, tasks) = (app.engine.connected(), app.engine.running());
        tracing::warn!(sockets, tasks, "not everything ended in time: the rest is cut off");
    }
}

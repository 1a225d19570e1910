//! Sends requests: as fast as they are answered, or at a fixed rate whatever the answers do.

use super::http::Connection;
use super::{Latencies, clock};
use anyhow::{Context, ensure};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::fd::AsRawFd;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

const TIMER: Token = Token(usize::MAX);
/// Longest wait for answers after the last request.
const PATIENCE: Duration = Duration::from_secs(30);

/// When the next request is sent.
pub enum Pace<'a> {
    /// On each connection as soon as the one before is answered, while `gate`, given how many were sent, allows another.
    Answered { gate: &'a dyn Fn(u64) -> bool },
    /// So many a second, evenly; latencies count from when a request should have been sent.
    PerSecond(f64),
}

pub struct Load<'a> {
    pub addresses: &'a [SocketAddr],
    pub connections: usize,
    pub pace: Pace<'a>,
    pub time: Duration,
}

#[derive(Debug, Default)]
pub struct Done {
    pub answered: u64,
    pub seconds: f64,
    pub latencies: Latencies,
    /// Bytes of all answers.
    pub received: u64,
}

impl Done {
    pub fn per_second(&self) -> f64 {
        self.answered as f64 / self.seconds
    }
}

/// Sends without a gate.
pub const OPEN: Pace<'static> = Pace::Answered { gate: &|_| true };

impl Load<'_> {
    /// Runs the load; `request` writes the n-th request.
    ///
    /// # Errors
    /// When anything is answered with another status than 200 or 201.
    pub fn run(self, request: impl FnMut(u64, &mut Vec<u8>)) -> anyhow::Result<Done> {
        self.run_until(u64::MAX, request)
    }

    /// Like [`Self::run`], and ends early once so many are answered.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_until(self, enough: u64, mut request: impl FnMut(u64, &mut Vec<u8>)) -> anyhow::Result<Done> {
        let mut poll = Poll::new()?;
        let mut connections = Vec::with_capacity(self.connections);
        for index in 0..self.connections {
            let address = self.addresses[index % self.addresses.len()];
            connections.push(Connection::open(address, poll.registry(), Token(index))?);
        }
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK)?;
        poll.registry().register(&mut SourceFd(&timer.as_raw_fd()), TIMER, Interest::READABLE)?;
        let (mut events, mut buffer) = (Events::with_capacity(1_024), vec![0; 256 * 1024]);
        // Connections take turns, so that no server closes one as idle.
        let mut idle: VecDeque<usize> = (0..connections.len()).collect();
        let mut began = vec![0u64; connections.len()];
        let (start, mut sent, mut done) = (clock(), 0u64, Done::default());
        let end = start + nanos(self.time);
        loop {
            let now = clock();
            let outstanding = connections.len() - idle.len();
            if (now >= end || sent == enough) && outstanding == 0 {
                break;
            }
            ensure!(now < end + nanos(PATIENCE), "{outstanding} requests were never answered");
            let mut wait = Duration::from_millis(100);
            while now < end && sent < enough {
                let begin = match &self.pace {
                    Pace::Answered { gate } if !gate(sent) => {
                        wait = Duration::from_millis(1);
                        break;
                    }
                    Pace::Answered { .. } => clock(),
                    Pace::PerSecond(rate) => start + (sent as f64 * 1e9 / rate) as u64,
                };
                if begin > now && matches!(self.pace, Pace::PerSecond(_)) {
                    arm(&timer, begin - now)?;
                    break;
                }
                let Some(index) = idle.pop_front() else { break };
                began[index] = begin;
                connections[index].send(|out| request(sent, out))?;
                sent += 1;
            }
            poll.poll(&mut events, Some(wait)).or_else(interrupted)?;
            for event in events.iter().filter(|event| event.token() != TIMER) {
                let index = event.token().0;
                let connection = &mut connections[index];
                if event.is_writable() {
                    connection.flush()?;
                }
                if let Some(status) = connection.receive(&mut buffer)? {
                    let said = String::from_utf8_lossy(&connection.begin);
                    ensure!(status == 200 || status == 201, "answered {status}: {said}");
                    done.latencies.add_nanos(clock().saturating_sub(began[index]));
                    done.answered += 1;
                    idle.push_back(index);
                }
            }
        }
        done.seconds = (clock() - start) as f64 / 1e9;
        done.received = connections.iter().map(|connection| connection.received).sum();
        Ok(done)
    }
}

fn arm(timer: &impl rustix::fd::AsFd, nanos: u64) -> anyhow::Result<()> {
    let value = Timespec {
        tv_sec: i64::try_from(nanos / 1_000_000_000)?,
        tv_nsec: i64::try_from(nanos % 1_000_000_000)?.max(1),
    };
    let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
    timerfd_settime(timer, TimerfdTimerFlags::empty(), &once).context("setting a timer")?;
    Ok(())
}

pub fn interrupted(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::Interrupted { Ok(()) } else { Err(error) }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A request with a JSON body.
pub fn write_request(out: &mut Vec<u8>, method: &str, path: &str, token: &str, body: &[u8]) {
    use std::io::Write;
    // A key makes it repeatable, as the page sends its writes.
    let authorization = match token {
        "" => String::new(),
        token => format!("authorization: Bearer {token}\r\nidempotency-key: {}\r\n", uuid::Uuid::new_v4()),
    };
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\n{authorization}content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    out.write_all(head.as_bytes()).and_then(|()| out.write_all(body)).expect("a Vec takes everything");
}

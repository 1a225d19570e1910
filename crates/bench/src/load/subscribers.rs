//! Many sockets on one thread that join rooms, receive, and check that nothing is missed, doubled or out of order.

use super::drive::interrupted;
use super::http::connected;
use super::{Latencies, clock, wire};
use anyhow::{Context, bail, ensure};
use memchr::memmem;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Begins every measured message; the sender's clock follows.
pub const MARK: &str = "bench ";

/// What is spoken after the WebSocket handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The Centrifuge client protocol v2, JSON: Lockstep's and centrifuge's. Offsets are checked to go +1.
    Centrifuge,
    /// Socket.IO 5 over Engine.IO 4. There are no offsets: only the number of messages is checked.
    SocketIo,
    /// Nothing: who is connected receives.
    Bare,
}

/// One socket to be.
#[derive(Debug, Clone)]
pub struct Joining {
    pub dialect: Dialect,
    pub address: SocketAddr,
    pub path: String,
    /// The message that says who it is.
    pub connect: String,
    /// The message that subscribes.
    pub subscribe: String,
    /// Where it stands already; `None`: wherever the server lets it in.
    pub stand: Option<Stand>,
}

#[derive(Default)]
struct Shared {
    live: AtomicUsize,
    delivered: AtomicU64,
    measuring: AtomicBool,
    stop: AtomicBool,
}

/// The running thread.
pub struct Subscribers {
    shared: Arc<Shared>,
    thread: std::thread::JoinHandle<anyhow::Result<Received>>,
}

pub struct Received {
    /// From request to receipt, while measuring.
    pub latencies: Latencies,
    /// Where each socket stood at the end, in the order of the joins.
    pub stands: Vec<Stand>,
}

/// A position: the offset, and the epoch that the server named.
#[derive(Debug, Clone, Default)]
pub struct Stand {
    pub epoch: String,
    pub offset: u64,
}

impl Subscribers {
    /// Starts joining, so many at once.
    pub fn start(joins: Vec<Joining>, at_once: usize) -> Subscribers {
        let shared = Arc::new(Shared::default());
        let its = shared.clone();
        let thread = std::thread::spawn(move || Crowd::new(joins, its, at_once)?.run());
        Subscribers { shared, thread }
    }

    pub fn live(&self) -> usize {
        self.shared.live.load(Ordering::Relaxed)
    }

    /// Marked messages received since the start.
    pub fn delivered(&self) -> u64 {
        self.shared.delivered.load(Ordering::Relaxed)
    }

    pub fn measure(&self, on: bool) {
        self.shared.measuring.store(on, Ordering::Relaxed);
    }

    /// Waits for a condition on this crowd.
    ///
    /// # Errors
    /// When it does not come true in time, or the thread has failed, saying why.
    pub fn wait(self, what: &str, timeout: Duration, holds: impl Fn(&Self) -> bool) -> anyhow::Result<Self> {
        let started = Instant::now();
        while !holds(&self) {
            if self.thread.is_finished() {
                self.stop()?;
                bail!("the sockets ended while waiting for {what}");
            }
            let (live, delivered) = (self.live(), self.delivered());
            ensure!(
                started.elapsed() < timeout,
                "no {what} within {timeout:?}: {live} live, {delivered} delivered"
            );
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(self)
    }

    /// # Errors
    /// What went wrong on any socket: a missed, doubled or reordered message, a close.
    pub fn stop(self) -> anyhow::Result<Received> {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::anyhow!("the thread of the sockets panicked"))?
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Handshake,
    Connecting,
    Subscribing,
    Live,
}

struct Socket {
    stream: TcpStream,
    joining: Joining,
    state: State,
    partial: Vec<u8>,
    /// The last offset, once known.
    position: Option<u64>,
    epoch: String,
}

struct Crowd {
    poll: Poll,
    waiting: VecDeque<Joining>,
    sockets: Vec<Socket>,
    shared: Arc<Shared>,
    at_once: usize,
    latencies: Latencies,
}

impl Crowd {
    fn new(joins: Vec<Joining>, shared: Arc<Shared>, at_once: usize) -> anyhow::Result<Crowd> {
        let sockets = Vec::with_capacity(joins.len());
        let (poll, latencies) = (Poll::new()?, Latencies::default());
        Ok(Crowd { poll, waiting: joins.into(), sockets, shared, at_once, latencies })
    }

    fn run(mut self) -> anyhow::Result<Received> {
        let (mut events, mut buffer) = (Events::with_capacity(1_024), vec![0; 256 * 1024]);
        while !self.shared.stop.load(Ordering::Relaxed) {
            self.open_more()?;
            self.poll.poll(&mut events, Some(Duration::from_millis(20))).or_else(interrupted)?;
            for event in &events {
                self.receive(event.token().0, &mut buffer)?;
            }
        }
        let stand = |socket: Socket| Stand { epoch: socket.epoch, offset: socket.position.unwrap_or(0) };
        Ok(Received { latencies: self.latencies, stands: self.sockets.into_iter().map(stand).collect() })
    }

    fn open_more(&mut self) -> anyhow::Result<()> {
        let live = self.shared.live.load(Ordering::Relaxed);
        while self.sockets.len() - live < self.at_once {
            let Some(joining) = self.waiting.pop_front() else { return Ok(()) };
            let mut stream = connected(joining.address)?;
            let upgrade = format!(
                "GET {} HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: bG9ja3N0ZXAgYmVuY2ghIQ==\r\n\r\n",
                joining.path, joining.address
            );
            stream.write_all(upgrade.as_bytes()).context("asking for a WebSocket")?;
            self.poll.registry().register(&mut stream, Token(self.sockets.len()), Interest::READABLE)?;
            let stand = joining.stand.clone();
            self.sockets.push(Socket {
                stream,
                joining,
                state: State::Handshake,
                partial: Vec::new(),
                position: stand.as_ref().map(|stand| stand.offset),
                epoch: stand.map_or(String::new(), |stand| stand.epoch),
            });
        }
        Ok(())
    }

    fn receive(&mut self, index: usize, buffer: &mut [u8]) -> anyhow::Result<()> {
        let socket = &mut self.sockets[index];
        loop {
            let n = match socket.stream.read(buffer) {
                Ok(0) => bail!("the server closed socket {index}"),
                Ok(n) => n,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error).context("reading from a socket"),
            };
            let measuring = self.shared.measuring.load(Ordering::Relaxed);
            let mut tally = Tally { latencies: measuring.then_some(&mut self.latencies), delivered: 0 };
            socket.take(&buffer[..n], &mut tally, &self.shared).with_context(|| format!("socket {index}"))?;
            self.shared.delivered.fetch_add(tally.delivered, Ordering::Relaxed);
            if n < buffer.len() {
                return Ok(()); // all that was there: the next bytes are an event of their own
            }
        }
    }
}

struct Tally<'a> {
    latencies: Option<&'a mut Latencies>,
    delivered: u64,
}

impl Socket {
    fn take(&mut self, bytes: &[u8], tally: &mut Tally<'_>, shared: &Shared) -> anyhow::Result<()> {
        let joined = (!self.partial.is_empty()).then(|| {
            self.partial.extend_from_slice(bytes);
            std::mem::take(&mut self.partial)
        });
        let mut rest = joined.as_deref().unwrap_or(bytes);
        if self.state == State::Handshake {
            let Some(end) = memmem::find(rest, b"\r\n\r\n") else {
                self.partial = rest.to_vec();
                return Ok(());
            };
            let head = String::from_utf8_lossy(&rest[..end]);
            ensure!(head.starts_with("HTTP/1.1 101"), "the handshake was answered: {head}");
            self.handshaken(shared)?;
            rest = &rest[end + 4..];
        }
        while let Some(message) = wire::first(rest)? {
            // The Centrifuge protocol allows several replies in one message, one a line; JSON has no raw line breaks.
            for line in message.payload.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                self.message(message.ping, line, tally, shared)?;
            }
            rest = &rest[message.length..];
        }
        self.partial = rest.to_vec();
        Ok(())
    }

    fn handshaken(&mut self, shared: &Shared) -> anyhow::Result<()> {
        match self.joining.dialect {
            Dialect::Bare => self.become_live(shared),
            Dialect::Centrifuge => self.say(&self.joining.connect.clone())?,
            // Engine.IO speaks first.
            Dialect::SocketIo => {}
        }
        if self.state == State::Handshake {
            self.state = State::Connecting;
        }
        Ok(())
    }

    fn become_live(&mut self, shared: &Shared) {
        self.state = State::Live;
        shared.live.fetch_add(1, Ordering::Relaxed);
    }

    fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.stream.write_all(&wire::text(text)).context("writing to a socket")
    }

    fn message(
        &mut self,
        ping: bool,
        payload: &[u8],
        tally: &mut Tally<'_>,
        shared: &Shared,
    ) -> anyhow::Result<()> {
        if ping || payload == b"{}" {
            // A ping of the Centrifuge protocol; pings of WebSocket are not used by any of the three.
            return self.say("{}");
        }
        if self.state == State::Live && payload != b"2" {
            return self.publication(payload, tally);
        }
        match self.joining.dialect {
            Dialect::Centrifuge => self.centrifuge_reply(payload, tally, shared),
            Dialect::SocketIo => self.socket_io(payload, shared),
            Dialect::Bare => bail!("a bare server says nothing else"),
        }
    }

    fn centrifuge_reply(
        &mut self,
        payload: &[u8],
        tally: &mut Tally<'_>,
        shared: &Shared,
    ) -> anyhow::Result<()> {
        let text = || String::from_utf8_lossy(payload).into_owned();
        ensure!(memmem::find(payload, br#""error":"#).is_none(), "refused: {}", text());
        match self.state {
            State::Connecting => {
                self.state = State::Subscribing;
                self.say(&self.joining.subscribe.clone())
            }
            State::Subscribing if memmem::find(payload, br#""recovered":true"#).is_some() => {
                self.become_live(shared);
                // The first page of what was missed; each of them carries the mark.
                let missed = memmem::find_iter(payload, MARK.as_bytes()).count() as u64;
                tally.delivered += missed;
                self.position = self.position.map(|position| position + missed);
                Ok(())
            }
            State::Subscribing => {
                ensure!(self.joining.stand.is_none(), "not recovered: {}", text());
                self.epoch = text_after(payload, br#""epoch":""#);
                self.position = number_after(payload, br#""offset":"#).or(Some(0));
                self.become_live(shared);
                Ok(())
            }
            State::Handshake | State::Live => bail!("an unexpected reply: {}", text()),
        }
    }

    fn socket_io(&mut self, payload: &[u8], shared: &Shared) -> anyhow::Result<()> {
        match payload {
            [b'0', ..] => self.say("40"),
            [b'4', b'0', ..] => self.say(&self.joining.subscribe.clone()),
            [b'4', b'2', ..] => {
                self.become_live(shared);
                Ok(())
            }
            b"2" => self.say("3"),
            other => bail!("an unexpected message: {}", String::from_utf8_lossy(other)),
        }
    }

    fn publication(&mut self, payload: &[u8], tally: &mut Tally<'_>) -> anyhow::Result<()> {
        if self.joining.dialect == Dialect::Centrifuge {
            let offset = number_after(payload, br#""offset":"#);
            // Somebody came or left.
            if offset.is_none() && memmem::find(payload, br#""info":{"#).is_some() {
                return Ok(());
            }
            let expected = self.position.map(|position| position + 1);
            ensure!(
                offset == expected,
                "expected {expected:?}, got {offset:?}: {}",
                String::from_utf8_lossy(payload)
            );
            self.position = offset;
        }
        let Some(sent_at) = number_after(payload, MARK.as_bytes()) else { return Ok(()) };
        tally.delivered += 1;
        if let Some(latencies) = &mut tally.latencies {
            latencies.add_nanos(clock().saturating_sub(sent_at));
        }
        Ok(())
    }
}

/// The text that follows the first `name`, up to a quotation mark.
fn text_after(payload: &[u8], name: &[u8]) -> String {
    let Some(start) = memmem::find(payload, name) else { return String::new() };
    let text = payload[start + name.len()..].iter().take_while(|byte| **byte != b'"');
    text.map(|byte| char::from(*byte)).collect()
}

/// The number that follows the first `name`.
fn number_after(payload: &[u8], name: &[u8]) -> Option<u64> {
    let start = memmem::find(payload, name)? + name.len();
    let digits = payload[start..].iter().take_while(|byte| byte.is_ascii_digit());
    let number = digits.fold(0u64, |number, digit| number.wrapping_mul(10) + u64::from(digit - b'0'));
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_and_a_double_are_seen() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let joining = Joining {
            dialect: Dialect::Centrifuge,
            address,
            path: String::new(),
            connect: String::new(),
            subscribe: String::new(),
            stand: None,
        };
        let stream = connected(address).expect("connected");
        let (partial, epoch) = (Vec::new(), String::new());
        let mut socket = Socket { stream, joining, state: State::Live, partial, position: Some(4), epoch };
        let mut tally = Tally { latencies: None, delivered: 0 };
        let push = |offset: u64| {
            format!(r#"{{"push":{{"pub":{{"offset":{offset},"data":{{"title":"bench 1"}}}}}}}}"#)
        };
        assert!(socket.publication(push(5).as_bytes(), &mut tally).is_ok());
        assert!(socket.publication(push(5).as_bytes(), &mut tally).is_err());
        assert!(socket.publication(push(7).as_bytes(), &mut tally).is_err());
        assert_eq!(tally.delivered, 1);
    }
}

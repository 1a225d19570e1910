//! Faults of Postgres at the one moment that matters: the COMMIT of a transaction that wrote events.
//!
//! Such a transaction is known by a statement with `INSERT INTO events`, either simple or prepared:
//! the proxy sees every connection from its start, so it knows what each prepared name stands for.
//! The answer is known by Postgres' own words, the command tag `COMMIT` (a failed one says `ROLLBACK`).

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;

use super::carry::{Filter, Protocol, Step};
use super::commit::{Action, Armed, At, Commit, arm};
use super::postgres_messages::{Message, Opening, message, opening, text};

/// What the test armed, for all connections of the proxy.
#[derive(Default)]
pub struct Postgres {
    armed: Mutex<Option<Armed>>,
    commits: AtomicU64,
}

impl Postgres {
    /// Arms `action` for the next COMMIT of a transaction that wrote events, on any connection, once.
    /// Whatever was armed before is disarmed.
    pub fn on_next_commit(&self, at: At, action: Action) -> Commit {
        let (armed, commit) = arm(at, action);
        *self.armed.lock().expect("nobody panics while arming") = Some(armed);
        commit
    }

    /// How many transactions that wrote events were committed.
    pub fn commits(&self) -> u64 {
        self.commits.load(Relaxed)
    }

    fn take(&self, at: At) -> Option<Armed> {
        self.armed.lock().expect("nobody panics while arming").take_if(|armed| armed.at == at)
    }
}

impl Protocol for Postgres {
    fn filters(self: &Arc<Self>) -> (Box<dyn Filter>, Box<dyn Filter>) {
        let session = Arc::new(Mutex::new(Session::default()));
        let side = || Side { faults: self.clone(), session: session.clone(), pending: Vec::new() };
        (Box::new(Requests(side())), Box::new(Answers(side())))
    }
}

/// What both directions of a connection know of it.
#[derive(Default)]
struct Session {
    phase: Phase,
    /// Unframed one-byte answers that the server still owes.
    bytes_owed: u32,
    /// Prepared statements that write events, by name.
    writers: HashSet<String>,
    /// The transaction under way wrote events.
    wrote: bool,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Phase {
    #[default]
    Opening,
    Session,
    /// Encrypted, or a cancel request: carried unread.
    Unread,
}

struct Side {
    faults: Arc<Postgres>,
    session: Arc<Mutex<Session>>,
    pending: Vec<u8>,
}

impl Side {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().expect("nobody panics while reading a message")
    }
}

/// Bytes to send, with the armed moments between them.
#[derive(Default)]
struct Out {
    steps: Vec<Step>,
    plain: Vec<u8>,
}

impl Out {
    fn meet(&mut self, armed: Option<Armed>) {
        if let Some(armed) = armed {
            self.flush();
            self.steps.push(Step::Meet(armed));
        }
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.steps.push(Step::Send(Bytes::from(std::mem::take(&mut self.plain)), Duration::ZERO));
        }
    }
}

struct Requests(Side);

impl Filter for Requests {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Step> {
        let mut pending = std::mem::take(&mut self.0.pending);
        pending.extend_from_slice(chunk);
        let (mut out, mut at) = (Out::default(), 0);
        while let Some(used) = self.next(&pending[at..], &mut out) {
            out.plain.extend_from_slice(&pending[at..at + used]);
            at += used;
        }
        self.0.pending = pending.split_off(at);
        out.flush();
        out.steps
    }
}

impl Requests {
    /// How many bytes are understood and may pass, after what `out` already has.
    fn next(&self, bytes: &[u8], out: &mut Out) -> Option<usize> {
        let mut session = self.0.session();
        match session.phase {
            Phase::Unread => (!bytes.is_empty()).then_some(bytes.len()),
            Phase::Opening => session.open(bytes),
            Phase::Session => {
                let message = message(bytes)?;
                if session.asks(&message) {
                    out.meet(self.0.faults.take(At::Request));
                }
                Some(message.whole.len())
            }
        }
    }
}

impl Session {
    fn open(&mut self, bytes: &[u8]) -> Option<usize> {
        match opening(bytes) {
            Opening::Partial => None,
            Opening::Encryption(whole) => {
                self.bytes_owed += 1;
                Some(whole.len())
            }
            Opening::Cancel(whole) => {
                self.phase = Phase::Unread;
                Some(whole.len())
            }
            Opening::Startup(whole) => {
                self.phase = Phase::Session;
                Some(whole.len())
            }
        }
    }

    /// Learns from a client's message; true if it asks to commit a transaction that wrote events.
    fn asks(&mut self, message: &Message<'_>) -> bool {
        match message.kind {
            b'Q' => {
                let query = text(message.body).map_or("", |(query, _)| query);
                self.wrote |= writes_events(query);
                self.wrote && query.trim().trim_end_matches(';').eq_ignore_ascii_case("commit")
            }
            b'P' => {
                self.prepare(message.body);
                false
            }
            b'B' => {
                let statement = text(message.body).and_then(|(_portal, rest)| text(rest));
                self.wrote |= statement.is_some_and(|(name, _)| self.writers.contains(name));
                false
            }
            _ => false,
        }
    }

    fn prepare(&mut self, body: &[u8]) {
        let Some((name, rest)) = text(body) else { return };
        if text(rest).is_some_and(|(query, _)| writes_events(query)) {
            self.writers.insert(name.to_owned());
        } else {
            self.writers.remove(name);
        }
    }
}

fn writes_events(query: &str) -> bool {
    let query = query.to_ascii_lowercase().replace('"', "").replace("public.", "");
    let words: Vec<_> =
        query.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    words.windows(3).any(|words| words == ["insert", "into", "events"])
}

struct Answers(Side);

impl Filter for Answers {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Step> {
        let mut pending = std::mem::take(&mut self.0.pending);
        pending.extend_from_slice(chunk);
        let (mut out, mut at) = (Out::default(), 0);
        while let Some(used) = self.next(&pending[at..], &mut out) {
            out.plain.extend_from_slice(&pending[at..at + used]);
            at += used;
        }
        self.0.pending = pending.split_off(at);
        out.flush();
        out.steps
    }
}

impl Answers {
    fn next(&self, bytes: &[u8], out: &mut Out) -> Option<usize> {
        let mut session = self.0.session();
        if session.bytes_owed > 0 {
            let encrypted = *bytes.first()? != b'N';
            session.bytes_owed -= 1;
            session.phase = if encrypted { Phase::Unread } else { Phase::Opening };
            return Some(1);
        }
        if session.phase == Phase::Unread {
            return (!bytes.is_empty()).then_some(bytes.len());
        }
        let message = message(bytes)?;
        match message.kind {
            // CommandComplete
            b'C' if session.wrote && message.body == b"COMMIT\0" => {
                self.0.faults.commits.fetch_add(1, Relaxed);
                session.wrote = false;
                out.meet(self.0.faults.take(At::Answer));
            }
            // ReadyForQuery outside a transaction
            b'Z' if message.body == b"I" => session.wrote = false,
            _ => {}
        }
        Some(message.whole.len())
    }
}

#[cfg(test)]
#[path = "postgres_tests.rs"]
mod tests;

//! Faults of Postgres at the one moment that matters: the COMMIT of a transaction that wrote events, or anything.
//!
//! The former is known by a statement with `INSERT INTO events`, the latter by one that inserts or updates, either
//! simple or prepared: the proxy sees every connection from its start, so it knows what each prepared name stands for.
//! The answer is known by Postgres' own words, the command tag `COMMIT` (a failed one says `ROLLBACK`).

mod messages;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;

use super::carry::{Filter, Protocol, Step};
use super::commit::{Action, Armed, At, Commit, arm};
use messages::{Message, Opening, message, opening, text};

/// What the test armed, for all connections of the proxy.
#[derive(Default)]
pub struct Postgres {
    armed: Mutex<Option<(Wrote, Armed)>>,
    commits: AtomicU64,
}

impl Postgres {
    /// Arms `action` for the next COMMIT of a transaction that wrote events, on any connection, once.
    /// Whatever was armed before is disarmed.
    pub fn on_next_commit(&self, at: At, action: Action) -> Commit {
        self.arm(Wrote::Events, at, action)
    }

    /// The same for the next transaction that wrote anything, such as an account. Deletions do not count, because an instance sweeps
    /// whenever it likes. Taking up a departure does not count, because an instance looks for accounts to delete whenever it likes.
    pub fn on_next_commit_of_any_write(&self, at: At, action: Action) -> Commit {
        self.arm(Wrote::Anything, at, action)
    }

    fn arm(&self, least: Wrote, at: At, action: Action) -> Commit {
        let (armed, commit) = arm(at, action);
        *self.armed.lock().expect("nobody panics while arming") = Some((least, armed));
        commit
    }

    /// How many transactions that wrote events were committed.
    pub fn commits(&self) -> u64 {
        self.commits.load(Relaxed)
    }

    fn take(&self, at: At, wrote: Wrote) -> Option<Armed> {
        let mut armed = self.armed.lock().expect("nobody panics while arming");
        armed.take_if(|(least, armed)| armed.at == at && wrote >= *least).map(|(_, armed)| armed)
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
    /// Prepared statements that write, by name.
    writers: HashMap<String, Wrote>,
    /// What the transaction under way wrote.
    wrote: Wrote,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrote {
    #[default]
    Nothing,
    Anything,
    Events,
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
                    out.meet(self.0.faults.take(At::Request, session.wrote));
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

    /// Learns from a client's message; true if it asks to commit a transaction that wrote.
    fn asks(&mut self, message: &Message<'_>) -> bool {
        match message.kind {
            b'Q' => {
                let query = text(message.body).map_or("", |(query, _)| query);
                self.wrote = self.wrote.max(writes(query));
                self.wrote != Wrote::Nothing
                    && query.trim().trim_end_matches(';').eq_ignore_ascii_case("commit")
            }
            b'P' => {
                self.prepare(message.body);
                false
            }
            b'B' => {
                let statement = text(message.body).and_then(|(_portal, rest)| text(rest));
                let writes = statement.and_then(|(name, _)| self.writers.get(name));
                self.wrote = self.wrote.max(writes.copied().unwrap_or_default());
                false
            }
            _ => false,
        }
    }

    fn prepare(&mut self, body: &[u8]) {
        let Some((name, rest)) = text(body) else { return };
        let writes = text(rest).map_or(Wrote::Nothing, |(query, _)| writes(query));
        self.writers.insert(name.to_owned(), writes);
    }
}

fn writes(query: &str) -> Wrote {
    let query = query.to_ascii_lowercase().replace('"', "").replace("public.", "");
    let words: Vec<_> =
        query.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let mut found = Wrote::Nothing;
    for words in words.windows(3) {
        found = found.max(match words {
            ["insert", "into", "events"] => Wrote::Events,
            ["update", "departures", "set"] => Wrote::Nothing,
            ["insert", "into", _] | ["update", _, "set"] => Wrote::Anything,
            _ => Wrote::Nothing,
        });
    }
    found
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
            b'C' if session.wrote != Wrote::Nothing && message.body == b"COMMIT\0" => {
                let wrote = std::mem::take(&mut session.wrote);
                self.0.faults.commits.fetch_add(u64::from(wrote == Wrote::Events), Relaxed);
                out.meet(self.0.faults.take(At::Answer, wrote));
            }
            // ReadyForQuery outside a transaction
            b'Z' if message.body == b"I" => session.wrote = Wrote::Nothing,
            _ => {}
        }
        Some(message.whole.len())
    }
}

#[cfg(test)]
mod tests;

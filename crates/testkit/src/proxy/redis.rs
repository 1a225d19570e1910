//! Faults of Redis as a carrier of hints: publishes that get lost or come late, on one instance only.
//!
//! A lost PUBLISH is renamed to a channel nobody reads, so every command keeps its reply. A PUBLISH made
//! by a Lua script or a function is not seen.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;

use super::carry::{Filter, Plain, Protocol, Step};

const NOWHERE: &[u8] = b"lockstep-testkit:lost";
/// A longer line is no RESP header; what follows is carried unread.
const LONGEST_HEADER: usize = 64;

/// What happens to the publishes of the instance behind this proxy; all off at first.
#[derive(Default)]
pub struct Redis {
    /// 0: none is lost; n: every n-th.
    lose_every: AtomicU64,
    delay_ms: AtomicU64,
    published: AtomicU64,
    lost: AtomicU64,
}

impl Redis {
    /// Every `n`-th PUBLISH from now on reaches nobody; 1: none reaches anybody.
    pub fn lose_every(&self, n: u64) {
        self.lose_every.store(n, Relaxed);
    }

    /// "The publisher of this instance is cut off": no PUBLISH reaches anybody.
    pub fn lose_all(&self) {
        self.lose_every(1);
    }

    /// Publishes arrive again.
    pub fn lose_none(&self) {
        self.lose_every(0);
    }

    /// Each PUBLISH, and what follows it on its connection, arrives this much later.
    pub fn delay_publishes(&self, delay: Duration) {
        self.delay_ms.store(delay.as_millis() as u64, Relaxed);
    }

    /// How many PUBLISH were sent, lost ones included.
    pub fn published(&self) -> u64 {
        self.published.load(Relaxed)
    }

    /// How many PUBLISH were lost.
    pub fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    fn loses_the_next(&self) -> bool {
        let number = self.published.fetch_add(1, Relaxed) + 1;
        let every = self.lose_every.load(Relaxed);
        let lost = every > 0 && number.is_multiple_of(every);
        self.lost.fetch_add(lost.into(), Relaxed);
        lost
    }
}

impl Protocol for Redis {
    fn filters(self: &Arc<Self>) -> (Box<dyn Filter>, Box<dyn Filter>) {
        (Box::new(Requests { faults: self.clone(), pending: Vec::new(), unread: false }), Box::new(Plain))
    }
}

/// The commands of one connection, whole ones at a time.
struct Requests {
    faults: Arc<Redis>,
    pending: Vec<u8>,
    /// Something that is not RESP came: carried as it is from there on.
    unread: bool,
}

impl Filter for Requests {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Step> {
        self.pending.extend_from_slice(chunk);
        let mut steps = Vec::new();
        let mut plain = Vec::new();
        let mut at = 0;
        while !self.unread && at < self.pending.len() {
            let rest = &self.pending[at..];
            match parse(rest) {
                Parsed::Partial => break,
                Parsed::Unknown => self.unread = true,
                Parsed::Command { length, arguments } => {
                    at += length;
                    match publish(&arguments, rest) {
                        None => plain.extend_from_slice(&rest[..length]),
                        Some(body) => {
                            flush(&mut plain, &mut steps);
                            let bytes = if self.faults.loses_the_next() {
                                lost(body)
                            } else {
                                rest[..length].to_vec()
                            };
                            let delay = Duration::from_millis(self.faults.delay_ms.load(Relaxed));
                            steps.push(Step::Send(bytes.into(), delay));
                        }
                    }
                }
            }
        }
        if self.unread {
            plain.extend_from_slice(&self.pending[at..]);
            at = self.pending.len();
        }
        self.pending.drain(..at);
        flush(&mut plain, &mut steps);
        steps
    }
}

fn flush(plain: &mut Vec<u8>, steps: &mut Vec<Step>) {
    if !plain.is_empty() {
        steps.push(Step::Send(Bytes::from(std::mem::take(plain)), Duration::ZERO));
    }
}

/// The payload of a PUBLISH or SPUBLISH.
fn publish<'a>(arguments: &[Range<usize>], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let [name, _channel, payload] = arguments else { return None };
    let name = &bytes[name.clone()];
    let publishes = name.eq_ignore_ascii_case(b"PUBLISH") || name.eq_ignore_ascii_case(b"SPUBLISH");
    publishes.then(|| &bytes[payload.clone()])
}

fn lost(payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n", NOWHERE.len()).into_bytes();
    bytes.extend_from_slice(NOWHERE);
    bytes.extend_from_slice(format!("\r\n${}\r\n", payload.len()).as_bytes());
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

enum Parsed {
    Partial,
    Unknown,
    /// Where its arguments are, counted from its first byte.
    Command {
        length: usize,
        arguments: Vec<Range<usize>>,
    },
}

/// One request: a RESP array of bulk strings. Payloads are skipped by their length, never searched.
fn parse(bytes: &[u8]) -> Parsed {
    let (count, mut at) = match header(bytes, b'*') {
        Ok(Some(found)) => found,
        Ok(None) => return Parsed::Partial,
        Err(()) => return Parsed::Unknown,
    };
    let mut arguments = Vec::new();
    for _ in 0..count {
        let (length, start) = match header(&bytes[at..], b'$') {
            Ok(Some((length, used))) => (length, at + used),
            Ok(None) => return Parsed::Partial,
            Err(()) => return Parsed::Unknown,
        };
        at = start + length + 2;
        if at > bytes.len() {
            return Parsed::Partial;
        }
        arguments.push(start..start + length);
    }
    Parsed::Command { length: at, arguments }
}

/// `*3\r\n` or `$7\r\n`: the number, and how many bytes the header takes; none while it is incomplete.
fn header(bytes: &[u8], kind: u8) -> Result<Option<(usize, usize)>, ()> {
    match bytes.first() {
        None => return Ok(None),
        Some(first) if *first != kind => return Err(()),
        Some(_) => {}
    }
    let Some(end) = bytes.iter().take(LONGEST_HEADER).position(|byte| *byte == b'\n') else {
        return if bytes.len() < LONGEST_HEADER { Ok(None) } else { Err(()) };
    };
    let number = std::str::from_utf8(&bytes[1..end]).map_err(|_| ())?.trim_end().parse().map_err(|_| ())?;
    Ok(Some((number, end + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(arguments: &[&str]) -> Vec<u8> {
        let mut text = format!("*{}\r\n", arguments.len());
        for argument in arguments {
            text += &format!("${}\r\n{argument}\r\n", argument.len());
        }
        text.into_bytes()
    }

    fn filter() -> (Arc<Redis>, Box<dyn Filter>) {
        let faults = Arc::new(Redis::default());
        let (requests, _) = faults.filters();
        (faults, requests)
    }

    fn sent(steps: Vec<Step>) -> Vec<(Vec<u8>, Duration)> {
        steps
            .into_iter()
            .map(|step| match step {
                Step::Send(bytes, delay) => (bytes.to_vec(), delay),
                Step::Meet(_) => panic!("Redis has nothing to meet"),
            })
            .collect()
    }

    fn joined(sent: &[(Vec<u8>, Duration)]) -> Vec<u8> {
        sent.iter().flat_map(|(bytes, _)| bytes.clone()).collect()
    }

    #[test]
    fn bytes_pass_unchanged_however_they_are_cut_up() {
        let all = [command(&["SET", "a", "b\r\n*1\r\n"]), command(&["PUBLISH", "c", ""]), command(&["PING"])]
            .concat();
        for size in 1..all.len() {
            let (faults, mut filter) = filter();
            let out: Vec<_> = all.chunks(size).flat_map(|chunk| sent(filter.feed(chunk))).collect();
            assert_eq!(joined(&out), all);
            assert_eq!(faults.published(), 1);
        }
    }

    #[test]
    fn every_nth_publish_goes_to_a_channel_nobody_reads() {
        let (faults, mut filter) = filter();
        faults.lose_every(2);
        let publish = command(&["publish", "project:1", "one"]);
        let out = joined(&sent(filter.feed(&[publish.clone(), publish.clone(), publish.clone()].concat())));
        let lost = command(&["PUBLISH", "lockstep-testkit:lost", "one"]);
        assert_eq!(out, [publish.clone(), lost, publish].concat());
        assert_eq!((faults.published(), faults.lost()), (3, 1));
    }

    #[test]
    fn only_publishes_are_delayed() {
        let (faults, mut filter) = filter();
        faults.delay_publishes(Duration::from_millis(300));
        let out = sent(filter.feed(&[command(&["GET", "a"]), command(&["SPUBLISH", "c", "x"])].concat()));
        let delays: Vec<_> = out.iter().map(|(_, delay)| delay.as_millis()).collect();
        assert_eq!(delays, [0, 300]);
    }

    #[test]
    fn what_is_not_resp_is_carried_as_it_is() {
        let (_, mut filter) = filter();
        assert_eq!(joined(&sent(filter.feed(b"PING\r\n"))), b"PING\r\n");
        assert_eq!(joined(&sent(filter.feed(&command(&["GET", "a"])))), command(&["GET", "a"]));
    }
}

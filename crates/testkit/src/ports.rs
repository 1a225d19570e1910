//! Free TCP ports for servers that must be able to come back on the same one.
//!
//! Taken from below the kernel's ephemeral range (32768…): a port from inside it may be given to some outgoing connection
//! while its server is down, and the restart would fail.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

const RANGE: std::ops::Range<u16> = 12_000..32_000;
const ATTEMPTS: usize = 200;

/// What this process has given away. A server that is not listening yet, or is down, does not lose its port to another test:
/// whoever asked there would be answered by a stranger.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port that nobody listened on a moment ago, and that this process gives to nobody else.
///
/// Another process may still take it first; whoever starts a server on it tries again with another.
pub fn free() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let port = (0..ATTEMPTS)
        .map(|_| fastrand::u16(RANGE))
        .find(|port| !given.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one of 200 random ports below 32000 is free");
    given.insert(port);
    port
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_port_is_given_once() {
        let ports: std::collections::BTreeSet<u16> = (0..2_000).map(|_| super::free()).collect();
        assert_eq!(ports.len(), 2_000);
    }
}

//! Free TCP ports for servers that must be able to come back on the same one.
//!
//! Taken from below the kernel's ephemeral range (32768…): a port from inside it may be given to some
//! outgoing connection while its server is down, and the restart would fail for no reason of its own.

use std::net::{Ipv4Addr, TcpListener};

const RANGE: std::ops::Range<u16> = 12_000..32_000;
const ATTEMPTS: usize = 200;

/// A port that nobody listened on a moment ago.
///
/// Another process may still take it first; whoever starts a server on it tries again with another.
pub fn free() -> u16 {
    (0..ATTEMPTS)
        .map(|_| fastrand::u16(RANGE))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one of 200 random ports below 32000 is free")
}

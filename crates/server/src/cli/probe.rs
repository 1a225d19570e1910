//! `lockstep probe`: what a container asks to know whether it is healthy, because its image has no curl.

use crate::config::{Source, operator_listen};
use anyhow::Context;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Shorter than the time-out of a container's health check.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the instance on this machine, at its operator's address, whether it is ready.
///
/// # Errors
/// When it does not answer, or says that it is not.
pub fn run(source: &Source) -> anyhow::Result<()> {
    let address = reachable(operator_listen(source)?);
    let status = ask(address).with_context(|| format!("nothing answers on {address}"))?;
    match status.split_whitespace().nth(1) {
        Some("200") => Ok(()),
        _ => anyhow::bail!("the instance on {address} is not ready: {status}"),
    }
}

/// An instance that listens on all addresses is asked on the loopback address.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, listen.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, listen.port()).into(),
        IpAddr::V4(_) | IpAddr::V6(_) => listen,
    }
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status)?;
    Ok(status.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn an_instance_that_listens_everywhere_is_asked_on_its_own_machine() {
        for (listen, asked) in [
            ("0.0.0.0:9090", "127.0.0.1:9090"),
            ("[::]:9090", "[::1]:9090"),
            ("10.0.0.7:9090", "10.0.0.7:9090"),
        ] {
            assert_eq!(reachable(listen.parse().expect("an address")).to_string(), asked);
        }
    }
}

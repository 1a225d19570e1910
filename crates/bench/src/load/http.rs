//! One keep-alive HTTP/1.1 connection that never blocks and keeps no bodies: cheap enough not to distort the measurement.

use anyhow::{Context, bail, ensure};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;

/// Bytes of a body that are kept, to say why a request was refused.
const KEPT: usize = 400;

pub struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    sent: usize,
    head: Vec<u8>,
    status: u16,
    rest: Rest,
    /// The first bytes of the last body.
    pub begin: Vec<u8>,
    /// Bytes received over all answers.
    pub received: u64,
}

/// What is still to come of an answer.
enum Rest {
    Head,
    Length(usize),
    Chunks(Chunk),
}

enum Chunk {
    Size(Vec<u8>),
    Data(usize),
    DataEnd(usize),
    Trailer(Vec<u8>),
}

impl Connection {
    pub fn open(address: SocketAddr, registry: &Registry, token: Token) -> anyhow::Result<Connection> {
        let mut stream = connected(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Connection {
            stream,
            out: Vec::new(),
            sent: 0,
            head: Vec::new(),
            status: 0,
            rest: Rest::Head,
            begin: Vec::new(),
            received: 0,
        })
    }

    /// Sends a request; `write` puts it into the emptied buffer.
    pub fn send(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> anyhow::Result<()> {
        self.out.clear();
        self.sent = 0;
        self.rest = Rest::Head;
        self.head.clear();
        self.begin.clear();
        write(&mut self.out);
        self.flush()
    }

    /// Writes what the socket takes.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        while self.sent < self.out.len() {
            match self.stream.write(&self.out[self.sent..]) {
                Ok(n) => self.sent += n,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error).context("writing a request"),
            }
        }
        Ok(())
    }

    /// Reads what has come. The status, once an answer is complete.
    pub fn receive(&mut self, buffer: &mut [u8]) -> anyhow::Result<Option<u16>> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => bail!("the server closed a connection: {}", String::from_utf8_lossy(&self.begin)),
                Ok(n) => {
                    self.received += n as u64;
                    if self.take(&buffer[..n])? {
                        return Ok(Some(self.status));
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error).context("reading an answer"),
            }
        }
    }

    /// `true`: the answer is complete.
    fn take(&mut self, mut bytes: &[u8]) -> anyhow::Result<bool> {
        if matches!(self.rest, Rest::Head) {
            let before = self.head.len();
            self.head.extend_from_slice(bytes);
            let Some(end) = memchr::memmem::find(&self.head, b"\r\n\r\n") else { return Ok(false) };
            self.parse_head()?;
            bytes = &bytes[end + 4 - before..];
        }
        let kept = bytes.len().min(KEPT.saturating_sub(self.begin.len()));
        self.begin.extend_from_slice(&bytes[..kept]);
        match &mut self.rest {
            Rest::Head => Ok(false),
            Rest::Length(left) => {
                ensure!(bytes.len() <= *left, "more came than was announced");
                *left -= bytes.len();
                Ok(*left == 0)
            }
            Rest::Chunks(chunk) => chunk.take(bytes),
        }
    }

    fn parse_head(&mut self) -> anyhow::Result<()> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        response.parse(&self.head).context("parsing an answer's head")?;
        self.status = response.code.context("an answer has a status")?;
        let value = |name: &str| response.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        self.rest = if value("transfer-encoding").is_some() {
            Rest::Chunks(Chunk::Size(Vec::new()))
        } else {
            let length = value("content-length").map_or("0", |h| std::str::from_utf8(h.value).unwrap_or(""));
            Rest::Length(length.trim().parse().context("content-length is a number")?)
        };
        Ok(())
    }
}

impl Chunk {
    fn take(&mut self, mut bytes: &[u8]) -> anyhow::Result<bool> {
        while !bytes.is_empty() {
            match self {
                Chunk::Size(line) => {
                    line.push(bytes[0]);
                    bytes = &bytes[1..];
                    if line.ends_with(b"\n") {
                        let text = std::str::from_utf8(line)?.trim();
                        let size = usize::from_str_radix(text, 16).context("a chunk has a size")?;
                        *self = if size == 0 { Chunk::Trailer(Vec::new()) } else { Chunk::Data(size) };
                    }
                }
                Chunk::Data(left) => {
                    let n = bytes.len().min(*left);
                    *left -= n;
                    bytes = &bytes[n..];
                    if *left == 0 {
                        *self = Chunk::DataEnd(2);
                    }
                }
                Chunk::DataEnd(left) => {
                    *left -= 1;
                    bytes = &bytes[1..];
                    if *left == 0 {
                        *self = Chunk::Size(Vec::new());
                    }
                }
                Chunk::Trailer(line) => {
                    line.push(bytes[0]);
                    bytes = &bytes[1..];
                    if line.ends_with(b"\n") {
                        if line.as_slice() == b"\r\n" {
                            return Ok(true);
                        }
                        line.clear();
                    }
                }
            }
        }
        Ok(false)
    }
}

/// Connects (at once, on this machine) and leaves the socket not blocking.
pub fn connected(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = std::net::TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(TcpStream::from_std(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_answer_is_complete_after_its_last_chunk_however_it_is_cut() {
        let wire = b"5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n";
        for cut in 1..wire.len() {
            let mut chunk = Chunk::Size(Vec::new());
            assert!(!chunk.take(&wire[..cut]).expect("well formed"), "complete after {cut} bytes");
            assert!(chunk.take(&wire[cut..]).expect("well formed"), "cut at {cut}");
        }
    }
}

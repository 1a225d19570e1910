//! The stream of a connection, as actix' dispatcher sees it. Nothing of what is written is looked at but its last four bytes.

use super::link::Connection;
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The connection as actix' dispatcher reads and writes it.
#[derive(Clone)]
pub struct Wire {
    pub io: Rc<RefCell<Io>>,
    pub connection: Rc<Connection>,
}

pub struct Io {
    pub stream: TcpStream,
    /// The end of what was written, if it looks like a bare answer.
    pub held: Vec<u8>,
    /// The client takes nothing more for now: something is only half written.
    pub stuck: bool,
}

impl Wire {
    pub fn new(stream: TcpStream, head_time: Duration) -> Wire {
        let io = Io { stream, held: Vec::new(), stuck: false };
        Wire { io: Rc::new(RefCell::new(io)), connection: Connection::new(head_time) }
    }

    pub fn stream(&self, see: impl FnOnce(&TcpStream)) {
        see(&self.io.borrow().stream);
    }
}

impl Io {
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.stuck = written.is_pending();
        written
    }

    /// Sends what was held: it was an ordinary answer.
    pub fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            let written = self.poll_write(cx, &held);
            let count = if let Poll::Ready(Ok(count)) = written { count } else { 0 };
            self.held = held[count..].to_vec();
            ready!(written)?;
        }
        Poll::Ready(Ok(()))
    }
}

/// Where a bare answer of actix begins, if the bytes end with what looks like one: no more than status, length, connection
/// and date. Ours have more.
pub fn bare_answer(bytes: &[u8]) -> Option<usize> {
    const LONGEST: usize = 160;
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    bytes[from..].windows(7).rposition(|seven| seven == b"HTTP/1.").map(|start| from + start)
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.io.borrow_mut().stream).poll_read(cx, buf))?;
        self.connection.has_read(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut io = self.io.borrow_mut();
        ready!(io.poll_release(cx))?;
        match bare_answer(bytes) {
            None => io.poll_write(cx, bytes),
            Some(0) => {
                io.held = bytes.to_vec();
                Poll::Ready(Ok(bytes.len()))
            }
            Some(start) => io.poll_write(cx, &bytes[..start]),
        }
    }

    /// Nothing: a TCP stream has nothing to flush, and what is held waits for the end of the dispatcher's poll.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut io = self.io.borrow_mut();
        ready!(io.poll_release(cx))?;
        Pin::new(&mut io.stream).poll_shutdown(cx)
    }
}

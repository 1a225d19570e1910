//! Step 8 of 8, the part that is one per socket: a bounded queue of shared frames, written out to the socket, or by a
//! response's body.
//!
//! It lives on the thread that owns the socket. What is queued goes out as one chunk, so as one write: at once when it is flushed,
//! without waking the socket's task, or, while the socket takes nothing, by that task.

use bytes::{Buf, Bytes, BytesMut};
use futures_util::future::{Either, select};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Largest chunk handed to the socket at once.
const CHUNK: usize = 64 * 1024;
/// A queue with less than this has room for another frame, whatever its size.
const LOW_WATER: usize = 64 * 1024;

/// What waits to be written to one client.
pub struct Outbox {
    inner: RefCell<Inner>,
    drained: Notify,
    low_water: usize,
    limit: usize,
}

struct Inner {
    queue: VecDeque<Bytes>,
    bytes: usize,
    /// Bytes handed to the socket so far.
    taken: u64,
    /// The socket has taken the beginning of the first chunk.
    begun: bool,
    /// A caller has promised to flush.
    promised: bool,
    /// Of the outlet, which waits for something to be queued.
    waker: Option<Waker>,
    /// What the outlet writes to, if it is a socket of ours.
    socket: Option<Rc<TcpStream>>,
    /// Nothing more is taken; what is queued still goes out, then the body ends.
    ended: bool,
    /// The outlet was dropped: the connection is gone.
    gone: bool,
}

/// The queue has no room now.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

impl Outbox {
    /// `limit` in bytes.
    pub fn new(limit: usize) -> Rc<Outbox> {
        let inner = Inner {
            queue: VecDeque::new(),
            bytes: 0,
            taken: 0,
            begun: false,
            promised: false,
            waker: None,
            socket: None,
            ended: false,
            gone: false,
        };
        let low_water = LOW_WATER.min(limit);
        Rc::new(Outbox { inner: RefCell::new(inner), drained: Notify::new(), low_water, limit })
    }

    /// Queues bytes, for whoever flushes next. What comes after the end is dropped.
    ///
    /// # Errors
    /// When the queue has no room; nothing was queued then.
    pub fn push(&self, bytes: Bytes) -> Result<(), Full> {
        let mut inner = self.inner.borrow_mut();
        if inner.ended || inner.gone {
            return Ok(());
        }
        // A single frame larger than the limit must still get through.
        if inner.bytes >= self.low_water && inner.bytes + bytes.len() > self.limit {
            return Err(Full);
        }
        inner.put(bytes);
        Ok(())
    }

    /// Notes that the caller will flush. `false`: somebody has promised that already.
    pub fn promise(&self) -> bool {
        !std::mem::replace(&mut self.inner.borrow_mut().promised, true)
    }

    /// Writes what is queued: here while the outlet waits, else the outlet does it.
    pub fn flush(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.promised = false;
        if let Some(socket) = inner.socket.clone().filter(|_| inner.waker.is_some()) {
            while let Some(chunk) = self.take(&mut inner) {
                // An error is not returned here, because the outlet meets the same one and returns it.
                let written = socket.try_write(&chunk).unwrap_or(0);
                if written < chunk.len() {
                    inner.put_back(chunk.slice(written..));
                    inner.begun |= written > 0;
                    break;
                }
                inner.begun = false;
            }
        }
        if !inner.queue.is_empty() {
            inner.wake();
        }
    }

    /// The next chunk.
    fn take(&self, inner: &mut Inner) -> Option<Bytes> {
        let was_full = inner.bytes >= self.low_water;
        let chunk = inner.take()?;
        // Only a cursor that found the queue full waits.
        if was_full && inner.bytes < self.low_water {
            self.drained.notify_waiters();
        }
        Some(chunk)
    }

    /// Queues the last bytes. With `discard`, what waits is dropped first, but for what the socket has the beginning of.
    pub fn end(&self, last: Bytes, discard: bool) {
        let mut inner = self.inner.borrow_mut();
        if inner.ended || inner.gone {
            return;
        }
        if discard {
            let kept = usize::from(inner.begun);
            inner.queue.truncate(kept);
            inner.bytes = inner.queue.iter().map(Bytes::len).sum();
        }
        inner.put(last);
        inner.ended = true;
        inner.wake();
        self.drained.notify_waiters();
    }

    /// Whether nothing more can be queued.
    pub fn is_over(&self) -> bool {
        let inner = self.inner.borrow();
        inner.ended || inner.gone
    }

    async fn over(&self) {
        loop {
            let drained = self.drained.notified();
            if self.is_over() {
                return;
            }
            drained.await;
        }
    }

    /// Whether another frame fits, whatever its size.
    pub fn has_room(&self) -> bool {
        self.inner.borrow().bytes < self.low_water
    }

    /// Waits until there is room for another frame, or the end. `false`: the client took nothing for `patience`.
    pub async fn room_within(&self, patience: Duration) -> bool {
        loop {
            let drained = self.drained.notified();
            let before = self.inner.borrow().taken;
            if self.has_room() || self.is_over() {
                return true;
            }
            if tokio::time::timeout(patience, drained).await.is_err() && self.inner.borrow().taken == before {
                return false;
            }
        }
    }
}

impl Inner {
    fn put(&mut self, bytes: Bytes) {
        // An empty chunk would mean the end to a chunked body.
        if !bytes.is_empty() {
            self.bytes += bytes.len();
            self.queue.push_back(bytes);
        }
    }

    /// What the socket did not take.
    fn put_back(&mut self, rest: Bytes) {
        self.bytes += rest.len();
        self.taken -= rest.len() as u64;
        self.queue.push_front(rest);
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// All that waits, up to a chunk; a single entry goes out uncopied.
    fn take(&mut self) -> Option<Bytes> {
        let first = self.queue.pop_front()?;
        let mut chunk = first;
        if self.queue.front().is_some_and(|next| chunk.len() + next.len() <= CHUNK) {
            let mut joined = BytesMut::with_capacity(self.bytes.min(CHUNK));
            joined.extend_from_slice(&chunk);
            while let Some(next) = self.queue.pop_front_if(|next| joined.len() + next.len() <= CHUNK) {
                joined.extend_from_slice(&next);
            }
            chunk = joined.freeze();
        }
        self.bytes -= chunk.len();
        self.taken += chunk.len() as u64;
        Some(chunk)
    }
}

/// Where the outbox drains to. There is one; without it, what is queued is dropped.
pub struct Outlet(Rc<Outbox>);

impl Outlet {
    /// The way out of `outbox`.
    pub fn new(outbox: Rc<Outbox>) -> Outlet {
        Outlet(outbox)
    }

    /// Writes what is queued, until its end has gone out.
    ///
    /// # Errors
    /// When the connection is gone, or a client does not take the last of it in `patience` after the end.
    pub async fn write_to(self, socket: Rc<TcpStream>, patience: Duration) -> io::Result<()> {
        self.0.inner.borrow_mut().socket = Some(socket.clone());
        let late = async {
            self.0.over().await;
            // Boxed, because otherwise every socket would keep room for it.
            Box::pin(tokio::time::sleep(patience)).await;
        };
        match select(pin!(self.write_all(&socket)), pin!(late)).await {
            Either::Left((written, _)) => written,
            Either::Right(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn write_all(&self, socket: &TcpStream) -> io::Result<()> {
        while let Some(mut chunk) = poll_fn(|cx| self.poll_take(cx)).await {
            while !chunk.is_empty() {
                match socket.try_write(&chunk) {
                    Ok(written) => chunk.advance(written),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        poll_fn(|cx| socket.poll_write_ready(cx)).await?;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// The next chunk; none after the end.
    pub fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut inner = self.0.inner.borrow_mut();
        // No waker is kept while the outlet holds a chunk, because a flush writes to the socket itself only while the outlet
        // waits: it would overtake the chunk.
        inner.waker = None;
        if let Some(chunk) = self.0.take(&mut inner) {
            inner.begun = false;
            return Poll::Ready(Some(chunk));
        }
        if inner.ended {
            return Poll::Ready(None);
        }
        inner.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        let mut inner = self.0.inner.borrow_mut();
        inner.gone = true;
        inner.socket = None;
        inner.queue.clear();
        inner.bytes = 0;
        self.0.drained.notify_waiters();
    }
}

#[cfg(test)]
mod tests;

//! One connection, below [`crate::edge`]: every head has a deadline, what actix would answer by itself becomes a problem
//! document, and a stream ends when its reader hangs up.
//!
//! actix-http answers a head that it cannot read before any of our code runs, with a bare status, and then ends its
//! dispatcher with the reason, in the same poll that wrote the last of it. So [`Wire`] holds back what looks like such an
//! answer: when the dispatcher ends with a reason, the problem document goes out instead; otherwise it was an ordinary
//! answer, which goes on its way at once. Nothing else is looked at but the last four bytes of a write.

use crate::app::App;
use crate::edge;
use crate::error::ApiError;
use actix_http::error::{DispatchError, ParseError};
use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

/// Longest wait for a client that is being told why its connection closes.
const FAREWELL: Duration = Duration::from_secs(1);

/// What requests and their connection tell each other.
pub struct Connection {
    head_time: Duration,
    /// When the head that has begun must have ended. The first one begins with the connection.
    deadline: Cell<Option<Instant>>,
    /// A request is with the application, or its answer is still being produced.
    answering: Cell<bool>,
    /// The client closed its half.
    hung_up: Cell<bool>,
    /// The answer under way makes no sense without somebody who reads on.
    needs_reader: Cell<bool>,
}

impl Connection {
    fn new(head_time: Duration) -> Rc<Connection> {
        Rc::new(Connection {
            head_time,
            deadline: Cell::new(Some(Instant::now() + head_time)),
            answering: Cell::new(false),
            hung_up: Cell::new(false),
            needs_reader: Cell::new(false),
        })
    }

    /// A head has come whole. What is answered keeps the returned value until it was produced to its end.
    pub fn answering(self: &Rc<Self>) -> Answering {
        self.deadline.set(None);
        self.answering.set(true);
        Answering(self.clone())
    }

    /// An endless answer: a client that closes its half does not want the rest, as one that asked for a page may.
    pub fn ends_with_its_reader(&self) {
        self.needs_reader.set(true);
    }

    fn has_read(&self, bytes: usize) {
        if bytes == 0 {
            self.hung_up.set(true);
        } else if !self.answering.get() && self.deadline.get().is_none() {
            self.deadline.set(Some(Instant::now() + self.head_time));
        }
    }
}

/// A request is being answered for as long as this lives.
pub struct Answering(Rc<Connection>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.set(false);
        self.0.needs_reader.set(false);
    }
}

/// The body of an answer, which tells its connection when it ends.
pub struct Answer<B> {
    body: B,
    _answering: Option<Answering>,
}

impl<B> Answer<B> {
    pub fn new(body: B, answering: Option<Answering>) -> Self {
        Self { body, _answering: answering }
    }
}

impl<B: MessageBody + Unpin> MessageBody for Answer<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}

/// The connection as actix' dispatcher reads and writes it.
#[derive(Clone)]
pub struct Wire {
    io: Rc<RefCell<Io>>,
    pub connection: Rc<Connection>,
}

struct Io {
    stream: TcpStream,
    /// The end of what was written, if it looks like a bare answer.
    held: Vec<u8>,
    /// The client takes nothing more for now: something is only half written.
    stuck: bool,
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
    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
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
fn bare_answer(bytes: &[u8]) -> Option<usize> {
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

/// Runs actix' dispatcher over a connection, and says the last word if the dispatcher has none.
pub async fn serve(app: &App, wire: Wire, dispatcher: impl Future<Output = Result<(), DispatchError>>) {
    let error = {
        let mut dispatcher = pin!(dispatcher);
        let mut alarm = None;
        poll_fn(|cx| poll(&wire, dispatcher.as_mut(), &mut alarm, cx)).await
    };
    if let (Some(error), Some(io)) = (error, Rc::into_inner(wire.io)) {
        let answer = edge::answer_without_request(app, &error);
        // Boxed, because every connection would have to keep room for it.
        Box::pin(farewell(io.into_inner().stream, answer)).await;
    }
}

/// Ready with the connection's end, and what is to be said about it.
fn poll(
    Wire { io, connection }: &Wire,
    dispatcher: Pin<&mut impl Future<Output = Result<(), DispatchError>>>,
    alarm: &mut Option<Pin<Box<Sleep>>>,
    cx: &mut Context<'_>,
) -> Poll<Option<ApiError>> {
    if let Poll::Ready(ended) = dispatcher.poll(cx) {
        let held = !io.borrow().held.is_empty();
        return Poll::Ready(ended.err().filter(|_| held).and_then(reason));
    }
    let mut io = io.borrow_mut();
    let released = io.poll_release(cx);
    if matches!(released, Poll::Ready(Err(_))) || (connection.hung_up.get() && connection.needs_reader.get())
    {
        return Poll::Ready(None);
    }
    let Some(deadline) = connection.deadline.get() else {
        *alarm = None;
        return Poll::Pending;
    };
    let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
    if alarm.deadline() != deadline {
        alarm.as_mut().reset(deadline);
    }
    ready!(alarm.as_mut().poll(cx));
    Poll::Ready((!io.stuck).then(|| {
        let detail =
            format!("A request's head must arrive within {} seconds.", connection.head_time.as_secs());
        ApiError::new("request_timeout", detail)
    }))
}

/// What the client did wrong. A broken connection hears nothing more.
fn reason(error: DispatchError) -> Option<ApiError> {
    match error {
        DispatchError::Parse(ParseError::TooLarge) => {
            Some(ApiError::new("headers_too_large", "At most 96 headers and 128 KiB of them are taken."))
        }
        DispatchError::Parse(error) => {
            Some(ApiError::new("malformed_request", format!("This is no HTTP/1.1 request: {error}.")))
        }
        DispatchError::InternalError => Some(ApiError::internal("actix lost track of a request's body")),
        _ => None,
    }
}

/// Answers and closes. What the client still sends is read for a moment: closing over unread bytes would reset the
/// connection, and the answer with it.
async fn farewell(mut stream: TcpStream, answer: Vec<u8>) {
    let closing = async {
        stream.write_all(&answer).await?;
        stream.shutdown().await?;
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    // The client is free not to listen.
    let _ = timeout(FAREWELL, closing).await;
}

#[cfg(test)]
mod tests;

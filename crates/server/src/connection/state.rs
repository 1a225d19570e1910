//! What requests and their connection tell each other.

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// What requests and their connection tell each other.
pub struct Connection {
    pub(super) head_time: Duration,
    /// When the head that has begun must have ended. The first one begins with the connection.
    pub(super) deadline: Cell<Option<Instant>>,
    /// A request is with the application, or its answer is still being produced.
    pub(super) answering: Cell<bool>,
    /// The client closed its half.
    pub(super) hung_up: Cell<bool>,
    /// The answer under way is endless, so it ends when the client has closed its half.
    pub(super) needs_reader: Cell<bool>,
    /// Who gets the stream when the answer under way, 101, has been sent.
    pub(super) successor: RefCell<Option<Successor>>,
    /// The head of that answer was produced.
    pub(super) switched: Cell<bool>,
}

/// What a connection does after HTTP.
pub(super) type Successor = Box<dyn FnOnce(TcpStream) -> LocalBoxFuture<'static, ()>>;

impl Connection {
    pub(super) fn new(head_time: Duration) -> Rc<Connection> {
        Rc::new(Connection {
            head_time,
            deadline: Cell::new(Some(Instant::now() + head_time)),
            answering: Cell::new(false),
            hung_up: Cell::new(false),
            needs_reader: Cell::new(false),
            successor: RefCell::default(),
            switched: Cell::new(false),
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

    /// Switches protocols (RFC 9110 §15.2.2): with the returned body goes an answer 101, and when that has been sent, actix'
    /// dispatcher is dropped, with its buffers, and `successor` has the stream. What the client sent until then is in the
    /// request's payload, or still in the stream.
    pub fn switch<F: Future<Output = ()> + 'static>(
        self: &Rc<Self>,
        successor: impl FnOnce(TcpStream) -> F + 'static,
    ) -> Switched {
        *self.successor.borrow_mut() = Some(Box::new(|stream| Box::pin(successor(stream))));
        Switched(self.clone())
    }

    pub(super) fn has_read(&self, bytes: usize) {
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

/// The body of an answer 101: none. It is asked for when the head has been produced.
pub struct Switched(Rc<Connection>);

impl MessageBody for Switched {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.0.switched.set(true);
        Poll::Pending
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

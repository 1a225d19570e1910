//! One connection, below [`crate::edge`]: every head has a deadline, what actix would answer by itself becomes a problem
//! document, a stream ends when its reader hangs up, and whoever switched protocols gets the stream for itself.
//!
//! actix-http answers a head that it cannot read before any of our code runs, with a bare status, and then ends its
//! dispatcher with the reason, in the same poll that wrote the last of it. It does so only when no request is being answered,
//! which [`Connection`] knows, because every request passes [`crate::edge::middleware`]. So [`Wire`] holds back what is written
//! while none is, to the end of the poll. When the dispatcher then ends with a reason, the problem document goes out in the
//! place of the bare answer, behind the ordinary answers of the same write. Otherwise all of it is ordinary and goes out.

mod state;
mod wire;

pub use state::{Answer, Connection};
pub use wire::Wire;

use crate::error::ApiError;
use actix_http::error::{DispatchError, ParseError};
use std::future::poll_fn;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep_until, timeout};
use wire::Io;

/// Longest wait for a client that is being told why its connection closes.
const FAREWELL: Duration = Duration::from_secs(1);

/// How HTTP ended on a connection.
enum End {
    /// No last word is due.
    Silent,
    /// An ordinary answer was the last, and its end is held.
    Answered,
    Refused(ApiError),
    /// The stream belongs to its successor, such as a WebSocket.
    Switched,
}

/// Runs actix' dispatcher over a connection, and says the last word if the dispatcher has none. The dispatcher comes in a box, so
/// that it is no part of what follows. `answer` makes the bytes of an answer to what never became a request.
pub async fn serve<D: Future<Output = Result<(), DispatchError>>>(
    wire: Wire,
    mut dispatcher: Pin<Box<D>>,
    answer: impl FnOnce(&ApiError) -> Vec<u8>,
) {
    let mut alarm = None;
    let end = poll_fn(|cx| poll(&wire, dispatcher.as_mut(), &mut alarm, cx)).await;
    drop((dispatcher, alarm));
    let successor = wire.connection.successor.take();
    let Some(io) = Rc::into_inner(wire.io) else { return };
    let Io { stream, held, .. } = io.into_inner();
    drop(wire.connection);
    match end {
        End::Silent => {}
        End::Answered => Box::pin(farewell(stream, held)).await,
        End::Refused(error) => {
            let answer = answer(&error);
            // Boxed, because every connection would have to keep room for it.
            Box::pin(farewell(stream, [held, answer].concat())).await;
        }
        End::Switched => {
            if let Some(successor) = successor {
                successor(stream).await;
            }
        }
    }
}

/// Ready with the connection's end.
fn poll(
    Wire { io, connection }: &Wire,
    dispatcher: Pin<&mut impl Future<Output = Result<(), DispatchError>>>,
    alarm: &mut Option<Pin<Box<Sleep>>>,
    cx: &mut Context<'_>,
) -> Poll<End> {
    if let Poll::Ready(ended) = dispatcher.poll(cx) {
        return Poll::Ready(match ended.err().and_then(reason) {
            Some(error) if io.borrow_mut().take_bare_answer() => End::Refused(error),
            _ if io.borrow().held.is_empty() => End::Silent,
            _ => End::Answered,
        });
    }
    let mut io = io.borrow_mut();
    let released = io.poll_release(cx);
    if matches!(released, Poll::Ready(Err(_))) || (connection.hung_up.get() && connection.needs_reader.get())
    {
        return Poll::Ready(End::Silent);
    }
    if connection.switched.get() && released.is_ready() && !io.stuck {
        return Poll::Ready(End::Switched);
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
    Poll::Ready(match io.stuck {
        true => End::Silent,
        false => {
            let detail =
                format!("A request's head must arrive within {} seconds.", connection.head_time.as_secs());
            End::Refused(ApiError::new("request_timeout", detail))
        }
    })
}

/// What the client did wrong. `None`: the connection broke, so nothing can be answered.
#[expect(clippy::wildcard_enum_match_arm, reason = "DispatchError is non_exhaustive")]
fn reason(error: DispatchError) -> Option<ApiError> {
    match error {
        DispatchError::Parse(ParseError::TooLarge) => {
            Some(ApiError::new("headers_too_large", "A request may have at most 96 headers, 128 KiB in all."))
        }
        DispatchError::Parse(error) => {
            Some(ApiError::new("malformed_request", format!("This is no HTTP/1.1 request: {error}.")))
        }
        DispatchError::InternalError => Some(ApiError::internal("actix lost track of a request's body")),
        _ => None,
    }
}

/// Answers and closes.
pub async fn farewell(mut stream: TcpStream, answer: Vec<u8>) {
    // The client is free not to listen.
    if let Ok(Ok(())) = timeout(FAREWELL, stream.write_all(&answer)).await {
        linger(&stream).await;
    }
}

/// Ends our half after the last word. What the client still sends is read for a moment: closing over unread bytes would reset
/// the connection, and the last word with it.
pub async fn linger(stream: &TcpStream) {
    let closing = async {
        socket2::SockRef::from(stream).shutdown(Shutdown::Write)?;
        let mut rest = [0; 1024];
        loop {
            stream.readable().await?;
            match stream.try_read(&mut rest) {
                Ok(0) => return io::Result::Ok(()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
    };
    // The client is free not to listen.
    let _ = timeout(FAREWELL, closing).await;
}

#[cfg(test)]
mod tests;

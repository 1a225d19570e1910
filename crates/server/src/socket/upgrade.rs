//! `GET /connection/websocket`: from HTTP to a WebSocket (RFC 6455).
//!
//! After the handshake the connection leaves actix' dispatcher, which would keep 16 KiB of buffers for it and copy what is sent: one
//! task reads the socket and writes what is queued. actix-ws keeps doing the handshake and the framing of what is read.

use super::centrifuge::Connection;
use super::dialect::Centrifuge;
use crate::app::App;
use crate::connection::{self, linger};
use crate::error::ApiError;
use crate::origin;
use actix_http::error::PayloadError;
use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::SEC_WEBSOCKET_VERSION;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use actix_ws::AggregatedMessageStream;
use bytes::{Bytes, BytesMut};
use engine::rooms::Outlet;
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt};
use std::cell::OnceCell;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;

/// Read from a socket at once: more than most messages have.
const READ: usize = 4096;
/// Read in a row at most: actix-ws reads as long as there is something, and takes it apart only then.
const ROW: usize = 32 * 1024;
/// A client that has not taken what it was sent in so long after its end is not waited for.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// The handshake. Checked before it: that a browser comes from one of our origins.
///
/// # Errors
/// 403 for a foreign origin; 400 and 426 for what is no WebSocket handshake of version 13.
pub async fn open(
    request: HttpRequest,
    early: web::Payload,
    app: web::Data<App>,
) -> Result<HttpResponse, ApiError> {
    if !origin::of_request_is_allowed(&app.config, &request) {
        return Err(ApiError::new("origin_not_allowed", "Pages of this origin may not connect."));
    }
    let below = request.conn_data::<Rc<connection::Connection>>().cloned();
    let below = below.ok_or_else(|| ApiError::internal("no connection below the request"))?;
    let socket = Rc::new(OnceCell::new());
    let (response, _, messages) =
        handshake(&request, Incoming { early: Some(early), socket: socket.clone(), in_a_row: 0 })
            .await
            .map_err(|error| refused_handshake(&error))?;
    let limit = app.config.limits.message_bytes;
    let messages = messages.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
    Ok(response.map_body(|_, unused| {
        BoxBody::new(below.switch(async move |stream| {
            let stream = socket.get_or_init(|| Rc::new(stream)).clone();
            live(app, stream.clone(), messages).await;
            // actix-ws' own body is kept, because without it actix-ws takes the connection for closed.
            drop(unused);
            // Boxed, because otherwise every socket would keep room for it.
            Box::pin(linger(&stream)).await;
        }))
    }))
}

async fn handshake(
    request: &HttpRequest,
    incoming: Incoming,
) -> actix_web::Result<(HttpResponse, actix_ws::Session, actix_ws::MessageStream)> {
    let mut payload = Payload::Stream { payload: incoming.boxed_local() };
    actix_ws::handle(request, web::Payload::from_request(request, &mut payload).await?)
}

fn refused_handshake(error: &actix_web::Error) -> ApiError {
    let response = error.as_response_error().error_response();
    let detail = "Connect with a WebSocket (RFC 6455, version 13), as the Centrifuge SDKs do.";
    match response.headers().contains_key(SEC_WEBSOCKET_VERSION) {
        true => ApiError::new("upgrade_required", detail).header(SEC_WEBSOCKET_VERSION, "13"),
        false => ApiError::new("no_websocket", detail),
    }
}

/// Reads and writes until everything has been said, or the client is gone.
async fn live(app: web::Data<App>, socket: Rc<TcpStream>, messages: AggregatedMessageStream) {
    let hub = app.engine.hub();
    let client = hub.connect(&Centrifuge);
    let connection = Connection::of(app, client);
    let writing = pin!(Outlet::new(connection.client.outbox.clone()).write_to(socket, LAST_WORDS));
    let reading = pin!(connection.read(messages));
    let written = match select(writing, reading).await {
        Either::Left((written, _)) => written,
        Either::Right(((), writing)) => writing.await,
    };
    if let Err(error) = written {
        tracing::debug!(%error, "a client is gone");
    }
    connection.hub.disconnect(&connection.client);
}

/// What the client sends: what came right behind its handshake, then what the socket has.
struct Incoming {
    early: Option<web::Payload>,
    socket: Rc<OnceCell<Rc<TcpStream>>>,
    /// Bytes since there was a pause.
    in_a_row: usize,
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Incoming { early, socket, in_a_row } = self.get_mut();
        // Bytes behind the handshake are read once: this is first polled when the socket is here, and the dispatcher that
        // would bring more is gone by then.
        let Some(socket) = socket.get() else { return Poll::Ready(None) };
        if let Some(Poll::Ready(Some(Ok(bytes)))) = early.as_mut().map(|early| early.poll_next_unpin(cx)) {
            return Poll::Ready(Some(Ok(bytes)));
        }
        *early = None;
        if *in_a_row >= ROW {
            *in_a_row = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            if socket.poll_read_ready(cx)?.is_pending() {
                *in_a_row = 0;
                return Poll::Pending;
            }
            let mut bytes = BytesMut::with_capacity(READ);
            match socket.try_read_buf(&mut bytes) {
                Ok(0) => return Poll::Ready(None),
                Ok(count) => {
                    *in_a_row += count;
                    return Poll::Ready(Some(Ok(bytes.freeze())));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn a_client_that_sends_without_end_is_read_a_piece_at_a_time() {
        let (mut client, socket) = crate::loopback::connection().await;
        let sent = 10 * ROW;
        let socket = Rc::new(OnceCell::from(Rc::new(socket)));
        let mut incoming = Incoming { early: None, socket, in_a_row: 0 };
        let reading = async {
            let (mut whole, mut most) = (0, 0);
            while whole < sent {
                let mut row = 0;
                std::future::poll_fn(|cx| match incoming.poll_next_unpin(cx) {
                    Poll::Ready(Some(Ok(bytes))) => {
                        row += bytes.len();
                        // Asked again without a pause, as actix-ws does.
                        while let Poll::Ready(Some(Ok(bytes))) = incoming.poll_next_unpin(cx) {
                            row += bytes.len();
                        }
                        Poll::Ready(())
                    }
                    Poll::Ready(Some(Err(_)) | None) | Poll::Pending => Poll::Pending,
                })
                .await;
                (whole, most) = (whole + row, most.max(row));
            }
            most
        };
        let all = vec![0; sent];
        let both = async { tokio::join!(client.write_all(&all), reading) };
        let (_, most) = tokio::time::timeout(Duration::from_secs(10), both).await.expect("all of it");
        assert!(most < ROW + READ, "{most} bytes in a row");
    }
}

//! `GET /connection/websocket`: from HTTP to a WebSocket (RFC 6455).
//!
//! After the handshake the connection leaves actix' dispatcher, which would keep 16 KiB of buffers for it and copy what is sent: one
//! task reads the socket and writes what is queued. actix-ws keeps doing the handshake and the framing of what is read.

use super::hub::{Dialect, Hub};
use super::outbox::Outlet;
use super::socket::Connection;
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
use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt};
use std::cell::OnceCell;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use tokio::net::TcpStream;

/// Read from a socket at once: more than most messages have.
const READ: usize = 4096;

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
        handshake(&request, Incoming { early: Some(early), socket: socket.clone() })
            .await
            .map_err(|error| refused_handshake(&error))?;
    let limit = app.config.limits.message_bytes;
    let messages = messages.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
    Ok(response.map_body(|_, unused| {
        BoxBody::new(below.switch(async move |stream| {
            let stream = socket.get_or_init(|| Rc::new(stream)).clone();
            live(app, stream.clone(), messages).await;
            // Without its own body actix-ws would take the connection for closed.
            drop(unused);
            // In a box, because every socket would have to keep room for it.
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
    let hub = Hub::here(&app.realtime);
    let client = hub.connect(Dialect::Socket);
    let connection = Connection { app, hub, client };
    let writing = pin!(Outlet::new(connection.client.outbox.clone()).write_to(socket));
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
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Incoming { early, socket } = self.get_mut();
        // Nobody asks before there is a socket, and then the dispatcher is gone that would bring more than has come.
        let Some(socket) = socket.get() else { return Poll::Ready(None) };
        if let Some(Poll::Ready(Some(Ok(bytes)))) = early.as_mut().map(|early| early.poll_next_unpin(cx)) {
            return Poll::Ready(Some(Ok(bytes)));
        }
        *early = None;
        loop {
            ready!(socket.poll_read_ready(cx))?;
            let mut bytes = BytesMut::with_capacity(READ);
            match socket.try_read_buf(&mut bytes) {
                Ok(0) => return Poll::Ready(None),
                Ok(_) => return Poll::Ready(Some(Ok(bytes.freeze()))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
    }
}

//! `GET /connection/websocket`: the Centrifuge client protocol v2, JSON (docs: `centrifugal.dev/docs/transports/client_protocol`).
//!
//! One task per connection reads commands and handles them strictly in order; what is sent goes through the outbox.

use super::close::{Close, Refusal};
use super::hub::{Client, Dialect, Hub, Identity};
use super::join::{self, Admitted, Position, Recovery};
use super::outbox::OutboxBody;
use super::protocol::{self, Channel, Command, PING_SECONDS, Subscribe};
use crate::app::App;
use crate::auth::TokenError;
use crate::error::ApiError;
use crate::origin;
use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, ProtocolError};
use bytes::Bytes;
use domain::{ProjectId, UserId};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// A subscription is answered within this, or with a temporary error: the SDK gives up after 5 s.
const ANSWER: Duration = Duration::from_secs(4);
/// Clients are told to refresh so many seconds before their token ends.
const REFRESH_EARLY: i64 = 10;

/// The handshake. Checked before it: that a browser comes from one of our origins.
///
/// # Errors
/// 403 for a foreign origin; 400 and 426 for what is no WebSocket handshake of version 13.
pub async fn open(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
) -> Result<HttpResponse, ApiError> {
    if !origin::of_request_is_allowed(&app.config, &request) {
        return Err(ApiError::new("origin_not_allowed", "Pages of this origin may not connect."));
    }
    let (response, _, messages) =
        actix_ws::handle(&request, payload).map_err(|error| refused_handshake(&error))?;
    let hub = Hub::here(&app.realtime);
    let client = hub.connect(Dialect::Socket);
    let limit = app.config.limits.message_bytes;
    let messages = messages.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit);
    let body_of = client.outbox.clone();
    actix_web::rt::spawn(async move {
        let connection = Connection { app, hub, client };
        connection.run(messages).await;
    });
    Ok(response.map_body(|_, kept| BoxBody::new(OutboxBody::new(body_of, Some(kept)))))
}

fn refused_handshake(error: &actix_web::Error) -> ApiError {
    let response = error.as_response_error().error_response();
    let detail = "Connect with a WebSocket (RFC 6455, version 13), as the Centrifuge SDKs do.";
    match response.headers().contains_key(actix_web::http::header::SEC_WEBSOCKET_VERSION) {
        true => ApiError::new("upgrade_required", detail)
            .header(actix_web::http::header::SEC_WEBSOCKET_VERSION, "13"),
        false => ApiError::new("no_websocket", detail),
    }
}

struct Connection {
    app: web::Data<App>,
    hub: Rc<Hub>,
    client: Rc<Client>,
}

/// The command ended the connection: what else came in its frame is dropped.
struct Ended;

impl Connection {
    async fn run(self, mut messages: actix_ws::AggregatedMessageStream) {
        while let Some(message) = messages.next().await {
            if self.client.outbox.is_over() {
                break;
            }
            let ended = match message {
                Ok(AggregatedMessage::Text(text)) => self.busy_with(&text).await,
                Ok(AggregatedMessage::Ping(payload)) => {
                    self.hub.send(&self.client, protocol::control_pong(&payload));
                    Ok(())
                }
                Ok(AggregatedMessage::Pong(_)) => Ok(()),
                Ok(AggregatedMessage::Binary(_)) => self.close(Close::UNSUPPORTED),
                Ok(AggregatedMessage::Close(_)) => self.close(Close::NORMAL),
                Err(error) => self.close(of_protocol(&error)),
            };
            if ended.is_err() {
                break;
            }
        }
        self.client.outbox.end(protocol::close(Close::NORMAL), false);
        self.hub.disconnect(&self.client);
    }

    /// Handles a frame. A stopping instance closes the connection only after it, so that no answer is lost.
    async fn busy_with(&self, text: &str) -> Result<(), Ended> {
        self.client.busy.set(true);
        // In a box of its own: what handling needs is no part of an idle connection's memory.
        let ended = Box::pin(self.frame(text)).await;
        self.client.busy.set(false);
        if self.client.leaving.get() { self.close(Close::SHUTDOWN) } else { ended }
    }

    /// A frame may hold several commands, one a line.
    async fn frame(&self, text: &str) -> Result<(), Ended> {
        for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
            match Command::parse(line) {
                Ok(command) => self.command(command).await?,
                Err(_) => return self.close(Close::BAD_REQUEST),
            }
        }
        Ok(())
    }

    async fn command(&self, command: Command) -> Result<(), Ended> {
        if command.is_pong() {
            self.client.clock.heard_pong();
            return Ok(());
        }
        let id = command.id;
        if let Some(connect) = command.connect {
            return self.connect(id, &connect.token).await;
        }
        let Some(identity) = self.client.identity.get() else { return self.close(Close::BAD_REQUEST) };
        if command.send.is_some() {
            return Ok(());
        }
        if id == 0 {
            return self.close(Close::BAD_REQUEST);
        }
        match command {
            Command { subscribe: Some(subscribe), .. } => self.subscribe(id, identity.user, subscribe).await,
            Command { unsubscribe: Some(unsubscribe), .. } => self.unsubscribe(id, &unsubscribe.channel),
            Command { refresh: Some(refresh), .. } => self.refresh(id, identity, &refresh.token),
            Command { rpc: Some(rpc), .. } => self.rpc(id, rpc).await,
            other if other.is_unavailable() => self.refuse(id, Refusal::NOT_AVAILABLE),
            _ => self.refuse(id, Refusal::METHOD_NOT_FOUND),
        }
    }

    /// Without a valid token the connection ends: terminal for the SDK, unless the token has merely expired.
    async fn connect(&self, id: u32, token: &str) -> Result<(), Ended> {
        if id == 0 || self.client.identity.get().is_some() {
            return self.close(Close::BAD_REQUEST);
        }
        let caller = match self.app.tokens.verify(token) {
            Ok(caller) => caller,
            Err(TokenError::Expired) => return self.refuse_and_end(id, Refusal::TOKEN_EXPIRED),
            Err(TokenError::Invalid) => return self.refuse_and_end(id, Refusal::UNAUTHORIZED),
        };
        let Ok(standing) = self.hub.realtime.loader.standing(caller.user, caller.sid).await else {
            return self.refuse_and_end(id, Refusal::INTERNAL);
        };
        if !standing.alive {
            return self.refuse_and_end(id, Refusal::UNAUTHORIZED);
        }
        if self.client.outbox.is_over() {
            return Err(Ended);
        }
        self.hub.realtime.people.enter(caller.user, caller.sid, standing.feed_version);
        let identity = Identity { user: caller.user, sid: caller.sid, expires_at: caller.expires_at };
        self.client.identity.set(Some(identity));
        self.reply(
            id,
            "connect",
            &json!({
                "client": format!("{}-{}", self.app.config.instance, self.client.id),
                "version": env!("CARGO_PKG_VERSION"),
                "expires": true,
                "ttl": ttl(caller.expires_at),
                "ping": PING_SECONDS,
                "pong": true,
            }),
        )
    }

    /// A new token for the same person and session.
    fn refresh(&self, id: u32, identity: Identity, token: &str) -> Result<(), Ended> {
        match self.app.tokens.verify(token) {
            Ok(caller) if caller.user == identity.user => {
                if caller.sid != identity.sid {
                    // The new session was alive when its token was made; the feed is judged again with it.
                    self.hub.realtime.people.enter(caller.user, caller.sid, 0);
                    self.hub.realtime.people.leave(identity.user, identity.sid);
                    self.hub.realtime.people_changed();
                }
                self.client.identity.set(Some(Identity {
                    user: caller.user,
                    sid: caller.sid,
                    expires_at: caller.expires_at,
                }));
                self.reply(id, "refresh", &json!({"expires": true, "ttl": ttl(caller.expires_at)}))
            }
            Ok(_) | Err(TokenError::Invalid) => self.close(Close::INVALID_TOKEN),
            Err(TokenError::Expired) => self.refuse(id, Refusal::TOKEN_EXPIRED),
        }
    }

    async fn subscribe(&self, id: u32, user: UserId, request: Subscribe) -> Result<(), Ended> {
        match Channel::parse(&request.channel) {
            None => self.refuse(id, Refusal::UNKNOWN_CHANNEL),
            Some(Channel::User(own)) if own == user => {
                if self.client.on_own_channel.replace(true) {
                    return self.refuse(id, Refusal::ALREADY_SUBSCRIBED);
                }
                self.reply(id, "subscribe", &json!({}))?;
                // What was missed meanwhile has no offset: clients refetch.
                self.hub.send(&self.client, protocol::for_person(user, "project_list.changed"));
                Ok(())
            }
            Some(Channel::User(_)) => self.refuse(id, Refusal::PERMISSION_DENIED),
            Some(Channel::Project(project)) => self.subscribe_project(id, project, request).await,
        }
    }

    async fn subscribe_project(&self, id: u32, project: ProjectId, request: Subscribe) -> Result<(), Ended> {
        if self.client.subscriptions.borrow().contains_key(&project) {
            return self.refuse(id, Refusal::ALREADY_SUBSCRIBED);
        }
        let position =
            request.recover.then(|| Position { epoch: request.epoch.clone(), version: request.offset });
        let admitting = join::admit(&self.hub, &self.client, project, position);
        let Ok(judged) = tokio::time::timeout(ANSWER, admitting).await else {
            self.forget(project);
            return self.refuse(id, Refusal::INTERNAL);
        };
        let admitted = match judged {
            Ok(admitted) => admitted,
            Err(refusal) => return self.refuse(id, refusal),
        };
        if matches!(admitted.recovery, Recovery::Impossible) && request.can_reload() {
            self.hub.leave(&admitted.subscription);
            return self.refuse(id, Refusal::UNRECOVERABLE);
        }
        self.hub.send(&self.client, subscribed(id, &admitted, request.offset));
        join::begin(&self.hub, &admitted.subscription);
        Ok(())
    }

    fn unsubscribe(&self, id: u32, channel: &str) -> Result<(), Ended> {
        match Channel::parse(channel) {
            Some(Channel::Project(project)) => self.forget(project),
            Some(Channel::User(_)) => self.client.on_own_channel.set(false),
            None => {}
        }
        self.reply(id, "unsubscribe", &json!({}))
    }

    fn forget(&self, project: ProjectId) {
        let subscription = self.client.subscriptions.borrow().get(&project).cloned();
        if let Some(subscription) = subscription {
            self.hub.leave(&subscription);
        }
    }

    /// `commands` is what `POST /projects/{project}/commands` is; its answer is the body that HTTP would have.
    async fn rpc(&self, id: u32, rpc: protocol::Rpc) -> Result<(), Ended> {
        let Some(identity) = self.client.identity.get() else { return Err(Ended) };
        if rpc.method != "commands" {
            return self.refuse(id, Refusal::METHOD_NOT_FOUND);
        }
        let caller =
            crate::auth::Caller { user: identity.user, sid: identity.sid, expires_at: identity.expires_at };
        let app = self.app.clone().into_inner();
        let answer = match crate::api::commands::over_socket(&app, caller, rpc.data).await {
            Ok(answer) => answer,
            Err(error) => error.document(),
        };
        self.reply(id, "rpc", &json!({"data": answer}))
    }

    fn reply(&self, id: u32, method: &str, result: &Value) -> Result<(), Ended> {
        self.hub.send(&self.client, protocol::reply(id, method, result));
        Ok(())
    }

    fn refuse(&self, id: u32, refusal: Refusal) -> Result<(), Ended> {
        self.hub.send(&self.client, protocol::refusal(id, refusal));
        Ok(())
    }

    fn refuse_and_end(&self, id: u32, refusal: Refusal) -> Result<(), Ended> {
        self.refuse(id, refusal)?;
        Err(Ended)
    }

    fn close(&self, close: Close) -> Result<(), Ended> {
        self.hub.close(&self.client, close);
        Err(Ended)
    }
}

/// The answer to a subscription. Without `recoverable`, `epoch` and `offset` the SDK forgets its position; the offset of a
/// recovery is the one that was asked for, and the SDK advances from there.
fn subscribed(id: u32, admitted: &Admitted, asked: i64) -> Bytes {
    let mut result = json!({"recoverable": true, "positioned": true, "epoch": *admitted.epoch});
    match &admitted.recovery {
        Recovery::NotAsked => {
            result["offset"] = json!(admitted.head);
            protocol::subscribed(id, result, &[])
        }
        Recovery::Impossible => {
            result["was_recovering"] = json!(true);
            result["recovered"] = json!(false);
            result["offset"] = json!(admitted.head);
            protocol::subscribed(id, result, &[])
        }
        Recovery::Recovered(frames) => {
            result["was_recovering"] = json!(true);
            result["recovered"] = json!(true);
            result["offset"] = json!(asked);
            let page: Vec<(i64, Bytes)> =
                frames.iter().map(|frame| (frame.version, frame.body.clone())).collect();
            protocol::subscribed(id, result, &page)
        }
    }
}

fn ttl(expires_at: i64) -> i64 {
    (expires_at - jiff::Timestamp::now().as_second() - REFRESH_EARLY).max(1)
}

fn of_protocol(error: &ProtocolError) -> Close {
    match error {
        ProtocolError::Overflow => Close::TOO_LARGE,
        // Both are "invalid data" to actix, which has no better word for reserved bits yet.
        ProtocolError::Io(io) if io.to_string().contains("reserved bits") => Close::PROTOCOL_ERROR,
        ProtocolError::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => Close::INVALID_TEXT,
        // The stream's own word for a continued message beyond the limit.
        ProtocolError::Io(io) if io.kind() == std::io::ErrorKind::Other => Close::TOO_LARGE,
        _ => Close::PROTOCOL_ERROR,
    }
}

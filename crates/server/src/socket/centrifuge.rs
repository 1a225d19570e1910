//! One client that speaks the Centrifuge protocol. Its commands are read and handled strictly in order; what is sent goes through the outbox.

use super::close::{Close, ErrorCode};
use super::command::{Command, Rpc};
use super::dialect::last_word;
use super::protocol::{self, PING_SECONDS};
use super::rates::{Judgement, Rates};
use crate::app::{App, BUILD};
use crate::auth::tokens::TokenError;
use crate::commands;
use actix_web::web;
use actix_ws::{AggregatedMessage, AggregatedMessageStream, ProtocolError};
use engine::Caller;
use engine::people::People;
use engine::rooms::{Client, Hub};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::rc::Rc;

/// Clients are told to refresh so many seconds before their token ends.
const REFRESH_EARLY: i64 = 10;

/// One client that speaks the protocol.
pub struct Connection {
    pub app: web::Data<App>,
    pub hub: Rc<Hub>,
    pub client: Rc<Client>,
    pub rates: Rates,
}

/// The command ended the connection: what else came in its frame is dropped.
pub struct Ended;

impl Connection {
    /// A connection past its handshake.
    pub fn of(app: web::Data<App>, client: Rc<Client>) -> Connection {
        let (hub, rates) = (app.engine.hub(), Rates::of(&app.config.limits));
        Connection { app, hub, client, rates }
    }

    /// Until the client or this side ends it.
    pub async fn read(&self, mut messages: AggregatedMessageStream) {
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
    }

    /// Handles a frame. A stopping instance closes the connection only after it, so that no answer is lost.
    async fn busy_with(&self, text: &str) -> Result<(), Ended> {
        self.client.busy.set(true);
        // Boxed, so that an idle connection does not keep the memory that handling a frame needs.
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
        let (id, judged) = (command.id, self.rates.message());
        if judged == Judgement::Flood {
            return self.close(Close::FLOOD);
        }
        if command.is_pong() {
            self.client.heard();
            return Ok(());
        }
        if judged == Judgement::Refused {
            // A command without an id has no answer.
            return if id == 0 { Ok(()) } else { self.refuse(id, ErrorCode::TOO_MANY) };
        }
        if let Some(connect) = command.connect {
            return self.connect(id, &connect.token).await;
        }
        let Some(identity) = self.caller() else { return self.close(Close::BAD_REQUEST) };
        if command.send.is_some() {
            return Ok(());
        }
        if id == 0 {
            return self.close(Close::BAD_REQUEST);
        }
        match command {
            Command { subscribe: Some(subscribe), .. } => self.subscribe(id, identity.user, subscribe).await,
            Command { unsubscribe: Some(unsubscribe), .. } => self.unsubscribe(id, &unsubscribe.channel),
            Command { refresh: Some(refresh), .. } => self.refresh(id, &identity, &refresh.token).await,
            Command { rpc: Some(rpc), .. } => self.rpc(id, rpc).await,
            Command { publish: Some(publish), .. } => self.publish(id, &publish),
            Command { presence: Some(of), .. } => self.presence(id, &of.channel).await,
            Command { presence_stats: Some(of), .. } => self.presence_stats(id, &of.channel).await,
            Command { history: Some(history), .. } => self.history(id, history).await,
            _ => self.refuse(id, ErrorCode::METHOD_NOT_FOUND),
        }
    }

    /// Without a valid token the connection ends: terminal for the SDK, unless the token has merely expired.
    async fn connect(&self, id: u32, token: &str) -> Result<(), Ended> {
        if id == 0 || self.client.identity.borrow().is_some() {
            return self.close(Close::BAD_REQUEST);
        }
        let caller = match self.identified(token).await {
            Ok(caller) => caller,
            Err(code) => return self.refuse_and_end(id, code),
        };
        let Ok(standing) = self.hub.standing(&caller).await else {
            return self.refuse_and_end(id, ErrorCode::INTERNAL);
        };
        if !standing.alive {
            return self.refuse_and_end(id, ErrorCode::UNAUTHORIZED);
        }
        if self.client.outbox.is_over() {
            return Err(Ended);
        }
        let mut answer = lifetime(caller.expires_at);
        if self.hub.identify(&self.client, caller, standing.feed_version).is_err() {
            return self.refuse_and_end(id, ErrorCode::TOO_MANY);
        }
        answer["client"] = json!(self.client.id);
        answer["version"] = json!(env!("CARGO_PKG_VERSION"));
        answer["data"] = json!({"build": BUILD});
        answer["ping"] = json!(PING_SECONDS);
        answer["pong"] = json!(true);
        self.reply(id, "connect", &answer)
    }

    /// A new token for the same person.
    async fn refresh(&self, id: u32, identity: &Caller, token: &str) -> Result<(), Ended> {
        match self.identified(token).await {
            Ok(caller) if caller.user == identity.user => {
                let answer = lifetime(caller.expires_at);
                self.hub.identify_again(&self.client, caller);
                self.reply(id, "refresh", &answer)
            }
            Ok(_) | Err(ErrorCode::UNAUTHORIZED) => self.close(Close::INVALID_TOKEN),
            Err(code) => self.refuse(id, code),
        }
    }

    /// Whose access token or API token that is.
    async fn identified(&self, token: &str) -> Result<Caller, ErrorCode> {
        if People::is_api_token(token) {
            let caller = self.app.engine.people.of_api_token(token).await;
            return caller.map_err(|_| ErrorCode::INTERNAL)?.ok_or(ErrorCode::UNAUTHORIZED);
        }
        self.app.tokens.verify(token).map_err(|error| match error {
            TokenError::Expired => ErrorCode::TOKEN_EXPIRED,
            TokenError::Invalid => ErrorCode::UNAUTHORIZED,
        })
    }

    pub fn caller(&self) -> Option<Caller> {
        self.client.identity.borrow().clone()
    }

    /// `commands` is what `POST /projects/{project}/commands` is; its answer is the body that HTTP would have.
    async fn rpc(&self, id: u32, rpc: Rpc) -> Result<(), Ended> {
        let Some(identity) = self.caller() else { return Err(Ended) };
        if rpc.method != "commands" {
            return self.refuse(id, ErrorCode::METHOD_NOT_FOUND);
        }
        let answer = match commands::over_socket(&self.app.engine, identity, &rpc.data).await {
            Ok(answer) => answer,
            Err(error) => error.document(),
        };
        self.reply(id, "rpc", &json!({"data": answer}))
    }

    pub fn reply(&self, id: u32, method: &str, result: &Value) -> Result<(), Ended> {
        self.hub.send(&self.client, protocol::reply(id, method, result));
        Ok(())
    }

    pub fn refuse(&self, id: u32, code: ErrorCode) -> Result<(), Ended> {
        self.hub.send(&self.client, protocol::error(id, code));
        Ok(())
    }

    fn refuse_and_end(&self, id: u32, code: ErrorCode) -> Result<(), Ended> {
        self.refuse(id, code)?;
        Err(Ended)
    }

    fn close(&self, close: Close) -> Result<(), Ended> {
        self.hub.end(&self.client, last_word(close));
        Err(Ended)
    }
}

/// What the SDK is told of the end of a credential.
fn lifetime(expires_at: i64) -> Value {
    match expires_at {
        Caller::NEVER => json!({"expires": false}),
        expires_at => {
            let ttl = expires_at - jiff::Timestamp::now().as_second() - REFRESH_EARLY;
            json!({"expires": true, "ttl": ttl.max(1)})
        }
    }
}

fn of_protocol(error: &ProtocolError) -> Close {
    match error {
        ProtocolError::Overflow => Close::TOO_LARGE,
        // Both are "invalid data" to actix, which has no kind of its own for reserved bits.
        ProtocolError::Io(io) if io.to_string().contains("reserved bits") => Close::PROTOCOL_ERROR,
        ProtocolError::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => Close::INVALID_TEXT,
        // The stream reports a continued message beyond the limit as `Other`.
        ProtocolError::Io(io) if io.kind() == std::io::ErrorKind::Other => Close::TOO_LARGE,
        ProtocolError::Io(_)
        | ProtocolError::UnmaskedFrame
        | ProtocolError::MaskedFrame
        | ProtocolError::InvalidOpcode(_)
        | ProtocolError::InvalidLength(_)
        | ProtocolError::BadOpCode
        | ProtocolError::ContinuationNotStarted
        | ProtocolError::ContinuationStarted
        | ProtocolError::ContinuationFragment(_) => Close::PROTOCOL_ERROR,
    }
}

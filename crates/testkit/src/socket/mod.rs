//! A neutral client of the Centrifuge protocol (JSON, version 2): it sends what a test says, answers
//! pings, and reports what came, without judging it. [`crate::Follower`] judges.

mod protocol;
mod wire;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

pub use protocol::{Ended, Failure, Incoming, Publication, Push, Refused, Reply, Subscribed};
pub use wire::{Frame, Received, Wire};

/// How long the SDKs wait for a reply, and so does this client.
pub const REPLY_DEADLINE: Duration = Duration::from_secs(5);
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// Whether a subscription continues from a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recover {
    No,
    From { epoch: String, version: u64 },
}

/// `flag` of a subscribe by an SDK that has `getState`: an unrecoverable position is answered by error 112.
pub const FLAG_GET_STATE: u32 = 2;

/// One WebSocket connection.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u32,
    pushes: VecDeque<Push>,
    /// Off: pings stay unanswered.
    pub answers_pings: bool,
    /// The server's answer to `connect`.
    pub connected: Value,
}

impl Socket {
    /// Only the WebSocket handshake.
    ///
    /// # Errors
    /// [`Failure::Ended`] when it does not succeed in time.
    pub async fn open(url: &str) -> Result<Self, Failure> {
        let handshake = tokio::time::timeout(CONNECT_DEADLINE, tokio_tungstenite::connect_async(url));
        let (stream, _) = handshake.await.map_err(|_| Failure::silent("the handshake"))?.map_err(ended)?;
        Ok(Self { stream, last_id: 0, pushes: VecDeque::new(), answers_pings: true, connected: Value::Null })
    }

    /// The handshake and the command `connect`.
    ///
    /// # Errors
    /// What the server said instead.
    pub async fn connect(url: &str, token: &str) -> Result<Self, Failure> {
        let mut socket = Self::open(url).await?;
        socket.connected = socket.call("connect", json!({"token": token})).await?;
        Ok(socket)
    }

    /// Sends a command and waits for its reply; pushes that come before it are kept for [`Self::next_push`].
    ///
    /// # Errors
    /// An error reply, the end of the connection, or silence.
    pub async fn call(&mut self, method: &str, parameters: Value) -> Result<Value, Failure> {
        let reply = self.exchange(method, parameters).await?;
        Ok(reply.result(method))
    }

    /// Subscribes to `project:<id>`.
    ///
    /// # Errors
    /// An error reply, the end of the connection, or silence.
    pub async fn subscribe(
        &mut self,
        project: Uuid,
        recover: &Recover,
        flag: u32,
    ) -> Result<Subscribed, Failure> {
        let mut request = json!({"channel": format!("project:{project}")});
        if let Recover::From { epoch, version } = recover {
            request["recover"] = json!(true);
            request["epoch"] = json!(epoch);
            request["offset"] = json!(version);
        }
        if flag > 0 {
            request["flag"] = json!(flag);
        }
        self.exchange("subscribe", request).await?.subscribed()
    }

    /// Ends the subscription to `project:<id>`.
    ///
    /// # Errors
    /// An error reply, the end of the connection, or silence.
    pub async fn unsubscribe(&mut self, project: Uuid) -> Result<Value, Failure> {
        self.call("unsubscribe", json!({"channel": format!("project:{project}")})).await
    }

    /// The next push, kept or new.
    ///
    /// # Errors
    /// The end of the connection, or [`Failure::Silent`] after `timeout`.
    pub async fn next_push(&mut self, timeout: Duration) -> Result<Push, Failure> {
        if let Some(push) = self.pushes.pop_front() {
            return Ok(push);
        }
        let push = async {
            loop {
                match self.incoming().await? {
                    Incoming::Push(push) => return Ok(push),
                    Incoming::Reply(_) | Incoming::Ping => {}
                }
            }
        };
        tokio::time::timeout(timeout, push).await.map_err(|_| Failure::silent("a push"))?
    }

    /// The next push that came before the last reply, if there is one.
    pub fn kept_push(&mut self) -> Option<Push> {
        self.pushes.pop_front()
    }

    /// The next message of the server, read but not sorted. Kept pushes are left alone.
    ///
    /// # Errors
    /// The end of the connection, or a message that no client could read.
    pub async fn incoming(&mut self) -> Result<Incoming, Failure> {
        let text = match self.message().await? {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(Incoming::Ping),
            other @ (Message::Binary(_) | Message::Close(_) | Message::Frame(_)) => {
                return Err(Failure::Broken(format!("not a text frame: {other:?}")));
            }
        };
        let incoming = protocol::read(&text)?;
        if matches!(incoming, Incoming::Ping) && self.answers_pings {
            self.send_text("{}").await?;
        }
        Ok(incoming)
    }

    /// Any text, such as several commands in one frame or no JSON at all.
    ///
    /// # Errors
    /// The end of the connection.
    pub async fn send_text(&mut self, text: impl Into<String>) -> Result<(), Failure> {
        self.send(Message::text(text.into())).await
    }

    /// Any message. (Frames that break the rules of WebSocket need a [`Wire`].)
    ///
    /// # Errors
    /// The end of the connection.
    pub async fn send(&mut self, message: Message) -> Result<(), Failure> {
        let sent = tokio::time::timeout(REPLY_DEADLINE, self.stream.send(message));
        sent.await.map_err(|_| Failure::silent("room to write"))?.map_err(ended)
    }

    /// Reads to the end of the connection: its close code, none after a reset.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn ended(&mut self, timeout: Duration) -> Ended {
        let end = async {
            loop {
                if let Err(Failure::Ended(ended)) = self.incoming().await {
                    return ended;
                }
            }
        };
        crate::wait::within("the server to end the connection", timeout, end).await
    }

    /// Closes as a browser does when its page goes.
    pub async fn close(mut self) {
        // An error means that it was closed already.
        let _ = self.stream.close(None).await;
    }

    async fn exchange(&mut self, method: &str, parameters: Value) -> Result<Reply, Failure> {
        self.last_id += 1;
        let id = self.last_id;
        self.send_text(json!({"id": id, method: parameters}).to_string()).await?;
        let reply = async {
            loop {
                match self.incoming().await? {
                    Incoming::Reply(reply) if reply.id == id => return reply.success(),
                    Incoming::Push(push) => self.pushes.push_back(push),
                    Incoming::Reply(_) | Incoming::Ping => {}
                }
            }
        };
        tokio::time::timeout(REPLY_DEADLINE, reply).await.map_err(|_| Failure::silent(method))?
    }

    async fn message(&mut self) -> Result<Message, Failure> {
        match self.stream.next().await {
            Some(Ok(Message::Close(frame))) => {
                let ended = frame
                    .map(|frame| Ended { code: Some(frame.code.into()), reason: frame.reason.to_string() });
                Err(Failure::Ended(ended.unwrap_or(Ended { code: Some(1005), reason: String::new() })))
            }
            Some(Ok(message)) => Ok(message),
            Some(Err(e)) => Err(ended(e)),
            None => Err(Failure::Ended(Ended { code: None, reason: "the stream ended".to_owned() })),
        }
    }
}

fn ended(error: Error) -> Failure {
    Failure::Ended(Ended { code: None, reason: error.to_string() })
}

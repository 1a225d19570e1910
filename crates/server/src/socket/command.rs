//! The Centrifuge client protocol v2 in JSON: what a client may ask.

use domain::{ProjectId, UserId};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A command of a client. Exactly one of its methods is there; `{}` is a pong.
#[derive(Debug, Default, Deserialize)]
pub struct Command {
    #[serde(default)]
    pub id: u32,
    pub connect: Option<Connect>,
    pub subscribe: Option<Subscribe>,
    pub unsubscribe: Option<ChannelOnly>,
    pub refresh: Option<Refresh>,
    pub rpc: Option<Rpc>,
    pub publish: Option<Publish>,
    pub presence: Option<ChannelOnly>,
    pub presence_stats: Option<ChannelOnly>,
    pub history: Option<History>,
    pub send: Option<Value>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
pub struct Connect {
    #[serde(default)]
    pub token: String,
}

#[derive(Debug, Deserialize)]
pub struct Refresh {
    #[serde(default)]
    pub token: String,
}

/// What a client says to the others in a channel, beside the log.
#[derive(Debug, Deserialize)]
pub struct Publish {
    pub channel: String,
    #[serde(default)]
    pub data: Value,
}

/// A stretch of a channel's log.
#[derive(Debug, Deserialize)]
pub struct History {
    pub channel: String,
    #[serde(default)]
    pub limit: i64,
    pub since: Option<Since>,
    /// The newest first.
    #[serde(default)]
    pub reverse: bool,
}

#[derive(Debug, Deserialize)]
pub struct Since {
    #[serde(default)]
    pub offset: i64,
    #[serde(default)]
    pub epoch: String,
}

#[derive(Debug, Deserialize)]
pub struct ChannelOnly {
    pub channel: String,
}

/// A remote procedure call; `commands` is the only one.
#[derive(Debug, Deserialize)]
pub struct Rpc {
    #[serde(default)]
    pub method: String,
    /// The text of its data, which is read as a request's body is.
    #[serde(skip)]
    pub data: String,
}

/// The part of a command whose text counts, because its numbers are judged before they are rounded.
#[derive(Deserialize)]
struct Verbatim<'a> {
    #[serde(borrow)]
    rpc: VerbatimRpc<'a>,
}

#[derive(Deserialize)]
struct VerbatimRpc<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
pub struct Subscribe {
    pub channel: String,
    #[serde(default)]
    pub recover: bool,
    #[serde(default)]
    pub epoch: String,
    #[serde(default)]
    pub offset: i64,
    #[serde(default)]
    pub flag: u64,
    /// The client wants to hear who comes and leaves.
    #[serde(default)]
    pub join_leave: bool,
}

impl Subscribe {
    /// The client has a `getState`, so it can be told that its position is void (error 112).
    pub fn can_reload(&self) -> bool {
        self.flag & 2 != 0
    }
}

/// What a channel's name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Project(ProjectId),
    User(UserId),
}

impl Channel {
    pub fn parse(name: &str) -> Option<Channel> {
        match name.split_once(':')? {
            ("project", id) => ProjectId::parse(id).map(Channel::Project),
            ("user", id) => UserId::parse(id).map(Channel::User),
            _ => None,
        }
    }
}

impl Command {
    /// # Errors
    /// When the text is not a command: the client is closed for it.
    pub fn parse(text: &str) -> Result<Command, serde_json::Error> {
        let mut command: Command = serde_json::from_str(text)?;
        if let Some(rpc) = &mut command.rpc {
            let data = serde_json::from_str::<Verbatim>(text)?.rpc.data;
            data.map_or("null", RawValue::get).clone_into(&mut rpc.data);
        }
        Ok(command)
    }

    /// Whether it is the answer to a ping.
    pub fn is_pong(&self) -> bool {
        self.id == 0 && self.rest.is_empty() && !self.has_method()
    }

    fn has_method(&self) -> bool {
        self.connect.is_some()
            || self.subscribe.is_some()
            || self.unsubscribe.is_some()
            || self.refresh.is_some()
            || self.rpc.is_some()
            || self.publish.is_some()
            || self.presence.is_some()
            || self.presence_stats.is_some()
            || self.send.is_some()
            || self.history.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves S1.
    #[test]
    fn an_empty_object_is_a_pong_and_an_unknown_method_is_not() {
        assert!(Command::parse("{}").expect("JSON").is_pong());
        assert!(!Command::parse(r#"{"id":1,"dance":{}}"#).expect("JSON").is_pong());
        assert!(Command::parse("{").is_err());
    }
}

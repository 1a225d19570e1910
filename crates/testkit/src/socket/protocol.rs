//! What the server may say (the Centrifuge client protocol, see `docs/PROTOCOL.md`; one message per frame).

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// One message of the server.
#[derive(Debug)]
pub enum Incoming {
    Reply(Reply),
    Push(Push),
    /// The protocol's own ping, `{}`, or a WebSocket control frame.
    Ping,
}

/// The answer to the command with this id.
#[derive(Debug)]
pub struct Reply {
    pub id: u32,
    text: String,
}

/// What came without being asked for.
#[derive(Debug, Clone)]
pub enum Push {
    Publication {
        channel: String,
        publication: Publication,
    },
    Unsubscribed {
        channel: String,
        code: u32,
        reason: String,
    },
    /// Join, leave, message.
    Other(Value),
}

/// An event, or (without a version) something ephemeral. The bytes of `data` are kept as they came.
#[derive(Debug, Clone, Deserialize)]
pub struct Publication {
    #[serde(rename = "offset")]
    pub version: Option<u64>,
    pub data: Box<RawValue>,
    pub info: Option<Value>,
}

impl Publication {
    /// `data` as a value.
    pub fn event(&self) -> Value {
        serde_json::from_str(self.data.get()).expect("what was read as JSON once can be read again")
    }
}

/// The answer to a subscribe; absent members have their zero value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Subscribed {
    pub epoch: String,
    pub offset: u64,
    pub recoverable: bool,
    pub positioned: bool,
    pub was_recovering: bool,
    pub recovered: bool,
    pub publications: Vec<Publication>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An error reply.
    Refused(Refused),
    /// The connection ended.
    Ended(Ended),
    /// Nothing came in time.
    Silent(String),
    /// Something came that is not the protocol.
    Broken(String),
}

/// An error reply.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refused {
    pub code: u32,
    pub message: String,
    #[serde(default)]
    pub temporary: bool,
}

/// How a connection ended; no code when it broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub code: Option<u16>,
    pub reason: String,
}

impl Ended {
    /// Whether the SDKs connect again after it.
    pub fn retried(&self) -> bool {
        !self
            .code
            .is_some_and(|code| code == 1009 || (3500..4000).contains(&code) || (4500..5000).contains(&code))
    }
}

impl Refused {
    /// Whether the SDKs ask again after it.
    pub fn retried(&self) -> bool {
        self.temporary || self.code < 100 || self.code == 109
    }
}

impl Failure {
    pub(super) fn silent(what: &str) -> Self {
        Self::Silent(format!("no answer in time: {what}"))
    }

    /// The code of an error reply.
    pub fn refused_code(&self) -> Option<u32> {
        match self {
            Self::Refused(refused) => Some(refused.code),
            Self::Ended(_) | Self::Silent(_) | Self::Broken(_) => None,
        }
    }
}

impl Reply {
    pub(super) fn success(self) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Body {
            error: Option<Refused>,
        }
        let body: Body = parse(&self.text)?;
        body.error.map_or(Ok(self), |refused| Err(Failure::Refused(refused)))
    }

    /// The whole reply.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).expect("what was read as JSON once can be read again")
    }

    /// The result under the method's name.
    pub(super) fn result(&self, method: &str) -> Value {
        self.value()[method].take()
    }

    pub(super) fn subscribed(&self) -> Result<Subscribed, Failure> {
        #[derive(Deserialize)]
        struct Body {
            subscribe: Subscribed,
        }
        parse::<Body>(&self.text).map(|body| body.subscribe)
    }
}

/// Reads one frame, which holds one message.
pub(super) fn read(text: &str) -> Result<Incoming, Failure> {
    #[derive(Deserialize)]
    struct Body {
        id: Option<u32>,
        push: Option<PushBody>,
    }
    let body: Body = parse(text)?;
    match (body.id, body.push) {
        (Some(id), None) => Ok(Incoming::Reply(Reply { id, text: text.to_owned() })),
        (None, Some(push)) => Ok(Incoming::Push(push.read(text)?)),
        (None, None) if text.trim() == "{}" => Ok(Incoming::Ping),
        _ => Err(Failure::Broken(format!("neither reply nor push nor ping: {}", shortened(text)))),
    }
}

#[derive(Deserialize)]
struct PushBody {
    #[serde(default)]
    channel: String,
    #[serde(rename = "pub")]
    publication: Option<Publication>,
    unsubscribe: Option<UnsubscribeBody>,
}

#[derive(Deserialize)]
struct UnsubscribeBody {
    #[serde(default)]
    code: u32,
    #[serde(default)]
    reason: String,
}

impl PushBody {
    fn read(self, text: &str) -> Result<Push, Failure> {
        let channel = self.channel;
        match (self.publication, self.unsubscribe) {
            (Some(publication), None) => Ok(Push::Publication { channel, publication }),
            (None, Some(body)) => Ok(Push::Unsubscribed { channel, code: body.code, reason: body.reason }),
            _ => parse(text).map(Push::Other),
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|e| Failure::Broken(format!("{e}: {}", shortened(text))))
}

fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_an_event_are_kept_as_they_came() {
        let text = r#"{"push":{"channel":"project:1","pub":{"offset":7,"data":{"b":1, "a":2}}}}"#;
        let Ok(Incoming::Push(Push::Publication { publication, .. })) = read(text) else {
            panic!("a publication")
        };
        assert_eq!((publication.version, publication.data.get()), (Some(7), r#"{"b":1, "a":2}"#));
    }

    #[test]
    fn two_messages_in_one_frame_break_the_contract() {
        assert!(matches!(read("{}\n{}"), Err(Failure::Broken(_))));
    }

    #[test]
    fn an_error_reply_is_a_refusal() {
        let Ok(Incoming::Reply(reply)) =
            read(r#"{"id":1,"error":{"code":103,"message":"permission denied"}}"#)
        else {
            panic!("a reply")
        };
        let refused = reply.success().expect_err("an error");
        assert_eq!(refused.refused_code(), Some(103));
    }

    #[test]
    fn the_sdks_come_back_after_some_codes_only() {
        let retried = |code| Ended { code: Some(code), reason: String::new() }.retried();
        assert!([1000, 1006, 3001, 3005, 3499, 4000, 5000].into_iter().all(retried));
        assert!(![1009, 3500, 3999, 4500, 4999].into_iter().any(retried));
    }
}

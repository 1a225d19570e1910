//! The Centrifuge client protocol v2 in JSON: how replies and pushes look on the wire.
//!
//! One reply or push is one WebSocket text message (RFC 6455 §5.2): SDKs before 5.8 reorder several in one read.

use super::close::{Close, ErrorCode, Unsubscribe};
use bytes::Bytes;
use domain::{ProjectId, UserId};
use engine::frame::Frame;
use engine::rooms::{ClientInfo, Concern, Said, Step};
use serde_json::{Value, json};

/// Seconds between two pings of the server.
pub const PING_SECONDS: u64 = 25;
/// Seconds a client has to answer one.
pub const PONG_SECONDS: u64 = 10;

/// A reply to the command `id`.
pub fn reply(id: u32, method: &str, result: &Value) -> Bytes {
    text(&json!({"id": id, method: result}))
}

/// The refusal of the command `id`.
pub fn error(id: u32, code: ErrorCode) -> Bytes {
    let mut error = json!({"code": code.code, "message": code.message});
    if code.temporary {
        error["temporary"] = json!(true);
    }
    text(&json!({"id": id, "error": error}))
}

/// The answer to a subscription of a project, with the first page of what was missed.
pub fn subscribed(id: u32, result: Value, publications: &[(i64, Bytes)]) -> Bytes {
    match publications.is_empty() {
        true => reply(id, "subscribe", &result),
        false => with_publications(id, "subscribe", result, publications),
    }
}

/// A reply with a stretch of the log in it.
pub fn with_publications(id: u32, method: &str, mut result: Value, publications: &[(i64, Bytes)]) -> Bytes {
    // The events are the log's own bytes, so they are put in as they are.
    result["publications"] = json!([]);
    let text = json!({"id": id, method: result}).to_string();
    let (head, tail) = text.split_once(r#""publications":["#).expect("it was just put in");
    let mut parts = vec![head.as_bytes().to_vec(), br#""publications":["#.to_vec()];
    for (place, (offset, body)) in publications.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        parts.push(format!(r#"{comma}{{"offset":{offset},"data":"#).into_bytes());
        parts.push(body.to_vec());
        parts.push(b"}".to_vec());
    }
    parts.push(tail.as_bytes().to_vec());
    text_frame(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The push that ends a subscription.
pub fn unsubscribed(project: ProjectId, why: Unsubscribe) -> Bytes {
    let unsubscribe = json!({"code": why.code, "reason": why.reason});
    text(&json!({"push": {"channel": format!("project:{project}"), "unsubscribe": unsubscribe}}))
}

/// The push of an event to a subscriber of the project's channel.
pub fn event(project: ProjectId, frame: &Frame) -> Bytes {
    let head =
        format!(r#"{{"push":{{"channel":"project:{project}","pub":{{"offset":{},"data":"#, frame.version);
    text_frame(&[head.as_bytes(), &frame.body, b"}}}"])
}

/// The push of what somebody said; it has no offset.
pub fn said(said: &Said) -> Bytes {
    let head = format!(r#"{{"push":{{"channel":"project:{}","pub":{{"data":"#, said.project);
    let tail = format!(r#","info":{}}}}}}}"#, info(said.by));
    text_frame(&[head.as_bytes(), &said.data, tail.as_bytes()])
}

/// The push that somebody came or left.
pub fn step(project: ProjectId, step: Step, person: ClientInfo) -> Bytes {
    let method = match step {
        Step::Came => "join",
        Step::Left => "leave",
    };
    text(&json!({"push": {"channel": format!("project:{project}"), method: {"info": info(person)}}}))
}

/// Who a connection is of, as the protocol has it.
pub fn info(person: ClientInfo) -> Value {
    json!({"user": person.user, "client": person.client})
}

/// A push on a person's own channel; it has no offset.
pub fn for_person(user: UserId, what: Concern) -> Bytes {
    let kind = match what {
        Concern::Projects => "project_list.changed",
        Concern::People => "people.changed",
        Concern::Inbox => "notification",
    };
    text(&json!({"push": {"channel": format!("user:{user}"), "pub": {"data": {"type": kind}}}}))
}

/// The server's ping.
pub fn ping() -> Bytes {
    Bytes::from_static(b"\x81\x02{}")
}

/// A WebSocket pong to a WebSocket ping (RFC 6455 §5.5.3).
pub fn control_pong(payload: &[u8]) -> Bytes {
    let length = u8::try_from(payload.len()).unwrap_or(0);
    let payload = &payload[..usize::from(length.min(125))];
    Bytes::from([&[0x8a, length.min(125)], payload].concat())
}

/// A close frame (RFC 6455 §5.5.1).
pub fn close(close: Close) -> Bytes {
    let length = u8::try_from(2 + close.reason.len()).expect("reasons are short");
    Bytes::from([&[0x88, length], close.code.to_be_bytes().as_slice(), close.reason.as_bytes()].concat())
}

fn text(value: &Value) -> Bytes {
    text_frame(&[value.to_string().as_bytes()])
}

/// One unfragmented, unmasked text message made of `parts`.
pub fn text_frame(parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut frame = Vec::with_capacity(length + 10);
    frame.push(0x81);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => frame.push(short),
        (_, Ok(medium)) => {
            frame.push(126);
            frame.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend_from_slice(&u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    parts.iter().for_each(|part| frame.extend_from_slice(part));
    Bytes::from(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves S2.
    #[test]
    fn the_length_of_a_frame_has_three_forms() {
        let head = |length: usize| text_frame(&[&vec![b'x'; length]])[..4].to_vec();
        assert_eq!(head(125)[..2], [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_536)[..2], [0x81, 127]);
    }

    /// Proves S2.
    #[test]
    fn publications_of_a_reply_are_the_bytes_of_the_log() {
        let pages = [(7, Bytes::from_static(b"{\"b\":1.0}")), (8, Bytes::from_static(b"{}"))];
        let frame = subscribed(3, json!({"epoch": "e", "offset": 6}), &pages);
        let text = std::str::from_utf8(&frame[2..]).expect("text");
        assert!(
            text.contains(r#""publications":[{"offset":7,"data":{"b":1.0}},{"offset":8,"data":{}}]"#),
            "{text}"
        );
        serde_json::from_str::<Value>(text).expect("JSON");
    }
}

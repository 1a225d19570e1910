//! An event on its way to clients: its bytes, encoded once for everybody, and the few facts a room needs of it.

use bytes::Bytes;
use domain::Version;
use domain::event::Access;
use std::sync::{Arc, OnceLock};
use store::events::Logged;
use store::log::NewEvent;

/// A committed event. Shared by the ring, the rooms' workers and every socket's queue.
#[derive(Debug)]
pub struct Frame {
    /// The incarnation of the log that the event is of.
    pub epoch: Arc<str>,
    /// The version that the event made.
    pub version: Version,
    /// Whose access it changes.
    pub access: Access,
    /// The event's JSON, as the log has it.
    pub body: Bytes,
    encoded: [OnceLock<Bytes>; 2],
}

/// What a frame keeps an encoding for, so that it is made once for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A WebSocket's.
    Socket,
    /// An event stream's (SSE).
    Stream,
}

impl Frame {
    fn new(epoch: Arc<str>, version: Version, access: Access, body: Bytes) -> Frame {
        Frame { epoch, version, access, body, encoded: Default::default() }
    }

    /// An event that was committed here.
    pub fn of(epoch: &str, event: &NewEvent) -> Frame {
        Frame::new(epoch.into(), event.version, event.access, Bytes::from(event.body.clone()))
    }

    /// An event that was read from the log.
    pub fn logged(event: Logged) -> Frame {
        Frame::new(event.epoch.into(), event.version, event.access, Bytes::from(event.body))
    }

    /// What goes over Redis: a header line that a relay can read without reading the event, and the event.
    pub fn to_message(&self) -> Vec<u8> {
        let mut message = format!("{} {} {}\n", self.epoch, self.version, self.access).into_bytes();
        message.extend_from_slice(&self.body);
        message
    }

    /// Reads [`Frame::to_message`]. `None`: not ours, or of a version of Lockstep that this one does not know.
    pub fn from_message(message: &Bytes) -> Option<Frame> {
        let end = message.iter().take(256).position(|byte| *byte == b'\n')?;
        let header = std::str::from_utf8(&message[..end]).ok()?;
        let mut parts = header.split(' ');
        let (epoch, version, access) =
            (parts.next()?, parts.next()?.parse().ok()?, Access::parse(parts.next()?)?);
        Some(Frame::new(epoch.into(), version, access, message.slice(end + 1..)))
    }

    /// The frame in a form, made by `encode` when it is first asked for.
    pub fn encoded(&self, form: Form, encode: impl FnOnce(&Frame) -> Bytes) -> Bytes {
        self.encoded[form as usize].get_or_init(|| encode(self)).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Role, UserId};

    /// Proves R5.
    #[test]
    fn a_message_is_read_as_it_was_written() {
        let access = Access::Granted(UserId::new(), Role::Viewer);
        let frame = Frame::new("e1".into(), 7, access, Bytes::from_static(b"{\"a\":1}"));
        let read = Frame::from_message(&Bytes::from(frame.to_message())).expect("ours");
        assert_eq!(
            (&*read.epoch, read.version, read.access, &read.body[..]),
            ("e1", 7, access, &frame.body[..])
        );
    }

    /// Proves R5.
    #[test]
    fn a_message_that_is_not_ours_is_no_frame() {
        for message in ["", "x", "e 1\n{}", "e one unchanged\n{}", "e 1 root:x\n{}"] {
            assert!(Frame::from_message(&Bytes::from_static(message.as_bytes())).is_none(), "{message:?}");
        }
    }
}

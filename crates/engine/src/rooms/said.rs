//! What a member says into a room beside the log: that they are typing, what they look at. It has no version and is stored nowhere.

use crate::frame::Form;
use bytes::Bytes;
use domain::{ProjectId, UserId, Version};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// How a message of this kind begins. No epoch has this character, so instances that do not know the kind ignore the message.
const KIND: &str = "~said";
/// Bytes in which the header line has to end.
const HEADER: usize = 256;

/// A connection and whose it is, as others see it (`ClientInfo` of the Centrifuge client protocol).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientInfo {
    /// The connection.
    pub client: Uuid,
    /// Whose it is.
    pub user: UserId,
}

/// What somebody said.
#[derive(Debug)]
pub struct Said {
    /// Where.
    pub project: ProjectId,
    /// Who.
    pub by: ClientInfo,
    /// The JSON that they sent.
    pub data: Bytes,
    /// The incarnation of the log, and the last version of the room that it was said in. Only a room that is as far knows
    /// who may hear it.
    pub(super) epoch: Arc<str>,
    pub(super) version: Version,
    encoded: [OnceLock<Bytes>; 2],
}

impl Said {
    pub(super) fn new(
        project: ProjectId,
        by: ClientInfo,
        data: Bytes,
        epoch: Arc<str>,
        version: Version,
    ) -> Said {
        Said { project, by, data, epoch, version, encoded: Default::default() }
    }

    /// What goes over Redis, from the instance with this name.
    pub fn to_message(&self, instance: Uuid) -> Vec<u8> {
        let Said { by, epoch, version, .. } = self;
        let mut message =
            format!("{KIND} {instance} {epoch} {version} {} {}\n", by.client, by.user).into_bytes();
        message.extend_from_slice(&self.data);
        message
    }

    /// Reads [`Said::to_message`]: which instance sent it, and what it is.
    pub fn from_message(project: ProjectId, message: &Bytes) -> Option<(Uuid, Said)> {
        let end = message.iter().take(HEADER).position(|byte| *byte == b'\n')?;
        let header = std::str::from_utf8(&message[..end]).ok()?.strip_prefix(KIND)?;
        let mut parts = header.split_ascii_whitespace();
        let instance = parts.next()?.parse().ok()?;
        let (epoch, version) = (parts.next()?, parts.next()?.parse().ok()?);
        let by = ClientInfo { client: parts.next()?.parse().ok()?, user: UserId::parse(parts.next()?)? };
        Some((instance, Said::new(project, by, message.slice(end + 1..), epoch.into(), version)))
    }

    /// It in a form, made by `encode` when it is first asked for.
    pub fn encoded(&self, form: Form, encode: impl FnOnce(&Said) -> Bytes) -> Bytes {
        self.encoded[form as usize].get_or_init(|| encode(self)).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;

    fn said() -> Said {
        let by = ClientInfo { client: Uuid::new_v4(), user: UserId::new() };
        Said::new(ProjectId::new(), by, Bytes::from_static(b"{\"typing\":true}"), "e1".into(), 7)
    }

    /// Proves P1.
    #[test]
    fn what_was_said_is_read_as_it_was_written() {
        let (said, instance) = (said(), Uuid::new_v4());
        let message = Bytes::from(said.to_message(instance));
        let (from, read) = Said::from_message(said.project, &message).expect("ours");
        assert_eq!((from, read.by, &*read.epoch, read.version), (instance, said.by, "e1", 7));
        assert_eq!(read.data, said.data);
    }

    /// Proves P1.
    #[test]
    fn what_was_said_is_no_event_and_an_event_was_not_said() {
        let said = said();
        assert!(Frame::from_message(&Bytes::from(said.to_message(Uuid::new_v4()))).is_none());
        assert!(Said::from_message(said.project, &Bytes::from_static(b"e 1 unchanged\n{}")).is_none());
    }
}

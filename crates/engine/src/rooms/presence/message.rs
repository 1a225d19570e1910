//! How instances tell each other who is in their rooms: messages on a project's channel in Redis, and one for all rooms on a
//! channel of its own. No epoch has the character that they begin with, so instances that do not know them ignore them.

use crate::rooms::said::ClientInfo;
use domain::{ProjectId, UserId};
use std::fmt::Write;
use uuid::Uuid;

/// The channel on which instances say twice a second that they are there.
pub const BEATS: &str = "presence";

const ASK: &str = "~ask";
const HERE: &str = "~here";
const BEAT: &str = "~beat";

/// A message about one room.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// An instance wants to know who is in the room.
    Ask(Uuid),
    Here(Here),
}

/// What changed among the people whom one instance has in a room.
#[derive(Debug, PartialEq, Eq)]
pub struct Here {
    pub instance: Uuid,
    /// The number of the list that is changed; 0: the whole list follows.
    pub from: u64,
    /// The number of the list as it is now; 0: the instance has nobody there any more.
    pub to: u64,
    pub moves: Vec<Move>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Came(ClientInfo),
    Left(Uuid),
}

/// An instance is there, and these are the rooms in which it asks or tells who is there.
#[derive(Debug, PartialEq, Eq)]
pub struct Beat {
    pub instance: Uuid,
    pub rooms: Vec<RoomBeat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomBeat {
    pub project: ProjectId,
    /// The number of the list that the instance told last; 0: none.
    pub serial: u64,
    /// Whether the instance wants to be told.
    pub asks: bool,
}

impl Message {
    pub fn to_text(&self) -> String {
        match self {
            Message::Ask(instance) => format!("{ASK} {instance}\n"),
            Message::Here(here) => here.to_text(),
        }
    }

    /// `None`: it is no message of this kind.
    pub fn parse(message: &[u8]) -> Option<Message> {
        let mut lines = std::str::from_utf8(message).ok().filter(|text| text.starts_with('~'))?.lines();
        let mut header = lines.next()?.split(' ');
        match (header.next()?, header.next()?.parse().ok()?) {
            (ASK, instance) => Some(Message::Ask(instance)),
            (HERE, instance) => {
                let (from, to) = (header.next()?.parse().ok()?, header.next()?.parse().ok()?);
                let moves = lines.map(Move::parse).collect::<Option<_>>()?;
                Some(Message::Here(Here { instance, from, to, moves }))
            }
            _ => None,
        }
    }
}

impl Here {
    fn to_text(&self) -> String {
        let mut text = format!("{HERE} {} {} {}\n", self.instance, self.from, self.to);
        for one in &self.moves {
            // Writing to a String cannot fail.
            let _ = match one {
                Move::Came(person) => writeln!(text, "+{} {}", person.client, person.user),
                Move::Left(client) => writeln!(text, "-{client}"),
            };
        }
        text
    }
}

impl Move {
    fn parse(line: &str) -> Option<Move> {
        if let Some(client) = line.strip_prefix('-') {
            return Some(Move::Left(client.parse().ok()?));
        }
        let (client, user) = line.strip_prefix('+')?.split_once(' ')?;
        Some(Move::Came(ClientInfo { client: client.parse().ok()?, user: UserId::parse(user)? }))
    }
}

impl Beat {
    pub fn to_text(&self) -> String {
        let mut text = format!("{BEAT} {}\n", self.instance);
        for RoomBeat { project, serial, asks } in &self.rooms {
            let _ = writeln!(text, "{project} {serial} {}", u8::from(*asks));
        }
        text
    }

    /// `None`: it is no beat.
    pub fn parse(message: &[u8]) -> Option<Beat> {
        let mut lines = std::str::from_utf8(message).ok()?.lines();
        let instance = lines.next()?.strip_prefix(BEAT)?.trim_start().parse().ok()?;
        Some(Beat { instance, rooms: lines.map(RoomBeat::parse).collect::<Option<_>>()? })
    }
}

impl RoomBeat {
    fn parse(line: &str) -> Option<RoomBeat> {
        let mut parts = line.split(' ');
        let (project, serial) = (ProjectId::parse(parts.next()?)?, parts.next()?.parse().ok()?);
        Some(RoomBeat { project, serial, asks: parts.next()? == "1" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;
    use bytes::Bytes;

    /// Proves P7.
    #[test]
    fn what_instances_tell_each_other_is_read_as_it_was_written() {
        let (instance, client) = (Uuid::new_v4(), Uuid::new_v4());
        let came = Move::Came(ClientInfo { client, user: UserId::new() });
        let here = Here { instance, from: 3, to: 4, moves: vec![came, Move::Left(Uuid::new_v4())] };
        for message in [Message::Ask(instance), Message::Here(here)] {
            let text = message.to_text();
            assert_eq!(Message::parse(text.as_bytes()), Some(message));
            assert!(Frame::from_message(&Bytes::from(text)).is_none(), "it is no event");
        }
        let rooms = vec![RoomBeat { project: ProjectId::new(), serial: 7, asks: true }];
        let beat = Beat { instance, rooms };
        assert_eq!(Beat::parse(beat.to_text().as_bytes()), Some(beat));
    }

    /// Proves P7.
    #[test]
    fn what_is_not_ours_is_ignored() {
        let instance = Uuid::new_v4();
        for text in ["", "~ask", "~ask x", "e 1 unchanged\n{}", "~said a b", &format!("~here {instance} 1\n")]
        {
            assert_eq!(Message::parse(text.as_bytes()), None, "{text:?}");
        }
        let half = format!("~here {instance} 0 1\n+{instance}");
        assert_eq!(Message::parse(half.as_bytes()), None);
        assert_eq!(Beat::parse(format!("~beat {instance}\nx 1 1\n").as_bytes()), None);
    }
}

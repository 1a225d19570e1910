//! How a door speaks to the clients whose connections a hub owns. The hub knows only bytes.

use super::said::{ClientInfo, Said};
use crate::frame::{Form, Frame};
use bytes::Bytes;
use domain::{ProjectId, UserId};
use std::time::Duration;
pub use store::feeds::Concern;

/// Why the hub ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The client takes nothing.
    Slow,
    /// The instance stops.
    ShuttingDown,
    /// Its token ended.
    Expired,
    /// Its session ended.
    SessionEnded,
    /// It did not answer a sign of life.
    Silent,
    /// It never said who it is.
    Nameless,
    /// A subscription would have to start over again too soon.
    InsufficientState,
}

/// Why the hub ends a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    /// The person is no member any more, or the project was deleted.
    Removed,
    /// The log was replaced: the client starts from a snapshot.
    Reset,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// They are in the room now.
    Came,
    /// They are no longer.
    Left,
}

/// What a client is told at the end of a subscription.
pub enum Farewell {
    /// A message; the connection stays.
    Message(Bytes),
    /// The last bytes of the connection.
    Last(Bytes),
}

/// What a client is told at the end of its connection.
pub struct LastWord {
    /// What is written last; may be empty.
    pub bytes: Bytes,
    /// Whether what still waits for the client is dropped.
    pub discard: bool,
}

/// The sign of life that clients get.
pub struct SignOfLife {
    /// The pause between two.
    pub every: Duration,
    /// What is written.
    pub bytes: Bytes,
    /// How long a client has to answer. `None`: it does not answer.
    pub answered_within: Option<Duration>,
}

/// The words of one kind of connection.
pub trait Dialect {
    /// Where frames keep [`Dialect::event`].
    fn form(&self) -> Form;

    /// An event.
    fn event(&self, project: ProjectId, frame: &Frame) -> Bytes;

    /// That somebody came into a room or left it.
    fn step(&self, project: ProjectId, step: Step, person: ClientInfo) -> Bytes;

    /// What somebody said into a room.
    fn said(&self, said: &Said) -> Bytes;

    /// The end of a subscription.
    fn parting(&self, project: ProjectId, why: Parting) -> Farewell;

    /// The end of the connection.
    fn closing(&self, why: Closing) -> LastWord;

    /// What changed for a person, to whoever asked to hear of it.
    fn changed(&self, user: UserId, what: Concern) -> Bytes;

    /// What shows that the connection still works, to both ends.
    fn sign_of_life(&self) -> SignOfLife;
}

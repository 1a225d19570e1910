//! Who is in a room, on all instances. Nothing of it is stored.
//!
//! Each instance always knows its own people (`watch`). Only while somebody asks for a room does anything of it go through
//! Redis: the instance that asks sends a question on the project's channel (`listener`), and the others tell their people, at once
//! and whenever they change (`teller`). Twice a second each instance that asks or tells says that it is there, in one message for
//! all its rooms. An instance that is not heard of for four beats is gone, and its people with it.
//!
//! While Redis is away nobody knows whom the others have, so the question is not answered, and nobody is said to have left.

mod ask;
mod exchange;
mod listener;
mod message;
mod pushes;
mod relayed;
mod teller;
mod watch;

pub use ask::{NotKnown, present};
pub use exchange::Exchange;
pub use message::{BEATS, Beat, Message};
pub use relayed::Outgoing;
pub use watch::Watch;

#[cfg(test)]
mod tests;

//! How clients of the Centrifuge protocol are spoken to.

use super::close::{Close, Unsubscribe};
use super::protocol::{self, PING_SECONDS, PONG_SECONDS};
use bytes::Bytes;
use domain::{ProjectId, UserId};
use engine::frame::{Form, Frame};
use engine::rooms::{
    ClientInfo, Closing, Concern, Dialect, Farewell, LastWord, Parting, Said, SignOfLife, Step,
};
use std::time::Duration;

/// The Centrifuge client protocol v2 in JSON.
pub struct Centrifuge;

impl Dialect for Centrifuge {
    fn form(&self) -> Form {
        Form::Socket
    }

    fn event(&self, project: ProjectId, frame: &Frame) -> Bytes {
        protocol::event(project, frame)
    }

    fn step(&self, project: ProjectId, step: Step, person: ClientInfo) -> Bytes {
        protocol::step(project, step, person)
    }

    fn said(&self, said: &Said) -> Bytes {
        protocol::said(said)
    }

    fn parting(&self, project: ProjectId, why: Parting) -> Farewell {
        let why = match why {
            Parting::Removed => Unsubscribe::REMOVED,
            Parting::Reset => Unsubscribe::INSUFFICIENT_STATE,
        };
        Farewell::Message(protocol::unsubscribed(project, why))
    }

    fn closing(&self, why: Closing) -> LastWord {
        let close = match why {
            Closing::Slow => Close::SLOW,
            Closing::ShuttingDown => Close::SHUTDOWN,
            Closing::Expired => Close::EXPIRED,
            Closing::SessionEnded => Close::INVALID_TOKEN,
            Closing::Silent => Close::NO_PONG,
            Closing::Nameless => Close::STALE,
            Closing::InsufficientState => Close::INSUFFICIENT_STATE,
        };
        last_word(close)
    }

    fn changed(&self, user: UserId, what: Concern) -> Bytes {
        protocol::for_person(user, what)
    }

    fn sign_of_life(&self) -> SignOfLife {
        SignOfLife {
            every: Duration::from_secs(PING_SECONDS),
            bytes: protocol::ping(),
            answered_within: Some(Duration::from_secs(PONG_SECONDS)),
        }
    }
}

/// The end of a connection. A client that takes nothing gets the close frame alone, without what waited.
pub fn last_word(close: Close) -> LastWord {
    tracing::debug!(code = close.code, reason = close.reason, "closing a connection");
    LastWord { bytes: protocol::close(close), discard: close == Close::SLOW }
}

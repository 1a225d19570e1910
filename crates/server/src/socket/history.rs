//! What came before, for a client that asks for it over its socket.

use super::centrifuge::{Connection, Ended};
use super::close::ErrorCode;
use super::command::History;
use super::protocol;
use bytes::Bytes;
use engine::ReadError;
use engine::read::LogStretch;
use engine::rooms::Position;
use serde_json::json;

/// Most events of one answer.
const MOST_EVENTS: i64 = 100;
/// Bytes of events in it, about.
const MOST_BYTES: i64 = 64 * 1024;

impl Connection {
    /// A stretch of a project's log, for members.
    pub async fn history(&self, id: u32, history: History) -> Result<(), Ended> {
        if !self.rates.aside() {
            return self.refuse(id, ErrorCode::TOO_MANY);
        }
        let (project, caller) = match (self.asked_project(&history.channel), self.caller()) {
            (Err(code), _) => return self.refuse(id, code),
            (Ok(_), None) => return Err(Ended),
            (Ok(project), Some(caller)) => (project, caller),
        };
        let since = history.since.map(|since| Position { epoch: since.epoch, version: since.offset });
        // Below 0 means all (CCP).
        let limit = if history.limit < 0 { MOST_EVENTS } else { history.limit.min(MOST_EVENTS) };
        let backwards = history.reverse;
        let question = LogStretch { caller, project, since, backwards, limit, bytes: MOST_BYTES };
        match self.app.engine.read(question).await {
            Ok(read) => {
                let result = json!({"epoch": read.epoch, "offset": read.head});
                let events = read.events.into_iter().map(|event| (event.version, Bytes::from(event.body)));
                let events: Vec<_> = events.collect();
                self.hub.send(&self.client, protocol::with_publications(id, "history", result, &events));
                Ok(())
            }
            Err(why) => self.refuse(id, of_read(&why)),
        }
    }
}

fn of_read(why: &ReadError) -> ErrorCode {
    match why {
        ReadError::NotFound => ErrorCode::PERMISSION_DENIED,
        ReadError::SessionEnded => ErrorCode::UNAUTHORIZED,
        ReadError::Resync { .. } => ErrorCode::UNRECOVERABLE,
        ReadError::Unavailable(_) => ErrorCode::INTERNAL,
        // History has no filters.
        ReadError::UnknownValue(_) | ReadError::Unreadable { .. } => ErrorCode::BAD_REQUEST,
        ReadError::Defect(cause) => {
            tracing::error!(cause, "history could not be read");
            ErrorCode::INTERNAL
        }
    }
}

//! What came after a version, piece by piece.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources, admitted};
use domain::{ProjectId, Version};
use store::AsyncPgConnection;
use store::events::{Logged, Wanted};

/// The first piece of what came after a version. No epoch: any.
pub struct EventsAfter {
    /// Who asks.
    pub caller: Caller,
    /// Whose log.
    pub project: ProjectId,
    /// The incarnation of the log that `after` is of; empty: any.
    pub epoch: String,
    /// Events above this version.
    pub after: Version,
    /// At most so many events.
    pub limit: i64,
    /// About how many bytes of events the piece has.
    pub bytes: i64,
}

/// A first piece, with where the log ended when it was read.
pub struct FirstEvents {
    /// The log's incarnation.
    pub epoch: String,
    /// The last version of the log.
    pub head: Version,
    /// In order, without a gap.
    pub events: Vec<Logged>,
}

impl Question for EventsAfter {
    type Answer = FirstEvents;

    /// Judges the caller and reads in one moment.
    async fn answer(self, from: &Sources) -> Result<FirstEvents, ReadError> {
        let EventsAfter { caller, project, epoch, after, limit, bytes } = self;
        let mut conn = store::pool::get(&from.pools.read).await?;
        let reading = conn.at_one_moment(async |conn: &AsyncPgConnection| {
            let admission = admitted(conn, &caller, project).await?;
            let other = !epoch.is_empty() && epoch != admission.epoch;
            if other || after > admission.version {
                return Err(ReadError::Resync { epoch: admission.epoch, head: admission.version });
            }
            let events = store::events::pages(conn, &[Wanted { project, after }], limit, bytes).await?;
            Ok(FirstEvents { epoch: admission.epoch, head: admission.version, events })
        });
        reading.await
    }
}

/// The next piece, for whoever has been given the first one.
pub struct NextEvents {
    /// Whose log.
    pub project: ProjectId,
    /// Of the first piece.
    pub epoch: String,
    /// Events above this version.
    pub after: Version,
    /// At most so many events.
    pub limit: i64,
    /// About so many bytes of them.
    pub bytes: i64,
}

impl Question for NextEvents {
    type Answer = Vec<Logged>;

    async fn answer(self, from: &Sources) -> Result<Vec<Logged>, ReadError> {
        let conn = from.conn().await?;
        let wanted = Wanted { project: self.project, after: self.after };
        let piece = store::events::pages(&conn, &[wanted], self.limit, self.bytes).await?;
        match piece.iter().all(|event| event.epoch == self.epoch) && !piece.is_empty() {
            true => Ok(piece),
            false => {
                let cause = "the log was replaced while a page of it was read";
                Err(ReadError::Unavailable(cause.to_owned()))
            }
        }
    }
}

/// The feed version of a person who may read a project, as of when they were judged.
pub struct FeedOfReader {
    /// Who asks.
    pub caller: Caller,
    /// The project that they may read.
    pub project: ProjectId,
}

impl Question for FeedOfReader {
    type Answer = i64;

    async fn answer(self, from: &Sources) -> Result<i64, ReadError> {
        let (conn, _) = from.admitted(&self.caller, self.project).await?;
        let standing = store::sessions::standings(&conn, &[(self.caller.user, self.caller.sid)]).await?;
        Ok(standing.first().map_or(0, |standing| standing.feed_version))
    }
}

//! A stretch of the log, forwards from a position or backwards.

use super::events::FirstEvents;
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources, admitted};
use crate::rooms::Position;
use domain::{ProjectId, Version};
use store::AsyncPgConnection;
use store::events::{Logged, Wanted};

/// Some events of a project's log, with where the log ends.
pub struct LogStretch {
    /// Who asks.
    pub caller: Caller,
    /// Whose log.
    pub project: ProjectId,
    /// Where to begin; the event of that version is not part of it. `None`: at the beginning, or at the end if backwards.
    pub since: Option<Position>,
    /// The events below `since`, the newest first, and not those above.
    pub backwards: bool,
    /// At most so many events; 0: only where the log ends.
    pub limit: i64,
    /// About so many bytes of events, and at least one event.
    pub bytes: i64,
}

impl Question for LogStretch {
    type Answer = FirstEvents;

    /// Judges the caller and reads in one moment.
    async fn answer(self, from: &Sources) -> Result<FirstEvents, ReadError> {
        let mut conn = store::pool::get(&from.pools.read).await?;
        let reading = conn.at_one_moment(async |conn: &AsyncPgConnection| {
            let admission = admitted(conn, &self.caller, self.project).await?;
            let (epoch, head) = (admission.epoch, admission.version);
            let is_of = |since: &Position| since.epoch.is_empty() || since.epoch == epoch;
            if self.since.as_ref().is_some_and(|since| !is_of(since) || !(0..=head).contains(&since.version))
            {
                return Err(ReadError::Resync { epoch, head });
            }
            let events =
                if self.backwards { self.below(conn, head).await? } else { self.above(conn).await? };
            Ok(FirstEvents { epoch, head, events })
        });
        reading.await
    }
}

impl LogStretch {
    async fn above(&self, conn: &AsyncPgConnection) -> Result<Vec<Logged>, ReadError> {
        let after = self.since.as_ref().map_or(0, |since| since.version);
        self.page(conn, after, self.limit).await
    }

    /// The bound of bytes cuts a page at its newer end, so a page that was cut is read again, half as long.
    async fn below(&self, conn: &AsyncPgConnection, head: Version) -> Result<Vec<Logged>, ReadError> {
        let before = self.since.as_ref().map_or(head + 1, |since| since.version);
        let mut count = self.limit.min(before - 1);
        loop {
            let mut page = self.page(conn, before - 1 - count, count).await?;
            if i64::try_from(page.len()).is_ok_and(|read| read >= count) {
                page.reverse();
                return Ok(page);
            }
            count /= 2;
        }
    }

    async fn page(
        &self,
        conn: &AsyncPgConnection,
        after: Version,
        count: i64,
    ) -> Result<Vec<Logged>, ReadError> {
        if count <= 0 {
            return Ok(Vec::new());
        }
        let wanted = [Wanted { project: self.project, after }];
        Ok(store::events::pages(conn, &wanted, count, self.bytes).await?)
    }
}

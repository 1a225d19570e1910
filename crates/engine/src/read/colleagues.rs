//! The people with whom somebody shares a project.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::UserId;
use serde::{Deserialize, Serialize};
use store::colleagues::{self, Asked, Colleague};

/// A page of the people with whom the caller shares a project, by name.
pub struct Colleagues {
    /// Who asks. Whoever has a token for some projects sees the people of those only.
    pub caller: Caller,
    /// Those whose name, or a word of it, begins so.
    pub beginning: String,
    /// Where the page before ended.
    pub after: Option<ColleaguesPageEnd>,
    /// At most so many people.
    pub limit: usize,
}

/// Where a page of people ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColleaguesPageEnd {
    /// What the last person was ordered by.
    pub order: String,
    /// The last person.
    pub id: UserId,
}

/// People, and where the next page begins.
pub struct ColleaguesPage {
    /// By name.
    pub people: Vec<Colleague>,
    /// `None`: this is the last page.
    pub next: Option<ColleaguesPageEnd>,
}

impl Question for Colleagues {
    type Answer = ColleaguesPage;

    async fn answer(self, from: &Sources) -> Result<ColleaguesPage, ReadError> {
        let Colleagues { caller, beginning, after, limit } = self;
        let only = caller.only_ids();
        let asked = Asked {
            only: only.as_deref(),
            beginning: &beginning,
            after: after.as_ref().map(|after| (after.order.as_str(), after.id)),
            limit: i64::try_from(limit + 1).unwrap_or(i64::MAX),
        };
        let conn = from.conn().await?;
        let (alive, mut people) = futures_util::try_join!(
            store::sessions::alive(&conn, caller.user, caller.sid),
            colleagues::of(&conn, caller.user, &asked)
        )?;
        if !alive {
            return Err(ReadError::SessionEnded);
        }
        let more = people.len() > limit;
        people.truncate(limit);
        let last = people.last().filter(|_| more);
        let next = last.map(|last| ColleaguesPageEnd { order: last.order.clone(), id: last.id });
        Ok(ColleaguesPage { people, next })
    }
}

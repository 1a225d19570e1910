//! The inbox: what a person is told, the latest first.

use super::places::{Place, Places, within};
use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use domain::ProjectId;
use domain::notice::Cause;
use store::notifications::{self, Filter, Notification};

/// A page of one's inbox.
pub struct OwnNotifications {
    /// Who asks.
    pub caller: Caller,
    /// Only what nobody has looked at.
    pub unread: bool,
    /// Of one of these projects; none: of any.
    pub projects: Vec<ProjectId>,
    /// Of one of these causes; none: of any.
    pub causes: Vec<Cause>,
    /// Where the page before ended.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// A page, and where the next one begins.
pub struct NotificationPage {
    /// The latest first.
    pub items: Vec<ShownNotification>,
    /// `None`: this is the last page.
    pub next: Option<i64>,
    /// How many in the whole inbox nobody has looked at.
    pub unread: i64,
}

/// A row with what it points at.
pub struct ShownNotification {
    /// The row.
    pub notification: Notification,
    /// `None`: the project ended for the person.
    pub place: Option<Place>,
}

impl Question for OwnNotifications {
    type Answer = NotificationPage;

    async fn answer(self, from: &Sources) -> Result<NotificationPage, ReadError> {
        let OwnNotifications { caller, unread, projects, causes, before, limit } = self;
        let projects = within(&caller, &projects);
        let filter = Filter { unread, projects, causes };
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let conn = from.conn().await?;
        let (alive, unread, mut found) = futures_util::try_join!(
            store::sessions::alive(&conn, caller.user, caller.sid),
            notifications::unread(&conn, caller.user, caller.only_ids()),
            notifications::of(&conn, caller.user, &filter, before, one_more),
        )?;
        if !alive {
            return Err(ReadError::SessionEnded);
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| last.id);
        let wanted: Vec<_> = found.iter().map(|row| (row.project, row.task)).collect();
        let places = Places::read(&conn, caller.user, &wanted).await?;
        let shown = |notification: Notification| {
            let place = places.of(notification.project, notification.task);
            ShownNotification { notification, place }
        };
        Ok(NotificationPage { items: found.into_iter().map(shown).collect(), next, unread })
    }
}

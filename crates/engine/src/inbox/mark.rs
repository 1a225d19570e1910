//! What a person changes in their inbox: what is read, what is muted, and whether they follow tasks by themselves. All their devices hear of what they read.

use crate::caller::Caller;
use crate::people::{Commit, PeopleError};
use crate::rooms::FeedHints;
use crate::work::Work;
use store::feeds::{self, Concerns};
use store::notifications::{self, Marked};
use store::pool::Pool;
use store::{AsyncPgConnection, mutes, sessions, watchers};
use uuid::Uuid;

/// Most tasks and projects that one person has muted.
const MOST_MUTES: i64 = 1_000;

/// The inboxes of an installation.
pub struct Inbox {
    write: Pool,
    hints: FeedHints,
    work: Work,
}

/// What somebody changes in their inbox.
pub enum InboxChange {
    /// Marks rows as read, or as unread again.
    Mark {
        /// Which rows.
        marked: Marked,
        /// As unread again.
        unread: bool,
    },
    /// Mutes a project of the person's, or a task of one.
    Mute(Uuid),
    /// Hears of a project or a task again, also of one that the person sees no more.
    Unmute(Uuid),
    /// Follows tasks by themselves from here on, or no more.
    Follow(bool),
}

impl Inbox {
    pub(crate) fn open(write: Pool, hints: FeedHints, work: Work) -> Inbox {
        Inbox { write, hints, work }
    }

    /// Makes a change. Answers how much of the whole inbox is unread then.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`] for what is no project of the person's and no task in one, [`PeopleError::TooManyMutes`].
    pub async fn change(&self, caller: Caller, change: InboxChange) -> Result<i64, PeopleError> {
        let pool = self.write.clone();
        let hints = self.hints.clone();
        let change = async move {
            let unread = changed(&pool, &caller, change).await?;
            hints.moved(caller.user);
            Ok(unread)
        };
        self.work.run(change).await
    }
}

async fn changed(pool: &Pool, caller: &Caller, change: InboxChange) -> Result<i64, PeopleError> {
    let mut conn = store::pool::get(pool).await?;
    let commit = Commit::default();
    let changing = conn.transaction(async |conn: &AsyncPgConnection| {
        if !sessions::alive(conn, caller.user, caller.sid).await? {
            return Err(PeopleError::SessionEnded);
        }
        match change {
            InboxChange::Follow(automatic) => watchers::set_automatic(conn, caller.user, automatic).await?,
            InboxChange::Mark { marked, unread } => mark(conn, caller, marked, unread).await?,
            InboxChange::Mute(target) => mute(conn, caller, target).await?,
            InboxChange::Unmute(target) => {
                mutes::remove(conn, caller.user, caller.only_ids(), target).await?
            }
        }
        commit.follows(notifications::unread(conn, caller.user, caller.only_ids()).await?)
    });
    changing.await.map_err(|error: PeopleError| commit.failed(error))
}

/// Rows of the inbox are locked before people, as by the transactions that tell people.
async fn mark(
    conn: &AsyncPgConnection,
    caller: &Caller,
    marked: Marked,
    unread: bool,
) -> Result<(), PeopleError> {
    if notifications::mark(conn, caller.user, caller.only_ids(), marked, unread).await? > 0 {
        feeds::raise(conn, &[(caller.user, Concerns::INBOX)]).await?;
    }
    Ok(())
}

async fn mute(conn: &AsyncPgConnection, caller: &Caller, target: Uuid) -> Result<(), PeopleError> {
    let user = caller.user;
    let project = mutes::place(conn, user, target).await?.filter(|project| caller.reaches(*project));
    let project = project.ok_or(PeopleError::NotFound)?;
    let is_new = mutes::put(conn, user, target, project).await?;
    match is_new && mutes::count(conn, user).await? > MOST_MUTES {
        true => Err(PeopleError::TooManyMutes),
        false => Ok(()),
    }
}

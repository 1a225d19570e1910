//! Memberships that begin or end without a command, in a transaction of whoever calls: an invitation is accepted, an account
//! is deleted. They take the spine's way through lock, facts, plan and write, but not its queue.
//!
//! Such a transaction may change several projects, which no command does. All of them are locked before anything is
//! written, in the order of their ids, so two such transactions wait for each other in one direction only. A command's
//! transaction waits for no second project, so none is waited for in a circle.
//!
//! The listeners are told after the commit, as of any other. They may hear of a command's later event first, as they do of
//! events of other instances.

use super::plan::{Cause, Plan, Planning};
use super::spine::Spine;
use super::submission::ExecuteError;
use super::{transaction, write};
use domain::event::EventBody;
use domain::facts::{Facts, Touched};
use domain::member::join;
use domain::{ProjectId, Rejection, UserId};
use store::AsyncPgConnection;
use store::projects::LockedProject;

/// A project under its lock, with what the rules need to know of some people.
pub struct HeldProject {
    locked: LockedProject,
    planning: Planning,
}

impl HeldProject {
    /// Locks a project. `None`: there is none.
    ///
    /// # Locks
    /// The project's row, to the end of the caller's transaction. Several are locked in the order of their ids, before
    /// anything is written.
    ///
    /// # Errors
    /// [`ExecuteError::Unavailable`] when the lock does not come in time; those of the queries.
    pub async fn lock(
        conn: &AsyncPgConnection,
        project: ProjectId,
        people: &[UserId],
    ) -> Result<Option<HeldProject>, ExecuteError> {
        let Some(locked) = store::projects::lock(conn, project).await? else { return Ok(None) };
        let touched = Touched { users: people.iter().copied().collect(), ..Touched::default() };
        let found = store::facts::read(conn, project, &touched).await?;
        let planning = Planning::new(&locked, found.under(&locked, &[]), Vec::new());
        Ok(Some(HeldProject { locked, planning }))
    }

    /// What is known of it.
    pub fn facts(&self) -> &Facts {
        &self.planning.facts
    }

    /// Appends an event that `actor` causes, to be written by [`write_all`].
    pub fn append(mut self, actor: UserId, body: EventBody) -> Moved {
        self.planning.append(Cause::without_command(actor), body, Vec::new(), Vec::new());
        let plan = self.planning.into_plan(Vec::new(), &self.locked);
        Moved { locked: self.locked, plan }
    }
}

/// A membership that begins, changes or ends.
pub struct Moved {
    locked: LockedProject,
    plan: Plan,
}

/// What became of somebody who leaves a project.
pub enum Left {
    /// They leave; tell the listeners after the commit.
    Moved(Box<Moved>),
    /// They are no member, or there is no such project.
    NoMember,
    /// They are the last owner, who has to stay.
    LastOwner,
}

/// Writes memberships, of one project each; the caller commits. Its last statement, because people's rows are locked.
///
/// # Errors
/// Those of the queries.
pub async fn write_all(conn: &AsyncPgConnection, moved: &[Moved]) -> Result<(), ExecuteError> {
    let plans: Vec<_> = moved.iter().map(|moved| (&moved.locked, &moved.plan)).collect();
    write::several(conn, &plans).await
}

/// Tells the listeners of memberships that are committed.
pub fn announce(spine: &Spine, moved: &[Moved]) {
    for Moved { plan, .. } in moved {
        transaction::announce(spine, plan);
        spine.transactions.inc();
    }
}

/// Takes a person out of a project, whoever asks for it: no session is needed, because the account may have ended. In the
/// bin, too. The caller commits, and then tells the listeners by [`announce`].
///
/// # Locks
/// The project's row, then the person's, to the end of the caller's transaction.
///
/// # Errors
/// See [`HeldProject::lock`].
pub async fn leave(
    conn: &AsyncPgConnection,
    project: ProjectId,
    person: UserId,
) -> Result<Left, ExecuteError> {
    let Some(held) = HeldProject::lock(conn, project, &[person]).await? else { return Ok(Left::NoMember) };
    let leaving = match join::leaving(held.facts(), person) {
        Ok(leaving) => leaving,
        Err(Rejection::LastOwner) => return Ok(Left::LastOwner),
        Err(other) => return Err(ExecuteError::Defect(other.detail())),
    };
    let Some(body) = leaving else { return Ok(Left::NoMember) };
    let moved = held.append(person, body);
    write_all(conn, std::slice::from_ref(&moved)).await?;
    Ok(Left::Moved(Box::new(moved)))
}

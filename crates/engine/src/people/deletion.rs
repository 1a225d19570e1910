//! Deleting an account: name, address, password, sessions and API tokens go at once; the id stays, because the log names it.
//! Then the person leaves one project after the other, in a transaction each. A row says that this is not finished, so
//! any instance goes on with it after a crash.

use super::account::Password;
use super::error::PeopleError;
use super::own::{changed, proven};
use super::sessions::{Desk, People};
use crate::caller::Caller;
use crate::execute::{self, ExecuteError, Left};
use domain::{ProjectId, UserId};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{AsyncPgConnection, StoreError, accounts, sessions};

/// Pause before the projects of a deleted account are gone through again, because some were not left.
const PAUSE: Duration = Duration::from_secs(60);

impl People {
    /// Deletes the caller's account. Its projects are left afterwards.
    ///
    /// # Errors
    /// [`PeopleError::WrongPassword`], [`PeopleError::TooManyAttempts`], [`PeopleError::SoleOwner`].
    pub async fn delete(
        &self,
        caller: Caller,
        address: IpAddr,
        password: Password,
    ) -> Result<(), PeopleError> {
        let desk = self.desk.clone();
        self.work.run(async move { delete(&desk, &caller, address, password).await }).await
    }

    /// Leaves the projects of deleted accounts, for as long as the instance runs.
    pub(crate) fn departures(&self) -> impl Future<Output = ()> + use<> {
        let desk = self.desk.clone();
        async move {
            loop {
                if let Err(error) = depart_all(&desk).await {
                    tracing::warn!(%error, "projects of deleted accounts could not be left");
                }
                // A deletion on this instance goes on at once, one that another instance left unfinished within the pause.
                let _ = tokio::time::timeout(PAUSE, desk.deleted.notified()).await;
            }
        }
    }
}

async fn depart_all(desk: &Arc<Desk>) -> Result<(), ExecuteError> {
    loop {
        let departing = {
            let mut conn = store::pool::get(&desk.write).await?;
            let pause = i64::try_from(PAUSE.as_secs()).unwrap_or(i64::MAX);
            let take = conn.transaction(async |conn| accounts::departing(conn, pause).await);
            let departing: Result<_, StoreError> = take.await;
            departing?
        };
        let Some(user) = departing else { return Ok(()) };
        depart(desk, user).await?;
    }
}

/// Leaves one project after the other. What became of an unanswered COMMIT is seen the next time.
async fn depart(desk: &Desk, user: UserId) -> Result<(), ExecuteError> {
    let projects = accounts::projects_of(&*store::pool::read(&desk.read).await?, user).await?;
    for project in projects {
        leave(desk, user, project).await?;
    }
    let mut conn = store::pool::get(&desk.write).await?;
    let departed: Result<bool, StoreError> =
        conn.transaction(async |conn| accounts::departed(conn, user).await).await;
    if departed? {
        tracing::info!(target: "audit", { user.id = %user }, "a deleted account has left all its projects");
    }
    Ok(())
}

async fn leave(desk: &Desk, user: UserId, project: ProjectId) -> Result<(), ExecuteError> {
    let left = {
        let mut conn = store::pool::get(&desk.write).await?;
        conn.transaction(async |conn| execute::leave(conn, project, user).await).await?
    };
    match left {
        Left::Moved(moved) => execute::announce(&desk.spine, std::slice::from_ref(&moved)),
        Left::NoMember => {}
        Left::LastOwner => {
            tracing::warn!(user.id = %user, project.id = %project, "a deleted account is the last owner of a project");
        }
    }
    Ok(())
}

async fn delete(
    desk: &Desk,
    caller: &Caller,
    address: IpAddr,
    password: Password,
) -> Result<(), PeopleError> {
    let known = proven(desk, caller, address, password).await?;
    let empty = async |conn: &AsyncPgConnection| -> Result<(), PeopleError> {
        let owned = accounts::sole_owner_of(conn, caller.user).await?;
        if !owned.is_empty() {
            return Err(PeopleError::SoleOwner { projects: owned });
        }
        accounts::delete(conn, caller.user).await?;
        sessions::revoke_all(conn, caller.user).await?;
        Ok(())
    };
    changed(desk, caller, &known, empty).await?;
    desk.deleted.notify_one();
    tracing::info!(target: "audit", { user.id = %caller.user }, "account deleted");
    Ok(())
}

//! Deleting an account: name, address, password, sessions and API tokens go at once; the id stays, because the log names it.
//! Then the person leaves one project after the other, in a transaction each. A row says that this is not finished, so
//! any instance goes on with it after a crash.

use super::account::Password;
use super::error::PeopleError;
use super::own::{changed, proven};
use super::sessions::{Desk, People};
use crate::caller::Caller;
use std::net::IpAddr;
use store::{AsyncPgConnection, accounts, sessions};

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
    tracing::info!(target: "audit", { user.id = %caller.user }, "account deleted");
    Ok(())
}

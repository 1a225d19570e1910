//! Who is a member of a project, and as what.

pub mod add;
pub mod join;
pub mod update;

use crate::access::Role;
use crate::ids::UserId;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// A member as a snapshot lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// What the person may do.
    pub role: Role,
}

/// Refuses that the last owner leaves, or loses the role. `owners`: how many there are.
///
/// # Errors
/// [`Rejection::LastOwner`]
fn keep_an_owner(owners: usize, leaving: Role) -> Result<(), Rejection> {
    match leaving == Role::Owner && owners <= 1 {
        true => Err(Rejection::LastOwner),
        false => Ok(()),
    }
}

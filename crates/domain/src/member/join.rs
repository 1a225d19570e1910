//! Memberships that begin or end without a command: somebody comes in by an invitation, or their account ends.

use super::add::{MemberAdded, MemberRemoved};
use super::keep_an_owner;
use super::update::MemberUpdated;
use crate::Role;
use crate::event::EventBody;
use crate::facts::Facts;
use crate::ids::UserId;
use crate::rejection::Rejection;

/// What happens when an invitation gives somebody a role. `None`: they may do as much already.
pub fn joining(facts: &Facts, user: UserId, role: Role) -> Option<EventBody> {
    match facts.role(user) {
        None => Some(MemberAdded { user, role }.into()),
        Some(has) if has >= role => None,
        Some(_) => Some(MemberUpdated { user, role }.into()),
    }
}

/// What happens when somebody leaves for good. `None`: they are no member.
///
/// # Errors
/// [`Rejection::LastOwner`]
pub fn leaving(facts: &Facts, user: UserId) -> Result<Option<EventBody>, Rejection> {
    let Some(has) = facts.role(user) else { return Ok(None) };
    keep_an_owner(facts.owners, has)?;
    Ok(Some(MemberRemoved { user }.into()))
}

/// Whether somebody may invite into a project now: an owner whose account works, into a project that takes changes.
pub fn may_invite(facts: &Facts, user: UserId) -> bool {
    let takes_changes = !facts.deleted && !facts.state.project.archived;
    takes_changes && facts.role(user) == Some(Role::Owner) && facts.accounts.contains(&user)
}

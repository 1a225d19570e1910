//! Commands on who is a member, and as what.

use super::Decision;
use crate::access::Role;
use crate::event::EventBody;
use crate::facts::{Facts, Subject};
use crate::ids::UserId;
use crate::json::{Fields, Invalid};
use crate::rejection::Rejection;
use serde::Serialize;

/// `member.add`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AddMember {
    pub user: UserId,
    pub role: Role,
}

impl AddMember {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        read(fields).map(|(user, role)| AddMember { user, role })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let AddMember { user, role } = *self;
        match facts.role(user) {
            Some(has) if has == role => Ok(Decision::unchanged(Subject::Member(user))),
            Some(has) => Err(Rejection::AlreadyMember { role: has }),
            None if !facts.accounts.contains(&user) => Err(Rejection::UnknownUser { user }),
            None => Ok(Decision::change(EventBody::MemberAdded { user, role }, Subject::Member(user))),
        }
    }
}

/// `member.update`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UpdateMember {
    pub user: UserId,
    pub role: Role,
}

impl UpdateMember {
    pub(super) fn read(fields: Fields) -> Result<Self, Invalid> {
        read(fields).map(|(user, role)| UpdateMember { user, role })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let UpdateMember { user, role } = *self;
        let has = facts.role(user).ok_or(Rejection::MemberNotFound)?;
        if has == role {
            return Ok(Decision::unchanged(Subject::Member(user)));
        }
        keep_an_owner(facts, has)?;
        Ok(Decision::change(EventBody::MemberUpdated { user, role }, Subject::Member(user)))
    }
}

/// `member.remove`; everybody may remove themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RemoveMember {
    pub user: UserId,
}

impl RemoveMember {
    pub(super) fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let user = fields.required("user", UserId::read);
        fields.finish()?;
        Ok(RemoveMember { user: user.expect("required") })
    }

    pub(super) fn decide(&self, facts: &Facts) -> Result<Decision, Rejection> {
        let has = facts.role(self.user).ok_or(Rejection::MemberNotFound)?;
        keep_an_owner(facts, has)?;
        let event = EventBody::MemberRemoved { user: self.user };
        Ok(Decision::change(event, Subject::Member(self.user)))
    }
}

fn read(mut fields: Fields) -> Result<(UserId, Role), Invalid> {
    let user = fields.required("user", UserId::read);
    let role = fields.required("role", Role::read);
    fields.finish()?;
    Ok((user.expect("required"), role.expect("required")))
}

fn keep_an_owner(facts: &Facts, leaving: Role) -> Result<(), Rejection> {
    match leaving == Role::Owner && facts.owners <= 1 {
        true => Err(Rejection::LastOwner),
        false => Ok(()),
    }
}

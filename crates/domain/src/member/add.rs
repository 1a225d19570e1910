//! `member.add` and `member.remove`: each is the undo of the other.

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid, only};
use crate::member::keep_an_owner;
use crate::notice::news::News;
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Adds a member.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AddMember {
    /// Somebody with whom one shares a project.
    pub user: UserId,
    /// What the person may do.
    pub role: Role,
}

/// Somebody became a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberAdded {
    /// The person.
    pub user: UserId,
    /// What the person may do.
    pub role: Role,
}

impl CommandRules for AddMember {
    type Event = MemberAdded;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let user = fields.required("user", UserId::read);
        let role = fields.required("role", Role::read);
        fields.finish()?;
        Ok(AddMember { user: user.expect("required"), role: role.expect("required") })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.users.insert(self.user);
    }

    fn needs(&self, _: UserId) -> Role {
        Role::Owner
    }

    fn possible(&self) -> Possible {
        Possible::Active
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<MemberAdded>, Rejection> {
        let AddMember { user, role } = *self;
        match facts.role(user) {
            Some(has) if has == role => Ok(Decision::unchanged(Subject::Member(user))),
            Some(has) => Err(Rejection::AlreadyMember { role: has }),
            None if !facts.may_add(actor.user, user) => Err(Rejection::UnknownUser { user }),
            None => Ok(Decision::change(MemberAdded { user, role }, Subject::Member(user))),
        }
    }

    fn example() -> Value {
        json!({"user": "018f9c1e-0000-7000-8000-00000000000a", "role": "editor"})
    }

    fn refusals() -> Vec<Code> {
        vec![
            (RejectionKind::Conflict, "already_member"),
            rejection::ARCHIVED,
            rejection::SESSION_REQUIRED,
            (RejectionKind::Unprocessable, "unknown_user"),
        ]
    }
}

impl EventRules for MemberAdded {
    type Undo = RemoveMember;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        state.members.insert(self.user, self.role);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.count_owner(self.user, Some(self.role));
    }

    fn effects(&self) -> Effects {
        let news = vec![News::Invited(self.user)];
        Effects { news, ..Effects::access(Access::Granted(self.user, self.role)) }
    }

    fn before(&self, _: &Facts, _: &[Reranked]) -> Option<Before> {
        None
    }

    fn activity(&self, _: Option<&Before>) -> Vec<Change> {
        vec![Change::new("role", Value::Null, json!(self.role))]
    }

    fn undo(&self, _: Undone<'_>) -> Result<RemoveMember, Rejection> {
        Ok(RemoveMember { user: self.user })
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed("role", facts.role(self.user) != Some(self.role))
    }
}

/// Removes a member; everybody may remove themselves.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RemoveMember {
    /// The person.
    pub user: UserId,
}

/// Somebody is no member any more, and gets nothing above this event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberRemoved {
    /// The person.
    pub user: UserId,
}

impl CommandRules for RemoveMember {
    type Event = MemberRemoved;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "user", UserId::read).map(|user| RemoveMember { user })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.users.insert(self.user);
    }

    fn needs(&self, actor: UserId) -> Role {
        if self.user == actor { Role::Viewer } else { Role::Owner }
    }

    fn possible(&self) -> Possible {
        Possible::Archived
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<MemberRemoved>, Rejection> {
        let has = facts.role(self.user).ok_or(Rejection::MemberNotFound)?;
        keep_an_owner(facts.owners, has)?;
        Ok(Decision::change(MemberRemoved { user: self.user }, Subject::Member(self.user)))
    }

    fn example() -> Value {
        json!({"user": "018f9c1e-0000-7000-8000-00000000000a"})
    }

    fn refusals() -> Vec<Code> {
        vec![
            (RejectionKind::NotFound, "member_not_found"),
            (RejectionKind::Conflict, "last_owner"),
            rejection::SESSION_REQUIRED,
        ]
    }
}

impl EventRules for MemberRemoved {
    type Undo = AddMember;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        state.members.remove(&self.user);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.count_owner(self.user, None);
        facts.watchers.retain(|(_, user)| *user != self.user);
        facts.following.retain(|(_, user)| *user != self.user);
    }

    fn effects(&self) -> Effects {
        Effects { news: vec![News::Removed(self.user)], ..Effects::access(Access::Revoked(self.user)) }
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.role(self.user).map(Before::Role)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        vec![Change::new("role", Before::role(before).map_or(Value::Null, |role| json!(role)), Value::Null)]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<AddMember, Rejection> {
        let role = Before::role(undone.before);
        role.map_or_else(Undone::not_kept, |role| Ok(AddMember { user: self.user, role }))
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed("role", facts.role(self.user).is_some())
    }
}

//! `member.update`

use crate::Role;
use crate::access::Access;
use crate::activity::Change;
use crate::before::Before;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::UserId;
use crate::json::{Fields, Invalid};
use crate::member::keep_an_owner;
use crate::order::Reranked;
use crate::rejection::{self, Rejection, RejectionKind};
use crate::rules::{
    Actor, Code, CommandRules, Decision, Effects, EventRules, Involves, Possible, Stamp, Undone, changed,
};
use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Gives a member another role.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UpdateMember {
    /// The person.
    pub user: UserId,
    /// What the person may do from here on.
    pub role: Role,
}

/// A member has another role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberUpdated {
    /// The person.
    pub user: UserId,
    /// What the person may do from here on.
    pub role: Role,
}

impl CommandRules for UpdateMember {
    type Event = MemberUpdated;

    fn read(mut fields: Fields) -> Result<Self, Invalid> {
        let user = fields.required("user", UserId::read);
        let role = fields.required("role", Role::read);
        fields.finish()?;
        Ok(UpdateMember { user: user.expect("required"), role: role.expect("required") })
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

    fn decide(&self, facts: &Facts, _: Actor) -> Result<Decision<MemberUpdated>, Rejection> {
        let UpdateMember { user, role } = *self;
        let has = facts.role(user).ok_or(Rejection::MemberNotFound)?;
        if has == role {
            return Ok(Decision::unchanged(Subject::Member(user)));
        }
        keep_an_owner(facts.owners, has)?;
        Ok(Decision::change(MemberUpdated { user, role }, Subject::Member(user)))
    }

    fn example() -> Value {
        json!({"user": "018f9c1e-0000-7000-8000-00000000000a", "role": "editor"})
    }

    fn refusals() -> Vec<Code> {
        vec![
            (RejectionKind::NotFound, "member_not_found"),
            (RejectionKind::Conflict, "last_owner"),
            rejection::ARCHIVED,
            rejection::SESSION_REQUIRED,
        ]
    }
}

impl EventRules for MemberUpdated {
    type Undo = UpdateMember;

    fn apply(&self, state: &mut State, _: &Stamp) -> Result<(), FoldError> {
        state.members.insert(self.user, self.role);
        Ok(())
    }

    fn note(&self, facts: &mut Facts, _: &Stamp) {
        facts.count_owner(self.user, Some(self.role));
    }

    fn effects(&self) -> Effects {
        Effects::access(Access::Granted(self.user, self.role))
    }

    fn before(&self, facts: &Facts, _: &[Reranked]) -> Option<Before> {
        facts.role(self.user).map(Before::Role)
    }

    fn activity(&self, before: Option<&Before>) -> Vec<Change> {
        let was = Before::role(before).map_or(Value::Null, |role| json!(role));
        vec![Change::new("role", was, json!(self.role))]
    }

    fn undo(&self, undone: Undone<'_>) -> Result<UpdateMember, Rejection> {
        let role = Before::role(undone.before);
        role.map_or_else(Undone::not_kept, |role| Ok(UpdateMember { user: self.user, role }))
    }

    fn changed_since(&self, facts: &Facts, _: &Stamp) -> Vec<String> {
        changed("role", facts.role(self.user) != Some(self.role))
    }
}

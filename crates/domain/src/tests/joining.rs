//! Memberships that begin and end without a command.

use super::*;
use crate::member::add::{MemberAdded, MemberRemoved};
use crate::member::join::{joining, leaving, may_invite};
use crate::member::update::MemberUpdated;

const ROLES: [(&str, Role); 3] = [("viewer", Role::Viewer), ("editor", Role::Editor), ("owner", Role::Owner)];

#[test]
fn an_invitation_makes_somebody_a_member() {
    let world = World::new();
    for (_, role) in ROLES {
        let user = UserId::new();
        assert_eq!(joining(&world.facts, user, role), Some(MemberAdded { user, role }.into()));
    }
}

#[test]
fn an_invitation_raises_a_role_and_never_lowers_it() {
    let mut world = World::new();
    for (has, (name, _)) in ROLES.into_iter().enumerate() {
        let user = world.member(name);
        for (given, (_, role)) in ROLES.into_iter().enumerate() {
            let raised = (given > has).then(|| MemberUpdated { user, role }.into());
            assert_eq!(joining(&world.facts, user, role), raised, "{name} is invited as {role:?}");
        }
    }
}

#[test]
fn an_account_that_ends_leaves_its_projects_but_for_the_last_owner() {
    let mut world = World::new();
    let (owner, viewer) = (world.owner, world.member("viewer"));
    assert_eq!(leaving(&world.facts, viewer), Ok(Some(MemberRemoved { user: viewer }.into())));
    assert_eq!(leaving(&world.facts, UserId::new()), Ok(None), "no member");
    assert_eq!(leaving(&world.facts, owner), Err(Rejection::LastOwner));
    world.member("owner");
    assert_eq!(leaving(&world.facts, owner), Ok(Some(MemberRemoved { user: owner }.into())));
}

#[test]
fn only_an_owner_whose_account_works_invites_and_only_while_the_project_takes_changes() {
    let mut world = World::new();
    let (owner, editor) = (world.owner, world.member("editor"));
    assert!(may_invite(&world.facts, owner));
    assert!(!may_invite(&world.facts, editor));
    assert!(!may_invite(&world.facts, UserId::new()));
    let disabled = Facts { accounts: BTreeSet::from([editor]), ..world.facts.clone() };
    assert!(!may_invite(&disabled, owner));
    assert!(!may_invite(&Facts { deleted: true, ..world.facts.clone() }, owner));
    world.must(owner, json!({"type": "project.update", "set": {"archived": true}}));
    assert!(!may_invite(&world.facts, owner));
}

//! Who may do what, and who can be a member or an assignee.

use super::*;

#[test]
fn a_viewer_changes_nothing_and_an_editor_no_members() {
    let mut world = World::new();
    let (viewer, editor) = (world.member("viewer"), world.member("editor"));
    let task = world.task("One");
    assert_eq!(
        world.refusal(viewer, json!({"type": "task.update", "task": task, "set": {"title": "x"}})),
        "forbidden"
    );
    assert_eq!(world.refusal(viewer, json!({"type": "comment.add", "task": task, "body": "x"})), "forbidden");
    assert_eq!(world.refusal(editor, json!({"type": "member.remove", "user": viewer})), "forbidden");
    assert_eq!(world.refusal(editor, json!({"type": "project.update", "set": {"name": "x"}})), "forbidden");
    world.must(viewer, json!({"type": "member.remove", "user": viewer}));
    assert_eq!(world.refusal(viewer, json!({"type": "project.restore"})), "not_found");
}

#[test]
fn a_project_keeps_an_owner() {
    let mut world = World::new();
    let owner = world.owner;
    assert_eq!(world.refusal(owner, json!({"type": "member.remove", "user": owner})), "last_owner");
    assert_eq!(
        world.refusal(owner, json!({"type": "member.update", "user": owner, "role": "editor"})),
        "last_owner"
    );
    let second = world.member("owner");
    world.must(owner, json!({"type": "member.update", "user": owner, "role": "viewer"}));
    assert_eq!(world.refusal(second, json!({"type": "member.remove", "user": second})), "last_owner");
}

#[test]
fn members_are_people_with_an_account() {
    let mut world = World::new();
    let (owner, nobody) = (world.owner, UserId::new());
    let editor = world.member("editor");
    assert_eq!(
        world.refusal(owner, json!({"type": "member.add", "user": nobody, "role": "viewer"})),
        "unknown_user"
    );
    assert_eq!(
        world.refusal(owner, json!({"type": "member.add", "user": editor, "role": "viewer"})),
        "already_member"
    );
    assert_eq!(world.try_(owner, json!({"type": "member.add", "user": editor, "role": "editor"})), Ok(None));
    assert_eq!(
        world.refusal(owner, json!({"type": "member.update", "user": nobody, "role": "viewer"})),
        "member_not_found"
    );
}

#[test]
fn only_a_colleague_of_whoever_adds_is_added_or_who_was_removed_and_comes_back() {
    let world = World::new();
    let (owner, user) = (world.owner, UserId::new());
    let add = json!({"type": "member.add", "user": user, "role": "viewer"});
    let (command, _) = Command::read(add).expect("a valid command");
    let mut touched = Touched::default();
    command.touch_for(owner, &mut touched);
    assert_eq!(touched.added, BTreeSet::from([(owner, user)]));
    let added = |account: bool, colleagues: &[(UserId, UserId)], returning: bool| {
        let facts = Facts {
            accounts: account.then_some(user).into_iter().collect(),
            colleagues: colleagues.iter().copied().collect(),
            returning: returning.then_some(user).into_iter().collect(),
            ..world.facts.clone()
        };
        command.decide(&facts, &Past::new(), owner).map_err(|no| no.code()).map(|_| ())
    };
    assert_eq!(added(true, &[], false), Err("unknown_user"));
    assert_eq!(added(true, &[(UserId::new(), user), (owner, UserId::new())], false), Err("unknown_user"));
    assert_eq!(added(false, &[(owner, user)], true), Err("unknown_user"), "without an account");
    assert_eq!(added(true, &[(owner, user)], false), Ok(()));
    assert_eq!(added(true, &[], true), Ok(()));
}

#[test]
fn only_members_are_assigned_but_who_left_may_stay() {
    let mut world = World::new();
    let (owner, editor) = (world.owner, world.member("editor"));
    let task = world.task("One");
    let assign = |user: UserId| json!({"type": "task.update", "task": task, "add": {"assignees": [user]}});
    assert_eq!(world.refusal(owner, assign(UserId::new())), "unknown_assignee");
    world.must(owner, assign(editor));
    world.must(owner, json!({"type": "member.remove", "user": editor}));
    world.must(owner, assign(owner));
    assert_eq!(world.facts.state.tasks[&task].assignees, BTreeSet::from([owner, editor]));
    world.must(owner, json!({"type": "task.update", "task": task, "remove": {"assignees": [editor]}}));
    assert_eq!(world.refusal(owner, assign(editor)), "unknown_assignee");
}

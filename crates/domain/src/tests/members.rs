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

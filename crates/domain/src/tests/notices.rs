//! Who is told of what.

use super::*;
use crate::facts::Waiting;
use crate::notice::gather::{Gathering, MANY_TASKS, Notice};
use crate::notice::{Cause, Told};

/// What a command would tell, before it is applied.
fn told(world: &World, actor: UserId, command: Value) -> Vec<Told> {
    let (command, _) = Command::read(command).expect("a valid command");
    let decision = command.decide(&world.facts, &world.past, actor).expect("allowed");
    let event = Event {
        version: world.facts.version + 1,
        body: decision.event.expect("it changes something"),
        actor,
        ..world.log[0].clone()
    };
    event.told(&world.facts)
}

fn whom(told: &[Told]) -> Vec<(UserId, Cause)> {
    told.iter().map(|told| (told.user, told.cause)).collect()
}

#[test]
fn watchers_are_told_of_changes_but_not_who_made_them_nor_who_muted_the_task() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let (a, b) = (world.member("editor"), world.member("viewer"));
    world.facts.watchers = BTreeSet::from([(task, owner), (task, a), (task, b)]);
    world.facts.muted = BTreeSet::from([(task, b)]);
    let title = json!({"type": "task.update", "task": task, "set": {"title": "Two"}});
    assert_eq!(whom(&told(&world, a, title)), [(owner, Cause::Changed)]);
    let drag = json!({"type": "task.move", "task": world.task("Other"), "before": task});
    assert_eq!(told(&world, a, drag), []);
    let delete = json!({"type": "task.delete", "task": task});
    assert_eq!(whom(&told(&world, owner, delete)), [(a, Cause::Changed)]);
}

#[test]
fn only_new_assignees_are_told_muted_or_not() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let (a, b) = (world.member("editor"), world.member("viewer"));
    world.must(owner, json!({"type": "task.update", "task": task, "add": {"assignees": [a]}}));
    world.facts.muted = BTreeSet::from([(task, b)]);
    let assign = json!({"type": "task.update", "task": task, "set": {"assignees": [a, b, owner]}});
    assert_eq!(whom(&told(&world, owner, assign)), [(b, Cause::Assigned)]);
    let make = json!({"type": "task.create", "title": "Two", "assignees": [a, owner]});
    assert_eq!(whom(&told(&world, owner, make)), [(a, Cause::Assigned)]);
}

#[test]
fn a_reply_tells_the_author_if_they_hear_and_a_changed_text_only_the_newly_mentioned() {
    let mut world = World::new();
    let (owner, task, id) = (world.owner, world.task("One"), CommentId::new());
    let (a, b) = (world.member("editor"), world.member("viewer"));
    world.must(a, json!({"type": "comment.add", "id": id, "task": task, "body": format!("<@{owner}>")}));
    let reply = json!({"type": "comment.add", "task": task, "reply_to": id, "body": "Yes"});
    assert_eq!(told(&world, owner, reply.clone()), [], "the author has left, or muted the task");
    world.facts.heard.insert(id);
    assert_eq!(whom(&told(&world, owner, reply)), [(a, Cause::Replied)]);
    let text = format!("<@{owner}> <@{b}> <@{a}>");
    let update = json!({"type": "comment.update", "comment": id, "body": text});
    assert_eq!(whom(&told(&world, a, update)), [(b, Cause::Mentioned)]);
}

#[test]
fn a_finished_blocker_tells_those_whose_open_tasks_waited() {
    let mut world = World::new();
    let (owner, blocker, mine) = (world.owner, world.task("Blocker"), TaskId::new());
    let a = world.member("editor");
    let waiting = |status: &str| Waiting {
        task: mine,
        status: Key::stored(status.to_owned()),
        assignees: BTreeSet::from([a, owner]),
    };
    let finish = |status: &str| json!({"type": "task.move", "task": blocker, "status": status});
    world.facts.waiting = BTreeMap::from([(blocker, vec![waiting("todo")])]);
    assert_eq!(told(&world, owner, finish("in_progress")), []);
    for status in ["done", "cancelled"] {
        let told = told(&world, owner, finish(status));
        assert_eq!((whom(&told), told[0].task), (vec![(a, Cause::BlockerFinished)], Some(mine)));
    }
    world.facts.waiting = BTreeMap::from([(blocker, vec![waiting("cancelled")])]);
    assert_eq!(told(&world, owner, finish("done")), []);
    world.facts.waiting = BTreeMap::from([(blocker, vec![waiting("todo")])]);
    world.must(owner, finish("done"));
    assert_eq!(told(&world, owner, finish("cancelled")), [], "it was finished before");
}

#[test]
fn members_are_told_that_they_are_and_that_they_are_no_more() {
    let mut world = World::new();
    let (owner, a) = (world.owner, UserId::new());
    world.facts.accounts.insert(a);
    world.facts.colleagues.insert((owner, a));
    let add = json!({"type": "member.add", "user": a, "role": "editor"});
    assert_eq!(whom(&told(&world, owner, add.clone())), [(a, Cause::Invited)]);
    world.must(owner, add);
    let remove = json!({"type": "member.remove", "user": a});
    assert_eq!(told(&world, a, remove.clone()), []);
    assert_eq!(whom(&told(&world, owner, remove)), [(a, Cause::Removed)]);
}

#[test]
fn who_follows_by_themselves_is_noted_and_stops_with_the_membership() {
    let mut world = World::new();
    let (a, b) = (world.member("editor"), world.member("viewer"));
    world.facts.following.clear();
    let task = world.task("One");
    world.must(a, json!({"type": "comment.add", "task": task, "body": format!("<@{b}>")}));
    let owner = world.owner;
    assert_eq!(world.facts.following, BTreeSet::from([(task, owner), (task, a), (task, b)]));
    world.must(owner, json!({"type": "member.remove", "user": a}));
    world.must(b, json!({"type": "task.unwatch", "task": task}));
    assert_eq!(world.facts.following, BTreeSet::from([(task, owner)]));
}

fn gathered(told: &[(Version, Told)]) -> Vec<Notice> {
    let mut gathering = Gathering::default();
    let actor = UserId::new();
    told.iter().for_each(|(version, told)| gathering.add(*version, actor, std::slice::from_ref(told)));
    gathering.notices()
}

#[test]
fn one_transaction_makes_one_notice_of_a_person_and_task_with_the_greatest_cause() {
    let (user, task) = (UserId::new(), Some(TaskId::new()));
    let comment = Some(CommentId::new());
    let mention = Told { user, cause: Cause::Mentioned, task, comment };
    let change = |user| Told { user, cause: Cause::Changed, task, comment: None };
    let other = UserId::new();
    let notices = gathered(&[(5, mention.clone()), (5, change(user)), (6, change(user)), (7, change(other))]);
    let [first, second] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!((first.cause, first.count, first.version, first.comment), (Cause::Mentioned, 2, 5, comment));
    assert_eq!((second.user, second.cause, second.count), (other, Cause::Changed, 1));
}

#[test]
fn many_tasks_make_one_notice_of_the_project() {
    let user = UserId::new();
    let assigned = |version: usize| {
        let told = Told { user, cause: Cause::Assigned, task: Some(TaskId::new()), comment: None };
        (version as Version, told)
    };
    let few: Vec<_> = (1..MANY_TASKS).map(assigned).collect();
    assert_eq!(gathered(&few).len(), MANY_TASKS - 1);
    let many: Vec<_> = (1..=MANY_TASKS).map(assigned).collect();
    let notices = gathered(&many);
    let [one] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!((one.task, one.count, one.version), (None, MANY_TASKS as i64, MANY_TASKS as Version));
}

#[test]
fn of_a_project_that_they_had_to_leave_people_are_told_nothing_else() {
    let user = UserId::new();
    let told = |cause, task| Told { user, cause, task, comment: None };
    let notices =
        gathered(&[(4, told(Cause::Assigned, Some(TaskId::new()))), (5, told(Cause::Removed, None))]);
    assert_eq!(notices.iter().map(|notice| notice.cause).collect::<Vec<_>>(), [Cause::Removed]);
}

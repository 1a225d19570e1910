//! Threads, mentions, reactions, and who may change what somebody said.

use super::*;
use crate::comment::{Emoji, MOST_EMOJI};

fn add(world: &mut World, author: UserId, task: TaskId, body: &str) -> CommentId {
    let id = CommentId::new();
    world.must(author, json!({"type": "comment.add", "id": id, "task": task, "body": body}));
    id
}

fn last(world: &World) -> Value {
    serde_json::to_value(world.log.last().expect("an event")).expect("JSON")["data"].clone()
}

#[test]
fn a_reply_answers_a_comment_of_the_same_task_that_is_not_deleted() {
    let mut world = World::new();
    let (owner, task, other) = (world.owner, world.task("One"), world.task("Two"));
    let first = add(&mut world, owner, task, "First");
    let reply = |task: TaskId, to: CommentId| json!({"type": "comment.add", "task": task, "body": "Re", "reply_to": to});
    world.must(owner, reply(task, first));
    assert_eq!(last(&world)["reply_to"], json!(first));
    assert_eq!(world.refusal(owner, reply(other, first)), "comment_not_found");
    assert_eq!(world.refusal(owner, reply(task, CommentId::new())), "comment_not_found");
    world.must(owner, json!({"type": "comment.delete", "comment": first}));
    assert_eq!(world.refusal(owner, reply(task, first)), "comment_deleted");
    assert_eq!(world.facts.task(task).expect("there").comment_count, 1, "the reply stays");
}

#[test]
fn only_members_are_mentioned() {
    let mut world = World::new();
    let (owner, task, editor) = (world.owner, world.task("One"), world.member("editor"));
    let stranger = UserId::new();
    let comment = add(&mut world, owner, task, &format!("<@{editor}> <@{stranger}> <@{editor}>"));
    assert_eq!(last(&world)["mentions"], json!([editor]));
    world.must(
        owner,
        json!({"type": "comment.update", "comment": comment, "body": format!("<@{owner}> <@{stranger}>")}),
    );
    assert_eq!(last(&world)["mentions"], json!([owner]));
    world.must(owner, json!({"type": "comment.update", "comment": comment, "body": "nobody"}));
    assert_eq!(last(&world).get("mentions"), None);
}

#[test]
fn a_comment_is_restored_with_its_text_by_its_author_or_an_owner() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let (author, other) = (world.member("editor"), world.member("editor"));
    let comment = add(&mut world, author, task, "Text");
    let restore = json!({"type": "comment.restore", "comment": comment});
    assert_eq!(world.try_(author, restore.clone()), Ok(None), "it is not deleted");
    world.must(author, json!({"type": "comment.delete", "comment": comment}));
    assert_eq!(world.facts.comments[&comment].body, None);
    assert_eq!(world.refusal(other, restore.clone()), "not_author");
    world.must(owner, restore.clone());
    assert_eq!(last(&world), json!({"comment": comment, "task": task, "body": "Text"}));
    assert_eq!(world.folded().state.tasks[&task].comment_count, 1);
    let unknown = json!({"type": "comment.restore", "comment": CommentId::new()});
    assert_eq!(world.refusal(owner, unknown), "comment_not_found");
    world.must(owner, json!({"type": "task.delete", "task": task}));
    assert_eq!(world.refusal(owner, restore), "task_deleted");
}

#[test]
fn a_reaction_is_each_members_own_and_there_once() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    let (editor, viewer) = (world.member("editor"), world.member("viewer"));
    let comment = add(&mut world, owner, task, "Text");
    let react = |emoji: &str, on: bool| json!({"type": "comment.react", "comment": comment, "emoji": emoji, "on": on});
    world.must(owner, react("👍", true));
    let (version, updated_at) = {
        let comment = &world.facts.comments[&comment];
        (comment.version, comment.updated_at)
    };
    assert_eq!(world.try_(owner, react("👍", true)), Ok(None));
    assert_eq!(world.try_(editor, react("👍", false)), Ok(None), "it is not theirs");
    assert_eq!(world.refusal(viewer, react("👍", true)), "forbidden");
    world.must(editor, react("👍", true));
    let shown = &world.facts.comments[&comment];
    assert_eq!(shown.reactions[&Emoji::new("👍").expect("an emoji")], BTreeSet::from([owner, editor]));
    assert_eq!((shown.version, shown.updated_at), (version, updated_at), "a reaction changes no comment");
    world.must(owner, react("👍", false));
    world.must(editor, react("👍", false));
    assert!(world.facts.comments[&comment].reactions.is_empty());
    for n in 0..MOST_EMOJI {
        let emoji = char::from_u32(0x1f600 + n as u32).expect("an emoji").to_string();
        world.must(owner, react(&emoji, true));
    }
    assert_eq!(world.refusal(owner, react("👍", true)), "invalid_value");
    world.must(editor, react("\u{1f600}", true));
    world.must(owner, json!({"type": "comment.delete", "comment": comment}));
    assert_eq!(world.refusal(editor, react("\u{1f601}", true)), "comment_deleted");
}

#[test]
fn a_comment_is_changed_by_its_author_or_an_owner() {
    let mut world = World::new();
    let (owner, author, other) = (world.owner, world.member("editor"), world.member("editor"));
    let (task, comment) = (world.task("One"), CommentId::new());
    world.must(author, json!({"type": "comment.add", "id": comment, "task": task, "body": "hello"}));
    let say = |body: &str| json!({"type": "comment.update", "comment": comment, "body": body});
    assert_eq!(world.refusal(other, say("x")), "not_author");
    world.must(author, say("y"));
    world.must(owner, say("z"));
    world.must(author, json!({"type": "comment.delete", "comment": comment}));
    assert_eq!(world.refusal(author, say("again")), "comment_deleted");
    assert_eq!(
        world.refusal(author, json!({"type": "comment.delete", "comment": CommentId::new()})),
        "comment_not_found"
    );
    assert_eq!(world.folded().state.tasks[&task].comment_count, 0);
}

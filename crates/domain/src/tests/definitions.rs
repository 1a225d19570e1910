//! Labels and custom fields.

use super::*;

fn put_field(world: &mut World, key: &str, kind: &str, options: Value) -> Version {
    let owner = world.owner;
    let put = json!({"type": "field.put", "key": key, "name": key, "field_type": kind, "options": options});
    world.must(owner, put)
}

fn label(key: &str) -> Value {
    json!({"type": "label.put", "key": key, "name": key, "color": "#d4380d"})
}

#[test]
fn a_task_gets_only_labels_that_the_project_has_and_keeps_archived_ones() {
    let mut world = World::new();
    let (owner, editor) = (world.owner, world.member("editor"));
    let task = world.task("One");
    let add = |key: &str| json!({"type": "task.update", "task": task, "add": {"labels": [key]}});
    world.must(editor, label("bug"));
    let refused = world.try_(editor, add("idea")).expect_err("no such label");
    assert_eq!((refused.code(), &refused.extensions()["allowed"]), ("unknown_label", &json!(["bug"])));
    world.must(editor, add("bug"));
    world.must(owner, label("idea"));
    world.must(owner, add("idea"));
    assert_eq!(world.facts.state.tasks[&task].labels.len(), 2, "who adds does not take away");
    world.must(editor, json!({"type": "label.archive", "key": "bug"}));
    world.must(editor, json!({"type": "task.update", "task": task, "remove": {"labels": ["idea"]}}));
    let other = json!({"type": "task.create", "title": "Two", "labels": ["bug"]});
    assert_eq!(world.refusal(editor, other.clone()), "unknown_label");
    assert_eq!(world.try_(editor, json!({"type": "label.archive", "key": "bug"})), Ok(None));
    assert_eq!(world.refusal(editor, json!({"type": "label.archive", "key": "nothing"})), "label_not_found");
    world.must(editor, label("bug"));
    world.must(editor, other);
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn a_task_has_at_most_a_hundred_labels_and_a_project_two_hundred() {
    let mut world = World::new();
    let (owner, task) = (world.owner, world.task("One"));
    for n in 0..200 {
        world.must(owner, label(&format!("l{n}")));
    }
    assert_eq!(world.refusal(owner, label("one-more")), "too_many_labels");
    let some = |from: usize, to: usize| (from..to).map(|n| format!("l{n}")).collect::<Vec<_>>();
    world.must(owner, json!({"type": "task.update", "task": task, "set": {"labels": some(0, 99)}}));
    let two = json!({"type": "task.update", "task": task, "add": {"labels": some(99, 101)}});
    assert_eq!(world.refusal(owner, two), "invalid_value");
    let long = Command::read(json!({"type": "task.create", "title": "x", "labels": some(0, 101)}));
    assert_eq!(long.expect_err("too many").errors[0].pointer, "/labels");
}

#[test]
fn values_are_of_their_fields_type() {
    let mut world = World::new();
    let (owner, stranger) = (world.owner, UserId::new());
    let task = world.task("One");
    let options = || json!([{"key": "s", "name": "Small"}, {"key": "m", "name": "Medium"}]);
    for kind in ["text", "number", "date", "person", "url", "checkbox"] {
        put_field(&mut world, kind, kind, Value::Null);
    }
    put_field(&mut world, "select", "select", options());
    put_field(&mut world, "multi_select", "multi_select", options());
    let set = |key: &str, value: &Value| json!({"type": "task.update", "task": task, "set": {"fields": {key: value}}});
    for (key, good, bad) in [
        ("text", json!("x"), vec![json!(1), json!("a\0b")]),
        ("number", json!(1.5), vec![json!("1")]),
        ("date", json!("2026-12-24"), vec![json!("24.12.2026"), json!(1)]),
        ("person", json!(owner), vec![json!(stranger), json!("Olga")]),
        (
            "url",
            json!("https://example.org/a?b"),
            vec![json!("javascript:alert(1)"), json!("http://"), json!("http://a b")],
        ),
        ("checkbox", json!(true), vec![json!("yes")]),
        ("select", json!("s"), vec![json!("l"), json!(["s"])]),
        ("multi_select", json!(["m", "s"]), vec![json!("s"), json!(["s", "s"]), json!(["l"])]),
    ] {
        world.must(owner, set(key, &good));
        for value in bad {
            let refused = world.try_(owner, set(key, &value)).expect_err("another type");
            let told = &refused.extensions()["errors"][0];
            assert_eq!(told["pointer"], format!("/set/fields/{key}"), "{value}");
        }
    }
    let refused = world.try_(owner, set("nothing", &json!(1))).expect_err("no such field");
    assert_eq!(refused.code(), "unknown_field");
    assert_eq!(world.try_(owner, set("nothing", &Value::Null)), Ok(None));
    world.must(owner, set("text", &Value::Null));
    assert!(!world.folded().state.tasks[&task].fields.contains_key("text"));
    let large = json!("x".repeat(65_536));
    assert_eq!(world.refusal(owner, set("text", &large)), "fields_too_large");
    assert_eq!(world.folded().state, world.facts.state);
}

#[test]
fn a_field_keeps_its_type_and_an_archived_one_its_values() {
    let mut world = World::new();
    let owner = world.owner;
    put_field(&mut world, "size", "select", json!([{"key": "s", "name": "S"}, {"key": "m", "name": "M"}]));
    let create = json!({"type": "task.create", "id": TaskId::new(), "title": "x", "fields": {"size": "s"}});
    world.must(owner, create.clone());
    let text = json!({"type": "field.put", "key": "size", "name": "Size", "field_type": "text"});
    assert_eq!(world.refusal(owner, text), "field_type_fixed");
    put_field(&mut world, "size", "select", json!([{"key": "m", "name": "M"}]));
    world.must(owner, json!({"type": "field.archive", "key": "size"}));
    let again = json!({"type": "task.create", "title": "y", "fields": {"size": "m"}});
    assert_eq!(world.refusal(owner, again), "unknown_field");
    let same =
        json!({"type": "task.update", "task": create["id"], "set": {"title": "z", "fields": {"size": "s"}}});
    world.must(owner, same);
    assert_eq!(world.refusal(owner, json!({"type": "field.archive", "key": "x"})), "field_not_found");
    let editor = world.member("editor");
    assert_eq!(world.refusal(editor, json!({"type": "field.archive", "key": "size"})), "forbidden");
    let two = json!([{"key": "s", "name": "S"}, {"key": "s", "name": "M"}]);
    for (kind, options) in
        [("text", json!([{"key": "s", "name": "S"}])), ("select", Value::Null), ("select", two)]
    {
        let put =
            json!({"type": "field.put", "key": "f", "name": "F", "field_type": kind, "options": options});
        assert_eq!(Command::read(put).expect_err("refused").errors[0].pointer, "/options");
    }
}

#[test]
fn a_project_has_at_most_fifty_fields() {
    let mut world = World::new();
    let owner = world.owner;
    for n in 0..50 {
        put_field(&mut world, &format!("f{n}"), "text", Value::Null);
    }
    let more = json!({"type": "field.put", "key": "more", "name": "More", "field_type": "text"});
    assert_eq!(world.refusal(owner, more), "too_many_fields");
}

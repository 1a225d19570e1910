//! Commands as JSON, and their hash.

use super::*;

#[test]
fn a_repeat_has_the_same_hash_and_another_command_has_not() {
    let task = TaskId::new();
    let hash = |command: Value| Command::read(command).expect("valid").0.hash();
    let create = || json!({"type": "task.create", "title": "One", "config": {"b": 1, "a": 2}});
    assert_eq!(hash(create()), hash(create()));
    assert_ne!(hash(create()), hash(json!({"type": "task.create", "title": "Two"})));
    let due = |value: Value| json!({"type": "task.update", "task": task, "set": {"due_on": value}});
    assert_ne!(hash(due(Value::Null)), hash(json!({"type": "task.update", "task": task, "set": {}})));
}

#[test]
fn a_command_with_an_unknown_field_or_type_is_refused() {
    let code = |command: Value| Command::read(command).expect_err("refused").code();
    assert_eq!(code(json!({"type": "task.create", "title": "x", "number": 7})), "unknown_field");
    assert_eq!(
        code(json!({"type": "task.update", "task": TaskId::new(), "set": {"rank": "a0"}})),
        "unknown_field"
    );
    assert_eq!(code(json!({"type": "task.burn"})), "unknown_command");
    assert_eq!(code(json!({})), "missing");
}

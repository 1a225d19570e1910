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

/// What releases before this one kept under these hashes is still recognised, seven days long.
#[test]
fn a_command_has_the_hash_that_it_always_had() {
    let (a, b) = ("018f9c1e-0000-7000-8000-0000000000a1", "018f9c1e-0000-7000-8000-00000000000a");
    let known = [
        (
            json!({"title": "One", "type": "task.create"}),
            "dd15dd8d110a9f398fbc3739e82c5c2d271532cd32cc39b6adcd8e9acaeafb09",
        ),
        (
            json!({"after": a, "assignees": [b], "before": a, "config": {"a": null, "b": 1, "c": {"d": null}}, "description": "x", "due_on": "2026-12-01", "estimate": 3, "fields": {"n": null, "size": 1}, "id": a, "labels": ["red"], "parent": a, "priority": "high", "status": "todo", "title": "One", "type": "task.create"}),
            "8cd3c08c61dd5dd7a4ed1059503524a3994648b44f144e908ed05b88c8002f97",
        ),
        (
            json!({"assignees": [], "due_on": null, "estimate": null, "fields": {}, "labels": [], "parent": null, "priority": "none", "title": "One", "type": "task.create"}),
            "dd15dd8d110a9f398fbc3739e82c5c2d271532cd32cc39b6adcd8e9acaeafb09",
        ),
        (
            json!({"add": {"assignees": [b]}, "expect": 3, "override": true, "remove": {"labels": ["red"]}, "set": {"config": {"a": null}, "due_on": null, "labels": [], "title": "x"}, "task": a, "type": "task.update"}),
            "78fa2fab29e01a35ef700cf73eef9db6861af6188cf4f7358c52a8c7736a7964",
        ),
        (
            json!({"task": a, "type": "task.update"}),
            "2d548a308aa40160598f1f8d8051f82eb00f45080adeedcb99c9be4a9b7d6d91",
        ),
        (
            json!({"after": a, "override": false, "status": "done", "task": a, "type": "task.move"}),
            "3d84ef8cd8c073fe332bd388dca6bc9c67ee20366e5ed11ae5bca0aa53c15658",
        ),
        (
            json!({"body": "x", "task": a, "type": "comment.add"}),
            "234a6dd1c3bcf98f06e6a2bab470a83276bd7039932683e7073ba6bc5e91899d",
        ),
        (
            json!({"body": "x", "id": a, "reply_to": a, "task": a, "type": "comment.add"}),
            "04ae58736591d0d3b58369293f19f510c84d67e16003c069f9e59c2df6529e3e",
        ),
        (
            json!({"field_type": "select", "key": "size", "name": "Size", "options": [{"key": "s", "name": "S"}], "type": "field.put"}),
            "9f648cc6cab3ff72c6075bce5a5fbf6b32eef958f4f7e7ee9f0bf7791db28308",
        ),
        (
            json!({"on": b, "task": a, "type": "dependency.add"}),
            "195047474504eec0a2b3a6daa93e0b12d678cfdf93b12bc459f833cf123ee3b8",
        ),
        (
            json!({"set": {"archived": true, "name": "x"}, "type": "project.update"}),
            "9c68d2a1ebb2b2738023b9561a74a88a1f0e9530cf9941f8f4eae28cc1a1ba77",
        ),
        (
            json!({"type": "event.undo", "version": 3}),
            "f49c4442d86c970dc5c751b81a04a2dc09d4098b2d079e7ea4b1728b394a696b",
        ),
    ];
    for (command, hash) in known {
        let read = Command::read(command.clone()).expect("valid").0.hash();
        let hex: String = read.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, hash, "{command}");
    }
}

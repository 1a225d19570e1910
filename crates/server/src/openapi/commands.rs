//! What each command takes and what may refuse it: for the endpoint that gives it, and for `POST …/commands`.
//!
//! A new command is one entry of [`all`]: its fields, an example, the codes of its rejections. A test reads each example,
//! and each field, with the domain.

use super::schema::named;
use serde_json::{Value, json};

/// Codes of 422 that any body may get.
pub const INVALID: &[&str] = &[
    "invalid_length",
    "invalid_text",
    "invalid_type",
    "invalid_value",
    "missing",
    "number_out_of_range",
    "unknown_field",
];

const TASK: &[(u16, &str)] = &[(404, "task_not_found"), (409, "task_deleted"), (422, "project_archived")];
const STATUS: &[(u16, &str)] = &[(422, "unknown_status"), (422, "transition_not_allowed"), (422, "blocked")];
const GRAPH: &[(u16, &str)] = &[(422, "dependency_cycle"), (422, "graph_too_large")];
const FIELDS: &[(u16, &str)] = &[
    (422, "unknown_assignee"),
    (422, "unknown_user"),
    (422, "unknown_label"),
    (422, "config_too_deep"),
    (422, "config_too_large"),
    (422, "fields_too_large"),
];
const COMMENT: &[(u16, &str)] = &[
    (403, "not_author"),
    (404, "comment_not_found"),
    (404, "task_not_found"),
    (409, "comment_deleted"),
    (409, "task_deleted"),
    (422, "project_archived"),
];

/// One command.
pub struct Command {
    pub kind: &'static str,
    /// Fields that must be there.
    pub required: &'static [&'static str],
    /// A schema for each field.
    pub fields: Value,
    /// A command without its `type`.
    pub example: Value,
    /// Codes of its rejections, besides those any command has.
    pub refusals: Vec<(u16, &'static str)>,
}

/// Every command.
pub fn all() -> Vec<Command> {
    [project(), definitions(), members(), tasks(), dependencies(), comments(), events()]
        .into_iter()
        .flatten()
        .collect()
}

/// The command of this type.
pub fn find(kind: &str) -> Command {
    all().into_iter().find(|command| command.kind == kind).unwrap_or_else(|| panic!("{kind} has no entry"))
}

/// What may refuse it.
pub fn refusals(kind: &str) -> Vec<(u16, &'static str)> {
    find(kind).refusals
}

fn project() -> Vec<Command> {
    let set = closed(&[], project_fields());
    vec![
        Command {
            kind: "project.update",
            required: &["set"],
            fields: json!({"set": set}),
            example: json!({"set": {"name": "Web shop 2", "blocked_gate": "start"}}),
            refusals: vec![(422, "project_archived"), (422, "status_in_use")],
        },
        Command {
            kind: "project.delete",
            required: &[],
            fields: json!({}),
            example: json!({}),
            refusals: vec![],
        },
        Command {
            kind: "project.restore",
            required: &[],
            fields: json!({}),
            example: json!({}),
            refusals: vec![],
        },
    ]
}

fn project_fields() -> Value {
    json!({
        "name": named("Name"), "description": named("Markdown"), "key": named("ProjectKey"),
        "workflow": named("Workflow"), "blocked_gate": named("BlockedGate"), "archived": {"type": "boolean"},
    })
}

/// The body of `POST /projects`, which is no command of a batch.
pub fn create_project() -> (Value, Value) {
    let fields = json!({
        "id": uuid(), "name": named("Name"), "description": named("Markdown"), "key": named("ProjectKey"),
        "workflow": named("Workflow"),
    });
    (closed(&["name"], fields), json!({"name": "Web shop", "key": "SHOP"}))
}

fn definitions() -> Vec<Command> {
    let label = json!({"key": named("Key"), "name": named("Name"), "color": named("Color")});
    let only_key = || json!({"key": named("Key")});
    let archive = |kind, refusal| Command {
        kind,
        required: &["key"],
        fields: only_key(),
        example: json!({"key": "size"}),
        refusals: vec![(404, refusal), (422, "project_archived")],
    };
    vec![
        Command {
            kind: "label.put",
            required: &["key", "name", "color"],
            fields: label,
            example: json!({"key": "bug", "name": "Bug", "color": "#d4380d"}),
            refusals: vec![(422, "project_archived"), (422, "too_many_labels")],
        },
        archive("label.archive", "label_not_found"),
        Command {
            kind: "field.put",
            required: &["key", "name", "field_type"],
            fields: field_fields("field_type"),
            example: json!({"key": "size", "name": "Size", "field_type": "select", "options": OPTIONS.map(option)}),
            refusals: vec![(422, "project_archived"), (422, "too_many_fields"), (422, "field_type_fixed")],
        },
        archive("field.archive", "field_not_found"),
    ]
}

const OPTIONS: [&str; 2] = ["S", "M"];

fn option(key: &str) -> Value {
    json!({"key": key, "name": key})
}

fn field_fields(type_name: &str) -> Value {
    let options = json!({
        "type": ["array", "null"], "items": named("FieldOption"), "minItems": 1, "maxItems": 50,
        "description": "Of `select` and `multi_select`, and only of them.",
    });
    let mut fields = json!({"key": named("Key"), "name": named("Name"), "options": options});
    fields[type_name] = named("FieldType");
    fields
}

/// The body of `PUT …/fields/{key}`, where the field's type is `type`.
pub fn field_body() -> (Value, Value) {
    let fields = without(field_fields("type"), &["key"]);
    let example = json!({"name": "Size", "type": "select", "options": OPTIONS.map(option)});
    (closed(&["name", "type"], fields), example)
}

fn dependencies() -> Vec<Command> {
    let fields = json!({"task": uuid(), "on": uuid(), "kind": named("Kind")});
    let example = json!({"task": TASK_ID, "on": OTHER_TASK_ID});
    vec![
        Command {
            kind: "dependency.add",
            required: &["task", "on"],
            fields: fields.clone(),
            example: example.clone(),
            refusals: [TASK, GRAPH].concat(),
        },
        Command {
            kind: "dependency.remove",
            required: &["task", "on"],
            fields,
            example,
            refusals: TASK.to_vec(),
        },
    ]
}

fn members() -> Vec<Command> {
    let given = json!({"user": uuid(), "role": named("Role")});
    let example = json!({"user": PERSON, "role": "editor"});
    vec![
        Command {
            kind: "member.add",
            required: &["user", "role"],
            fields: given.clone(),
            example: example.clone(),
            refusals: vec![(409, "already_member"), (422, "project_archived"), (422, "unknown_user")],
        },
        Command {
            kind: "member.update",
            required: &["user", "role"],
            fields: given,
            example,
            refusals: vec![(404, "member_not_found"), (409, "last_owner"), (422, "project_archived")],
        },
        Command {
            kind: "member.remove",
            required: &["user"],
            fields: json!({"user": uuid()}),
            example: json!({"user": PERSON}),
            refusals: vec![(404, "member_not_found"), (409, "last_owner")],
        },
    ]
}

fn tasks() -> Vec<Command> {
    let mut create = task_fields();
    merge(&mut create, json!({"id": uuid(), "after": uuid(), "before": uuid()}));
    let lists = closed(&[], json!({"assignees": people(), "labels": labels()}));
    let update = json!({
        "task": uuid(), "set": closed(&[], task_fields()), "add": lists, "remove": lists, "override": overrides(),
        "expect": {"type": "integer", "minimum": 1, "description": "The task's version that was last seen."},
    });
    let place = json!({"task": uuid(), "status": named("Key"), "after": uuid(), "before": uuid(),
        "override": overrides()});
    vec![
        Command {
            kind: "task.create",
            required: &["title"],
            fields: create,
            example: json!({"title": "Paint the door", "status": "todo", "priority": "high", "due_on": "2026-12-01"}),
            refusals: [TASK, &[(409, "id_taken"), (422, "unknown_status")][..], FIELDS].concat(),
        },
        Command {
            kind: "task.update",
            required: &["task"],
            fields: update,
            example: json!({"task": TASK_ID, "set": {"status": "in_progress"}, "add": {"assignees": [PERSON]}}),
            refusals: [TASK, STATUS, FIELDS, GRAPH, &[(409, "stale")]].concat(),
        },
        Command {
            kind: "task.move",
            required: &["task"],
            fields: place,
            example: json!({"task": TASK_ID, "status": "done"}),
            refusals: [TASK, STATUS].concat(),
        },
        Command {
            kind: "task.delete",
            required: &["task"],
            fields: json!({"task": uuid()}),
            example: json!({"task": TASK_ID}),
            refusals: [TASK, &[(422, "too_large_to_delete")]].concat(),
        },
        Command {
            kind: "task.restore",
            required: &["task"],
            fields: json!({"task": uuid()}),
            example: json!({"task": TASK_ID}),
            refusals: [TASK, &[(422, "graph_too_large")]].concat(),
        },
    ]
}

fn task_fields() -> Value {
    json!({
        "title": named("Title"),
        "description": named("Markdown"),
        "status": named("Key"),
        "assignees": people(),
        "labels": labels(),
        "parent": {"type": ["string", "null"], "format": "uuid"},
        "priority": named("Priority"),
        "due_on": {"type": ["string", "null"], "format": "date"},
        "estimate": {"type": ["integer", "null"], "minimum": 0, "maximum": 10_000},
        "config": {"type": "object", "description": "Merged into the task's by RFC 7396; at most 65,536 bytes and 16 levels."},
        "fields": {"type": "object", "description": "Values of the project's fields by key, merged by RFC 7396; `null` empties one."},
    })
}

fn comments() -> Vec<Command> {
    vec![
        Command {
            kind: "comment.add",
            required: &["task", "body"],
            fields: json!({"id": uuid(), "task": uuid(), "body": named("Body"), "reply_to": uuid()}),
            example: json!({"task": TASK_ID, "body": "Done, have a look."}),
            refusals: [TASK, &[(404, "comment_not_found"), (409, "comment_deleted"), (409, "id_taken")]]
                .concat(),
        },
        Command {
            kind: "comment.update",
            required: &["comment", "body"],
            fields: json!({"comment": uuid(), "body": named("Body")}),
            example: json!({"comment": COMMENT_ID, "body": "Done, have another look."}),
            refusals: COMMENT.to_vec(),
        },
        Command {
            kind: "comment.delete",
            required: &["comment"],
            fields: json!({"comment": uuid()}),
            example: json!({"comment": COMMENT_ID}),
            refusals: COMMENT.to_vec(),
        },
        Command {
            kind: "comment.restore",
            required: &["comment"],
            fields: json!({"comment": uuid()}),
            example: json!({"comment": COMMENT_ID}),
            refusals: COMMENT.to_vec(),
        },
        Command {
            kind: "comment.react",
            required: &["comment", "emoji", "on"],
            fields: json!({"comment": uuid(), "emoji": named("Emoji"), "on": {"type": "boolean"}}),
            example: json!({"comment": COMMENT_ID, "emoji": "👍", "on": true}),
            refusals: COMMENT.iter().copied().filter(|(_, code)| *code != "not_author").collect(),
        },
    ]
}

fn events() -> Vec<Command> {
    vec![Command {
        kind: "event.undo",
        required: &["version"],
        fields: json!({"version": {"type": "integer", "minimum": 1, "description": "Of the event to undo."}}),
        example: json!({"version": 41}),
        // And whatever may refuse the command that changes it back.
        refusals: vec![(404, "event_not_found"), (409, "undo_conflict"), (422, "cannot_undo")],
    }]
}

pub const PERSON: &str = "018f9c1e-0000-7000-8000-00000000000a";
pub const TASK_ID: &str = "018f9c1e-0000-7000-8000-0000000000a1";
pub const OTHER_TASK_ID: &str = "018f9c1e-0000-7000-8000-0000000000a2";
pub const COMMENT_ID: &str = "018f9c1e-0000-7000-8000-0000000000b1";

fn labels() -> Value {
    json!({"type": "array", "items": named("Key"), "maxItems": 100})
}

fn overrides() -> Value {
    json!({"type": "boolean", "description": "Passes open blockers, for owners."})
}

/// An object of a request: nothing but these.
pub fn closed(required: &[&str], fields: Value) -> Value {
    json!({"type": "object", "required": required, "properties": fields, "additionalProperties": false})
}

pub fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

fn people() -> Value {
    json!({"type": "array", "items": uuid(), "maxItems": 100})
}

impl Command {
    /// The command in a batch.
    pub fn in_batch(&self) -> Value {
        let mut fields = json!({"type": {"const": self.kind}, "command_id": uuid()});
        merge(&mut fields, self.fields.clone());
        closed(&[&["type"], self.required].concat(), fields)
    }

    /// The body of the endpoint whose path has the fields `from_path`.
    pub fn body(&self, from_path: &[&str]) -> Value {
        let required: Vec<&str> =
            self.required.iter().copied().filter(|name| !from_path.contains(name)).collect();
        closed(&required, without(self.fields.clone(), from_path))
    }

    pub fn body_example(&self, from_path: &[&str]) -> Value {
        without(self.example.clone(), from_path)
    }

    /// The same where what `set` has stands at the top level.
    pub fn change(&self, from_path: &[&str]) -> Value {
        let mut fields = without(self.fields.clone(), from_path);
        let set = fields.as_object_mut().and_then(|fields| fields.remove("set")).unwrap_or_default();
        merge(&mut fields, set["properties"].clone());
        closed(&[], fields)
    }

    pub fn change_example(&self, from_path: &[&str]) -> Value {
        let mut example = without(self.example.clone(), from_path);
        let set = example.as_object_mut().and_then(|fields| fields.remove("set")).unwrap_or_default();
        merge(&mut example, set);
        example
    }
}

fn without(mut object: Value, names: &[&str]) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    object
}

fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

/// The schema of any command of a batch, and the members that tell them apart.
pub fn any() -> Value {
    let commands: Vec<Value> = all().iter().map(Command::in_batch).collect();
    json!({"oneOf": commands})
}

/// The whole of `POST …/commands`.
pub fn batch() -> (Value, Value) {
    let fields = json!({
        "commands": {"type": "array", "items": any(), "maxItems": 500},
        "atomic": {"type": "boolean", "default": true, "description": "All or nothing; else each on its own."},
    });
    let move_task = json!({"type": "task.move", "task": TASK_ID, "status": "done"});
    (closed(&["commands"], fields), json!({"commands": [move_task], "atomic": true}))
}

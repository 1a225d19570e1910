//! What each command takes and what may refuse it, as the domain says it: for the endpoint that gives it, and for
//! `POST …/commands`.

use super::parts::Parts;
use crate::error::status_of;
use domain::command::{self, CommandType, NewProject};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::{PartialSchema, ToSchema};

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

/// One command.
pub struct DocumentedCommand {
    pub kind: &'static str,
    /// Fields that must be there.
    pub required: BTreeSet<String>,
    /// A schema for each field.
    pub fields: Map<String, Value>,
    /// A command without its `type`.
    pub example: Value,
    /// Codes of its rejections, besides those any command has.
    pub refusals: Vec<(u16, &'static str)>,
}

/// Every command.
pub fn all() -> Vec<DocumentedCommand> {
    command::Command::types().into_iter().map(DocumentedCommand::of).collect()
}

/// The command of this type.
pub fn find(kind: &str) -> DocumentedCommand {
    all().into_iter().find(|command| command.kind == kind).unwrap_or_else(|| panic!("{kind} is no command"))
}

/// What may refuse it.
pub fn refusals(kind: &str) -> Vec<(u16, &'static str)> {
    find(kind).refusals
}

/// The body of `POST /projects`, which is no command of a batch.
pub fn create_project() -> (Value, Value) {
    let mut parts = Vec::new();
    NewProject::schemas(&mut parts);
    let (required, fields) = Parts::of(parts).members(&json!(NewProject::schema()));
    (closed_object(&required, fields), command::CreateProject::example())
}

/// The body of `PUT …/fields/{key}`, where the field's type is `type`.
pub fn field_body() -> (Value, Value) {
    let mut put = find("field.put");
    let kind = put.fields.remove("field_type").unwrap_or_default();
    put.fields.insert("type".to_owned(), kind);
    put.fields.remove("key");
    let mut example = without(put.example, &["key"]);
    example["type"] = example["field_type"].take();
    (closed(&["name", "type"], Value::Object(put.fields)), without(example, &["field_type"]))
}

/// An object of a request: nothing but these.
pub fn closed(required: &[&str], fields: Value) -> Value {
    json!({"type": "object", "required": required, "properties": fields, "additionalProperties": false})
}

fn closed_object<'a>(required: impl IntoIterator<Item = &'a String>, fields: Map<String, Value>) -> Value {
    let required: Vec<&str> = required.into_iter().map(String::as_str).collect();
    closed(&required, Value::Object(fields))
}

fn uuid() -> Value {
    json!({"type": "string", "format": "uuid"})
}

impl DocumentedCommand {
    /// Fields that are objects of a request stand in it whole, because such an object has nothing but its own members.
    fn of(known: CommandType) -> DocumentedCommand {
        let parts = Parts::of(known.parts);
        let (required, mut fields) = parts.members(&json!(known.schema));
        for name in ["set", "add", "remove"] {
            if let Some(field) = fields.get_mut(name) {
                let (required, members) = parts.members(field);
                *field = closed_object(&required, members);
            }
        }
        let refusals =
            known.refusals.into_iter().map(|(kind, code)| (status_of(kind).as_u16(), code)).collect();
        DocumentedCommand { kind: known.kind, required, fields, example: known.example, refusals }
    }

    /// The command in a batch.
    pub fn in_batch(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("type".to_owned(), json!({"const": self.kind}));
        fields.insert("command_id".to_owned(), uuid());
        closed_object(self.required.iter().chain([&"type".to_owned()]), fields)
    }

    /// The body of the endpoint whose path has the fields `from_path`.
    pub fn body(&self, from_path: &[&str]) -> Value {
        let required = self.required.iter().filter(|name| !from_path.contains(&name.as_str()));
        closed_object(required, self.beside(from_path))
    }

    pub fn body_example(&self, from_path: &[&str]) -> Value {
        without(self.example.clone(), from_path)
    }

    /// The same where what `set` has stands at the top level.
    pub fn change(&self, from_path: &[&str]) -> Value {
        let mut fields = self.beside(from_path);
        let set = fields.remove("set").unwrap_or_default();
        fields.extend(set["properties"].as_object().cloned().unwrap_or_default());
        closed(&[], Value::Object(fields))
    }

    pub fn change_example(&self, from_path: &[&str]) -> Value {
        let mut example = without(self.example.clone(), from_path);
        if let Some(members) = example.as_object_mut()
            && let Some(Value::Object(set)) = members.remove("set")
        {
            members.extend(set);
        }
        example
    }

    fn beside(&self, from_path: &[&str]) -> Map<String, Value> {
        let mut fields = self.fields.clone();
        fields.retain(|name, _| !from_path.contains(&name.as_str()));
        fields
    }
}

fn without(mut object: Value, names: &[&str]) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    object
}

/// The schema of any command of a batch, and the members that tell them apart.
pub fn any() -> Value {
    let commands: Vec<Value> = all().iter().map(DocumentedCommand::in_batch).collect();
    json!({"oneOf": commands})
}

/// The whole of `POST …/commands`.
pub fn batch() -> (Value, Value) {
    let atomic = json!({
        "type": "boolean", "default": true, "description": "All or nothing; else each on its own.",
    });
    let commands = json!({"type": "array", "items": any(), "maxItems": 500});
    let mut move_task = find("task.move").example;
    move_task["type"] = json!("task.move");
    (
        closed(&["commands"], json!({"commands": commands, "atomic": atomic})),
        json!({"commands": [move_task], "atomic": true}),
    )
}

/// What commands refer to: the components that their fields need.
pub fn components() -> Map<String, Value> {
    let mut all = Vec::new();
    NewProject::schemas(&mut all);
    all.extend(command::Command::types().into_iter().flat_map(|known| known.parts));
    let parts = Parts::of(all);
    let mut needed = Map::new();
    let fields = self::all().into_iter().flat_map(|command| command.fields.into_values());
    let fields: Vec<Value> = fields.chain([create_project().0]).collect();
    fields.iter().for_each(|field| parts.needed_by(field, &mut needed));
    needed
}

//! Schemas: the domain's, by derivation, and what answers wrap them in.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// The component of this name.
pub fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An object of an answer: all its members are always there.
pub fn object(members: Value) -> Value {
    let names: Vec<&String> = members.as_object().map(|members| members.keys().collect()).unwrap_or_default();
    json!({"type": "object", "required": names, "properties": members})
}

/// The answer to a write of `name`.
pub fn written(name: &str, of: &str) -> Value {
    object(
        json!({"version": version(), "events": {"type": "array", "items": named("Event")}, name: named(of)}),
    )
}

/// A page of a list; `version` for those that belong to a project.
pub fn list(item: Value, of_project: bool) -> Value {
    let mut members = json!({
        "items": {"type": "array", "items": item},
        "next_cursor": {"type": ["string", "null"], "description": "`null` on the last page."},
    });
    if of_project {
        members["version"] = version();
    }
    object(members)
}

/// A project's version.
pub fn version() -> Value {
    json!({"type": "integer", "minimum": 1, "description": "The number of the project's last event."})
}

/// All components. A type's own parts come with it.
pub fn components() -> Value {
    let mut all = Vec::new();
    add::<domain::event::Event>(&mut all);
    add::<domain::snapshot::Snapshot>(&mut all);
    add::<domain::comment::Comment>(&mut all);
    add::<domain::diff::Diff>(&mut all);
    add::<crate::activity::Activity>(&mut all);
    add::<domain::FilterId>(&mut all);
    let mut components: Map<String, Value> = all
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).expect("a schema is JSON")))
        .collect();
    for (name, part) in super::commands::components() {
        components.entry(name).or_insert(part);
    }
    components.insert("Problem".to_owned(), problem());
    let role = json!({"anyOf": [named("Role"), {"type": "null"}], "description": "`null` once removed."});
    components.insert("FormerMember".to_owned(), object(json!({"user": named("UserId"), "role": role})));
    Value::Object(components)
}

fn add<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
    all.push((T::name().into_owned(), T::schema()));
    T::schemas(all);
}

fn problem() -> Value {
    let field = json!({"type": "object", "required": ["pointer", "code", "detail"], "properties": {
        "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) into the body, or into the parameters of a list."},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    }});
    json!({
        "type": "object",
        "description": "RFC 9457. `code` is stable; some codes bring further members, such as `current` or `allowed`.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string", "pattern": "^urn:lockstep:problem:[a-z_]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "code": {"type": "string", "pattern": "^[a-z_]+$"},
            "request_id": {"type": "string"},
            "errors": {"type": "array", "items": field},
        },
    })
}

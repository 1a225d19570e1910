//! What a search found, as it is shown.

use crate::openapi::{named, object};
use engine::lists::Matched;
use serde_json::{Value, json};

/// Where the words of a search stand.
pub fn shown(Matched { place, comment, pieces }: &Matched) -> Value {
    json!({"in": place, "comment": comment, "snippet": pieces})
}

/// A task of a list; `match` with a search only, when and by whom it was archived only in the archive.
pub fn task_schema() -> Value {
    let at = json!({"type": "string", "format": "date-time", "description": "Only in the archive."});
    let extras = json!({"match": schema(), "archived_at": at, "archived_by": named("UserId")});
    json!({"allOf": [named("Task"), {"type": "object", "properties": extras}]})
}

/// Where a search found its words.
pub fn schema() -> Value {
    let piece = object(json!({"text": {"type": "string"}, "found": {"type": "boolean"}}));
    let mut schema = object(json!({
        "in": {"enum": ["title", "description", "comment"]},
        "comment": {"type": ["string", "null"], "format": "uuid"},
        "snippet": {"type": "array", "items": piece, "description": "The text around the words, in pieces."},
    }));
    schema["type"] = json!(["object", "null"]);
    schema
}

//! What a search found, as it is shown.

use crate::openapi::{named, object};
use engine::lists::{Matched, Ranked};
use serde_json::{Value, json};

/// Where the words of a search stand.
pub fn shown(Matched { place, comment, pieces }: &Matched) -> Value {
    json!({"in": place, "comment": comment, "snippet": pieces})
}

/// A task of a list; `match` with a search only, when and by whom it was archived only in the archive.
pub fn task_schema() -> Value {
    let at = |place: &str| json!({"type": "string", "format": "date-time", "description": format!("Only in the {place}.")});
    let extras = json!({
        "match": schema(), "archived_at": at("archive"), "archived_by": named("UserId"),
        "deleted_at": at("bin"), "deleted_by": named("UserId"),
    });
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

/// A page that may say how many tasks were ranked.
pub fn ranked(mut page: Value) -> Value {
    let tasks = json!({"type": "integer", "minimum": 0, "description": "So many were ranked."});
    let of_more = json!({
        "type": "boolean",
        "description": "More were found than are ranked, and are not in the list: ask for less, or with `sort`.",
    });
    let mut ranked = object(json!({"tasks": tasks, "of_more": of_more}));
    ranked["description"] = json!("Of a search whose best come first.");
    page["properties"]["ranked"] = ranked;
    page
}

/// How many tasks were ranked.
pub fn shown_ranked(Ranked { tasks, of_more }: Ranked) -> Value {
    json!({"tasks": tasks, "of_more": of_more})
}

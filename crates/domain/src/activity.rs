//! The log as people read it: what each event changed, from what to what.

use serde::Serialize;
use serde_json::Value;

/// One field that changed. `null` is nothing: before what was made, after what was taken away.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// The name of the field, or of what the event is about.
    pub field: String,
    /// The old value. `null` too of an event that is older than what is kept beside it.
    pub from: Value,
    /// The new value.
    pub to: Value,
}

impl Change {
    pub(crate) fn new(field: &str, from: Value, to: Value) -> Change {
        Change { field: field.to_owned(), from, to }
    }

    /// Each field that was set, with the old value of the same name. Where a card stands among others is not told.
    pub(crate) fn each(set: Value, before: Value) -> Vec<Change> {
        let Value::Object(set) = set else { return Vec::new() };
        let told = set.into_iter().filter(|(field, _)| field != "rank");
        told.map(|(field, to)| Change { from: before[&field].clone(), field, to }).collect()
    }
}

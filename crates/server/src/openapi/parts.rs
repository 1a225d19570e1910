//! Schemas that refer to others by name.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::openapi::{RefOr, Schema};

/// Schemas that others refer to, by name.
pub struct Parts(Map<String, Value>);

impl Parts {
    pub fn of(parts: Vec<(String, RefOr<Schema>)>) -> Parts {
        Parts(parts.into_iter().map(|(name, schema)| (name, json!(schema))).collect())
    }

    /// The members that an object must have, and the schemas of all. What `allOf` puts together stands in one object.
    pub fn members(&self, schema: &Value) -> (BTreeSet<String>, Map<String, Value>) {
        let (mut required, mut members) = (BTreeSet::new(), Map::new());
        for part in schema["allOf"].as_array().into_iter().flatten().chain(self.referred(schema)) {
            let (more, beside) = self.members(part);
            required.extend(more);
            members.extend(beside);
        }
        let names = schema["required"].as_array().into_iter().flatten();
        required.extend(names.filter_map(Value::as_str).map(str::to_owned));
        members.extend(schema["properties"].as_object().cloned().unwrap_or_default());
        (required, members)
    }

    /// Adds what `value` refers to, and what that refers to.
    pub fn needed_by(&self, value: &Value, needed: &mut Map<String, Value>) {
        if let Some((name, part)) = self.reference(value)
            && !needed.contains_key(name)
        {
            needed.insert(name.to_owned(), part.clone());
            self.needed_by(part, needed);
        }
        let (items, members) = (value.as_array(), value.as_object());
        items.into_iter().flatten().for_each(|item| self.needed_by(item, needed));
        members.into_iter().flatten().for_each(|(_, member)| self.needed_by(member, needed));
    }

    fn referred<'a>(&'a self, schema: &'a Value) -> Option<&'a Value> {
        self.reference(schema).map(|(_, part)| part)
    }

    fn reference<'a>(&'a self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")?;
        Some((name, self.0.get(name)?))
    }
}

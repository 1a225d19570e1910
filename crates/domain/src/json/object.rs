//! An object that is kept.

use super::number;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::ops::Deref;

/// A JSON object in which each number has its one form: `1.0` is `1`, and `-0.0` is `0`. Events and rows of earlier versions
/// may have the others, and get it when they are read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct JsonObject(Map<String, Value>);

impl From<Map<String, Value>> for JsonObject {
    fn from(mut members: Map<String, Value>) -> JsonObject {
        members.values_mut().for_each(settle);
        JsonObject(members)
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<JsonObject, D::Error> {
        Map::deserialize(from).map(JsonObject::from)
    }
}

impl Deref for JsonObject {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Gives each number in a value its one form.
fn settle(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(plain) = number.as_f64().and_then(number::plain) {
                *value = plain;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(members) => members.values_mut().for_each(settle),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_before_is_read_with_each_number_in_its_one_form() {
        let read = |text: &str| serde_json::from_str::<JsonObject>(text).expect(text);
        let kept = read(
            r#"{"a":1.0,"b":-0.0,"c":[0.0,{"d":-0,"e":1e2}],"f":0.5,"g":9007199254740992,"h":9007199254740992.0}"#,
        );
        let plain =
            r#"{"a":1,"b":0,"c":[0,{"d":0,"e":100}],"f":0.5,"g":9007199254740992,"h":9007199254740992}"#;
        assert_eq!(kept, read(plain));
        assert_eq!(serde_json::to_string(&kept).expect("JSON"), plain);
    }
}

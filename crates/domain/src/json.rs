//! Step 1 of 8: JSON that comes from outside, read strictly.
//!
//! [`parse`] refuses what different readers would understand differently (RFC 8259 §4, §6): doubled keys, numbers that are
//! not exact IEEE doubles, great depth. [`Fields`] takes an object apart, collects everything that is wrong with it, and
//! refuses what it does not know.

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Deepest nesting of a body; deeper is malformed.
pub const MAX_DEPTH: usize = 32;
/// Largest integer that every client reads exactly (2^53).
pub const MAX_INTEGER: i64 = 1 << 53;

const OUT_OF_RANGE: &str = "number out of range";

/// Why bytes were not taken as JSON.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JsonError {
    /// Not JSON, not UTF-8, a key twice, or nested deeper than [`MAX_DEPTH`].
    #[error("{0}")]
    Malformed(String),
    /// A number beyond ±2^53, which not every reader would read as the same.
    #[error("{0}")]
    OutOfRange(String),
}

/// Reads one JSON document.
///
/// # Errors
/// [`JsonError::Malformed`] or [`JsonError::OutOfRange`], both meant for the client.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| JsonError::Malformed(format!("not UTF-8 at byte {}", e.valid_up_to())))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0 }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let text = error.to_string();
        if text.starts_with(OUT_OF_RANGE) { JsonError::OutOfRange(text) } else { JsonError::Malformed(text) }
    })
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Strict, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH}")));
        }
        Ok(Strict { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_INTEGER.unsigned_abs() {
            return Err(E::custom(OUT_OF_RANGE));
        }
        Ok(Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_INTEGER.unsigned_abs() {
            return Err(E::custom(OUT_OF_RANGE));
        }
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() > MAX_INTEGER as f64 {
            return Err(E::custom(OUT_OF_RANGE));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom(OUT_OF_RANGE))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self.deeper()?)?;
            if map.contains_key(&key) {
                return Err(A::Error::custom("a key stands twice"));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// One thing wrong with one field. `pointer` is a JSON Pointer (RFC 6901) into the body.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldProblem {
    pub pointer: String,
    pub code: &'static str,
    pub detail: String,
}

/// Why a single value is refused: a stable code, and words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub code: &'static str,
    pub detail: String,
}

impl Refused {
    /// A value that is not what the field takes.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Refused { code: "invalid_value", detail: detail.into() }
    }

    /// A value of another JSON type.
    pub fn not_a(expected: &str) -> Self {
        Refused { code: "invalid_type", detail: format!("must be {expected}") }
    }
}

/// Everything that is wrong with a body; answered as 422 with a pointer for each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} field(s) refused", errors.len())]
pub struct Invalid {
    pub errors: Vec<FieldProblem>,
}

impl Invalid {
    /// The one code of the whole answer: `unknown_field` if that is among them, else the first one's.
    pub fn code(&self) -> &'static str {
        let unknown = self.errors.iter().find(|e| e.code == "unknown_field");
        unknown.or(self.errors.first()).map_or("invalid_value", |e| e.code)
    }

    /// The same problems, seen from a body that holds this one at `prefix`.
    pub fn below(mut self, prefix: &str) -> Self {
        for error in &mut self.errors {
            error.pointer.insert_str(0, prefix);
        }
        self
    }
}

/// Takes an object apart, field by field.
pub struct Fields {
    rest: Map<String, Value>,
    pointer: String,
    errors: Vec<FieldProblem>,
}

impl Fields {
    /// # Errors
    /// When `value` is not an object.
    pub fn of(value: Value) -> Result<Self, Invalid> {
        Self::at(value, "")
    }

    /// Like [`Fields::of`], for an object that stands at `pointer` in its body.
    ///
    /// # Errors
    /// When `value` is not an object.
    pub fn at(value: Value, pointer: &str) -> Result<Self, Invalid> {
        match value {
            Value::Object(rest) => Ok(Fields { rest, pointer: pointer.to_owned(), errors: Vec::new() }),
            _ => Err(Invalid {
                errors: vec![FieldProblem {
                    pointer: pointer.to_owned(),
                    code: "invalid_type",
                    detail: "must be an object".to_owned(),
                }],
            }),
        }
    }

    /// A field that must be there. `None` only if a problem was noted, so [`Fields::finish`] will refuse.
    pub fn required<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, Refused>) -> Option<T> {
        if !self.rest.contains_key(name) {
            self.refuse(name, Refused { code: "missing", detail: "is required".to_owned() });
        }
        self.optional(name, read)
    }

    /// A field that may be left out; `null` is handed to `read` like any value.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, Refused>) -> Option<T> {
        let value = self.rest.remove(name)?;
        match read(value) {
            Ok(read) => Some(read),
            Err(refused) => {
                self.refuse(name, refused);
                None
            }
        }
    }

    /// A field whose value is an object of its own, read by `read` with its pointer.
    pub fn nested<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value, &str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.rest.remove(name)?;
        let pointer = self.pointer_of(name);
        match read(value, &pointer) {
            Ok(read) => Some(read),
            Err(invalid) => {
                self.errors.extend(invalid.errors);
                None
            }
        }
    }

    /// Notes a problem of the field `name`.
    pub fn refuse(&mut self, name: &str, refused: Refused) {
        let pointer = self.pointer_of(name);
        self.errors.push(FieldProblem { pointer, code: refused.code, detail: refused.detail });
    }

    /// True while nothing was refused and nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty() && self.errors.is_empty()
    }

    /// # Errors
    /// Everything noted so far, and each field nobody asked for as `unknown_field`.
    pub fn finish(mut self) -> Result<(), Invalid> {
        let unknown: Vec<String> = self.rest.keys().cloned().collect();
        for name in unknown {
            self.refuse(
                &name,
                Refused { code: "unknown_field", detail: "is not a field of this".to_owned() },
            );
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Invalid { errors: self.errors }) }
    }

    fn pointer_of(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"))
    }
}

/// Reads a string.
///
/// # Errors
/// When the value is something else.
pub fn string(value: Value) -> Result<String, Refused> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Refused::not_a("a string")),
    }
}

/// Reads a boolean.
///
/// # Errors
/// When the value is something else.
pub fn boolean(value: Value) -> Result<bool, Refused> {
    value.as_bool().ok_or_else(|| Refused::not_a("true or false"))
}

/// Reads an integer within `range`.
///
/// # Errors
/// When the value is something else, or outside.
pub fn integer(value: &Value, range: std::ops::RangeInclusive<i64>) -> Result<i64, Refused> {
    let number = value.as_i64().ok_or_else(|| Refused::not_a("an integer"))?;
    if range.contains(&number) {
        Ok(number)
    } else {
        Err(Refused::invalid(format!("must be from {} to {}", range.start(), range.end())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_key_great_depth_and_broken_text_are_malformed() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(deep(32).as_bytes()).is_ok());
        for bad in
            [br#"{"a":1,"a":2}"#.as_slice(), b"{", b"\"\\ud800\"", b"\"\xff\"", b"1 2", deep(33).as_bytes()]
        {
            assert!(matches!(parse(bad), Err(JsonError::Malformed(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_number_that_readers_would_disagree_on_is_out_of_range() {
        assert!(parse(b"[9007199254740992,-9007199254740992,0.5]").is_ok());
        for bad in ["9007199254740993", "1e999", "-1e300", "99999999999999999999"] {
            assert!(matches!(parse(bad.as_bytes()), Err(JsonError::OutOfRange(_))), "{bad}");
        }
    }

    #[test]
    fn every_problem_of_a_body_is_told_with_its_pointer() {
        let mut fields = Fields::of(serde_json::json!({"name": 5, "a/b": 1})).expect("an object");
        assert_eq!(fields.required("name", string), None);
        assert_eq!(fields.required("email", string), None);
        let invalid = fields.finish().expect_err("three problems");
        let told: Vec<_> = invalid.errors.iter().map(|e| (e.pointer.as_str(), e.code)).collect();
        assert_eq!(told, [("/name", "invalid_type"), ("/email", "missing"), ("/a~1b", "unknown_field")]);
        assert_eq!(invalid.code(), "unknown_field");
    }
}

//! An object, field by field, with everything that is wrong with it.

use super::number;
use serde_json::{Map, Value};

/// One thing wrong with one field. `pointer` is a JSON Pointer (RFC 6901) into the body.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldProblem {
    /// The JSON Pointer of the field in the body.
    pub pointer: String,
    /// A stable code.
    pub code: &'static str,
    /// Words for people.
    pub detail: String,
}

/// The code for a field that nobody asked for.
const UNKNOWN_FIELD: &str = "unknown_field";

impl FieldProblem {
    /// Whether nobody asked for the field.
    pub fn is_of_unknown_field(&self) -> bool {
        matches!(self.code, UNKNOWN_FIELD)
    }
}

/// Why a single value is refused: a stable code, and words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// A stable code.
    pub code: &'static str,
    /// Words for people.
    pub detail: String,
}

impl Refused {
    /// A value that is not what the field takes.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Refused { code: "invalid_value", detail: detail.into() }
    }

    /// A field that there is not.
    pub(crate) fn unknown(detail: &str) -> Self {
        Refused { code: UNKNOWN_FIELD, detail: detail.to_owned() }
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
    /// At least one.
    pub errors: Vec<FieldProblem>,
}

impl Invalid {
    /// The one code of the whole answer: `unknown_field` if that is among them, else the first one's.
    pub fn code(&self) -> &'static str {
        let unknown = self.errors.iter().find(|problem| problem.is_of_unknown_field());
        unknown.or(self.errors.first()).map_or("invalid_value", |problem| problem.code)
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
        let (pointer, refused) = (pointer.to_owned(), Refused::not_a("an object"));
        let Value::Object(rest) = value else {
            let problem = FieldProblem { pointer, code: refused.code, detail: refused.detail };
            return Err(Invalid { errors: vec![problem] });
        };
        Ok(Fields { rest, pointer, errors: Vec::new() })
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

    /// The same for a field that must be there.
    pub fn required_nested<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value, &str) -> Result<T, Invalid>,
    ) -> Option<T> {
        if !self.rest.contains_key(name) {
            self.refuse(name, Refused { code: "missing", detail: "is required".to_owned() });
        }
        self.nested(name, read)
    }

    /// Renames a field that the body calls `outside` to `inside`. A body's own `inside` is refused as an unknown field.
    pub fn rename(&mut self, outside: &str, inside: &str) {
        if self.rest.contains_key(inside) {
            self.refuse(inside, Refused::unknown("is not a field of this"));
        }
        if let Some(value) = self.rest.remove(outside) {
            self.rest.insert(inside.to_owned(), value);
        }
    }

    /// A field that does not come from the body; one that does is refused.
    pub fn insert(&mut self, name: &str, value: Value) {
        if self.rest.insert(name.to_owned(), value).is_some() {
            self.refuse(name, Refused::unknown("is decided by the path"));
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
            self.refuse(&name, Refused::unknown("is not a field of this"));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Invalid { errors: self.errors }) }
    }

    fn pointer_of(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"))
    }
}

/// Reads an object that has this field and no other.
///
/// # Errors
/// Everything that is wrong with it.
pub fn only<T>(
    mut fields: Fields,
    name: &str,
    read: impl FnOnce(Value) -> Result<T, Refused>,
) -> Result<T, Invalid> {
    let value = fields.required(name, read);
    fields.finish()?;
    Ok(value.expect("required"))
}

/// Reads a string.
///
/// # Errors
/// When the value is something else.
pub fn string(value: Value) -> Result<String, Refused> {
    let Value::String(text) = value else { return Err(Refused::not_a("a string")) };
    Ok(text)
}

/// Reads a boolean.
///
/// # Errors
/// When the value is something else.
pub fn boolean(value: Value) -> Result<bool, Refused> {
    value.as_bool().ok_or_else(|| Refused::not_a("true or false"))
}

/// Reads an integer within `range`. `3.0` and `30e-1` are 3 (JSON Schema 2020-12 §4.2.3), because some languages write every number so.
///
/// # Errors
/// When the value is something else, or outside.
pub fn integer(value: &Value, range: std::ops::RangeInclusive<i64>) -> Result<i64, Refused> {
    let number = value.as_i64().or_else(|| number::integer(value.as_f64()?));
    let number = number.ok_or_else(|| Refused::not_a("an integer"))?;
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
    fn a_number_without_a_fraction_is_an_integer_however_it_is_written() {
        let read = |text: &str| integer(&serde_json::from_str(text).expect(text), 0..=10_000);
        for three in ["3", "3.0", "3e0", "30e-1", "0.3e1"] {
            assert_eq!(read(three).ok(), Some(3), "{three}");
        }
        assert_eq!(read("-0.0").ok(), Some(0));
        for other in ["3.5", "1e-2", "-3.0", "10001.0", "1e300", "\"3\"", "true"] {
            assert!(read(other).is_err(), "{other}");
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

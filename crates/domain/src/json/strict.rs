//! One JSON document (RFC 8259), refused where readers would disagree: doubled keys, numbers beyond ±(2^53−1), great depth.

use super::number;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Deepest nesting of a body; deeper is malformed.
pub const MAX_DEPTH: usize = 32;

/// How serde_json tells that a number is beyond every double.
const OUT_OF_RANGE: &str = "number out of range";

/// Why bytes were not taken as JSON.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JsonError {
    /// Not JSON, not UTF-8, a key twice, or nested deeper than [`MAX_DEPTH`].
    #[error("{0}")]
    Malformed(String),
    /// A number that not every reader would read as the same.
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
    let value = value.map_err(|error| {
        let text = error.to_string();
        if text.starts_with(OUT_OF_RANGE) { JsonError::OutOfRange(text) } else { JsonError::Malformed(text) }
    })?;
    number::judge(text).map_err(JsonError::OutOfRange)?;
    Ok(value)
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

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        number::plain(value).ok_or_else(|| E::custom(OUT_OF_RANGE))
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
        assert!(parse(b"[9007199254740991,-9007199254740991,0.5]").is_ok());
        for bad in
            ["9007199254740992", "9007199254740993.0", "1e999", "-1e300", "99999999999999999999", "1e-400"]
        {
            assert!(matches!(parse(bad.as_bytes()), Err(JsonError::OutOfRange(_))), "{bad}");
        }
    }

    #[test]
    fn each_number_has_one_form_and_fractions_are_the_nearest_double() {
        let read = |text: &str| parse(text.as_bytes()).expect(text).to_string();
        for (sent, kept) in [
            ("1.0", "1"),
            ("1e2", "100"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0e5", "0"),
            ("-3.0", "-3"),
            ("9007199254740991.0", "9007199254740991"),
            ("0.1", "0.1"),
            ("0.1000000000000000055511151231257827", "0.1"),
            ("4.35", "4.35"),
            ("2.5e-324", "5e-324"),
            ("9007199254740990.5", "9007199254740990"),
            ("2251799813685249.5", "2251799813685249.5"),
        ] {
            assert_eq!(read(sent), kept, "{sent}");
        }
    }
}

//! Numbers as every client reads them: IEEE doubles within ±(2^53−1) (RFC 7493, I-JSON), each in one form.
//!
//! They are judged by the digits that were sent, before anything rounds them. serde_json's `arbitrary_precision` keeps digits
//! too, but for the whole program: every number becomes a string, `1` and `1.0` stay different values, and an untagged or
//! flattened type reads a number as a map. So the text is looked through once more instead.

use serde_json::{Number, Value};

/// Largest integer that every client reads exactly (2^53−1).
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// The digits of [`MAX_INTEGER`].
const LIMIT: &str = "9007199254740991";

/// Most characters of a number that a refusal repeats.
const SHOWN: usize = 40;

/// Looks through the numbers of a JSON document. The text was found to be one, so whatever begins like a number outside of
/// a string is a number.
///
/// # Errors
/// The first number that is beyond the limit, or that would become 0 and is not.
pub(super) fn judge(text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = match bytes[at] {
            b'"' => string_length(&bytes[at..]),
            b'-' | b'0'..=b'9' => {
                let number = number_at(&text[at..]);
                judge_one(number).map_err(|why| {
                    let shown: String = number.chars().take(SHOWN).collect();
                    format!("number out of range at byte {at}: {shown} {why}")
                })?;
                number.len()
            }
            _ => 1,
        };
        at += length;
    }
    Ok(())
}

/// How long the string is that begins here, its quotes included.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn number_at(text: &str) -> &str {
    let is_in = |c: char| matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
    text.split_once(|c| !is_in(c)).map_or(text, |(number, _)| number)
}

fn judge_one(number: &str) -> Result<(), &'static str> {
    let unsigned = number.trim_start_matches('-');
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(());
    }
    // The number is 0.<significant> × 10^magnitude.
    let leading_zeros = digits.len() - significant.len();
    let magnitude = whole.len() as i64 - leading_zeros as i64 + exponent_of(exponent);
    let largest = LIMIT.len() as i64;
    // Of equal magnitude, digits compare as texts do, if none ends with zeros that say nothing.
    if magnitude > largest || magnitude == largest && significant.trim_end_matches('0') > LIMIT {
        return Err("is beyond ±9007199254740991 (2^53−1), so clients would read different numbers");
    }
    match number.parse::<f64>() {
        Ok(value) if value != 0.0 => Ok(()),
        Ok(_) | Err(_) => Err("is so near to 0 that it would become 0"),
    }
}

/// Beyond this no document is long enough to make up for an exponent.
const FAR: i64 = i64::MAX / 2;

fn exponent_of(text: &str) -> i64 {
    let far = if text.starts_with('-') { -FAR } else { FAR };
    text.parse().map_or(far, |exponent: i64| exponent.clamp(-FAR, FAR))
}

/// A double in its one form: an integer where it is one, so `1.0` is `1` and `-0.0` is `0`.
pub(super) fn plain(value: f64) -> Option<Value> {
    Some(match integer(value) {
        Some(integer) => Value::from(integer),
        None => Value::Number(Number::from_f64(value)?),
    })
}

/// The integer that a number is, if it has no fraction. Earlier versions took ±2^53 as well.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
pub(super) fn integer(value: f64) -> Option<i64> {
    // Within the limit the conversion is exact.
    (value.fract() == 0.0 && value.abs() <= (MAX_INTEGER + 1) as f64).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_judged_by_its_digits_before_it_is_rounded() {
        for good in [
            "9007199254740991",
            "-9007199254740991",
            "9007199254740991.0",
            "9007199254740991.000e0",
            "9007199254740990.5",
            "90071992547409910e-1",
            "0.9007199254740991e16",
            "900719925474099100000e-5",
            "0.0000009007199254740991e22",
            "0",
            "-0",
            "-0.0",
            "0e999",
            "0.000e99999999999999999999",
            "0e-99999999999999999999",
            "1e15",
            "5e-324",
            "2.5e-324",
            "1e-323",
            "0.1",
            "4.35",
            "1.7976931348623157e-300",
        ] {
            assert_eq!(judge(good), Ok(()), "{good}");
        }
        for beyond in [
            "9007199254740992",
            "-9007199254740992",
            "9007199254740993",
            "9007199254740993.0",
            "9007199254740991.5",
            "9007199254740991.0000000000000000000001",
            "90071992547409920e-1",
            "0.9007199254740992e16",
            "9.007199254740993E15",
            "1e16",
            "1e+16",
            "1e300",
            "1e99999999999999999999",
            "0.00001e25",
            "99999999999999999999",
            "123456789012345678",
        ] {
            let refused = judge(beyond).expect_err(beyond);
            assert!(refused.contains("is beyond"), "{beyond}: {refused}");
        }
        for near in [
            "1e-400",
            "-1e-400",
            "2e-324",
            "0.1e-324",
            "1e-99999999999999999999",
            &format!("0.{}1", "0".repeat(330)),
        ] {
            let refused = judge(near).expect_err(near);
            assert!(refused.contains("would become 0"), "{near}: {refused}");
        }
    }

    #[test]
    fn only_what_stands_outside_of_strings_is_a_number() {
        assert_eq!(
            judge(r#"{"1e400": ["9007199254740993", "\"1e400", "\\", "ü1e400", true, null], "a": -1.5}"#),
            Ok(())
        );
        let refused = judge(r#"{"a": ["\\\"", 1, {"b":9007199254740993}]}"#).expect_err("beyond");
        assert!(refused.starts_with("number out of range at byte 23: 9007199254740993 is"), "{refused}");
        assert!(judge(r#"["\\",1e16]"#).is_err());
        let refused = judge(&"9".repeat(10_000)).expect_err("beyond");
        assert!(refused.len() < 200, "{refused}");
    }
}

//! JSON that languages read, merge or order differently.

use super::super::plan::Dice;
use serde_json::{Map, Value, json};

/// Numbers that a request may have, as their texts.
pub(super) const NUMBERS: [&str; 22] = [
    "0",
    "-0",
    "-0.0",
    "1.0",
    "1e0",
    "1E2",
    "0.1",
    "0.30000000000000004",
    "4.35",
    "1e-6",
    "1e-7",
    "1e-10",
    "5e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e-300",
    "333333333.33333329",
    "123456789012345.67",
    "1e15",
    "9007199254740990",
    "9007199254740991",
    "-9007199254740991",
    "9007199254740991.0",
];

/// Numbers that a request may not have; canonical JSON is defined for them too. Earlier versions took the first three.
pub(super) const GREAT_NUMBERS: [&str; 9] = [
    "9007199254740992",
    "-9007199254740992",
    "9007199254740992.0",
    "1e20",
    "1e21",
    "1e23",
    "999999999999999900000",
    "-1.7976931348623157e308",
    "295147905179352830000",
];

/// Keys whose order is another one by code point or by byte than by UTF-16 unit, that JavaScript puts first, or that
/// have a meaning there.
pub(super) const KEYS: [&str; 17] = [
    "a",
    "b",
    "",
    "10",
    "9",
    "-1",
    "__proto__",
    "constructor",
    "toString",
    "\u{20ac}",
    "\r",
    "\u{fb33}",
    "\u{1f600}",
    "\u{80}",
    "\u{f6}",
    "o\u{308}",
    "\u{ffff}",
];

/// Texts with everything that is escaped, and with what only some writers escape.
pub(super) const TEXTS: [&str; 7] = [
    "",
    "plain",
    "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}",
    "\u{7f}\u{2028}\u{2029}\u{feff}",
    "\u{1f469}\u{200d}\u{1f680} \u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "e\u{301} \u{e9}",
    "</script>&<",
];

fn read(number: &str) -> Value {
    crate::json::parse(number.as_bytes()).expect("a number that a request may have")
}

pub(super) fn number(dice: &mut Dice) -> Value {
    read(dice.one_of(&NUMBERS))
}

/// A `config` that has all of them.
pub(super) fn all() -> Map<String, Value> {
    let numbers = NUMBERS.map(read);
    let mut all: Map<String, Value> =
        KEYS.iter().zip(TEXTS.iter().cycle()).map(|(key, text)| ((*key).to_owned(), json!(text))).collect();
    all.insert("numbers".to_owned(), json!(numbers));
    all
}

/// A merge patch: objects in objects, with nulls at every depth.
pub(super) fn patch(dice: &mut Dice, depth: usize) -> Map<String, Value> {
    let count = 1 + dice.below(3);
    (0..count).map(|_| (dice.one_of(&KEYS).to_owned(), value(dice, depth))).collect()
}

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 6 } else { 11 }) {
        0 | 1 => Value::Null,
        2 | 3 => number(dice),
        4 => json!(dice.one_of(&TEXTS)),
        5 => json!(dice.below(2) == 0),
        6 => json!([value(dice, depth - 1), value(dice, depth - 1)]),
        _ => Value::Object(patch(dice, depth - 1)),
    }
}

//! What tasks have that is no word, as lexemes.

/// Stands before a lexeme that is no word: no word begins with a sign.
const FACT: char = '#';

pub fn number(number: i64) -> String {
    format!("{FACT}n{number}")
}

pub fn label(key: &str) -> String {
    format!("{FACT}l{key}")
}

pub fn person(id: &str) -> String {
    format!("{FACT}p{id}")
}

pub fn option(field: &str, key: &str) -> String {
    format!("{FACT}o{field}={key}")
}

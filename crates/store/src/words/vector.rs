//! A text search vector of Postgres, made of our own lexemes.
//!
//! Every lexeme is quoted, so Postgres takes it as it is. Its limits are kept here, because Postgres cuts some of them off
//! without a word: a lexeme has at most 2,046 bytes and 256 positions, a position is at most 16,383, and all lexemes and
//! positions together take less than 1 MiB.

use super::lexeme::{mark, quote};
use domain::ProjectId;
use domain::words::analyse;
use std::collections::BTreeMap;
use std::fmt::Write;

const LONGEST: usize = 2_046;
const MOST_POSITIONS: usize = 256;
/// The last position that counts for phrases. Whatever stands behind it has position 16,383, which is not the next one.
const LAST: usize = 16_381;
const BEYOND: usize = 16_383;
/// Some less than the 1,048,575 bytes that Postgres takes.
const MOST_BYTES: usize = 1_000_000;

/// How much a word counts for the rank of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// In the title, or the number.
    A,
    /// In a label or a field.
    B,
    /// In the description.
    C,
    /// In a comment.
    D,
}

/// What a row is found by.
#[derive(Debug)]
pub struct Vector {
    mark: String,
    lexemes: BTreeMap<String, Vec<(usize, Weight)>>,
    positions: usize,
    bytes: usize,
}

impl Vector {
    /// Without anything yet.
    pub fn new(project: ProjectId) -> Vector {
        Vector { mark: mark(project), lexemes: BTreeMap::new(), positions: 0, bytes: 0 }
    }

    /// Adds the words of a text. `before`: each word a second time, with this before it.
    pub fn add(&mut self, text: &str, weight: Weight, before: Option<char>) {
        let analysed = analyse(text);
        for (at, lexeme) in analysed.lexemes {
            let at = self.positions + at;
            if let Some(before) = before {
                self.push(&format!("{before}{lexeme}"), at, weight);
            }
            self.push(&lexeme, at, weight);
        }
        // One position stays free, so that no phrase reaches into the next text.
        self.positions += analysed.positions + 1;
    }

    /// Adds something that is no word.
    pub fn add_fact(&mut self, fact: &str) {
        self.push(fact, self.positions, Weight::B);
    }

    fn push(&mut self, lexeme: &str, at: usize, weight: Weight) {
        let lexeme = format!("{}{lexeme}", self.mark);
        let at = if at < LAST { at + 1 } else { BEYOND };
        let known = self.lexemes.get_mut(&lexeme);
        // Both are aligned to two bytes, and the count of the positions takes two.
        let bytes = if known.is_some() { 2 } else { lexeme.len().next_multiple_of(2) + 4 };
        if lexeme.len() > LONGEST || self.bytes + bytes > MOST_BYTES {
            return;
        }
        match known {
            Some(positions) => {
                let is_new = positions.last().is_none_or(|(last, _)| *last != at);
                if !is_new || positions.len() == MOST_POSITIONS {
                    return;
                }
                positions.push((at, weight));
            }
            None => {
                self.lexemes.insert(lexeme, vec![(at, weight)]);
            }
        }
        self.bytes += bytes;
    }

    /// As Postgres reads it.
    pub fn written(&self) -> String {
        let mut written = String::with_capacity(2 * self.bytes);
        for (lexeme, positions) in &self.lexemes {
            quote(lexeme, &mut written);
            for (index, (at, weight)) in positions.iter().enumerate() {
                let before = if index == 0 { ':' } else { ',' };
                write!(written, "{before}{at}{weight:?}").expect("a String takes everything");
            }
            written.push(' ');
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn vector(text: &str) -> Vector {
        let mut vector = Vector::new(ProjectId(Uuid::nil()));
        vector.add(text, Weight::C, None);
        vector
    }

    fn most_positions(vector: &Vector) -> usize {
        vector.lexemes.values().map(Vec::len).max().unwrap_or(0)
    }

    #[test]
    fn whatever_is_written_stays_within_what_postgres_takes() {
        let numbers = |count: usize| (0..count).map(|n| format!("{n} ")).collect::<String>();
        for text in [
            numbers(100_000),
            "a ".repeat(50_000),
            "x".repeat(100_000),
            "é".repeat(50_000),
            "ﷺ".repeat(34_000),
            "備忘".repeat(17_000),
        ] {
            let vector = vector(&text);
            assert!(vector.bytes <= MOST_BYTES && most_positions(&vector) <= MOST_POSITIONS);
            assert!(vector.lexemes.keys().all(|lexeme| lexeme.len() <= LONGEST));
            assert!(
                vector.lexemes.values().flatten().all(|(at, _)| (1..=LAST).contains(at) || *at == BEYOND)
            );
        }
    }

    #[test]
    fn two_words_beyond_the_last_position_are_no_phrase() {
        let vector = vector(&(0..20_000).map(|n| format!("n{n} ")).collect::<String>());
        let at = |word: &str| vector.lexemes[&format!("{}{word}", vector.mark)][0].0;
        assert_eq!((at("n0"), at("n16380"), at("n16381"), at("n16382")), (1, LAST, BEYOND, BEYOND));
    }

    #[test]
    fn quotes_and_backslashes_are_written_so_that_they_stay() {
        let written = vector(r"o'brien c:\x").written();
        assert!(written.contains(r"o''brien':1C") && written.contains(r"c:\\x':3C"), "{written}");
    }
}

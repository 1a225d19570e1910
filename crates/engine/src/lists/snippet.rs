//! The part of a text in which a search found something, with what it found. Pieces instead of markup: a client cannot
//! mistake a text for HTML, and offsets mean the same in every language.

use domain::words::{self, Question};
use serde::Serialize;

/// About how many characters of a long text are shown.
const SHOWN: usize = 160;
/// How many of them stand before the first word that was found.
const BEFORE: usize = 40;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The characters, unchanged.
    pub text: String,
    /// Whether it is what was searched for.
    pub found: bool,
}

/// The pieces of `text` around the first words found; `None` if none of the words is in it.
pub fn of(text: &str, question: &Question) -> Option<Vec<Piece>> {
    let first = words::pieces(text, question).next()?.start;
    let start = text[..first].char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
    Some(pieces(shown(text, start), question))
}

/// The beginning of `text`, for what was found by something else than its words, such as the name of a label.
pub fn beginning(text: &str, question: &Question) -> Vec<Piece> {
    pieces(shown(text, 0), question)
}

fn shown(text: &str, start: usize) -> &str {
    let end = text[start..].char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| start + at);
    &text[start..end]
}

fn pieces(text: &str, question: &Question) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for found in words::pieces(text, question) {
        if found.start > done {
            pieces.push(Piece { text: text[done..found.start].to_owned(), found: false });
        }
        done = found.end;
        pieces.push(Piece { text: text[found].to_owned(), found: true });
    }
    if done < text.len() {
        pieces.push(Piece { text: text[done..].to_owned(), found: false });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, question: &str) -> Option<String> {
        let pieces = of(text, &Question::parse(question))?;
        let mark = |piece: &Piece| if piece.found { format!("[{}]", piece.text) } else { piece.text.clone() };
        Some(pieces.iter().map(mark).collect())
    }

    #[test]
    fn words_are_found_whole_and_the_last_one_by_its_beginning() {
        assert_eq!(
            marked("Paint the Door, painter!", "paint do").as_deref(),
            Some("[Paint] the [Door], painter!")
        );
        assert_eq!(marked("Türen übermalen", "über").as_deref(), Some("Türen [übermalen]"));
        assert_eq!(marked("nothing here", "door"), None);
    }

    #[test]
    fn of_a_long_text_the_part_around_the_first_word_is_shown() {
        let text = format!("{} door {}", "ö".repeat(500), "ß".repeat(500));
        let shown = marked(&text, "door").expect("found");
        assert!(shown.contains("[door]") && shown.chars().count() <= SHOWN + 2, "{shown}");
    }
}

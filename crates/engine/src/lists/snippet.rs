//! The part of a text in which a search found something, with what it found. Pieces instead of markup: a client cannot
//! mistake a text for HTML, and offsets mean the same in every language.

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

/// What to look for: words in lower case, the last one perhaps not written to its end.
pub struct Words<'a>(pub &'a [String]);

impl Words<'_> {
    fn are(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        let last = self.0.last();
        self.0.contains(&word) || last.is_some_and(|begun| word.starts_with(begun.as_str()))
    }
}

/// The pieces of `text` around the first word found; `None` if none of the words is in it.
pub fn of(text: &str, words: &Words) -> Option<Vec<Piece>> {
    let first = runs(text).find(|(start, end)| words.are(&text[*start..*end]))?.0;
    let start = text[..first].char_indices().rev().take(BEFORE).last().map_or(first, |(at, _)| at);
    Some(pieces(shown(text, start), words))
}

/// The beginning of `text`, for what was found by more than a word, such as the path of an address.
pub fn beginning(text: &str, words: &Words) -> Vec<Piece> {
    pieces(shown(text, 0), words)
}

fn shown(text: &str, start: usize) -> &str {
    let end = text[start..].char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| start + at);
    &text[start..end]
}

fn pieces(text: &str, words: &Words) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for (start, end) in runs(text).filter(|(start, end)| words.are(&text[*start..*end])) {
        if start > done {
            pieces.push(Piece { text: text[done..start].to_owned(), found: false });
        }
        pieces.push(Piece { text: text[start..end].to_owned(), found: true });
        done = end;
    }
    if done < text.len() {
        pieces.push(Piece { text: text[done..].to_owned(), found: false });
    }
    pieces
}

/// Where the words of a text stand.
fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = rest.find(|(_, c)| c.is_alphanumeric())?;
        let mut end = text.len();
        while let Some((at, c)) = rest.peek() {
            if !c.is_alphanumeric() {
                end = *at;
                break;
            }
            rest.next();
        }
        Some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let pieces = of(text, &Words(&words))?;
        let mark = |piece: &Piece| if piece.found { format!("[{}]", piece.text) } else { piece.text.clone() };
        Some(pieces.iter().map(mark).collect())
    }

    #[test]
    fn words_are_found_whole_and_the_last_one_by_its_beginning() {
        assert_eq!(
            marked("Paint the Door, painter!", &["paint", "do"]).as_deref(),
            Some("[Paint] the [Door], painter!")
        );
        assert_eq!(marked("Türen übermalen", &["über"]).as_deref(), Some("Türen [übermalen]"));
        assert_eq!(marked("nothing here", &["door"]), None);
    }

    #[test]
    fn of_a_long_text_the_part_around_the_first_word_is_shown() {
        let text = format!("{} door {}", "ö".repeat(500), "ß".repeat(500));
        let shown = marked(&text, &["door"]).expect("found");
        assert!(shown.contains("[door]") && shown.chars().count() <= SHOWN + 2, "{shown}");
    }
}

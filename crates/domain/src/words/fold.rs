//! Folding: all spellings that people take for one word become one text.
//!
//! The steps are those that give equal results here and in JavaScript. Marks are removed only where they are listed, because
//! without theirs words in Thai, Hindi or Japanese become other ones.

use unicode_normalization::UnicodeNormalization;

/// A text as it is compared. Folding it again changes nothing.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed: String = text.nfkd().collect();
    let lower = decomposed.to_lowercase().to_uppercase().to_lowercase();
    let sigma = lower.chars().map(|c| if c == 'ς' { 'σ' } else { c });
    let kept: String = sigma.nfkd().filter(|c| !is_removed(*c)).collect();
    let mut letters = String::with_capacity(kept.len());
    for c in kept.chars() {
        match plain(c) {
            Some(plain) => letters.push_str(plain),
            None => letters.push(c),
        }
    }
    letters.nfkc().collect()
}

/// A word as it is spelled, in small letters: with its accents, without what nobody sees.
pub(super) fn spelled(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let sigma = lower.chars().map(|c| if c == 'ς' { 'σ' } else { c });
    sigma.filter(|c| !is_unseen(*c)).nfkc().collect()
}

fn is_removed(c: char) -> bool {
    is_unseen(c)
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{670}' | '\u{640}' | '\u{591}'..='\u{5bd}'
            | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}')
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The letters that have no decomposition, as people type them without.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

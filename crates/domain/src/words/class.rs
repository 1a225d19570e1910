//! What a character is to a search.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A letter or a digit of a script that puts spaces between words.
    Word,
    /// A letter, digit or mark of a script without them, or of Hangul, whose words are made of others.
    Unspaced,
    /// A mark, which belongs to what stands before it.
    Mark,
    /// A sign: it parts what stands on both sides.
    Sign,
    /// White space.
    Space,
}

pub fn class(c: char) -> Class {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Word,
            '!'..='~' => Class::Sign,
            _ => Class::Space,
        };
    }
    use GeneralCategory::{
        Control, DecimalNumber, LetterNumber, LineSeparator, LowercaseLetter, ModifierLetter, NonspacingMark,
        OtherLetter, OtherNumber, ParagraphSeparator, SpaceSeparator, SpacingMark, TitlecaseLetter,
        UppercaseLetter,
    };
    // The categories that are named here are all that there is to tell apart.
    #[allow(clippy::wildcard_enum_match_arm)]
    match c.general_category() {
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter
        | DecimalNumber | LetterNumber | OtherNumber => {
            if is_unspaced(c) {
                Class::Unspaced
            } else {
                Class::Word
            }
        }
        NonspacingMark | SpacingMark => {
            if is_unspaced(c) {
                Class::Unspaced
            } else {
                Class::Mark
            }
        }
        SpaceSeparator | LineSeparator | ParagraphSeparator | Control => Class::Space,
        _ => Class::Sign,
    }
}

/// The blocks of scripts that write words without spaces between them, and Hangul.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Myanmar
        | '\u{1100}'..='\u{11ff}' // Hangul Jamo
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{1950}'..='\u{19df}' // Tai Le, New Tai Lue
        | '\u{1a20}'..='\u{1aaf}' // Tai Tham
        | '\u{1b00}'..='\u{1b7f}' // Balinese
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}' | '\u{303b}' // Han
        | '\u{3040}'..='\u{318f}' // Hiragana, Katakana, Bopomofo, Hangul
        | '\u{31a0}'..='\u{31ff}' // Bopomofo, Katakana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' // Han
        | '\u{a960}'..='\u{a9ff}' // Hangul Jamo, Javanese, Myanmar
        | '\u{aa60}'..='\u{aadf}' // Myanmar, Tai Viet
        | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{f900}'..='\u{faff}' // Han
        | '\u{1aff0}'..='\u{1b16f}' // Kana
        | '\u{20000}'..='\u{323af}' // Han
    )
}

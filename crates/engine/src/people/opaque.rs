//! The one form in which passwords are hashed: the OpaqueString profile of RFC 8265 §4.2, so that what one keyboard sends
//! composed and another decomposed is the same password.
//!
//! Characters are judged after the normalisation, by the current Unicode version and not by that of the RFC.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The class of combining marks that take a vowel away (RFC 5892 §A.1).
const VIRAMA: u8 = 9;

/// The password in its one form: every space is U+0020, composed (NFC). `None`: it is empty, or has a character that
/// passwords may not have.
pub fn enforce(password: &str) -> Option<String> {
    let is_space = |c: char| c.general_category() == GeneralCategory::SpaceSeparator;
    let spaced = password.chars().map(|c| if is_space(c) { ' ' } else { c });
    let normal: Vec<char> = spaced.nfc().collect();
    let allowed = !normal.is_empty() && (0..normal.len()).all(|place| is_allowed(&normal, place));
    allowed.then(|| normal.into_iter().collect())
}

/// Whether the FreeformClass of RFC 8264 §4.3 has the character at this place.
fn is_allowed(text: &[char], place: usize) -> bool {
    let before = place.checked_sub(1).map(|before| text[before]);
    let after = text.get(place + 1).copied();
    let has = |wanted: fn(char) -> bool| text.iter().copied().any(wanted);
    match text[place] {
        // Those that depend on their neighbours, or on the whole text: RFC 5892 appendix A.
        '\u{b7}' => before == Some('l') && after == Some('l'),
        '\u{375}' => after.is_some_and(is_greek),
        '\u{5f3}' | '\u{5f4}' => before.is_some_and(is_hebrew),
        '\u{30fb}' => has(is_japanese),
        '\u{660}'..='\u{669}' => !has(|c| matches!(c, '\u{6f0}'..='\u{6f9}')),
        '\u{6f0}'..='\u{6f9}' => !has(|c| matches!(c, '\u{660}'..='\u{669}')),
        '\u{200c}' => follows_virama(before) || is_between_joining(text, place),
        '\u{200d}' => follows_virama(before),
        // Exceptions (RFC 5892 §2.6), and single letters of Hangul that make no syllable (RFC 8264 §9.9).
        '\u{640}' | '\u{7fa}' | '\u{302e}' | '\u{302f}' | '\u{3031}'..='\u{3035}' | '\u{303b}' => false,
        '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97c}' | '\u{d7b0}'..='\u{d7fb}' => false,
        c if domain::text::is_ignorable(c) => false,
        c => is_of_category(c.general_category()),
    }
}

/// Letters, marks, numbers, symbols, punctuation and spaces; no controls, formats, private or unassigned code points.
fn is_of_category(category: GeneralCategory) -> bool {
    use GeneralCategory::{
        ClosePunctuation, ConnectorPunctuation, Control, CurrencySymbol, DashPunctuation, DecimalNumber,
        EnclosingMark, FinalPunctuation, Format, InitialPunctuation, LetterNumber, LineSeparator,
        LowercaseLetter, MathSymbol, ModifierLetter, ModifierSymbol, NonspacingMark, OpenPunctuation,
        OtherLetter, OtherNumber, OtherPunctuation, OtherSymbol, ParagraphSeparator, PrivateUse,
        SpaceSeparator, SpacingMark, Surrogate, TitlecaseLetter, Unassigned, UppercaseLetter,
    };
    match category {
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter => true,
        NonspacingMark | SpacingMark | EnclosingMark | DecimalNumber | LetterNumber | OtherNumber => true,
        ConnectorPunctuation | DashPunctuation | OpenPunctuation | ClosePunctuation => true,
        InitialPunctuation | FinalPunctuation | OtherPunctuation => true,
        MathSymbol | CurrencySymbol | ModifierSymbol | OtherSymbol | SpaceSeparator => true,
        LineSeparator | ParagraphSeparator | Control | Format | Surrogate | PrivateUse | Unassigned => false,
    }
}

fn follows_virama(before: Option<char>) -> bool {
    before.is_some_and(|before| canonical_combining_class(before) == VIRAMA)
}

/// Between letters of scripts whose letters join, marks not counted. Wider than RFC 5892 §A.1, which also asks on which sides
/// a letter joins.
fn is_between_joining(text: &[char], place: usize) -> bool {
    let is_mark = |c: &&char| c.general_category() == GeneralCategory::NonspacingMark;
    let joins = |c: &char| {
        matches!(c, '\u{620}'..='\u{8ff}' | '\u{1807}'..='\u{18aa}' | '\u{a840}'..='\u{a871}')
            && c.general_category() == GeneralCategory::OtherLetter
    };
    let before = text[..place].iter().rev().find(|c| !is_mark(c));
    let after = text[place + 1..].iter().find(|c| !is_mark(c));
    before.is_some_and(joins) && after.is_some_and(joins)
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5f4}' | '\u{fb1d}'..='\u{fb4f}')
}

/// A letter of Hiragana, Katakana or Han.
fn is_japanese(c: char) -> bool {
    let syllable = matches!(c, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fd}'..='\u{30ff}');
    syllable
        || matches!(c, '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_password_become_the_same() {
        for (sent, normal) in [
            ("correct horse", "correct horse"),
            ("u\u{308}ber allem", "über allem"),
            ("\u{212b}ngstro\u{308}m", "Ångström"),
            ("two\u{3000}words", "two words"),
            ("two\u{a0}words", "two words"),
            ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글"),
            ("a\u{323}\u{307}", "a\u{323}\u{307}"),
            ("a\u{307}\u{323}", "ạ\u{307}"),
            ("ﬁve ﬁngers", "ﬁve ﬁngers"),
            ("Ａｂｃ", "Ａｂｃ"),
        ] {
            let expected: String = normal.nfc().collect();
            assert_eq!(enforce(sent), Some(expected), "{sent:?}");
        }
    }

    #[test]
    fn emoji_and_letters_of_all_scripts_are_allowed() {
        for password in
            ["🤔🫨 hmm", "пароль", "密码", "パス・ワード", "l·l", "सत्\u{200d}य", "می\u{200c}خواهم", "₤^~$"]
        {
            assert!(enforce(password).is_some(), "{password:?}");
        }
    }

    #[test]
    fn what_nobody_can_see_or_type_again_is_refused() {
        for password in [
            "",
            "a\tb",
            "a\0b",
            "a\nb",
            "a\u{7f}",
            "a\u{85}",
            "a\u{200b}b",
            "a\u{ad}b",
            "a\u{feff}",
            "a\u{fe0f}",
            "👩\u{200d}👩",
            "a\u{200c}b",
            "a·b",
            "a\u{e000}",
            "a\u{ffff}",
            "a\u{378}",
            "a\u{2028}",
            "\u{1112}",
            "\u{115f}",
            "\u{640}",
            "\u{660}\u{6f0}",
            "a\u{202e}",
        ] {
            assert_eq!(enforce(password), None, "{password:?}");
        }
    }
}

//! Texts that can only be built valid: bounded, and without characters that Postgres or a reader cannot take.

use crate::json::{Refused, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Longest title of a task, in characters.
pub const TITLE_CHARACTERS: usize = 500;
/// Longest name of a project, a status or a person, in characters.
pub const NAME_CHARACTERS: usize = 200;
/// Longest Markdown (a description, a comment), in bytes.
pub const MARKDOWN_BYTES: usize = 102_400;

macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $check:expr) => {
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        $(#[$meta])*
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When the text is not allowed here; the words say what is.
            pub fn new(text: impl Into<String>) -> Result<Self, Refused> {
                let text = text.into();
                $check(&text).map(|()| Self(text))
            }

            /// Reads one from JSON.
            ///
            /// # Errors
            /// When the value is not such a text.
            pub fn read(value: Value) -> Result<Self, Refused> {
                Self::new(string(value)?)
            }

            /// A text that was checked before it was stored.
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(/// A task's title: one line, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500, example = "Paint the door")]
    Title, |text: &str| one_line(text, TITLE_CHARACTERS));
text!(/// A name of a project or a person: one line, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Web shop")]
    Name, |text: &str| one_line(text, NAME_CHARACTERS));
text!(/// Markdown, possibly empty, at most 102,400 bytes.
    #[schema(max_length = 102_400, example = "Twice, **blue**.")]
    Markdown, |text: &str| markdown(text));
text!(/// A comment's Markdown: not blank, at most 102,400 bytes.
    #[schema(min_length = 1, max_length = 102_400, example = "Done, have a look.")]
    Body, |text: &str| body(text));
text!(/// A key that never changes: `[A-Za-z0-9_-]{1,64}`.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "in_progress")]
    Key, |text: &str| key(text));
text!(/// A colour: `#` and six hexadecimal digits.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$", example = "#d4380d")]
    Color, |text: &str| color(text));
text!(/// A project's key for people, as in `SHOP-12`: 2 to 6 of `A–Z0–9`, a letter first.
    #[schema(pattern = "^[A-Z][A-Z0-9]{1,5}$", example = "SHOP")]
    ProjectKey, |text: &str| project_key(text));

impl Default for Markdown {
    /// The empty text.
    fn default() -> Self {
        Markdown(String::new())
    }
}

impl ProjectKey {
    /// The key a project gets when nobody chose one: the initials of its name, or the beginning of its only word.
    pub fn from_name(name: &Name) -> ProjectKey {
        let words: Vec<Vec<char>> = name
            .as_str()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .map(|word| word.chars().map(|c| c.to_ascii_uppercase()).collect())
            .filter(|word: &Vec<char>| !word.is_empty())
            .collect();
        let letters: String = match words.as_slice() {
            [word] => word.iter().take(4).collect(),
            words => words.iter().filter_map(|word| word.first()).take(6).collect(),
        };
        ProjectKey::new(letters).unwrap_or_else(|_| ProjectKey("PRJ".to_owned()))
    }
}

fn no_nul(text: &str) -> Result<(), Refused> {
    match text.contains('\0') {
        true => Err(Refused { code: "invalid_text", detail: "must not contain U+0000".to_owned() }),
        false => Ok(()),
    }
}

fn one_line(text: &str, most: usize) -> Result<(), Refused> {
    no_nul(text)?;
    if text.chars().any(char::is_control) {
        return Err(Refused {
            code: "invalid_text",
            detail: "must be one line without control characters".into(),
        });
    }
    if !text.trim().is_empty() && is_invisible(text) {
        return Err(Refused {
            code: "invalid_text",
            detail: "must have a character that can be seen".into(),
        });
    }
    if text.trim().is_empty() || text.chars().count() > most {
        return Err(Refused {
            code: "invalid_length",
            detail: format!("must have 1 to {most} characters, not all blank"),
        });
    }
    Ok(())
}

/// Whether nobody could see any of it. A name of such a text would be none.
pub fn is_invisible(text: &str) -> bool {
    let blank =
        |c: char| matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}') || c.is_whitespace() || c.is_control();
    text.chars().all(|c| blank(c) || is_ignorable(c))
}

/// Whether Unicode has the code point displayed as nothing: the property `Default_Ignorable_Code_Point`.
pub fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

fn markdown(text: &str) -> Result<(), Refused> {
    no_nul(text)?;
    match text.len() > MARKDOWN_BYTES {
        true => Err(Refused {
            code: "invalid_length",
            detail: format!("must have at most {MARKDOWN_BYTES} bytes"),
        }),
        false => Ok(()),
    }
}

fn body(text: &str) -> Result<(), Refused> {
    markdown(text)?;
    match text.trim().is_empty() {
        true => Err(Refused { code: "invalid_length", detail: "must not be blank".to_owned() }),
        false => Ok(()),
    }
}

fn key(text: &str) -> Result<(), Refused> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match (1..=64).contains(&text.len()) && text.chars().all(allowed) {
        true => Ok(()),
        false => Err(Refused::invalid("must be 1 to 64 of A-Z a-z 0-9 _ -")),
    }
}

fn color(text: &str) -> Result<(), Refused> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    match digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        true => Ok(()),
        false => Err(Refused::invalid("must be # and six of 0-9 a-f")),
    }
}

fn project_key(text: &str) -> Result<(), Refused> {
    let fits = (2..=6).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    match fits {
        true => Ok(()),
        false => Err(Refused::invalid("must be 2 to 6 of A-Z 0-9, a letter first")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_1_to_500_characters() {
        assert!(Title::new("ö".repeat(500)).is_ok());
        for bad in ["", "  ", "a\nb", "a\0b", &"x".repeat(501)] {
            assert!(Title::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_has_something_to_see_and_no_control_characters() {
        for bad in [
            "\u{200b}",
            " \u{200b}\u{feff} ",
            "\u{ad}",
            "\u{200d}\u{2060}",
            "\u{3164}",
            "\u{2800}",
            "\u{202e}",
            "a\tb",
            "\u{1b}[31mred",
            "a\u{7f}",
            "a\u{85}b",
        ] {
            assert!(Name::new(bad).is_err(), "{bad:?}");
        }
        for good in ["a\u{200b}", "👩\u{200d}👩", "❤\u{fe0f}", "می\u{200c}خواهم", "."] {
            assert!(Name::new(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_project_without_a_key_gets_one_from_its_name() {
        for (name, key) in
            [("Web shop", "WS"), ("Warehouse", "WARE"), ("日本", "PRJ"), ("7 wonders", "PRJ"), ("x", "PRJ")]
        {
            let name = Name::new(name).expect("a name");
            assert_eq!(ProjectKey::from_name(&name).as_str(), key);
        }
    }
}

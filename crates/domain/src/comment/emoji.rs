//! The emoji of a reaction (UTS 51). With and without U+FE0F it is one, which is kept in its fully qualified form. Events of
//! earlier versions have either form, so it is also read into that one.

use crate::ids::UserId;
use crate::json::{Refused, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use unicode_properties::{EmojiStatus, UnicodeEmoji};

/// Asks for the picture instead of the text. Keyboards send it or leave it out.
const PRESENTATION: char = '\u{fe0f}';

/// One emoji, as it stands in a reaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(from = "String")]
#[schema(min_length = 1, max_length = 16, example = "👍")]
pub struct Emoji(String);

impl Emoji {
    /// # Errors
    /// When the text is not one emoji that Unicode recommends for general interchange.
    pub fn new(text: &str) -> Result<Emoji, Refused> {
        qualified(text).ok_or_else(|| Refused::invalid("must be one emoji"))
    }

    /// Reads one from JSON.
    ///
    /// # Errors
    /// When the value is no emoji.
    pub fn read(value: Value) -> Result<Emoji, Refused> {
        Emoji::new(&string(value)?)
    }
}

/// One that was kept, which may be more than one emoji, or none that is known: earlier versions took any symbols.
impl From<String> for Emoji {
    fn from(kept: String) -> Emoji {
        qualified(&kept).unwrap_or(Emoji(kept))
    }
}

/// The fully qualified form of one emoji. In it U+FE0F follows each sign that is not shown as a picture by itself and has no skin tone.
/// The list of `emojis` is asked for that form only, because it takes some others for another emoji.
fn qualified(text: &str) -> Option<Emoji> {
    let misplaced = text.starts_with(PRESENTATION) || text.contains("\u{fe0f}\u{fe0f}");
    let mut whole = String::new();
    let mut signs = text.chars().filter(|c| *c != PRESENTATION).peekable();
    while let Some(sign) = signs.next() {
        whole.push(sign);
        let is_toned = signs.peek().is_some_and(|next| matches!(next, '\u{1f3fb}'..='\u{1f3ff}'));
        if is_text_by_itself(sign) && !is_toned {
            whole.push(PRESENTATION);
        }
    }
    let known = emojis::get(&whole).is_some_and(|emoji| emoji.as_str() == whole);
    (known && !misplaced).then_some(Emoji(whole))
}

/// Whether it is an emoji that is shown as text unless the sign follows.
fn is_text_by_itself(c: char) -> bool {
    use EmojiStatus::{EmojiModifierBase, EmojiOther, EmojiOtherAndEmojiComponent};
    matches!(c.emoji_status(), EmojiModifierBase | EmojiOther | EmojiOtherAndEmojiComponent)
}

impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reactions as they were kept. A row of the version before has one emoji under two keys, and counts a person once.
pub fn joined(kept: BTreeMap<String, BTreeSet<UserId>>) -> BTreeMap<Emoji, BTreeSet<UserId>> {
    let mut joined: BTreeMap<Emoji, BTreeSet<UserId>> = BTreeMap::new();
    for (emoji, users) in kept {
        joined.entry(Emoji::from(emoji)).or_default().extend(users);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_the_sign_for_pictures_an_emoji_is_one() {
        let mut without = 0;
        for emoji in emojis::iter().flat_map(|emoji| emoji.skin_tones().into_iter().flatten().chain([emoji]))
        {
            let whole = emoji.as_str();
            let bare = whole.replace(PRESENTATION, "");
            without += usize::from(bare != whole);
            for form in [whole, &bare, &format!("{bare}\u{fe0f}")] {
                assert_eq!(Emoji::new(form).expect(form).to_string(), whole, "{form}");
            }
        }
        assert!(without > 200, "{without}");
        assert_eq!(
            Emoji::new("👁\u{200d}🗨\u{fe0f}").expect("an emoji").to_string(),
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}"
        );
    }

    #[test]
    fn a_reaction_is_one_emoji_and_no_text() {
        for emoji in ["👍", "❤️", "❤", "👩‍👩‍👧‍👦", "🇩🇪", "👋🏽", "3️⃣", "3⃣", "#️⃣", "ℹ️", "™", "🅰️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☝🏽"]
        {
            assert!(Emoji::new(emoji).is_ok(), "{emoji}");
        }
        for text in [
            "",
            "a",
            "ok",
            "3",
            "é",
            "日",
            " ",
            "👍 ",
            "<b>",
            "\0",
            "\u{7f}",
            "👍👍",
            "👍❤️",
            "🇩🇪🇫🇷",
            "🇩",
            "3️⃣3️⃣",
            "\u{200d}",
            "\u{fe0f}",
            "👩\u{200d}",
            "\u{200d}👩",
            "🏽\u{200d}",
            "\u{fe0f}👍",
            "👍\u{fe0f}\u{fe0f}",
            "❤\u{fe0e}",
            "→",
            "∑",
            "3\u{fe0f}",
        ] {
            assert!(Emoji::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_was_kept_is_read_into_the_one_form_and_a_person_counts_once() {
        let (one, two) = (UserId::new(), UserId::new());
        let kept =
            serde_json::json!({"❤": [one, two], "❤\u{fe0f}": [two], "👍\u{fe0f}": [one], "👍👍": [two]});
        let read = joined(serde_json::from_value(kept).expect("reactions"));
        let expected =
            serde_json::json!({"❤\u{fe0f}": BTreeSet::from([one, two]), "👍": [one], "👍👍": [two]});
        assert_eq!(serde_json::to_value(&read).expect("JSON"), expected);
    }
}

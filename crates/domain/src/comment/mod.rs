//! A comment on a task: its thread, who is mentioned, who reacted.

pub mod add;
pub mod bin;
mod judge;
mod mentions;
pub mod react;
pub mod update;

pub use mentions::mentioned;

use crate::Version;
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Refused, string};
use crate::text::Body;
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Most different emoji on one comment.
pub const MOST_EMOJI: usize = 50;

/// A comment on a task. A deleted one keeps its place and its replies, and loses its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Comment {
    /// Chosen by the client, or by the server.
    pub id: CommentId,
    /// The task that it is about.
    pub task: TaskId,
    /// The comment of the same task that this one answers.
    pub reply_to: Option<CommentId>,
    /// Who wrote it.
    pub author: UserId,
    /// `null` once deleted.
    pub body: Option<Body>,
    /// Whether its text was taken away.
    pub deleted: bool,
    /// Who reacted, by emoji.
    #[schema(value_type = BTreeMap<String, BTreeSet<UserId>>)]
    pub reactions: BTreeMap<Emoji, BTreeSet<UserId>>,
    /// The version of the event that made it: what a task's comments are ordered by.
    pub created_version: Version,
    /// The version of the last event of this comment other than a reaction.
    pub version: Version,
    /// When it was written.
    pub created_at: Moment,
    /// The time of the event that `version` names.
    pub updated_at: Moment,
    /// The text that a deleted one had, for whoever restores it.
    #[serde(skip)]
    pub withheld: Option<Body>,
}

impl Comment {
    /// Adds or takes away what `user` thinks of it.
    pub fn react(&mut self, user: UserId, emoji: &Emoji, on: bool) {
        if on {
            self.reactions.entry(emoji.clone()).or_default().insert(user);
        } else if let Some(users) = self.reactions.get_mut(emoji) {
            users.remove(&user);
            self.reactions.retain(|_, users| !users.is_empty());
        }
    }

    /// Whether `user` reacted with `emoji`.
    pub fn has_reaction(&self, user: UserId, emoji: &Emoji) -> bool {
        self.reactions.get(emoji).is_some_and(|users| users.contains(&user))
    }
}

/// One emoji, as it stands in a reaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 16, example = "👍")]
pub struct Emoji(String);

impl Emoji {
    /// Longest emoji, in code points: those of families and flags are several.
    const LONGEST: usize = 16;

    /// # Errors
    /// When the text is no emoji: a symbol of 1 to 16 code points, no letters, spaces or controls.
    pub fn new(text: impl Into<String>) -> Result<Emoji, Refused> {
        let text = text.into();
        let keycap = text.ends_with('\u{20e3}');
        let fits = |c: char| is_symbol(c) || keycap && matches!(c, '0'..='9' | '#' | '*');
        match (1..=Emoji::LONGEST).contains(&text.chars().count()) && text.chars().all(fits) {
            true => Ok(Emoji(text)),
            false => Err(Refused::invalid("must be one emoji")),
        }
    }

    /// Reads one from JSON.
    ///
    /// # Errors
    /// When the value is no emoji.
    pub fn read(value: Value) -> Result<Emoji, Refused> {
        Emoji::new(string(value)?)
    }
}

/// Pictures, and what joins and colours them. Some stand among letter-like symbols, hence the blocks beside the general rule.
fn is_symbol(c: char) -> bool {
    let pictures = matches!(c, '\u{2100}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    let plain = !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control();
    pictures || plain
}

impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_symbols_and_no_text() {
        for emoji in ["👍", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "👋🏽", "3️⃣", "#️⃣", "ℹ️", "™", "🅰️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
        {
            assert!(Emoji::new(emoji).is_ok(), "{emoji}");
        }
        for text in ["", "a", "ok", "3", "é", "日", " ", "👍 ", "<b>", "\0", "\u{7f}", &"👍".repeat(17)]
        {
            assert!(Emoji::new(text).is_err(), "{text:?}");
        }
    }
}

//! A comment on a task: its thread, who is mentioned, who reacted.

pub mod add;
pub mod bin;
mod emoji;
mod judge;
mod mentions;
pub mod react;
pub mod update;

pub use emoji::{Emoji, joined};
pub use mentions::mentioned;

use crate::Version;
use crate::ids::{CommentId, TaskId, UserId};
use crate::text::Body;
use crate::time::Moment;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    #[serde(deserialize_with = "read_reactions")]
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

/// Reactions as they were kept, maybe by an earlier version.
fn read_reactions<'de, D>(from: D) -> Result<BTreeMap<Emoji, BTreeSet<UserId>>, D::Error>
where
    D: Deserializer<'de>,
{
    BTreeMap::deserialize(from).map(joined)
}

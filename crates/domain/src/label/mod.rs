//! Labels that a project defines. Tasks carry their keys, so a name can change.

pub mod define;

use crate::text::{Color, Key, Name};
use serde::{Deserialize, Serialize};

/// Most labels of a project, archived ones too: each command reads them all.
pub const MOST_LABELS: usize = 200;

/// A label as the project shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Label {
    /// Never changes.
    pub key: Key,
    /// May change.
    pub name: Name,
    /// May change.
    pub color: Color,
    /// An archived label stays on the tasks that have it; no task gets it anew.
    pub archived: bool,
}

//! Where a page of tasks ends.

use domain::TaskId;
use domain::task::Priority;
use domain::time::Moment;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::found::Standing;
use store::lists::SortKey;

/// Where a page ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskPageEnd {
    /// What the last task was sorted by.
    pub at: SortValue,
    /// The last task; it decides between equal ones.
    pub id: TaskId,
}

/// What a task was sorted by, with its value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SortValue {
    /// How well it answers the question.
    Score(Standing),
    /// When it changed last.
    Updated(Moment),
    /// When it is due; no date counts as later than every date.
    Due(Option<Date>),
    /// Its priority.
    Priority(Priority),
    /// Its rank within the project.
    Rank(String),
    /// Its number.
    Number(i64),
}

pub(super) fn at(key: SortKey) -> SortValue {
    match key {
        SortKey::Updated(at) => SortValue::Updated(at),
        SortKey::Due(date) => SortValue::Due(date),
        SortKey::Priority(priority) => SortValue::Priority(priority),
        SortKey::Rank(rank) => SortValue::Rank(rank),
        SortKey::Number(number) => SortValue::Number(number),
    }
}

pub(super) fn key(at: SortValue) -> Option<SortKey> {
    match at {
        SortValue::Score(_) => None,
        SortValue::Updated(at) => Some(SortKey::Updated(at)),
        SortValue::Due(date) => Some(SortKey::Due(date)),
        SortValue::Priority(priority) => Some(SortKey::Priority(priority)),
        SortValue::Rank(rank) => Some(SortKey::Rank(rank)),
        SortValue::Number(number) => Some(SortKey::Number(number)),
    }
}

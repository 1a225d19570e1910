//! The order of a project's tasks, as far as a command needs to know it, and how room is made where drops have crowded it.
//!
//! A drop between two tasks takes a rank between theirs. At one place ranks grow by a character every six drops, so now and then
//! neighbours make room: `spread`.

use crate::ids::TaskId;
use crate::rank::Rank;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Bound;

/// A rank with at most so many characters has room for many more drops. The facts hold the neighbours of longer ranks.
pub const ROOMY: usize = 20;
/// Most neighbours on each side that one event moves.
pub const SIDE: usize = 32;

/// A neighbour that made room, still between the same tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reranked {
    /// The neighbour.
    pub task: TaskId,
    /// Its rank from here on.
    pub rank: Rank,
}

/// The known part of the project's order: each touched task's rank with both neighbours, and the last rank of all. Ranks
/// that tasks have left stay in it, because a rank that is not used any more still bounds a new one.
#[derive(Debug, Clone, Default)]
pub struct Ranks {
    known: BTreeSet<Rank>,
    pub(crate) spans: Vec<Span>,
}

/// Spans of the order of which every task is among the facts. An absent rank is the end of the order.
#[derive(Debug, Clone)]
pub struct Span {
    /// The lower bound, which is no task of the span.
    pub above: Option<Rank>,
    /// The upper bound, which is no task of the span.
    pub below: Option<Rank>,
}

impl Span {
    pub(crate) fn has(&self, rank: &Rank) -> bool {
        self.above.as_ref().is_none_or(|above| above < rank)
            && self.below.as_ref().is_none_or(|below| rank < below)
    }
}

impl Ranks {
    /// Adds a rank that some task has.
    pub fn know(&mut self, rank: Rank) {
        self.known.insert(rank);
    }

    /// Adds the bounds of a span, all tasks of which are among the facts.
    pub fn know_span(&mut self, span: Span) {
        self.known.extend(span.above.iter().chain(&span.below).cloned());
        self.spans.push(span);
    }

    pub(crate) fn forget(&mut self, rank: &Rank) {
        self.known.remove(rank);
    }

    /// This rank if it is free, else one directly above it. It and its neighbours are known.
    pub fn at(&self, rank: &Rank) -> Rank {
        if self.known.contains(rank) { self.just_after(rank) } else { rank.clone() }
    }

    /// A free rank directly above `rank`.
    pub fn just_after(&self, rank: &Rank) -> Rank {
        Rank::between(Some(rank), self.next(rank))
    }

    /// A free rank directly below `rank`.
    pub fn just_before(&self, rank: &Rank) -> Rank {
        Rank::between(self.previous(rank), Some(rank))
    }

    /// A free rank above all.
    pub fn end(&self) -> Rank {
        Rank::between(self.known.last(), None)
    }

    /// The next known rank above `rank`.
    pub fn next(&self, rank: &Rank) -> Option<&Rank> {
        self.known.range((Bound::Excluded(rank.clone()), Bound::Unbounded)).next()
    }

    pub(crate) fn previous(&self, rank: &Rank) -> Option<&Rank> {
        self.known.range(..rank.clone()).next_back()
    }
}

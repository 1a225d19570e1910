//! How neighbours make room where drops have crowded the order. A rank that would be longer than 32 characters spreads its
//! neighbours evenly first: its event carries their new ranks.

use crate::facts::Facts;
use crate::ids::TaskId;
use crate::order::{ROOMY, Reranked, SIDE, Span};
use crate::rank::Rank;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Characters that a rank may have before its neighbours make room.
const LONG: usize = 32;
/// Fewest characters that a window of neighbours must save; below it they are not moved.
const WORTH: usize = 4;

impl Facts {
    /// `rank`, or where it is long a shorter one between the same tasks, with the new ranks of the neighbours that make room.
    /// `moving` leaves its own place.
    pub(crate) fn with_room(&self, rank: Rank, moving: TaskId) -> (Rank, Vec<Reranked>) {
        if rank.as_str().len() <= LONG {
            return (rank, Vec::new());
        }
        let all = self.state.tasks.values().chain(self.deleted_tasks.values());
        let order: BTreeMap<&Rank, TaskId> =
            all.filter(|task| task.id != moving).map(|task| (&task.rank, task.id)).collect();
        let mut best = (rank.clone(), Vec::new());
        for span in self.ranks.spans.iter().filter(|span| span.has(&rank)) {
            let neighbours = Neighbours::of(&rank, &order, span);
            for side in [1, 2, 4, 8, 16, SIDE] {
                let (longest, made) = neighbours.spread(side);
                if longest + WORTH <= best.0.as_str().len() {
                    best = made;
                }
                if longest <= ROOMY {
                    return best;
                }
            }
        }
        best
    }

    /// The rank that stands for the place `rank` after the neighbours have made room. A task is about to leave that place.
    pub(crate) fn renamed(&self, rank: &Rank, reranked: &[Reranked]) -> Rank {
        let moved: BTreeMap<&Rank, &Rank> = reranked
            .iter()
            .filter_map(|reranked| Some((&self.any_task(reranked.task)?.rank, &reranked.rank)))
            .collect();
        let lower = moved.range::<Rank, _>(..rank).next_back();
        let upper = moved.range::<Rank, _>((Bound::Excluded(rank), Bound::Unbounded)).next();
        let is_among_them = match (lower, upper) {
            (Some(_), Some(_)) => true,
            (Some((lower, _)), None) => self.ranks.next(lower) == Some(rank),
            (None, Some((upper, _))) => self.ranks.previous(upper) == Some(rank),
            (None, None) => false,
        };
        if !is_among_them {
            return rank.clone();
        }
        let lower = lower.map(|(_, now)| *now).or_else(|| self.ranks.previous(rank));
        let upper = upper.map(|(_, now)| *now).or_else(|| self.ranks.next(rank));
        Rank::between(lower, upper)
    }
}

/// The tasks around a drop, the nearest first.
struct Neighbours<'a> {
    lower: Vec<(&'a Rank, TaskId)>,
    upper: Vec<(&'a Rank, TaskId)>,
    span: &'a Span,
}

impl<'a> Neighbours<'a> {
    fn of(drop: &'a Rank, order: &BTreeMap<&'a Rank, TaskId>, span: &'a Span) -> Neighbours<'a> {
        let within = |(rank, _): &(&Rank, TaskId)| span.has(rank);
        let own = |(rank, task): (&&'a Rank, &TaskId)| (*rank, *task);
        let lower = order.range::<&Rank, _>(..drop).rev().map(own).take_while(within).take(SIDE + 1);
        let upper = order.range::<&Rank, _>(drop..).map(own).take_while(within).take(SIDE + 1);
        Neighbours { lower: lower.collect(), upper: upper.collect(), span }
    }

    /// Spreads the drop and its nearest `side` neighbours on each side between the next ones: the length of the longest rank,
    /// the drop's rank, and who gets another one.
    fn spread(&self, side: usize) -> (usize, (Rank, Vec<Reranked>)) {
        let nearest = |tasks: &[(&'a Rank, TaskId)], end: &'a Option<Rank>| {
            let side = side.min(SIDE).min(tasks.len());
            (side, tasks.get(side).map(|(rank, _)| *rank).or(end.as_ref()))
        };
        let (below, above) = (nearest(&self.lower, &self.span.above), nearest(&self.upper, &self.span.below));
        let tasks = self.lower[..below.0].iter().rev().chain(&self.upper[..above.0]);
        let mut ranks = Rank::spread(below.1, above.1, below.0 + above.0 + 1);
        let longest = ranks.iter().map(|rank| rank.as_str().len()).max().unwrap_or(0);
        let drop = ranks.remove(below.0);
        let moved = tasks.zip(ranks).filter(|((was, _), rank)| *was != rank);
        (longest, (drop, moved.map(|((_, task), rank)| Reranked { task: *task, rank }).collect()))
    }
}

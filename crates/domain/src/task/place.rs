//! Where in its column a task goes.

use crate::facts::{Facts, Touched};
use crate::ids::TaskId;
use crate::json::Fields;
use crate::order::Reranked;
use crate::rank::Rank;
use crate::task::Task;
use crate::text::Key;
use serde::Serialize;

/// Directly below `after`, or directly above `before`, or at the end if neither is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Place {
    /// The task that it goes below.
    #[schema(nullable = false)]
    pub after: Option<TaskId>,
    /// The task that it goes above.
    #[schema(nullable = false)]
    pub before: Option<TaskId>,
    /// Where the task stood before, for an undo; no client names a rank.
    #[serde(skip)]
    rank: Option<Rank>,
}

impl Place {
    pub(crate) fn read(fields: &mut Fields) -> Place {
        Place {
            after: fields.optional("after", TaskId::read),
            before: fields.optional("before", TaskId::read),
            rank: None,
        }
    }

    /// At this rank, or directly behind the task that has it by now.
    pub(crate) fn exactly(rank: Rank) -> Place {
        Place { rank: Some(rank), ..Place::default() }
    }

    pub(crate) fn touch(&self, touched: &mut Touched) {
        touched.order = true;
        touched.tasks.extend(self.after);
        touched.tasks.extend(self.before);
        touched.neighbours.extend(self.after.iter().chain(&self.before));
    }

    /// A free rank there for `task`, and the neighbours that make room. A neighbour that has left the column, or is gone, does
    /// not count and is no error.
    pub(crate) fn rank(&self, facts: &Facts, task: TaskId, status: &Key) -> (Rank, Vec<Reranked>) {
        facts.with_room(self.free_rank(facts, status), task)
    }

    fn free_rank(&self, facts: &Facts, status: &Key) -> Rank {
        let standing = |id: Option<TaskId>| {
            id.and_then(|id| facts.state.tasks.get(&id)).filter(|task| task.stands_in(status))
        };
        if let Some(rank) = &self.rank {
            return facts.ranks.at(rank);
        }
        if let Some(task) = standing(self.after) {
            return facts.ranks.just_after(&task.rank);
        }
        match standing(self.before) {
            Some(task) => facts.ranks.just_before(&task.rank),
            None => facts.ranks.end(),
        }
    }

    /// Whether `task` already has that place among its neighbours.
    pub(crate) fn is_where_it_stands(&self, facts: &Facts, task: &Task) -> bool {
        if let Some(rank) = &self.rank {
            return *rank == task.rank;
        }
        if self.after == Some(task.id) || self.before == Some(task.id) {
            return true;
        }
        let rank_of = |id: TaskId| {
            facts.state.tasks.get(&id).filter(|other| other.stands_in(&task.status)).map(|other| &other.rank)
        };
        match (self.after.and_then(rank_of), self.before.and_then(rank_of)) {
            (Some(after), _) => facts.ranks.next(after) == Some(&task.rank),
            (None, Some(before)) => facts.ranks.next(&task.rank) == Some(before),
            (None, None) => facts.ranks.next(&task.rank).is_none(),
        }
    }
}

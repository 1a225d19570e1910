//! Lists of tasks: of a project, of what a search found, of one's own.

mod matched;
mod mine;
mod search;
mod snippet;
mod tasks;

pub use matched::Matched;
pub use mine::{AssignedTask, Mine, OwnTasks, OwnTasksPage};
pub use search::{Hit, HitPlace, ProjectName, SearchEverywhere, SearchPage};
pub use snippet::Piece;
pub use store::lists::{Filter, Key, Order};
pub use tasks::{At, ListedTask, Place, TaskList, TaskPage};

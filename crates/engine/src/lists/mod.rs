//! Lists of tasks: of a project, of what a search found, of one's own.

mod asking;
mod matched;
mod mine;
mod names;
mod search;
mod snippet;
mod tasks;

pub use matched::Matched;
pub use mine::{AssignedTask, OwnTasks, OwnTasksPage, OwnTasksPageEnd};
pub use search::{FoundTask, ProjectName, SearchEverywhere, SearchPage, SearchPageEnd};
pub use snippet::Piece;
pub use store::lists::{Chosen, Filter, Order, Place, SortKey};
pub use store::tasks::Archiving;
pub use tasks::{ListedTask, Ranked, SortValue, TaskList, TaskPage, TaskPageEnd};

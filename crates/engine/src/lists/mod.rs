//! Lists of tasks: of a project, of what a search found, of one's own.

mod asking;
pub(crate) mod fields;
mod known;
mod matched;
mod mine;
mod names;
mod page_end;
mod search;
mod snippet;
mod tasks;

pub use fields::{ALL, ANY, AskedField, NOT};
pub use matched::Matched;
pub use mine::{AssignedTask, OwnTasks, OwnTasksPage, OwnTasksPageEnd};
pub use page_end::{SortValue, TaskPageEnd};
pub use search::{FoundTask, ProjectName, SearchEverywhere, SearchPage, SearchPageEnd};
pub use snippet::Piece;
pub use store::lists::{Chosen, Filter, Order, Place, SortKey};
pub use store::tasks::Leaving;
pub use tasks::{ListedTask, Ranked, TaskList, TaskPage};

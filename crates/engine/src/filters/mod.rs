//! Saved filters: what somebody asks a project's tasks for, kept for themselves or shared with the project. They belong to no
//! version of the project, so nothing of them is in its log.

mod error;
mod gone;
mod list;
mod write;

pub use error::FilterError;
pub use gone::ShownFilter;
pub use list::{FilterPage, OwnFilters};
pub use store::filters::{FilterContent, SavedFilter};
pub use write::{Filters, MOST_FILTERS, Written};

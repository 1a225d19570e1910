//! What a search asks of `words`: its terms as text queries of Postgres, and the tasks that have all of them.
//!
//! A task has a term if one of its rows has it, so its terms may stand in title, description and comments. All rows of one of the
//! terms are read, of the rarest; the other terms are looked for in the rows of the same task.

mod asked;
mod condition;
mod hits;
mod projects;

pub(crate) use asked::Having;
pub use asked::{Asked, Names};
pub(crate) use condition::{By, has_words};
pub use hits::hits;
pub use projects::{own_projects, people};

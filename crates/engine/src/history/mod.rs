//! A project as it was: any version is the nearest stored snapshot and the events after it.

mod keeper;
mod read;

pub use keeper::{Keeper, keep};
pub use read::at;

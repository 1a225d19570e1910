//! Access tokens: who is asking.

mod bearer;
pub mod tokens;

pub use bearer::Bearer;

//! Step 1 of 8: JSON that comes from outside, read strictly.
//!
//! [`parse`] refuses what different readers would understand differently; [`Fields`] takes an object apart, collects
//! everything that is wrong with it, and refuses what it does not know.

mod fields;
mod number;
mod object;
mod strict;

pub use fields::{FieldProblem, Fields, Invalid, Refused, boolean, integer, only, string};
pub use number::MAX_INTEGER;
pub use object::JsonObject;
pub use strict::{JsonError, MAX_DEPTH, parse};

//! The analysis of texts and questions for search: the same for both, and the same in the page (`web/src/words`).
//!
//! A text is folded ([`fold()`]), parted into words at every sign and space, and written as lexemes with positions
//! ([`analyse`]). A question becomes terms that ask for such lexemes ([`Question`]). Nothing here knows of Postgres, so no
//! locale and no version of it changes what is found. Every step is linear in the length of the text.

mod analysis;
mod class;
mod fold;
mod found;
mod parts;
mod question;

pub use analysis::{Analysed, OTHERWISE, SPELLED, analyse};
pub use fold::fold;
pub use found::{Found, pieces};
pub use question::{Element, Question, Term};

/// The number of this analysis. It stands beside the rows that it made, because rows of an earlier analysis are made again. Whoever
/// changes it adds a migration like `migrations/2026-11-29-000090_words`.
pub const ANALYSIS: i16 = 1;

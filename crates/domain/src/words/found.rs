//! Where in a text the words of a question stand.

use super::fold::fold;
use super::parts::{Part, stretches};
use super::question::{Question, Term};
use std::ops::Range;

/// A place of a text that has what was asked for.
pub type Found = Range<usize>;

/// The places of a text that have words of the question, in their order.
pub fn pieces<'a>(text: &'a str, question: &'a Question) -> impl Iterator<Item = Found> + 'a {
    stretches(text).flat_map(|(start, end, is_unspaced)| {
        let stretch = &text[start..end];
        let found: Vec<Found> = match is_unspaced {
            true => unspaced(stretch, &question.wanted),
            false if is_word(stretch, &question.wanted) => std::iter::once(0..end - start).collect(),
            false => Vec::new(),
        };
        found.into_iter().map(move |at| start + at.start..start + at.end)
    })
}

fn is_word(stretch: &str, terms: &[Term]) -> bool {
    let stretch = fold(stretch);
    let is = |term: &Term| {
        term.parts.iter().enumerate().any(|(index, part)| match part {
            Part::Word { folded, .. } => {
                let begun = term.begun && index + 1 == term.parts.len();
                stretch == *folded || begun && stretch.starts_with(folded.as_str())
            }
            Part::Unspaced(_) => false,
        })
    };
    terms.iter().any(is)
}

/// The places that have characters of the terms, where one ends and another begins taken together.
fn unspaced(stretch: &str, terms: &[Term]) -> Vec<Found> {
    let mut chars: Vec<(char, Range<usize>)> = Vec::new();
    for (at, c) in stretch.char_indices() {
        let from = at..at + c.len_utf8();
        chars.extend(fold(c.encode_utf8(&mut [0; 4])).chars().map(|c| (c, from.clone())));
    }
    let mut is_found = vec![false; chars.len()];
    for wanted in terms.iter().flat_map(|term| &term.parts) {
        let Part::Unspaced(wanted) = wanted else { continue };
        let places = chars.windows(wanted.len()).enumerate();
        let places = places.filter(|(_, here)| here.iter().map(|(c, _)| c).eq(wanted));
        let places: Vec<usize> = places.map(|(at, _)| at).collect();
        places.into_iter().for_each(|at| is_found[at..at + wanted.len()].fill(true));
    }
    let mut found: Vec<Found> = Vec::new();
    for ((_, at), _) in chars.into_iter().zip(is_found).filter(|(_, is_found)| *is_found) {
        match found.last_mut() {
            Some(last) if last.end >= at.start => last.end = at.end.max(last.end),
            _ => found.push(at),
        }
    }
    found
}

//! Parting a text: into runs at white space, and runs into parts at every sign between letters or digits.

use super::class::{Class, class};
use super::fold::{fold, spelled};

/// Longest lexeme in characters, so that it has far less than the 2,046 bytes that a lexeme of Postgres may have. Of longer
/// words the beginning counts, in texts and questions alike.
const LONGEST: usize = 400;

/// What stands between two white spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// In their order.
    pub parts: Vec<Part>,
    /// All of it with the signs between the parts, if there are any.
    pub whole: Option<String>,
}

/// What stands between two signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A word, folded. `spelled`: as it is spelled, if that is another text.
    Word { folded: String, spelled: Option<String> },
    /// Characters of a script without spaces.
    Unspaced(Vec<char>),
}

/// The runs of a text that have a letter or a digit, in their order.
pub fn runs(text: &str) -> impl Iterator<Item = Run> {
    text.split(|c| class(c) == Class::Space).filter(|run| !run.is_empty()).flat_map(of_run)
}

fn of_run(run: &str) -> Vec<Run> {
    let folded = fold(run);
    // One character may stand for several words, as ﷺ does.
    let mut runs: Vec<Run> = folded.split(|c| class(c) == Class::Space).filter_map(parted).collect();
    if !run.is_ascii() {
        note_spelling(&mut runs, &spelled(run));
    }
    runs
}

fn parted(folded: &str) -> Option<Run> {
    let mut parts = Vec::new();
    let mut ends = (folded.len(), 0);
    for (start, end, is_unspaced) in stretches(folded) {
        ends = (ends.0.min(start), end);
        let text = &folded[start..end];
        parts.push(match is_unspaced {
            true => Part::Unspaced(text.chars().collect()),
            false => Part::Word { folded: cut(text), spelled: None },
        });
    }
    let whole = folded.get(ends.0..ends.1)?;
    let has_sign = || whole.chars().any(|c| class(c) == Class::Sign);
    let whole = (parts.len() > 1 && has_sign()).then(|| cut(whole));
    (!parts.is_empty()).then_some(Run { parts, whole })
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Where the parts of a text stand, and whether each is of a script without spaces. Marks alone are no part.
pub fn stretches(text: &str) -> impl Iterator<Item = (usize, usize, bool)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, c) = chars.next()?;
            let first = class(c);
            if !matches!(first, Class::Word | Class::Unspaced) {
                continue;
            }
            let belongs = |c: char| {
                let class = class(c);
                class == first || class == Class::Mark
            };
            let mut end = start + c.len_utf8();
            while let Some((at, c)) = chars.next_if(|(_, c)| belongs(*c)) {
                end = at + c.len_utf8();
            }
            return Some((start, end, first == Class::Unspaced));
        }
    })
}

/// Notes how words are spelled, where the spelling has as many parts as what it is folded to.
fn note_spelling(runs: &mut [Run], spelling: &str) {
    let spellings: Vec<&str> = stretches(spelling).map(|(start, end, _)| &spelling[start..end]).collect();
    let parts = || runs.iter().map(|run| run.parts.len());
    if parts().sum::<usize>() != spellings.len() {
        return;
    }
    for (part, spelling) in runs.iter_mut().flat_map(|run| &mut run.parts).zip(spellings) {
        if let Part::Word { folded, spelled } = part {
            let spelling = cut(spelling);
            *spelled = (spelling != *folded).then_some(spelling);
        }
    }
}

//! What somebody typed to search for: terms that a task must have, and terms that it must not.

use super::analysis::{Analysed, OTHERWISE, SPELLED};
use super::class::{Class, class};
use super::fold::fold;
use super::parts::{Part, Run, runs};
use std::collections::{BTreeMap, BTreeSet};

/// Most terms of a question that count.
const MOST_TERMS: usize = 16;
/// Most lexemes of a term that count.
const MOST_ELEMENTS: usize = 64;
const QUOTES: [char; 4] = ['"', '“', '”', '„'];

/// What is asked for. A question without terms finds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// All of these, wherever each stands.
    pub wanted: Vec<Term>,
    /// None of these.
    pub unwanted: Vec<Term>,
}

/// A word or a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As it was typed, folded, without signs at its ends.
    pub typed: String,
    pub(super) parts: Vec<Part>,
    /// A run with signs in it: a text that has the same run has the term.
    pub whole: Option<String>,
    /// It may be the beginning of a word, because it is the last one and not between quotes.
    pub begun: bool,
}

/// A lexeme of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// How many positions it stands after the one before.
    pub distance: usize,
    /// The lexeme.
    pub lexeme: String,
    /// Any lexeme that begins with it will do.
    pub begun: bool,
}

impl Question {
    /// Reads what was typed: words, phrases between quotes, and both with `-` before them, which must not be there. Where nothing
    /// else is asked for, `-` is a sign like others.
    pub fn parse(typed: &str) -> Question {
        let mut terms: Vec<(Term, bool, bool)> = Vec::new();
        let mut rest = typed;
        while let Some((text, unwanted, quoted, left)) = next(rest) {
            rest = left;
            terms.extend(Term::of(text, false).map(|term| (term, unwanted, quoted)));
        }
        terms.truncate(MOST_TERMS);
        if let Some((last, false, false)) = terms.last_mut() {
            last.begun = true;
        }
        let mut question = Question::default();
        for (term, unwanted, _) in terms {
            if unwanted { &mut question.unwanted } else { &mut question.wanted }.push(term);
        }
        if question.wanted.is_empty() {
            question.wanted = std::mem::take(&mut question.unwanted);
        }
        question
    }

    /// Whether a text answers it.
    pub fn finds(&self, text: &Analysed) -> bool {
        let text = Index::of(text);
        !self.wanted.is_empty()
            && self.wanted.iter().all(|term| term.is_in(&text))
            && !self.unwanted.iter().any(|term| term.is_in(&text))
    }
}

/// The next term's text, whether `-` stands before it, whether it is between two quotes, and what follows it.
fn next(typed: &str) -> Option<(&str, bool, bool, &str)> {
    let typed = typed.trim_start_matches(|c| class(c) == Class::Space);
    let begins = |text: &str| {
        text.starts_with(|c| QUOTES.contains(&c) || matches!(class(c), Class::Word | Class::Unspaced))
    };
    let (typed, unwanted) = match typed.strip_prefix('-').filter(|rest| begins(rest)) {
        Some(rest) => (rest, true),
        None => (typed, false),
    };
    if let Some(quoted) = typed.strip_prefix(QUOTES) {
        return Some(match quoted.split_once(QUOTES) {
            Some((phrase, rest)) => (phrase, unwanted, true, rest),
            None => (quoted, unwanted, false, ""),
        });
    }
    let end = typed.find(|c| class(c) == Class::Space).unwrap_or(typed.len());
    (end > 0).then(|| (&typed[..end], unwanted, false, &typed[end..]))
}

impl Term {
    /// The term that asks for this text. `None`: it has neither a letter nor a digit.
    pub fn of(text: &str, begun: bool) -> Option<Term> {
        let mut runs: Vec<Run> = runs(text).collect();
        let whole = if let [run] = &mut runs[..] { run.whole.take() } else { None };
        let parts: Vec<Part> = runs.into_iter().flat_map(|run| run.parts).collect();
        let typed =
            fold(text).trim_end_matches(|c| matches!(class(c), Class::Sign | Class::Space)).to_owned();
        (!parts.is_empty()).then_some(Term { typed, parts, whole, begun })
    }

    /// The same, written to its end.
    pub fn written_out(mut self) -> Term {
        self.begun = false;
        self
    }

    /// The number of the task that it names: `#12`, or `SHOP-12` and `shop12` where `key` is `SHOP`.
    pub fn names(&self, key: &str) -> Option<i64> {
        let number = self.typed.strip_prefix('#').or_else(|| {
            let rest = self.typed.strip_prefix(&key.to_ascii_lowercase())?;
            Some(rest.strip_prefix('-').unwrap_or(rest))
        })?;
        let is_number = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
        number.parse().ok().filter(|number| is_number && *number > 0)
    }

    /// The lexemes that a text must have, one after the other.
    pub fn elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        let mut distance = 1;
        for (index, part) in self.parts.iter().enumerate() {
            let begun = self.begun && index + 1 == self.parts.len();
            match part {
                Part::Word { folded, .. } => {
                    elements.push(Element { distance, lexeme: folded.clone(), begun });
                    distance = 1;
                }
                Part::Unspaced(chars) if chars.len() == 1 => {
                    elements.push(Element { distance, lexeme: chars.iter().collect(), begun: true });
                    distance = 1;
                }
                Part::Unspaced(chars) => {
                    for pair in chars.windows(2) {
                        elements.push(Element { distance, lexeme: pair.iter().collect(), begun: false });
                        distance = 1;
                    }
                    distance = 2;
                }
            }
        }
        elements.truncate(MOST_ELEMENTS);
        elements
    }

    /// A lexeme that a text has, or has not, which has the word in the spelling that was typed.
    pub fn spelling(&self) -> Option<(String, bool)> {
        match &self.parts[..] {
            [Part::Word { spelled: Some(spelled), .. }] => Some((format!("{SPELLED}{spelled}"), true)),
            [Part::Word { folded, spelled: None }] => Some((format!("{OTHERWISE}{folded}"), false)),
            _ => None,
        }
    }

    /// Whether a text has it.
    pub fn is_found_in(&self, text: &Analysed) -> bool {
        self.is_in(&Index::of(text))
    }

    fn is_in(&self, text: &Index<'_>) -> bool {
        let whole = self.whole.as_ref();
        whole.is_some_and(|whole| !text.positions(whole, self.begun).is_empty()) || self.follows(text)
    }

    fn follows(&self, text: &Index<'_>) -> bool {
        let mut at: Option<BTreeSet<usize>> = None;
        for Element { distance, lexeme, begun } in self.elements() {
            let here = text.positions(&lexeme, begun);
            at = Some(match at {
                None => here,
                Some(before) => {
                    before.iter().map(|at| at + distance).filter(|at| here.contains(at)).collect()
                }
            });
        }
        at.is_some_and(|at| !at.is_empty())
    }
}

/// Where the lexemes of a text stand.
struct Index<'a>(BTreeMap<&'a str, Vec<usize>>);

impl<'a> Index<'a> {
    fn of(text: &'a Analysed) -> Index<'a> {
        let mut index: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, lexeme) in &text.lexemes {
            index.entry(lexeme).or_default().push(*at);
        }
        Index(index)
    }

    fn positions(&self, lexeme: &str, begun: bool) -> BTreeSet<usize> {
        let found = self.0.range(lexeme..).take_while(|(found, _)| match begun {
            true => found.starts_with(lexeme),
            false => **found == lexeme,
        });
        found.flat_map(|(_, positions)| positions).copied().collect()
    }
}

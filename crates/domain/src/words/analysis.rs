//! A text as the lexemes that it is found by.

use super::parts::{Part, Run, runs};
use std::collections::BTreeSet;

/// Stands before a word as it is spelled. No word begins with it.
pub const SPELLED: char = '=';
/// Stands before a word that the text has only in spellings other than the folded one.
pub const OTHERWISE: char = '~';

/// The lexemes of a text with their positions, which count from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysed {
    /// In the order of the text.
    pub lexemes: Vec<(usize, String)>,
    /// How many positions there are.
    pub positions: usize,
}

/// The lexemes of a text.
///
/// A word is found by itself. It is also found by the whole run that it stands in: `abc-2044` beside `abc` and `2044`.
/// A script without spaces is found by its pairs of neighbouring characters. Its last character is found alone, because it begins no
/// pair.
pub fn analyse(text: &str) -> Analysed {
    let mut analysed = Analysed::default();
    let mut respelled = BTreeSet::new();
    for run in runs(text) {
        analysed.add(run, &mut respelled);
    }
    if !respelled.is_empty() {
        analysed.plain_words().for_each(|word| {
            respelled.remove(word);
        });
        analysed.lexemes.extend(respelled.into_iter().map(|word| (0, format!("{OTHERWISE}{word}"))));
    }
    analysed
}

impl Analysed {
    fn add(&mut self, Run { parts, whole }: Run, respelled: &mut BTreeSet<String>) {
        self.lexemes.extend(whole.map(|whole| (self.positions, whole)));
        for part in parts {
            match part {
                Part::Word { folded, spelled } => {
                    if let Some(spelled) = spelled {
                        self.lexemes.push((self.positions, format!("{SPELLED}{spelled}")));
                        respelled.insert(folded.clone());
                    }
                    self.lexemes.push((self.positions, folded));
                    self.positions += 1;
                }
                Part::Unspaced(chars) => {
                    for at in 0..chars.len() {
                        let pair = &chars[at..chars.len().min(at + 2)];
                        self.lexemes.push((self.positions, pair.iter().collect()));
                        self.positions += 1;
                    }
                }
            }
        }
    }

    /// The words without another spelling before them.
    fn plain_words(&self) -> impl Iterator<Item = &String> {
        let before = std::iter::once(None).chain(self.lexemes.iter().map(Some));
        let pairs = before.zip(&self.lexemes);
        let plain = pairs.filter(|(before, (at, word))| {
            let is_respelled =
                before.is_some_and(|(earlier, before)| earlier == at && before.starts_with(SPELLED));
            !is_respelled && !word.starts_with(SPELLED)
        });
        plain.map(|(_, (_, word))| word)
    }
}

//! The order of tasks: fractional indexing (D. Greenspan, "Implementing Fractional Indexing", 2020), base 62, compared bytewise.
//!
//! Between two different ranks there is always another one, so a move changes one row. The same keys as the npm package
//! `fractional-indexing` makes, so a client can guess a rank before the server answers.

use serde::{Deserialize, Serialize};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A task's place in the order of its project; unique there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Rank(String);

impl Rank {
    /// A rank that was made here before it was stored.
    pub fn stored(text: String) -> Rank {
        Rank(text)
    }

    /// The text that ranks are compared by.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A rank above `lower` and below `upper`; an absent bound is the end of the list.
    ///
    /// # Panics
    /// When `lower` is not below `upper`: the caller takes both from one ordered list.
    pub fn between(lower: Option<&Rank>, upper: Option<&Rank>) -> Rank {
        let (lower, upper) = (lower.map(|r| r.0.as_bytes()), upper.map(|r| r.0.as_bytes()));
        if let (Some(lower), Some(upper)) = (lower, upper) {
            assert!(lower < upper, "bounds of a rank come from one ordered list");
        }
        let key = match (lower, upper) {
            (None, None) => b"a0".to_vec(),
            (None, Some(upper)) => before(upper),
            (Some(lower), None) => after(lower),
            (Some(lower), Some(upper)) => inside(lower, upper),
        };
        Rank(String::from_utf8(key).expect("digits are ASCII"))
    }

    /// So many ranks between two, in order and about as far from each other.
    ///
    /// # Panics
    /// When `lower` is not below `upper`.
    pub fn spread(lower: Option<&Rank>, upper: Option<&Rank>, count: usize) -> Vec<Rank> {
        if count == 0 {
            return Vec::new();
        }
        let middle = Rank::between(lower, upper);
        let mut ranks = Rank::spread(lower, Some(&middle), count / 2);
        let rest = Rank::spread(Some(&middle), upper, count - count / 2 - 1);
        ranks.push(middle);
        ranks.extend(rest);
        ranks
    }
}

/// The head says how long the integer part is: `a` 2, `b` 3 …; `Z` 2, `Y` 3 … below zero.
fn integer_length(head: u8) -> usize {
    match head {
        b'a'..=b'z' => usize::from(head - b'a') + 2,
        _ => usize::from(b'Z' - head) + 2,
    }
}

fn split(key: &[u8]) -> (&[u8], &[u8]) {
    key.split_at(integer_length(key[0]).min(key.len()))
}

fn before(upper: &[u8]) -> Vec<u8> {
    let (integer, fraction) = split(upper);
    if !fraction.is_empty() {
        return match decrement(integer) {
            None => [integer, &midpoint(b"", Some(fraction))].concat(),
            Some(_) => integer.to_vec(),
        };
    }
    decrement(integer).expect("the smallest integer never stands alone")
}

fn after(lower: &[u8]) -> Vec<u8> {
    let (integer, fraction) = split(lower);
    increment(integer).unwrap_or_else(|| [integer, &midpoint(fraction, None)].concat())
}

fn inside(lower: &[u8], upper: &[u8]) -> Vec<u8> {
    let ((integer, fraction), (upper_integer, upper_fraction)) = (split(lower), split(upper));
    if integer == upper_integer {
        return [integer, &midpoint(fraction, Some(upper_fraction))].concat();
    }
    match increment(integer) {
        Some(next) if next.as_slice() < upper => next,
        _ => [integer, &midpoint(fraction, None)].concat(),
    }
}

fn digit(byte: u8) -> usize {
    DIGITS.iter().position(|d| *d == byte).expect("a rank has only base 62 digits")
}

/// A fraction above `lower` and below `upper` (absent: 1), neither ending in zero.
fn midpoint(lower: &[u8], upper: Option<&[u8]>) -> Vec<u8> {
    if let Some(upper) = upper {
        let shared =
            upper.iter().enumerate().take_while(|(i, d)| lower.get(*i).unwrap_or(&b'0') == *d).count();
        if shared > 0 {
            let rest = midpoint(lower.get(shared..).unwrap_or(b""), Some(&upper[shared..]));
            return [&upper[..shared], &rest].concat();
        }
    }
    let low = lower.first().map_or(0, |d| digit(*d));
    let high = upper.and_then(|u| u.first()).map_or(DIGITS.len(), |d| digit(*d));
    if high - low > 1 {
        return vec![DIGITS[(low + high).div_ceil(2)]];
    }
    match upper {
        Some(upper) if upper.len() > 1 => vec![upper[0]],
        _ => [&[DIGITS[low]], midpoint(lower.get(1..).unwrap_or(b""), None).as_slice()].concat(),
    }
}

fn increment(integer: &[u8]) -> Option<Vec<u8>> {
    let mut next = integer.to_vec();
    for place in (1..next.len()).rev() {
        let value = digit(next[place]);
        if value + 1 < DIGITS.len() {
            next[place] = DIGITS[value + 1];
            return Some(next);
        }
        next[place] = b'0';
    }
    match integer[0] {
        b'Z' => Some(b"a0".to_vec()),
        b'z' => None,
        head => Some(with_head(head + 1, b'0')),
    }
}

/// `None` for the smallest integer, and for what would make it: it never stands alone.
fn decrement(integer: &[u8]) -> Option<Vec<u8>> {
    let mut next = integer.to_vec();
    for place in (1..next.len()).rev() {
        let value = digit(next[place]);
        if value > 0 {
            next[place] = DIGITS[value - 1];
            return Some(next);
        }
        next[place] = b'z';
    }
    match integer[0] {
        b'a' => Some(b"Zz".to_vec()),
        b'A' => None,
        head => Some(with_head(head - 1, b'z')),
    }
}

fn with_head(head: u8, fill: u8) -> Vec<u8> {
    let mut key = vec![fill; integer_length(head)];
    key[0] = head;
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rank(text: &str) -> Rank {
        Rank::stored(text.to_owned())
    }

    #[test]
    fn known_keys_of_the_published_algorithm() {
        let between = |a: Option<&str>, b: Option<&str>| {
            Rank::between(a.map(rank).as_ref(), b.map(rank).as_ref()).as_str().to_owned()
        };
        assert_eq!(between(None, None), "a0");
        assert_eq!(between(None, Some("a0")), "Zz");
        assert_eq!(between(Some("a0"), None), "a1");
        assert_eq!(between(Some("az"), None), "b00");
        assert_eq!(between(Some("a0"), Some("a1")), "a0V");
        assert_eq!(between(Some("a0V"), Some("a1")), "a0l");
        assert_eq!(between(Some("Zz"), Some("a0")), "ZzV");
        assert_eq!(between(Some("b127"), Some("b128")), "b127V");
        assert_eq!(between(None, Some("Y00")), "Xzzz");
    }

    proptest! {
        #[test]
        fn a_rank_between_two_is_between_them(places in prop::collection::vec(any::<prop::sample::Index>(), 1..400)) {
            let mut list: Vec<Rank> = Vec::new();
            for place in places {
                let at = place.index(list.len() + 1);
                let made = Rank::between(at.checked_sub(1).map(|i| &list[i]), list.get(at));
                list.insert(at, made);
                prop_assert!(list.is_sorted_by(|a, b| a < b));
            }
        }
    }
}

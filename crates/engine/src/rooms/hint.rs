//! A hint that feeds of people moved, as it goes through Redis. The instances that have them connected compare these feeds now,
//! instead of with the next comparison of all. Nothing but latency depends on a hint.

use bytes::Bytes;
use domain::UserId;
use uuid::Uuid;

/// The channel of these hints.
pub const PEOPLE: &str = "people";
/// Most people of one hint. Of more, all instances hear with the next comparison.
pub const MOST_PEOPLE: usize = 64;
const ID_BYTES: usize = 16;

/// The hint as it goes through Redis: ids, one after the other.
pub fn to_message(people: &[UserId]) -> Bytes {
    people.iter().flat_map(|person| *person.0.as_bytes()).collect()
}

/// Reads it. What does not fit is ignored.
pub fn from_message(message: &[u8]) -> impl Iterator<Item = UserId> {
    let ids = message.chunks_exact(ID_BYTES).take(MOST_PEOPLE);
    ids.filter_map(|id| Uuid::from_slice(id).ok()).map(UserId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_read_as_it_was_written_and_nonsense_is_nobody() {
        let people = [UserId::new(), UserId::new()];
        assert_eq!(from_message(&to_message(&people)).collect::<Vec<_>>(), people);
        assert_eq!(from_message(b"nonsense").count(), 0);
        assert_eq!(from_message(&[7; ID_BYTES * (MOST_PEOPLE + 9)]).count(), MOST_PEOPLE);
    }
}

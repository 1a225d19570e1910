//! What this instance knows of the people whom others have in one room, as long as somebody here asks.

use super::message::{Here, Move};
use domain::UserId;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// An instance that was not heard of while so many beats of this one came back is gone. This one's own beats are the clock,
/// because they come back only while Redis works.
const GONE_AFTER: u8 = 4;

pub struct Listener {
    /// Subscriptions here that hear who comes and leaves.
    pub hearers: usize,
    until: Instant,
    /// The question has to be sent.
    ask: bool,
    /// How many instances the question went to, once it was sent.
    expected: Option<usize>,
    answered: HashSet<Uuid>,
    /// One that does not answer was waited for, and is not waited for again.
    waited: bool,
    others: HashMap<Uuid, Other>,
}

/// Another instance.
struct Other {
    serial: u64,
    people: HashMap<Uuid, UserId>,
    missed: u8,
}

/// What came of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The people are others than before.
    pub changed: bool,
    /// Something was missed, so the question has to be sent again.
    pub ask: bool,
}

impl Listener {
    pub fn begin() -> Listener {
        Listener {
            hearers: 0,
            until: Instant::now(),
            ask: true,
            expected: None,
            answered: HashSet::new(),
            waited: false,
            others: HashMap::new(),
        }
    }

    /// Somebody asked, and may ask again within that time.
    pub fn prolong(&mut self, time: Duration) {
        self.until = self.until.max(Instant::now() + time);
    }

    pub fn is_over(&self) -> bool {
        self.hearers == 0 && self.until <= Instant::now()
    }

    /// Messages may have been lost: everybody is asked again. What is known stays until it is corrected.
    pub fn reconnected(&mut self) {
        (self.ask, self.expected, self.waited) = (true, None, false);
        self.answered.clear();
    }

    /// Whether the question has to be sent; it counts as sent from now on.
    pub fn take_question(&mut self) -> bool {
        std::mem::take(&mut self.ask)
    }

    /// The question went to so many other instances.
    pub fn asked(&mut self, others: usize) {
        self.expected.get_or_insert(others);
    }

    /// Whether everybody who was asked has answered.
    pub fn is_complete(&self) -> bool {
        self.waited || self.expected.is_some_and(|expected| self.answered.len() >= expected)
    }

    pub fn waited_enough(&mut self) {
        self.waited |= self.expected.is_some();
    }

    pub fn people(&self) -> impl Iterator<Item = (Uuid, UserId)> {
        self.others.values().flat_map(|other| other.people.iter().map(|(client, user)| (*client, *user)))
    }

    /// What another instance told.
    pub fn heard(&mut self, here: &Here) -> Heard {
        if here.from == 0 {
            self.answered.insert(here.instance);
            return Heard { changed: self.replace(here), ask: false };
        }
        match self.others.get_mut(&here.instance) {
            Some(other) if other.serial == here.from => {
                (other.serial, other.missed) = (here.to, 0);
                here.moves.iter().for_each(|one| other.apply(*one));
                Heard { changed: true, ask: false }
            }
            Some(_) | None => {
                self.ask = true;
                Heard { changed: false, ask: true }
            }
        }
    }

    fn replace(&mut self, here: &Here) -> bool {
        if here.to == 0 {
            return self.others.remove(&here.instance).is_some();
        }
        let mut other = Other { serial: here.to, people: HashMap::new(), missed: 0 };
        here.moves.iter().for_each(|one| other.apply(*one));
        let before = self.others.get(&here.instance);
        let changed = before.map_or(!other.people.is_empty(), |before| before.people != other.people);
        self.others.insert(here.instance, other);
        changed
    }

    /// Another instance is there, and has this list. `true`: the question has to be sent again.
    pub fn heard_beat(&mut self, instance: Uuid, serial: u64) -> bool {
        if serial == 0 {
            return false;
        }
        match self.others.get_mut(&instance).filter(|other| other.serial == serial) {
            Some(other) => other.missed = 0,
            None => self.ask = true,
        }
        self.ask
    }

    /// A beat of this instance came back. `true`: the people of instances that are gone were dropped.
    pub fn own_beat(&mut self) -> bool {
        self.others.values_mut().for_each(|other| other.missed += 1);
        let before = self.others.len();
        self.others.retain(|_, other| other.missed < GONE_AFTER);
        self.others.len() < before
    }
}

impl Other {
    fn apply(&mut self, one: Move) {
        match one {
            Move::Came(person) => drop(self.people.insert(person.client, person.user)),
            Move::Left(client) => drop(self.people.remove(&client)),
        }
    }
}

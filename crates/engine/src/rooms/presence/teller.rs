//! What this instance tells the others about its people in one room, as long as another instance asks.

use super::message::{Here, Move};
use crate::rooms::said::ClientInfo;
use domain::UserId;
use std::collections::HashMap;
use uuid::Uuid;

/// The question of another instance holds for so many beats of this one, which is three seconds.
const ASKED_FOR: u8 = 6;

/// The lists that were told have numbers, which this instance uses once. So another one knows whether it missed a change.
pub struct Teller {
    told: HashMap<Uuid, UserId>,
    serial: u64,
    /// Somebody does not have the list, so the next message has all of it.
    whole: bool,
    beats_left: u8,
}

impl Teller {
    pub fn begin() -> Teller {
        Teller { told: HashMap::new(), serial: 0, whole: true, beats_left: ASKED_FOR }
    }

    /// Another instance still asks.
    pub fn is_asked(&mut self) {
        self.beats_left = ASKED_FOR;
    }

    /// Another instance asks for the whole list.
    pub fn is_asked_anew(&mut self) {
        self.is_asked();
        self.whole = true;
    }

    /// Messages may have been lost.
    pub fn reconnected(&mut self) {
        self.whole = true;
    }

    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Counts a beat. `false`: nobody asks any more.
    pub fn beat(&mut self) -> bool {
        self.beats_left = self.beats_left.saturating_sub(1);
        self.beats_left > 0
    }

    /// What has to be told now, if anything.
    pub fn news(
        &mut self,
        instance: Uuid,
        here: &HashMap<Uuid, UserId>,
        next_serial: impl FnOnce() -> u64,
    ) -> Option<Here> {
        if self.whole {
            self.told.clear();
        }
        let came = here.iter().filter(|(client, _)| !self.told.contains_key(client));
        let came = came.map(|(client, user)| Move::Came(ClientInfo { client: *client, user: *user }));
        let left =
            self.told.keys().filter(|client| !here.contains_key(client)).map(|client| Move::Left(*client));
        let moves: Vec<Move> = came.chain(left).collect();
        if moves.is_empty() && !self.whole {
            return None;
        }
        let from = if self.whole { 0 } else { self.serial };
        (self.serial, self.whole) = (next_serial(), false);
        for one in &moves {
            match one {
                Move::Came(person) => drop(self.told.insert(person.client, person.user)),
                Move::Left(client) => drop(self.told.remove(client)),
            }
        }
        Some(Here { instance, from, to: self.serial, moves })
    }
}

//! Who is in one room: the people of this instance, always; those of others while somebody here asks.

use super::listener::{Heard, Listener};
use super::message::{Here, RoomBeat};
use super::teller::Teller;
use crate::rooms::said::ClientInfo;
use domain::{ProjectId, UserId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// The presence of one room.
#[derive(Default)]
pub struct Watch(Mutex<State>);

#[derive(Default)]
struct State {
    here: HashMap<Uuid, UserId>,
    teller: Option<Teller>,
    listener: Option<Listener>,
}

/// Who has to learn of a change.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// Other instances.
    pub others: bool,
    /// Clients of this one.
    pub clients: bool,
}

/// What has to be sent about one room.
#[derive(Default)]
pub struct ToSay {
    pub ask: bool,
    pub here: Option<Here>,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody came.
    pub fn come(&self, person: ClientInfo) -> Audience {
        let mut state = self.lock();
        state.here.insert(person.client, person.user);
        state.audience()
    }

    /// Somebody left.
    pub fn go(&self, client: Uuid) -> Audience {
        let mut state = self.lock();
        match state.here.remove(&client) {
            Some(_) => state.audience(),
            None => Audience::default(),
        }
    }

    /// Everybody who is known to be there.
    pub fn everybody(&self) -> HashMap<Uuid, UserId> {
        let state = self.lock();
        let others = state.listener.iter().flat_map(Listener::people);
        state.here.iter().map(|(client, user)| (*client, *user)).chain(others).collect()
    }

    /// Somebody here asks. `true`: the other instances have to be asked.
    pub fn ask(&self, again_within: Duration) -> bool {
        let mut state = self.lock();
        let began = state.listener.is_none();
        state.listener.get_or_insert_with(Listener::begin).prolong(again_within);
        began
    }

    /// A subscription begins to hear who comes and leaves. `true`: the other instances have to be asked.
    pub fn begin_hearing(&self) -> bool {
        let mut state = self.lock();
        let began = state.listener.is_none();
        state.listener.get_or_insert_with(Listener::begin).hearers += 1;
        began
    }

    pub fn end_hearing(&self) {
        if let Some(listener) = &mut self.lock().listener {
            listener.hearers = listener.hearers.saturating_sub(1);
        }
    }

    /// Whether everybody who was asked has answered.
    pub fn is_complete(&self) -> bool {
        self.lock().listener.as_ref().is_some_and(Listener::is_complete)
    }

    /// Whoever has not answered is not waited for again.
    pub fn waited_enough(&self) {
        if let Some(listener) = &mut self.lock().listener {
            listener.waited_enough();
        }
    }

    /// The connection to Redis is a new one.
    pub fn reconnected(&self) {
        let mut state = self.lock();
        if let Some(teller) = &mut state.teller {
            teller.reconnected();
        }
        if let Some(listener) = &mut state.listener {
            listener.reconnected();
        }
    }

    /// Another instance wants the whole list.
    pub fn heard_question(&self) {
        self.lock().teller.get_or_insert_with(Teller::begin).is_asked_anew();
    }

    /// Another instance told something.
    pub fn heard(&self, here: &Here) -> (Heard, Audience) {
        let mut state = self.lock();
        let heard = state.listener.as_mut().map(|listener| listener.heard(here)).unwrap_or_default();
        let clients = heard.changed && state.audience().clients;
        (heard, Audience { others: false, clients })
    }

    /// Another instance is there. `true`: something has to be sent.
    pub fn heard_beat(&self, instance: Uuid, beat: RoomBeat) -> bool {
        let mut state = self.lock();
        let begins = beat.asks && state.teller.is_none();
        if beat.asks {
            state.teller.get_or_insert_with(Teller::begin).is_asked();
        }
        let asks = state.listener.as_mut().is_some_and(|listener| listener.heard_beat(instance, beat.serial));
        begins || asks
    }

    /// A beat of this instance came back, so Redis works, and it is judged who is still there and who still asks.
    pub fn own_beat(&self) -> Audience {
        let mut state = self.lock();
        state.teller.take_if(|teller| !teller.beat());
        state.listener.take_if(|listener| listener.is_over());
        let lost = state.listener.as_mut().is_some_and(Listener::own_beat);
        Audience { others: false, clients: lost && state.audience().clients }
    }

    /// What the next beat says of this room. `None`: nobody asks anywhere.
    pub fn beat(&self, project: ProjectId) -> Option<RoomBeat> {
        let state = self.lock();
        let serial = state.teller.as_ref().map(Teller::serial);
        let asks = state.listener.is_some();
        (asks || serial.is_some()).then(|| RoomBeat { project, serial: serial.unwrap_or(0), asks })
    }

    /// Whether other instances were told of people here.
    pub fn is_told(&self) -> bool {
        self.lock().teller.is_some()
    }

    /// What has to be sent now; it counts as sent.
    pub fn to_say(&self, instance: Uuid, next_serial: impl FnOnce() -> u64) -> ToSay {
        let mut state = self.lock();
        let State { here, teller, listener } = &mut *state;
        let ask = listener.as_mut().is_some_and(Listener::take_question);
        let here = teller.as_mut().and_then(|teller| teller.news(instance, here, next_serial));
        ToSay { ask, here }
    }

    /// The question went to so many other instances.
    pub fn asked(&self, others: usize) {
        if let Some(listener) = &mut self.lock().listener {
            listener.asked(others);
        }
    }
}

impl State {
    fn audience(&self) -> Audience {
        let clients = self.listener.as_ref().is_some_and(|listener| listener.hearers > 0);
        Audience { others: self.teller.is_some(), clients }
    }
}

//! What goes between instances about who is where: messages to send for the relay, and what becomes of those it hears.

use super::message::{Beat, Here, Message, RoomBeat};
use super::watch::{Audience, ToSay};
use crate::rooms::registry::Rooms;
use crate::rooms::room::Room;
use domain::ProjectId;
use std::collections::HashSet;
use std::sync::Arc;

/// Rooms that one beat names, at most.
const ROOMS: usize = 1_000;

/// A message on its way to a project's channel.
pub struct Outgoing {
    pub project: ProjectId,
    pub text: String,
    /// It is a question, and this room wants to know how many instances it went to.
    pub asked_by: Option<Arc<Room>>,
}

impl Rooms {
    /// Somebody came or left.
    pub fn people_moved(&self, room: &Room, audience: Audience) {
        if audience.others {
            self.presence.has_to_say(room.project);
        }
        if audience.clients {
            room.people_moved();
        }
    }

    /// The relay hears the rooms' channels over a new connection: everybody is asked and told anew.
    pub fn presence_connected(&self) {
        self.presence.set_connected(true);
        for project in self.presence.watched() {
            if let Some(room) = self.room_here(project) {
                room.presence.reconnected();
                self.presence.has_to_say(project);
            }
        }
    }

    pub fn presence_lost(&self) {
        self.presence.set_connected(false);
        self.presence.heard.notify_waiters();
    }

    /// What is to be sent now. Only rooms whose channel is heard send, because the answers come there.
    pub fn presence_to_say(&self, heard: &HashSet<ProjectId>) -> Vec<Outgoing> {
        let mut outgoing = Vec::new();
        for project in self.presence.take_farewells() {
            let nobody = Here { instance: self.instance, from: 0, to: 0, moves: Vec::new() };
            let text = Message::Here(nobody).to_text();
            outgoing.push(Outgoing { project, text, asked_by: None });
        }
        for project in self.presence.take_due(|project| heard.contains(&project)) {
            let Some(room) = self.room_here(project) else { continue };
            let ToSay { ask, here } = room.presence.to_say(self.instance, || self.presence.next_serial());
            if ask {
                let text = Message::Ask(self.instance).to_text();
                outgoing.push(Outgoing { project, text, asked_by: Some(room) });
            }
            if let Some(here) = here {
                outgoing.push(Outgoing { project, text: Message::Here(here).to_text(), asked_by: None });
            }
        }
        outgoing
    }

    /// A question went to so many instances, this one among them.
    pub fn presence_asked(&self, room: &Room, instances: usize) {
        room.presence.asked(instances.saturating_sub(1));
        self.presence.heard.notify_waiters();
    }

    /// That this instance is there, in messages of a bounded size; none while nobody asks for any room.
    pub fn presence_beats(&self) -> Vec<String> {
        let mut rooms = Vec::new();
        for project in self.presence.watched() {
            match self.room_here(project).and_then(|room| room.presence.beat(project)) {
                Some(beat) => rooms.push(beat),
                None => self.presence.unwatch(project),
            }
        }
        let beat = |rooms: &[RoomBeat]| Beat { instance: self.instance, rooms: rooms.to_vec() }.to_text();
        rooms.chunks(ROOMS).map(beat).collect()
    }

    /// A message about one room.
    pub fn presence_heard(&self, project: ProjectId, message: &Message) {
        let (Message::Ask(instance) | Message::Here(Here { instance, .. })) = message;
        if *instance == self.instance {
            return;
        }
        match (message, self.room_here(project)) {
            (Message::Ask(_), Some(room)) => {
                room.presence.heard_question();
                self.presence.has_to_say(project);
            }
            // The room was left a moment ago, and who asks waits for an answer.
            (Message::Ask(_), None) => self.presence.says_farewell(project),
            (Message::Here(here), Some(room)) => {
                let (heard, audience) = room.presence.heard(here);
                self.people_moved(&room, audience);
                if heard.ask {
                    self.presence.has_to_say(project);
                }
                self.presence.heard.notify_waiters();
            }
            (Message::Here(_), None) => {}
        }
    }

    /// A beat of any instance, also of this one.
    pub fn presence_heard_beat(&self, beat: &Beat) {
        for of_room in &beat.rooms {
            let Some(room) = self.room_here(of_room.project) else { continue };
            if beat.instance == self.instance {
                let audience = room.presence.own_beat();
                self.people_moved(&room, audience);
            } else if room.presence.heard_beat(beat.instance, *of_room) {
                self.presence.has_to_say(of_room.project);
            }
        }
    }
}

//! Who is in a project, for a client that is subscribed to it.

use super::centrifuge::{Connection, Ended};
use super::close::ErrorCode;
use super::command::Channel;
use super::protocol;
use domain::{ProjectId, UserId};
use engine::rooms::{ClientInfo, NotKnown};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

impl Connection {
    /// Every connection in the project.
    pub async fn presence(&self, id: u32, channel: &str) -> Result<(), Ended> {
        match self.people(channel).await {
            Ok(people) => {
                let entry = |person: ClientInfo| (person.client.to_string(), protocol::info(person));
                let presence: Map<String, Value> = people.into_iter().map(entry).collect();
                self.reply(id, "presence", &json!({"presence": presence}))
            }
            Err(code) => self.refuse(id, code),
        }
    }

    /// How many connections and people there are in the project.
    pub async fn presence_stats(&self, id: u32, channel: &str) -> Result<(), Ended> {
        match self.people(channel).await {
            Ok(people) => {
                let users: HashSet<UserId> = people.iter().map(|person| person.user).collect();
                let stats = json!({"num_clients": people.len(), "num_users": users.len()});
                self.reply(id, "presence_stats", &stats)
            }
            Err(code) => self.refuse(id, code),
        }
    }

    async fn people(&self, channel: &str) -> Result<Vec<ClientInfo>, ErrorCode> {
        if !self.rates.aside() {
            return Err(ErrorCode::TOO_MANY);
        }
        let project = self.asked_project(channel)?;
        self.app.engine.present(&self.client, project).await.map_err(|why| match why {
            NotKnown::NotInRoom => ErrorCode::PERMISSION_DENIED,
            NotKnown::Away => ErrorCode::NOT_KNOWN_NOW,
        })
    }

    /// The project of a channel that something is asked of. A person's own channel has neither presence nor history.
    pub fn asked_project(&self, channel: &str) -> Result<ProjectId, ErrorCode> {
        match Channel::parse(channel) {
            None => Err(ErrorCode::UNKNOWN_CHANNEL),
            Some(Channel::User(user)) if self.client.is_of(user) => Err(ErrorCode::NOT_AVAILABLE),
            Some(Channel::User(_)) => Err(ErrorCode::PERMISSION_DENIED),
            Some(Channel::Project(project)) => Ok(project),
        }
    }
}

//! What a client says to the others in a project, beside the log: that they are typing, what they look at.

use super::centrifuge::{Connection, Ended};
use super::close::ErrorCode;
use super::command::{Channel, Publish};
use bytes::Bytes;
use engine::rooms::NotInRoom;
use serde_json::json;

/// Most bytes of JSON that one message may have.
pub const PUBLISH_BYTES: usize = 1024;

impl Connection {
    /// Members of every role may say something in a project that this connection is subscribed to.
    pub fn publish(&self, id: u32, publish: &Publish) -> Result<(), Ended> {
        if !self.rates.aside() {
            return self.refuse(id, ErrorCode::TOO_MANY);
        }
        let project = match Channel::parse(&publish.channel) {
            None => return self.refuse(id, ErrorCode::UNKNOWN_CHANNEL),
            Some(Channel::User(_)) => return self.refuse(id, ErrorCode::PERMISSION_DENIED),
            Some(Channel::Project(project)) => project,
        };
        let data = publish.data.to_string();
        if publish.data.is_null() || data.len() > PUBLISH_BYTES {
            return self.refuse(id, ErrorCode::BAD_REQUEST);
        }
        match self.app.engine.say(&self.client, project, Bytes::from(data)) {
            Ok(()) => self.reply(id, "publish", &json!({})),
            Err(NotInRoom) => self.refuse(id, ErrorCode::PERMISSION_DENIED),
        }
    }
}

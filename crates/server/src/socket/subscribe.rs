//! What a client watches: subscriptions to projects, and to its person's own channel.

use super::centrifuge::{Connection, Ended};
use super::close::ErrorCode;
use super::command::{Channel, Subscribe};
use super::protocol;
use bytes::Bytes;
use domain::{ProjectId, UserId};
use engine::rooms::{self, Admitted, Concern, NotJoined, Position, Recovery};
use serde_json::json;
use std::time::Duration;

/// A subscription is answered within this, or with a temporary error: the SDK gives up after 5 s.
const ANSWER: Duration = Duration::from_secs(4);

impl Connection {
    pub async fn subscribe(&self, id: u32, user: UserId, request: Subscribe) -> Result<(), Ended> {
        match Channel::parse(&request.channel) {
            None => self.refuse(id, ErrorCode::UNKNOWN_CHANNEL),
            Some(Channel::User(own)) if own == user => {
                if self.client.on_own_channel.replace(true) {
                    return self.refuse(id, ErrorCode::ALREADY_SUBSCRIBED);
                }
                self.reply(id, "subscribe", &json!({}))?;
                // Pushes of this channel have no offset, so a client that may have missed some reads the list again.
                self.hub.send(&self.client, protocol::for_person(user, Concern::Projects));
                Ok(())
            }
            Some(Channel::User(_)) => self.refuse(id, ErrorCode::PERMISSION_DENIED),
            Some(Channel::Project(project)) => self.subscribe_project(id, project, request).await,
        }
    }

    async fn subscribe_project(&self, id: u32, project: ProjectId, request: Subscribe) -> Result<(), Ended> {
        if self.client.subscriptions.borrow().contains_key(&project) {
            return self.refuse(id, ErrorCode::ALREADY_SUBSCRIBED);
        }
        if self.client.subscriptions.borrow().len() >= self.app.config.limits.socket_subscriptions {
            return self.refuse(id, ErrorCode::LIMIT_EXCEEDED);
        }
        let position =
            request.recover.then(|| Position { epoch: request.epoch.clone(), version: request.offset });
        let admitting = self.app.engine.join(&self.client, project, position);
        let Ok(judged) = tokio::time::timeout(ANSWER, admitting).await else {
            self.forget(project);
            return self.refuse(id, ErrorCode::INTERNAL);
        };
        let admitted = match judged {
            Ok(admitted) => admitted,
            Err(why) => return self.refuse(id, of_join(why)),
        };
        if matches!(admitted.recovery, Recovery::Impossible) && request.can_reload() {
            self.hub.leave(&admitted.subscription);
            return self.refuse(id, ErrorCode::UNRECOVERABLE);
        }
        self.hub.send(&self.client, subscribed(id, &admitted, request.offset));
        rooms::begin(&self.hub, &admitted.subscription);
        if request.join_leave {
            self.hub.begin_hearing(&admitted.subscription);
        }
        Ok(())
    }

    pub fn unsubscribe(&self, id: u32, channel: &str) -> Result<(), Ended> {
        match Channel::parse(channel) {
            Some(Channel::Project(project)) => self.forget(project),
            Some(Channel::User(_)) => self.client.on_own_channel.set(false),
            None => {}
        }
        self.reply(id, "unsubscribe", &json!({}))
    }

    fn forget(&self, project: ProjectId) {
        let subscription = self.client.subscriptions.borrow().get(&project).cloned();
        if let Some(subscription) = subscription {
            self.hub.leave(&subscription);
        }
    }
}

/// The answer to a subscription. Without `recoverable`, `epoch` and `offset` the SDK forgets its position; the offset of a
/// recovery is the one that was asked for, and the SDK advances from there.
fn subscribed(id: u32, admitted: &Admitted, asked: i64) -> Bytes {
    let mut result = json!({"recoverable": true, "positioned": true, "epoch": *admitted.epoch});
    match &admitted.recovery {
        Recovery::NotAsked => {
            result["offset"] = json!(admitted.head);
            protocol::subscribed(id, result, &[])
        }
        Recovery::Impossible => {
            result["was_recovering"] = json!(true);
            result["recovered"] = json!(false);
            result["offset"] = json!(admitted.head);
            protocol::subscribed(id, result, &[])
        }
        Recovery::Recovered(frames) => {
            result["was_recovering"] = json!(true);
            result["recovered"] = json!(true);
            result["offset"] = json!(asked);
            let page: Vec<(i64, Bytes)> =
                frames.iter().map(|frame| (frame.version, frame.body.clone())).collect();
            protocol::subscribed(id, result, &page)
        }
    }
}

fn of_join(why: NotJoined) -> ErrorCode {
    match why {
        NotJoined::Nameless => ErrorCode::UNAUTHORIZED,
        NotJoined::NoMember => ErrorCode::PERMISSION_DENIED,
        NotJoined::Unanswered => ErrorCode::INTERNAL,
    }
}

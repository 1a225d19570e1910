//! Step 6 of 8: the instance's one publisher. Ordered, bounded and pipelined; what it must drop is counted, and repaired
//! by the comparison of heads on the other instances.

use super::hint::{MOST_PEOPLE, PEOPLE, to_message};
use crate::announce::{Committed, Listener};
use crate::frame::Frame;
use bytes::Bytes;
use domain::{ProjectId, UserId};
use prometheus_client::metrics::counter::Counter;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Most messages that wait.
const QUEUE: usize = 8_192;
/// Most messages of one pipeline.
const BATCH: usize = 256;
const PATIENCE: Duration = Duration::from_secs(1);

/// The channel of a project.
pub fn channel(project: ProjectId) -> String {
    format!("project:{project}")
}

/// What is published.
enum Message {
    Event(ProjectId, Arc<Frame>),
    Said(ProjectId, Vec<u8>),
    FeedsMoved(Bytes),
}

/// The way to the publisher.
pub struct Publisher {
    waiting: mpsc::Sender<Message>,
    dropped: Counter,
}

impl Publisher {
    /// Starts the publisher's task on the current runtime.
    pub fn start(client: redis::Client, dropped: Counter) -> Publisher {
        let (waiting, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(client, queue, dropped.clone()));
        Publisher { waiting, dropped }
    }

    /// Publishes what was said in a project, behind the events that were committed before. It is dropped while the queue is
    /// half full, so that events have room.
    pub fn say(&self, project: ProjectId, message: Vec<u8>) {
        if self.waiting.capacity() > QUEUE / 2 {
            // Full or closed: it is dropped as well.
            let _ = self.waiting.try_send(Message::Said(project, message));
        }
    }
}

impl Publisher {
    /// Publishes that feeds of people moved. It is dropped while the queue is half full, so that events have room, and of more than
    /// [`MOST_PEOPLE`] at once, because the next comparison tells it as well.
    pub fn feeds_moved(&self, people: &[UserId]) {
        if people.len() <= MOST_PEOPLE && self.waiting.capacity() > QUEUE / 2 {
            let _ = self.waiting.try_send(Message::FeedsMoved(to_message(people)));
        }
    }
}

/// Bounded by [`QUEUE`]; what finds no room is counted.
impl Listener for Publisher {
    fn committed(&self, commit: &Committed<'_>) {
        for frame in commit.frames {
            if self.waiting.try_send(Message::Event(commit.project, frame.clone())).is_err() {
                self.dropped.inc();
            }
        }
        if !commit.concerned.is_empty() {
            let people: Vec<UserId> = commit.concerned.iter().map(|(user, _)| *user).collect();
            self.feeds_moved(&people);
        }
    }
}

async fn run(client: redis::Client, mut queue: mpsc::Receiver<Message>, dropped: Counter) {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_millis(200));
    let mut connection: Option<ConnectionManager> = None;
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        if connection.is_none() {
            connection = client.get_connection_manager_with_config(config.clone()).await.ok();
        }
        let published = match &mut connection {
            Some(connection) => publish(connection, &batch).await,
            None => false,
        };
        if !published {
            let events = batch.iter().filter(|message| matches!(message, Message::Event(..)));
            let lost = u64::try_from(events.count()).unwrap_or(u64::MAX);
            let total = dropped.inc_by(lost) + lost;
            tracing::warn!(lost, total, "events were not published; other instances read them from the log");
        }
        batch.clear();
    }
}

async fn publish(connection: &mut ConnectionManager, batch: &[Message]) -> bool {
    let mut pipeline = redis::pipe();
    for message in batch {
        match message {
            Message::Event(project, frame) => {
                pipeline.publish(channel(*project), frame.to_message()).ignore()
            }
            Message::Said(project, message) => pipeline.publish(channel(*project), message).ignore(),
            Message::FeedsMoved(people) => pipeline.publish(PEOPLE, &**people).ignore(),
        };
    }
    let sent: Result<Result<(), _>, _> =
        tokio::time::timeout(PATIENCE, pipeline.query_async(connection)).await;
    matches!(sent, Ok(Ok(())))
}

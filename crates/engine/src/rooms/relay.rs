//! Step 7 of 8: hints from other instances. One connection to Redis hears the channels of the rooms that exist here; this
//! task alone subscribes and unsubscribes, and reconciles what is wanted with what is.
//!
//! It is another connection than the publisher's, for two reasons. Redis cuts off whoever reads messages too slowly
//! (`client-output-buffer-limit pubsub`), and that must not end publishing. And redis' `ConnectionManager`, which publishes,
//! puts messages into a queue without a bound before it hands them on; here they are taken in where they are read.
//!
//! Nothing depends on it but latency: after every (re)subscription the heads are compared.

use super::hint::{PEOPLE, from_message};
use super::presence::{BEATS, Beat, Message, Outgoing};
use super::publisher::channel;
use super::registry::Rooms;
use super::said::Said;
use crate::frame::Frame;
use bytes::Bytes;
use domain::ProjectId;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, PushInfo, PushKind, Value};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

const PATIENCE: Duration = Duration::from_secs(1);
/// A connection that seems alive is asked so often whether it is.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often the other instances hear that this one is there, while somebody asks who is where.
const BEAT: Duration = Duration::from_millis(500);
const BACKOFF: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
];
/// Channels of one SUBSCRIBE, and messages of one pipeline, at most.
const CHANNELS: usize = 512;

/// Runs as long as the instance.
pub async fn run(rooms: Arc<Rooms>, client: redis::Client) {
    let mut tries = 0;
    loop {
        let lost = Arc::new(Notify::new());
        match connect(&rooms, &client, lost.clone()).await {
            Ok(connection) => {
                tries = 0;
                listen(&rooms, connection, &lost).await;
                rooms.set_relayed(false);
            }
            Err(error) => {
                if tries == 0 {
                    tracing::warn!(%error, "Redis is away: changes of other instances come from Postgres");
                }
                rooms.set_relayed(false);
            }
        }
        tokio::time::sleep(BACKOFF[tries.min(BACKOFF.len() - 1)]).await;
        tries += 1;
    }
}

/// Messages are handed to the rooms right where they are read: no queue, so none that overflows.
async fn connect(
    rooms: &Arc<Rooms>,
    client: &redis::Client,
    lost: Arc<Notify>,
) -> redis::RedisResult<MultiplexedConnection> {
    let registry = Arc::downgrade(rooms);
    let hear = move |push: PushInfo| -> Result<(), redis::aio::SendError> {
        if push.kind == PushKind::Disconnection {
            lost.notify_one();
        } else if push.kind == PushKind::Message
            && let Some(rooms) = registry.upgrade()
        {
            heard(&rooms, push.data);
        }
        Ok(())
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender(hear);
    client.get_multiplexed_async_connection_with_config(&config).await
}

fn heard(rooms: &Arc<Rooms>, data: Vec<Value>) {
    let mut parts = data.into_iter();
    let (Some(Value::BulkString(name)), Some(Value::BulkString(message))) = (parts.next(), parts.next())
    else {
        return;
    };
    if name == PEOPLE.as_bytes() {
        return rooms.connected.compare(from_message(&message));
    }
    if name == BEATS.as_bytes() {
        return if let Some(beat) = Beat::parse(&message) {
            rooms.presence_heard_beat(&beat)
        };
    }
    let project = std::str::from_utf8(&name).ok().and_then(|name| name.strip_prefix("project:"));
    let Some(project) = project.and_then(ProjectId::parse) else { return };
    let message = Bytes::from(message);
    if let Some((instance, said)) = Said::from_message(project, &message) {
        // What was said here was handed on already.
        if instance != rooms.instance
            && let Some(room) = rooms.room_here(project)
        {
            room.say(&Arc::new(said));
        }
        return;
    }
    if let Some(message) = Message::parse(&message) {
        return rooms.presence_heard(project, &message);
    }
    match Frame::from_message(&message) {
        Some(frame) => rooms.take_in(project, Arc::new(frame)),
        None => tracing::debug!(project.id = %project, "a message that is no event was ignored"),
    }
}

/// Keeps the subscriptions as they are wanted, and says what is to be said of who is there, until the connection is lost.
async fn listen(rooms: &Arc<Rooms>, mut connection: MultiplexedConnection, lost: &Notify) {
    let kept = async {
        let mut heard = HashSet::new();
        connection.subscribe(&[BEATS, PEOPLE]).await?;
        reconcile(rooms, &mut connection, &mut heard).await?;
        rooms.set_relayed(true);
        rooms.presence_connected();
        keep(rooms, &mut connection, &mut heard).await
    };
    tokio::select! {
        () = lost.notified() => {}
        error = kept => {
            if let Err(error) = error {
                tracing::warn!(%error, "the connection to Redis was lost");
            }
        }
    }
    rooms.presence_lost();
}

async fn keep(
    rooms: &Arc<Rooms>,
    connection: &mut MultiplexedConnection,
    heard: &mut HashSet<ProjectId>,
) -> redis::RedisResult<()> {
    let (mut beats, mut pings) = (tokio::time::interval(BEAT), tokio::time::interval(HEARTBEAT));
    for interval in [&mut beats, &mut pings] {
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        say(connection, rooms, rooms.presence_to_say(heard)).await?;
        tokio::select! {
            () = rooms.rooms_changed.notified() => {
                if reconcile(rooms, connection, heard).await? {
                    rooms.set_relayed(true);
                }
            }
            () = rooms.presence.to_say.notified() => {}
            _ = beats.tick(), if rooms.presence.is_watched() => beat(connection, rooms).await?,
            _ = pings.tick() => ping(connection).await?,
        }
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> redis::RedisResult<()> {
    redis::cmd("PING").query_async(connection).await
}

async fn beat(connection: &mut MultiplexedConnection, rooms: &Rooms) -> redis::RedisResult<()> {
    for text in rooms.presence_beats() {
        let () = redis::cmd("PUBLISH").arg(BEATS).arg(text).query_async(connection).await?;
    }
    Ok(())
}

/// Publishes, and learns from the answers how many instances a question went to.
async fn say(
    connection: &mut MultiplexedConnection,
    rooms: &Rooms,
    outgoing: Vec<Outgoing>,
) -> redis::RedisResult<()> {
    for some in outgoing.chunks(CHANNELS) {
        let mut pipeline = redis::pipe();
        for message in some {
            pipeline.publish(channel(message.project), &message.text);
        }
        let receivers: Vec<usize> = pipeline.query_async(connection).await?;
        for (message, instances) in some.iter().zip(receivers) {
            if let Some(room) = &message.asked_by {
                rooms.presence_asked(room, instances);
            }
        }
    }
    Ok(())
}

async fn reconcile(
    rooms: &Arc<Rooms>,
    connection: &mut MultiplexedConnection,
    actual: &mut HashSet<ProjectId>,
) -> redis::RedisResult<bool> {
    let wanted = rooms.wanted();
    let new: Vec<ProjectId> = wanted.difference(actual).copied().collect();
    let old: Vec<ProjectId> = actual.difference(&wanted).copied().collect();
    for some in new.chunks(CHANNELS) {
        connection.subscribe(some.iter().map(|id| channel(*id)).collect::<Vec<_>>()).await?;
        actual.extend(some);
    }
    for some in old.chunks(CHANNELS) {
        connection.unsubscribe(some.iter().map(|id| channel(*id)).collect::<Vec<_>>()).await?;
        actual.retain(|project| !some.contains(project));
    }
    Ok(!new.is_empty())
}

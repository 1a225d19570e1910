//! Who is in a room, for a client that asks.

use crate::rooms::client::Client;
use crate::rooms::registry::Rooms;
use crate::rooms::room::Room;
use crate::rooms::said::ClientInfo;
use domain::ProjectId;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// After a question the room is kept up to date for so long, because the next question usually follows.
const AGAIN_WITHIN: Duration = Duration::from_secs(60);
/// Longest wait for other instances. One that hangs is not waited for longer.
const ANSWERS: Duration = Duration::from_secs(1);

/// Why nobody can say who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKnown {
    /// The connection is in no such room, or its person is no member any more.
    #[error("not in the room")]
    NotInRoom,
    /// Redis is away, so nobody knows whom other instances have.
    #[error("Redis is away")]
    Away,
}

/// Everybody in a room that the client is in.
///
/// # Errors
/// [`NotKnown`].
pub async fn present(
    rooms: &Rooms,
    client: &Client,
    project: ProjectId,
) -> Result<Vec<ClientInfo>, NotKnown> {
    let room = client.room(project).ok_or(NotKnown::NotInRoom)?;
    if rooms.presence.is_shared {
        hear_from_others(rooms, &room).await?;
    }
    // The membership may have ended while others were asked.
    client.room(project).ok_or(NotKnown::NotInRoom)?;
    let everybody = room.presence.everybody();
    Ok(everybody.into_iter().map(|(client, user)| ClientInfo { client, user }).collect())
}

/// Returns when the room knows whom the other instances have in it.
async fn hear_from_others(rooms: &Rooms, room: &Room) -> Result<(), NotKnown> {
    let settles_in = rooms.presence.settles_in().ok_or(NotKnown::Away)?;
    if room.presence.ask(AGAIN_WITHIN) {
        rooms.presence.has_to_say(room.project);
    }
    if !settles_in.is_zero() {
        tokio::time::sleep(settles_in).await;
    }
    if timeout(ANSWERS, complete(rooms, room)).await.is_err() {
        room.presence.waited_enough();
    }
    let is_back = rooms.presence.settles_in().is_some_and(|left| left.is_zero());
    if is_back && room.presence.is_complete() { Ok(()) } else { Err(NotKnown::Away) }
}

async fn complete(rooms: &Rooms, room: &Room) {
    loop {
        let mut heard = pin!(rooms.presence.heard.notified());
        heard.as_mut().enable();
        if room.presence.is_complete() {
            return;
        }
        heard.await;
    }
}

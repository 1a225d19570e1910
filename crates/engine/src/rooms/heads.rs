//! Step 7 of 8: every room compared with Postgres once a second, and everybody's feed with it.
//!
//! Redis is only a hint because of this comparison: frames that did not arrive through Redis are read here. While Redis is
//! away, or after a real gap, rooms are compared four times a second until ten rounds were clean.

use super::inbox::PersonNews;
use super::registry::Rooms;
use super::room::Room;
use domain::{ProjectId, UserId, Version};
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::StoreError;
use store::feeds::Feed;
use store::heads::Head;
use store::pool::Pool;

const CALM: Duration = Duration::from_secs(1);
const ALERT: Duration = Duration::from_millis(250);
/// A room counts as behind only if it still is after so long, because a frame may be on its way.
const GRACE: Duration = Duration::from_millis(100);
const CLEAN_ROUNDS: u32 = 10;
/// How many rooms or people one query asks for.
const SLICE: usize = 256;
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs as long as the instance.
pub async fn run(registry: Arc<Rooms>, pool: Pool) {
    let mut clean = CLEAN_ROUNDS;
    let mut next = Instant::now() + CALM;
    loop {
        let gap_due = registry.lock_gaps().values().min().copied();
        let until = gap_due.map_or(next, |due| due.min(next));
        let asked = tokio::select! {
            () = tokio::time::sleep_until(until.into()) => false,
            () = registry.gap_noted.notified() => continue,
            () = registry.connected.hint_noted.notified() => {
                compare_hinted(&registry, &pool).await;
                continue;
            }
            () = registry.compare_now.notified() => true,
        };
        if fill_gaps(&registry).await {
            clean = 0;
        }
        if !asked && Instant::now() < next {
            continue;
        }
        clean = match tokio::time::timeout(PATIENCE, compare(&registry, &pool)).await {
            Ok(Ok(true)) => clean.saturating_add(1),
            Ok(Ok(false)) => 0,
            Ok(Err(error)) => {
                tracing::warn!(%error, "heads could not be compared");
                0
            }
            Err(_) => {
                tracing::warn!("heads could not be compared: no answer in time");
                0
            }
        };
        let calm = clean >= CLEAN_ROUNDS && registry.is_relayed();
        next = Instant::now() + if calm { CALM } else { ALERT };
    }
}

/// Compares the feeds of those whom a hint named. What is not answered now is found by the next comparison.
async fn compare_hinted(registry: &Arc<Rooms>, pool: &Pool) {
    let people = registry.connected.hinted();
    let comparing = async {
        let (_, feeds) = moved(pool, &HashMap::new(), &people).await?;
        notice(registry, feeds).await;
        Ok::<_, StoreError>(())
    };
    match tokio::time::timeout(PATIENCE, comparing).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "feeds could not be compared"),
        Err(_) => tracing::debug!("feeds could not be compared: no answer in time"),
    }
}

/// Fills the rooms whose early events have waited long enough. `true`: something really was missing.
async fn fill_gaps(registry: &Arc<Rooms>) -> bool {
    let now = Instant::now();
    let due: Vec<ProjectId> = {
        let mut gaps = registry.lock_gaps();
        let due: Vec<ProjectId> = gaps.iter().filter(|(_, due)| **due <= now).map(|(id, _)| *id).collect();
        gaps.retain(|_, when| *when > now);
        due
    };
    let rooms: Vec<Arc<Room>> = due.into_iter().filter_map(|project| registry.room_here(project)).collect();
    let behind: Vec<(Arc<Room>, Version)> =
        rooms.into_iter().filter_map(|room| room.missing().map(|head| (room, head))).collect();
    fill_all(registry, &behind).await
}

/// Fills rooms at once: the loader makes one query of all their questions.
async fn fill_all(registry: &Arc<Rooms>, behind: &[(Arc<Room>, Version)]) -> bool {
    let filling = behind.iter().map(|(room, head)| async move {
        tracing::debug!(project.id = %room.project, last = room.last(), head, "filling a gap from the log");
        if registry.fill(room, *head).await.is_err() {
            // The next comparison finds it again.
            tracing::debug!(project.id = %room.project, "the gap could not be filled yet");
        }
    });
    join_all(filling).await;
    !behind.is_empty()
}

/// One round. `true`: every room was where Postgres is.
async fn compare(registry: &Arc<Rooms>, pool: &Pool) -> Result<bool, StoreError> {
    let rooms = registry.rooms_here();
    let users = registry.connected.connected();
    if rooms.is_empty() && users.is_empty() {
        return Ok(true);
    }
    let known: HashMap<ProjectId, (Arc<Room>, Version)> =
        rooms.into_iter().map(|room| (room.project, (room.clone(), room.last()))).collect();
    let (heads, feeds) = moved(pool, &known, &users).await?;
    let mut suspects = Vec::new();
    for head in heads {
        let Some((room, last)) = known.get(&head.project) else { continue };
        if *head.epoch != *room.epoch || head.version < *last {
            registry.void(room);
        } else if head.version > room.last() {
            suspects.push((room.clone(), head.version));
        }
    }
    notice(registry, feeds).await;
    if suspects.is_empty() {
        return Ok(true);
    }
    tokio::time::sleep(GRACE).await;
    suspects.retain(|(room, head)| room.last() < *head);
    Ok(!fill_all(registry, &suspects).await)
}

/// Which heads and feeds are not what is known here, asked for a slice at a time, so that other work waits neither in
/// Postgres nor on the main runtime for all of them.
async fn moved(
    pool: &Pool,
    rooms: &HashMap<ProjectId, (Arc<Room>, Version)>,
    users: &[(UserId, i64)],
) -> Result<(Vec<Head>, Vec<Feed>), StoreError> {
    let rooms: Vec<(ProjectId, &str, Version)> =
        rooms.iter().map(|(project, (room, last))| (*project, &*room.epoch, *last)).collect();
    let conn = store::pool::read(pool).await?;
    let (mut heads, mut feeds) = (Vec::new(), Vec::new());
    for slice in rooms.chunks(SLICE) {
        heads.extend(store::heads::moved(&conn, slice).await?);
    }
    for slice in users.chunks(SLICE) {
        feeds.extend(store::feeds::moved(&conn, slice).await?);
    }
    Ok((heads, feeds))
}

/// Judges the sessions of those whose feed moved again, and tells the workers. Without an answer no feed version is noted,
/// so the next round asks again.
async fn notice(registry: &Arc<Rooms>, feeds: Vec<Feed>) {
    for (feed, concerns, sessions) in registry.connected.moved(&feeds) {
        let user = feed.user;
        let standings = sessions.iter().map(|sid| registry.loader.standing(user, *sid));
        let Ok(standings) = futures_util::future::try_join_all(standings).await else { return };
        let ended =
            standings.iter().filter(|standing| !standing.alive).map(|standing| standing.session).collect();
        let news = PersonNews { user, ended, concerns };
        registry.inboxes().iter().for_each(|inbox| inbox.person_has_news(news.clone()));
        registry.connected.seen(user, feed.version);
    }
}

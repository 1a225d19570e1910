//! One batching loader per instance. Questions of rooms and sockets to Postgres wait here while a query is in flight, and
//! are asked together by the next one. So a storm of joins takes a few queries.

use crate::frame::Frame;
use domain::{ProjectId, UserId, Version};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::events::Wanted;
use store::pool::Pool;
use store::projects::RoomState;
use store::sessions::Standing;
use store::{AsyncPgConnection, StoreError};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Questions that wait, at most; more are refused, and their clients told to try again.
const QUEUE: usize = 16_384;
/// Questions of one query, at most.
const BATCH: usize = 1_024;
/// A page: at most so many events …
pub const PAGE_EVENTS: i64 = 1_000;
/// … and about so many bytes.
pub const PAGE_BYTES: i64 = 1 << 20;
/// Longest wait for one batch.
const PATIENCE: Duration = Duration::from_secs(6);

/// Postgres did not answer in time, or too much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Postgres did not answer in time")]
pub struct Unanswered;

enum RoomQuestion {
    Room(ProjectId, oneshot::Sender<Option<RoomState>>),
    Page(Wanted, oneshot::Sender<Vec<Arc<Frame>>>),
    Behind(Wanted, oneshot::Sender<i64>),
    Standing(UserId, Uuid, oneshot::Sender<Standing>),
}

/// The way to the loader.
#[derive(Clone)]
pub struct Loader(mpsc::Sender<RoomQuestion>);

impl Loader {
    /// Starts the loader's task on the current runtime.
    pub fn start(pool: Pool) -> Loader {
        let (questions, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(pool, waiting));
        Loader(questions)
    }

    /// Where a project's log ends and who may see it. `None`: there is no such project.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn room(&self, project: ProjectId) -> Result<Option<RoomState>, Unanswered> {
        self.ask(|answer| RoomQuestion::Room(project, answer)).await
    }

    /// The next page of events after a version, possibly empty.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn page(&self, project: ProjectId, after: Version) -> Result<Vec<Arc<Frame>>, Unanswered> {
        self.ask(|answer| RoomQuestion::Page(Wanted { project, after }, answer)).await
    }

    /// How many bytes of events came after a version.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn bytes_behind(&self, project: ProjectId, after: Version) -> Result<i64, Unanswered> {
        self.ask(|answer| RoomQuestion::Behind(Wanted { project, after }, answer)).await
    }

    /// Whether a person may act in a session.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn standing(&self, user: UserId, sid: Uuid) -> Result<Standing, Unanswered> {
        self.ask(|answer| RoomQuestion::Standing(user, sid, answer)).await
    }

    async fn ask<T>(
        &self,
        question: impl FnOnce(oneshot::Sender<T>) -> RoomQuestion,
    ) -> Result<T, Unanswered> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(question(answer)).map_err(|_| Unanswered)?;
        answered.await.map_err(|_| Unanswered)
    }
}

/// The questions of one query each.
#[derive(Default)]
struct Batch {
    rooms: Vec<(ProjectId, oneshot::Sender<Option<RoomState>>)>,
    pages: Vec<(Wanted, oneshot::Sender<Vec<Arc<Frame>>>)>,
    behind: Vec<(Wanted, oneshot::Sender<i64>)>,
    standings: Vec<(UserId, Uuid, oneshot::Sender<Standing>)>,
}

async fn run(pool: Pool, mut waiting: mpsc::Receiver<RoomQuestion>) {
    let mut questions = Vec::new();
    while waiting.recv_many(&mut questions, BATCH).await > 0 {
        let batch = Batch::of(std::mem::take(&mut questions));
        match tokio::time::timeout(PATIENCE, answer(&pool, batch)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "joins and gap fills wait for Postgres"),
            Err(_) => tracing::warn!("joins and gap fills wait for Postgres: no answer in time"),
        }
    }
}

/// A question without an answer has its sender dropped, and its caller gets [`Unanswered`].
async fn answer(pool: &Pool, batch: Batch) -> Result<(), StoreError> {
    let conn = store::pool::read(pool).await?;
    futures_util::try_join!(
        rooms(&conn, batch.rooms),
        pages(&conn, batch.pages),
        behind(&conn, batch.behind),
        standings(&conn, batch.standings),
    )?;
    Ok(())
}

impl Batch {
    fn of(questions: Vec<RoomQuestion>) -> Batch {
        let mut batch = Batch::default();
        for question in questions {
            match question {
                RoomQuestion::Room(project, answer) => batch.rooms.push((project, answer)),
                RoomQuestion::Page(wanted, answer) => batch.pages.push((wanted, answer)),
                RoomQuestion::Behind(wanted, answer) => batch.behind.push((wanted, answer)),
                RoomQuestion::Standing(user, sid, answer) => batch.standings.push((user, sid, answer)),
            }
        }
        batch
    }
}

async fn rooms(
    conn: &AsyncPgConnection,
    asked: Vec<(ProjectId, oneshot::Sender<Option<RoomState>>)>,
) -> Result<(), StoreError> {
    if asked.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = asked.iter().map(|(project, _)| project.0).collect();
    let found = store::projects::rooms(conn, &ids).await?;
    let found: HashMap<ProjectId, RoomState> =
        found.into_iter().map(|room| (room.head.project, room)).collect();
    for (project, answer) in asked {
        // The caller may be gone.
        let _ = answer.send(found.get(&project).cloned());
    }
    Ok(())
}

/// Two askers may stand at different versions of one project, so a query may have a project only once: the others wait
/// for the next round of this very batch.
async fn pages(
    conn: &AsyncPgConnection,
    mut asked: Vec<(Wanted, oneshot::Sender<Vec<Arc<Frame>>>)>,
) -> Result<(), StoreError> {
    while !asked.is_empty() {
        let mut round: HashMap<ProjectId, Wanted> = HashMap::new();
        for (wanted, _) in &asked {
            round.entry(wanted.project).or_insert(*wanted);
        }
        let wanted: Vec<Wanted> = round.values().copied().collect();
        let mut found: HashMap<ProjectId, Vec<Arc<Frame>>> = HashMap::new();
        for event in store::events::pages(conn, &wanted, PAGE_EVENTS, PAGE_BYTES).await? {
            found.entry(event.project).or_default().push(Arc::new(Frame::logged(event)));
        }
        let (now, later) =
            asked.into_iter().partition(|(wanted, _)| round[&wanted.project].after == wanted.after);
        asked = later;
        for (wanted, answer) in now {
            let _ = answer.send(found.get(&wanted.project).cloned().unwrap_or_default());
        }
    }
    Ok(())
}

async fn behind(
    conn: &AsyncPgConnection,
    asked: Vec<(Wanted, oneshot::Sender<i64>)>,
) -> Result<(), StoreError> {
    if asked.is_empty() {
        return Ok(());
    }
    let wanted: Vec<Wanted> = asked.iter().map(|(wanted, _)| *wanted).collect();
    let bytes = store::events::bytes_behind(conn, &wanted).await?;
    for ((_, answer), bytes) in asked.into_iter().zip(bytes) {
        let _ = answer.send(bytes);
    }
    Ok(())
}

async fn standings(
    conn: &AsyncPgConnection,
    asked: Vec<(UserId, Uuid, oneshot::Sender<Standing>)>,
) -> Result<(), StoreError> {
    if asked.is_empty() {
        return Ok(());
    }
    let people: Vec<(UserId, Uuid)> = asked.iter().map(|(user, sid, _)| (*user, *sid)).collect();
    let found = store::sessions::standings(conn, &people).await?;
    for ((_, _, answer), standing) in asked.into_iter().zip(found) {
        let _ = answer.send(standing);
    }
    Ok(())
}

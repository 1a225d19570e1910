//! Entries from Postgres: built from the tables, or folded from an older entry and the events after it.

use super::entry::{Compressor, Entry};
use crate::error::ReadError;
use domain::event::Event;
use domain::snapshot_lines::{self, Lines, LinesError};
use domain::{ProjectId, Version, digest};
use std::sync::Arc;
use std::time::Instant;
use store::events::Wanted;
use store::heads::Head;
use store::pool::Pool;
use store::{AsyncPgConnection, StoreError};

/// Most events, and most bytes of them, that are folded. Beyond that building an entry costs no more.
const MOST_EVENTS: usize = 10_000;
const MOST_BYTES: usize = 8 << 20;
const PAGE_EVENTS: i64 = 1_000;
const PAGE_BYTES: i64 = 1 << 20;

/// Why there is no entry.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotMade {
    #[error("{0}")]
    Unavailable(String),
    #[error("there is no such project")]
    Gone,
    #[error("{0}")]
    Defect(String),
}

impl From<StoreError> for NotMade {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Serialization(_) => Self::Unavailable(error.to_string()),
            StoreError::NotFound
            | StoreError::Constraint { .. }
            | StoreError::Unsuitable(_)
            | StoreError::Query(_) => Self::Defect(error.to_string()),
        }
    }
}

impl From<store::QueryError> for NotMade {
    fn from(error: store::QueryError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<LinesError> for NotMade {
    fn from(error: LinesError) -> Self {
        Self::Defect(error.to_string())
    }
}

impl From<NotMade> for ReadError {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::Unavailable(cause) => Self::Unavailable(cause),
            NotMade::Gone => Self::NotFound,
            NotMade::Defect(cause) => Self::Defect(cause),
        }
    }
}

impl From<std::io::Error> for NotMade {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(format!("a snapshot could not be kept: {error}"))
    }
}

/// Reads a project's tables in one transaction and compresses them as they come. No client is waited for. `None`: it is not
/// there, or not at `least`.
///
/// # Errors
/// [`NotMade`].
pub async fn build(
    pool: &Pool,
    project: ProjectId,
    least: Option<&Head>,
    in_memory: usize,
) -> Result<Option<Entry>, NotMade> {
    let mut conn = store::pool::get(pool).await?;
    let begun = Instant::now();
    let build = async |conn: &AsyncPgConnection| {
        let Some(shell) = store::snapshots::shell(conn, project).await? else { return Ok(None) };
        let head = Head { project, epoch: shell.epoch.clone(), version: shell.version };
        if least.is_some_and(|least| !head.is_at_least(least)) {
            return Ok(None);
        }
        let mut lines = Lines::begin(Compressor::new(in_memory)?, shell)?;
        store::tasks::each(conn, project, |task| lines.task(&task).map_err(NotMade::from)).await?;
        Ok::<_, NotMade>(Some((lines.end()?, head)))
    };
    let Some((compressor, head)) = conn.at_one_moment(build).await? else { return Ok(None) };
    Ok(Some(compressor.end(head.epoch, head.version, begun)?))
}

/// The digest of a project as its tables have it, with its epoch and version.
///
/// # Errors
/// [`NotMade`].
pub async fn digest(pool: &Pool, project: ProjectId) -> Result<(String, Version, String), NotMade> {
    let mut conn = store::pool::get(pool).await?;
    let read = async |conn: &AsyncPgConnection| {
        let shell = store::snapshots::shell(conn, project).await?.ok_or(NotMade::Gone)?;
        let (epoch, version) = (shell.epoch.clone(), shell.version);
        let mut digesting = digest::Digesting::begin(shell);
        let add = |task: domain::task::Task| {
            digesting.task(&task);
            Ok::<(), NotMade>(())
        };
        store::tasks::each(conn, project, add).await?;
        Ok((epoch, version, digesting.end()))
    };
    conn.at_one_moment(read).await
}

/// The entry at `head` or later, made from an older one and the events after it. `None`: they are too many, or of another
/// epoch, or do not follow, so that it has to be built.
///
/// # Errors
/// [`NotMade`].
pub async fn fold(
    pool: &Pool,
    old: Arc<Entry>,
    project: ProjectId,
    head: Version,
    in_memory: usize,
) -> Result<Option<Entry>, NotMade> {
    let begun = Instant::now();
    let Some(events) = events_after(pool, &old, project, head).await? else { return Ok(None) };
    let version = events.last().map_or(old.version, |event| event.version);
    if version < head {
        return Ok(None);
    }
    let folding = tokio::task::spawn_blocking(move || {
        let compressor = snapshot_lines::fold(|| old.open(), &events, Compressor::new(in_memory)?)?;
        compressor.end(old.epoch.clone(), version, begun)
    });
    match folding.await.map_err(|error| NotMade::Defect(error.to_string()))? {
        Ok(entry) => Ok(Some(entry)),
        Err(error) => {
            tracing::warn!(project.id = %project, %error, "a cached snapshot could not be brought up to date: building it");
            Ok(None)
        }
    }
}

async fn events_after(
    pool: &Pool,
    old: &Entry,
    project: ProjectId,
    head: Version,
) -> Result<Option<Vec<Event>>, NotMade> {
    let conn = store::pool::read(pool).await?;
    let (mut events, mut bytes): (Vec<Event>, usize) = (Vec::new(), 0);
    loop {
        let after = events.last().map_or(old.version, |event| event.version);
        let page = store::events::pages(&conn, &[Wanted { project, after }], PAGE_EVENTS, PAGE_BYTES).await?;
        let end = page.is_empty();
        for logged in page {
            bytes += logged.body.len();
            let Ok(event) = serde_json::from_str::<Event>(&logged.body) else { return Ok(None) };
            if logged.epoch != old.epoch || bytes > MOST_BYTES || events.len() >= MOST_EVENTS {
                return Ok(None);
            }
            events.push(event);
        }
        if end || events.last().is_some_and(|event| event.version >= head) {
            return Ok(Some(events));
        }
    }
}

//! A project as it was: any version is the nearest stored snapshot and the events after it. Nothing here needs a lock or a
//! long transaction: events never change, and stored snapshots are made of them.

use crate::error::ReadError;
use domain::event::Event;
use domain::snapshot::Snapshot;
use domain::{ProjectId, Version};
use store::AsyncPgConnection;
use store::events::Wanted;
use store::pool::Pool;

/// Events read at once, and about how many bytes of them.
const PAGE_EVENTS: i64 = 1_000;
const PAGE_BYTES: i64 = 4 << 20;
/// zstd's own default: higher levels take much longer for little.
const LEVEL: i32 = 3;

/// The project as it was at `version` of `epoch`.
///
/// # Errors
/// When Postgres is away; [`ReadError::Resync`] when the epoch ended meanwhile.
pub async fn at(
    pool: &Pool,
    project: ProjectId,
    epoch: &str,
    version: Version,
) -> Result<Snapshot, ReadError> {
    let conn = store::pool::read(pool).await?;
    let mut snapshot = nearest(&conn, project, epoch, version).await?;
    forward(&conn, &mut snapshot, version).await?;
    Ok(snapshot)
}

/// The nearest snapshot that is not newer than `version`: a stored one, or version 1.
pub async fn nearest(
    conn: &AsyncPgConnection,
    project: ProjectId,
    epoch: &str,
    version: Version,
) -> Result<Snapshot, ReadError> {
    if let Some(body) = store::history::nearest_snapshot(conn, project, epoch, version).await? {
        return tokio::task::block_in_place(|| unpack(&body));
    }
    let first = store::events::after(conn, project, 0, 1).await?;
    let first = first.first().ok_or_else(|| defect("a project without events"))?;
    Snapshot::begin(epoch.to_owned(), &read(first)?).map_err(defect)
}

/// Applies the events up to and with `version`.
pub async fn forward(
    conn: &AsyncPgConnection,
    snapshot: &mut Snapshot,
    version: Version,
) -> Result<(), ReadError> {
    while snapshot.version < version {
        let limit = PAGE_EVENTS.min(version - snapshot.version);
        let wanted = Wanted { project: snapshot.state.project.id, after: snapshot.version };
        let page = store::events::pages(conn, &[wanted], limit, PAGE_BYTES).await?;
        if page.is_empty() || page.iter().any(|event| event.epoch != snapshot.epoch) {
            let epoch = page.first().map_or_else(String::new, |event| event.epoch.clone());
            return Err(ReadError::Resync { epoch, head: snapshot.version });
        }
        tokio::task::block_in_place(|| {
            page.iter().try_for_each(|event| {
                let applied = snapshot.apply(&read(&event.body)?);
                applied.map_err(defect)
            })
        })?;
    }
    Ok(())
}

fn read(body: &str) -> Result<Event, ReadError> {
    serde_json::from_str(body).map_err(|error| defect(format!("an event: {error}")))
}

pub fn pack(snapshot: &Snapshot) -> Result<Vec<u8>, ReadError> {
    let bytes = serde_json::to_vec(snapshot).map_err(defect)?;
    zstd::encode_all(bytes.as_slice(), LEVEL).map_err(defect)
}

fn unpack(body: &[u8]) -> Result<Snapshot, ReadError> {
    let reader = zstd::Decoder::new(body).map_err(defect)?;
    serde_json::from_reader(std::io::BufReader::new(reader))
        .map_err(|error| defect(format!("a stored snapshot: {error}")))
}

fn defect(cause: impl ToString) -> ReadError {
    ReadError::Defect(cause.to_string())
}

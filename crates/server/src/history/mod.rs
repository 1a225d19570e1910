//! A project as it was: any version is the nearest stored snapshot and the events after it. Nothing here needs a lock or a
//! long transaction: events never change, and stored snapshots are made of them.

mod keeper;

pub use keeper::{Keeper, keep};

use crate::api::events::resync;
use crate::app::App;
use crate::error::ApiError;
use domain::event::Event;
use domain::snapshot::Snapshot;
use domain::{ProjectId, Version};
use store::AsyncPgConnection;
use store::events::Wanted;

/// Events read at once, and about how many bytes of them.
const PAGE_EVENTS: i64 = 1_000;
const PAGE_BYTES: i64 = 4 << 20;
/// zstd's own default: higher levels take much longer for little.
const LEVEL: i32 = 3;

/// The project as it was at `version` of `epoch`.
///
/// # Errors
/// 503 when Postgres is away; 409 `resync` when the epoch ended meanwhile.
pub async fn at(app: &App, project: ProjectId, epoch: &str, version: Version) -> Result<Snapshot, ApiError> {
    let conn = store::pool::read(&app.pools.snapshot).await?;
    let mut snapshot = nearest(&conn, project, epoch, version).await?;
    forward(&conn, &mut snapshot, version).await?;
    Ok(snapshot)
}

/// The nearest snapshot that is not newer than `version`: a stored one, or version 1.
async fn nearest(
    conn: &AsyncPgConnection,
    project: ProjectId,
    epoch: &str,
    version: Version,
) -> Result<Snapshot, ApiError> {
    if let Some(body) = store::history::nearest_snapshot(conn, project, epoch, version).await? {
        return tokio::task::block_in_place(|| unpack(&body));
    }
    let first = store::events::after(conn, project, 0, 1).await?;
    let first = first.first().ok_or_else(|| ApiError::internal("a project without events"))?;
    Snapshot::begin(epoch.to_owned(), &read(first)?).map_err(|error| ApiError::internal(error.to_string()))
}

/// Applies the events up to and with `version`.
async fn forward(
    conn: &AsyncPgConnection,
    snapshot: &mut Snapshot,
    version: Version,
) -> Result<(), ApiError> {
    while snapshot.version < version {
        let limit = PAGE_EVENTS.min(version - snapshot.version);
        let wanted = Wanted { project: snapshot.state.project.id, after: snapshot.version };
        let page = store::events::pages(conn, &[wanted], limit, PAGE_BYTES).await?;
        if page.is_empty() || page.iter().any(|event| event.epoch != snapshot.epoch) {
            return Err(resync(page.first().map_or("", |event| &event.epoch), snapshot.version));
        }
        tokio::task::block_in_place(|| {
            page.iter().try_for_each(|event| {
                let applied = snapshot.apply(&read(&event.body)?);
                applied.map_err(|error| ApiError::internal(error.to_string()))
            })
        })?;
    }
    Ok(())
}

fn read(body: &str) -> Result<Event, ApiError> {
    serde_json::from_str(body).map_err(|error| ApiError::internal(format!("an event: {error}")))
}

fn pack(snapshot: &Snapshot) -> Result<Vec<u8>, ApiError> {
    let bytes = serde_json::to_vec(snapshot).map_err(|error| ApiError::internal(error.to_string()))?;
    zstd::encode_all(bytes.as_slice(), LEVEL).map_err(|error| ApiError::internal(error.to_string()))
}

fn unpack(body: &[u8]) -> Result<Snapshot, ApiError> {
    let reader = zstd::Decoder::new(body).map_err(|error| ApiError::internal(error.to_string()))?;
    serde_json::from_reader(std::io::BufReader::new(reader))
        .map_err(|error| ApiError::internal(format!("a stored snapshot: {error}")))
}

//! Where the logs of projects end.

use crate::Result;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ProjectId, Version};
use uuid::Uuid;

/// Where a project's log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Whose log.
    pub project: ProjectId,
    /// The incarnation of the log; versions of two epochs do not compare.
    pub epoch: String,
    /// The version of the last event.
    pub version: Version,
}

impl Head {
    /// Whether whoever has read to this head has read to `other`: it is of the same project and epoch, and no older.
    pub fn is_at_least(&self, other: &Head) -> bool {
        self.project == other.project && self.epoch == other.epoch && self.version >= other.version
    }
}

statement! { Of(projects: &'a [Uuid] as Array<SqlUuid>) -> (SqlUuid, Text, BigInt):
"SELECT id, epoch, version FROM projects WHERE id = ANY({})" }

/// The heads of many projects, by one query.
///
/// # Errors
/// Those of the query.
pub async fn of(conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<Head>> {
    let rows: Vec<(Uuid, String, i64)> = Of::new(ids).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(id, epoch, version)| Head { project: ProjectId(id), epoch, version }).collect())
}

statement! { Moved(ids: Vec<Uuid> as Array<SqlUuid>, epochs: Vec<&'a str> as Array<Text>, versions: Vec<i64> as Array<BigInt>)
    -> (SqlUuid, Text, BigInt):
"SELECT p.id, p.epoch, p.version FROM unnest({}, {}, {}) AS known (id, epoch, version) \
CROSS JOIN LATERAL (SELECT id, epoch, version FROM projects WHERE id = known.id OFFSET 0) p \
WHERE (p.epoch, p.version) <> (known.epoch, known.version)" }

/// The heads of those projects whose epoch or version is not the one that the caller knows.
///
/// # Errors
/// Those of the query.
pub async fn moved(conn: &AsyncPgConnection, known: &[(ProjectId, &str, Version)]) -> Result<Vec<Head>> {
    let ids = known.iter().map(|(project, ..)| project.0).collect();
    let epochs = known.iter().map(|(_, epoch, _)| *epoch).collect();
    let versions = known.iter().map(|(.., version)| *version).collect();
    let rows: Vec<(Uuid, String, i64)> = Moved::new(ids, epochs, versions).load(&mut &*conn).await?;
    Ok(rows.into_iter().map(|(id, epoch, version)| Head { project: ProjectId(id), epoch, version }).collect())
}

//! A project's whole state, exact at one version.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::question::{Question, Sources};
use crate::snapshots::{self, Entry, NotMade, Stored};
use domain::{ProjectId, Version};
use std::sync::Arc;
use store::projects::Admission;

/// How a snapshot is encoded for whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it goes out, from what is kept.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// Asks for a snapshot that is not older than `min_version` nor than the one that the caller has. The one that the caller
/// has is not sent again.
pub struct WholeProject {
    /// Who asks.
    pub caller: Caller,
    /// Which project.
    pub project: ProjectId,
    /// The snapshot is at this version or a later one.
    pub min_version: Version,
    /// Epochs and versions that the caller has.
    pub known: Vec<(String, Version)>,
    /// How its bytes are wanted.
    pub encoding: Encoding,
}

/// What there is of a snapshot.
pub enum ServedSnapshot {
    /// The caller has it.
    Same {
        /// The log's epoch.
        epoch: String,
        /// The version that the caller has.
        version: Version,
    },
    /// An entry, and its bytes in the wanted encoding unless they are made as they go out.
    Entry(Arc<Entry>, Option<Stored>),
}

impl Question for WholeProject {
    type Answer = ServedSnapshot;

    /// Membership, epoch and head are always read from Postgres. The bytes come from memory, Redis or Postgres, whichever
    /// has them first.
    async fn answer(self, from: &Sources) -> Result<ServedSnapshot, ReadError> {
        let (conn, admission) = from.admitted(&self.caller, self.project).await?;
        drop(conn);
        if admission.version < self.min_version {
            return Err(ReadError::Resync { epoch: admission.epoch, head: admission.version });
        }
        let has = self.version_of(&admission);
        if has == Some(admission.version) {
            return Ok(ServedSnapshot::Same { epoch: admission.epoch, version: admission.version });
        }
        let least = self.min_version.max(has.unwrap_or(0));
        let entry = from.snapshots.get(self.project, &admission, least).await?;
        if has == Some(entry.version) && entry.epoch == admission.epoch {
            return Ok(ServedSnapshot::Same { epoch: entry.epoch.clone(), version: entry.version });
        }
        let bytes = match self.encoding {
            Encoding::Zstd => Some(entry.zstd.clone()),
            Encoding::Gzip => Some(from.snapshots.gzip(self.project, &entry).await.map_err(NotMade::from)?),
            Encoding::Plain => None,
        };
        Ok(ServedSnapshot::Entry(entry, bytes))
    }
}

impl WholeProject {
    /// The version of this epoch that the caller has, as far as it exists.
    fn version_of(&self, admission: &Admission) -> Option<Version> {
        let ours = self.known.iter().filter(|(epoch, _)| *epoch == admission.epoch);
        ours.map(|(_, version)| *version).filter(|version| *version <= admission.version).max()
    }
}

/// The digest of a project as its tables have it, with its epoch and version.
pub struct Digest {
    /// Who asks.
    pub caller: Caller,
    /// Which project.
    pub project: ProjectId,
}

impl Question for Digest {
    type Answer = (String, Version, String);

    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        drop(from.admitted(&self.caller, self.project).await?);
        Ok(snapshots::digest(&from.pools.snapshot, self.project).await?)
    }
}

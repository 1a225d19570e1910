//! The log for people, and a project as it was.

use crate::caller::Caller;
use crate::error::ReadError;
use crate::history;
use crate::question::{Question, Sources};
use domain::before::Before;
use domain::event::Event;
use domain::{ProjectId, TaskId, Version, diff};
use store::history::{Part, PastEvent};
use store::projects::Admission;

/// A page of the activity ends after about so many bytes of events, whatever its limit.
const PAGE_BYTES: i64 = 4 << 20;

/// What happened below a version, newest first.
pub struct ActivityBelow {
    /// Who asks.
    pub caller: Caller,
    /// Whose log.
    pub project: ProjectId,
    /// Only what concerns this task.
    pub task: Option<TaskId>,
    /// Events below this version.
    pub below: Version,
    /// No events of these types.
    pub without: &'static [&'static str],
    /// At most so many events.
    pub limit: usize,
}

/// A page of the activity.
pub struct WhatHappened {
    /// The project's version that was read.
    pub version: Version,
    /// Each event with what it replaced.
    pub events: Vec<(Event, Option<Before>)>,
    /// Whether older ones follow.
    pub more: bool,
}

impl Question for ActivityBelow {
    type Answer = WhatHappened;

    async fn answer(self, from: &Sources) -> Result<WhatHappened, ReadError> {
        let ActivityBelow { caller, project, task, below, without, limit } = self;
        let (conn, admission) = from.admitted(&caller, project).await?;
        if let Some(task) = task
            && store::tasks::by_ids(&conn, project, &[task.0]).await?.is_empty()
        {
            return Err(ReadError::NotFound);
        }
        let part = Part { project, task, below, without };
        let (entries, more) = store::history::newest(&conn, part, limit, PAGE_BYTES).await?;
        let events = entries.iter().map(read).collect::<Result<_, _>>();
        let events = events.map_err(|error| ReadError::Defect(format!("an event: {error}")))?;
        Ok(WhatHappened { version: admission.version, events, more })
    }
}

fn read(entry: &PastEvent) -> serde_json::Result<(Event, Option<Before>)> {
    let before = entry.before.as_deref().map(serde_json::from_str).transpose()?;
    Ok((serde_json::from_str(&entry.event)?, before))
}

/// The project as it was at one version, which never changes while the epoch lasts.
pub struct OldProject {
    /// Who asks.
    pub caller: Caller,
    /// Which project.
    pub project: ProjectId,
    /// The version it is rebuilt at.
    pub version: Version,
    /// Of these epochs the caller has it.
    pub known: Vec<String>,
}

impl Question for OldProject {
    /// The epoch, and the snapshot's bytes unless the caller has them.
    type Answer = (String, Option<Vec<u8>>);

    async fn answer(self, from: &Sources) -> Result<Self::Answer, ReadError> {
        let OldProject { caller, project, version, known } = self;
        let Admission { epoch, .. } = reaching(from, &caller, project, version).await?;
        if known.contains(&epoch) {
            return Ok((epoch, None));
        }
        let snapshot = history::at(&from.pools.snapshot, project, &epoch, version).await?;
        let encoded = tokio::task::block_in_place(|| serde_json::to_vec(&snapshot));
        let bytes = encoded.map_err(|error| ReadError::Defect(error.to_string()))?;
        Ok((epoch, Some(bytes)))
    }
}

/// What is different between two versions.
pub struct Comparison {
    /// Who asks.
    pub caller: Caller,
    /// Which project.
    pub project: ProjectId,
    /// What is different is seen from this version.
    pub from: Version,
    /// The version that is looked at.
    pub to: Version,
}

/// The difference between two versions of an epoch.
pub struct Compared {
    /// The epoch that both versions are of.
    pub epoch: String,
    /// What is different.
    pub diff: diff::Diff,
}

impl Question for Comparison {
    type Answer = Compared;

    async fn answer(self, from: &Sources) -> Result<Compared, ReadError> {
        let (earlier, later) = (self.from, self.to);
        let Admission { epoch, .. } = reaching(from, &self.caller, self.project, earlier.max(later)).await?;
        let pool = &from.pools.snapshot;
        let was = history::at(pool, self.project, &epoch, earlier).await?;
        let is = history::at(pool, self.project, &epoch, later).await?;
        let diff = tokio::task::block_in_place(|| diff::between(&was, &is));
        Ok(Compared { epoch, diff })
    }
}

/// What a member may see of a project whose log has reached `version`.
async fn reaching(
    from: &Sources,
    caller: &Caller,
    project: ProjectId,
    version: Version,
) -> Result<Admission, ReadError> {
    let (_, admission) = from.admitted(caller, project).await?;
    match version > admission.version {
        true => Err(ReadError::Resync { epoch: admission.epoch, head: admission.version }),
        false => Ok(admission),
    }
}

//! A project's whole state at one version, and the fold that makes it: events 1..N give the snapshot at N, for every N.

use crate::Version;
use crate::event::{Event, EventBody};
pub use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};

/// A project's whole state at `version` of `epoch`. Comments are not in it, only their number per task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Snapshot {
    /// Names the incarnation of the log that `version` counts in.
    pub epoch: String,
    /// The version of the last event in it.
    pub version: Version,
    /// What the events made.
    #[serde(flatten)]
    pub state: State,
}

impl Snapshot {
    /// The snapshot at version 1.
    ///
    /// # Errors
    /// When `first` is not `project.created` at version 1.
    pub fn begin(epoch: String, first: &Event) -> Result<Snapshot, FoldError> {
        let EventBody::ProjectCreated(new) = &first.body else { return Err(FoldError::NotCreated) };
        if first.version != 1 {
            return Err(FoldError::Gap { last: 0, found: first.version });
        }
        let state = new.begin(first.project, &first.stamp());
        Ok(Snapshot { epoch, version: 1, state })
    }

    /// Applies the next event.
    ///
    /// # Errors
    /// When `event` is not the next one, or does not fit the state.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        if event.version != self.version + 1 {
            return Err(FoldError::Gap { last: self.version, found: event.version });
        }
        self.state.apply(event)?;
        self.version = event.version;
        Ok(())
    }

    /// The snapshot that `events`, from version 1 on, give.
    ///
    /// # Errors
    /// When they are not the events 1..N of one project.
    pub fn fold<'a>(
        epoch: String,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Snapshot, FoldError> {
        let mut events = events.into_iter();
        let mut snapshot = Snapshot::begin(epoch, events.next().ok_or(FoldError::NotCreated)?)?;
        events.try_for_each(|event| snapshot.apply(event))?;
        Ok(snapshot)
    }
}

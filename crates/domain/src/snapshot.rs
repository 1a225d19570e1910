//! A project's whole state at one version, and the fold that makes it: events 1..N give the snapshot at N, for every N.

use crate::Version;
use crate::event::{Event, EventBody};
pub use crate::state::{FoldError, State};
use serde::{Deserialize, Serialize};

/// The number of the form of a snapshot's bytes. It is raised with every field that they get or lose, and stands in the names
/// of cached and in the rows of stored snapshots, so that no instance serves or folds bytes of another form.
pub const FORM: i32 = 2;

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use utoipa::{PartialSchema, ToSchema};

    const MEMBERS: &str = "\
        Dependency.kind Dependency.on Dependency.task Field.archived Field.key Field.name Field.options \
        Field.type FieldOption.key FieldOption.name Label.archived Label.color Label.key Label.name \
        Member.role Member.user Project.archived Project.blocked_gate Project.created_at Project.created_by \
        Project.description Project.fields Project.id Project.key Project.labels Project.name \
        Project.updated_at Project.workflow Snapshot.epoch Snapshot.version State.dependencies State.members \
        State.project State.tasks Status.category Status.key Status.limit Status.name Task.assignees \
        Task.comment_count Task.config Task.created_at Task.created_by Task.description Task.due_on \
        Task.estimate Task.fields Task.id Task.labels Task.number Task.parent Task.priority Task.rank \
        Task.start_on Task.status Task.title Task.updated_at Task.version Workflow.statuses Workflow.transitions";

    /// The members of every object in a snapshot.
    fn members() -> String {
        let mut parts = Vec::new();
        Snapshot::schemas(&mut parts);
        parts.push(("Snapshot".to_owned(), Snapshot::schema()));
        let mut names = BTreeSet::new();
        for (name, schema) in parts {
            collect(&name, &serde_json::to_value(schema).expect("JSON"), &mut names);
        }
        names.into_iter().collect::<Vec<_>>().join(" ")
    }

    fn collect(object: &str, value: &Value, names: &mut BTreeSet<String>) {
        let properties = value["properties"].as_object().into_iter().flatten();
        names.extend(properties.map(|(name, _)| format!("{object}.{name}")));
        let (items, members) = (value.as_array(), value.as_object());
        items.into_iter().flatten().for_each(|item| collect(object, item, names));
        members.into_iter().flatten().for_each(|(_, member)| collect(object, member, names));
    }

    #[test]
    fn who_changes_the_members_of_a_snapshot_raises_its_form() {
        assert_eq!((FORM, members().as_str()), (2, MEMBERS));
    }
}

//! A project's whole state at one version, and the fold that makes it: events 1..N give the snapshot at N, for every N.

use crate::Version;
use crate::access::Role;
use crate::dependency::Dependency;
use crate::event::{Event, EventBody};
use crate::field::Field;
use crate::ids::{TaskId, UserId};
use crate::label::Label;
use crate::order::Reranked;
use crate::project::Project;
use crate::task::{Task, TaskChange};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// A project's whole state at `version` of `epoch`. Comments are not in it, only their number per task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Snapshot {
    pub epoch: String,
    pub version: Version,
    #[serde(flatten)]
    pub state: State,
}

/// What events change: the fold of a snapshot, and the overlay on which a batch of commands is decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct State {
    pub project: Project,
    #[serde(serialize_with = "members", deserialize_with = "read_members")]
    #[schema(value_type = Vec<Member>)]
    pub members: BTreeMap<UserId, Role>,
    #[serde(serialize_with = "tasks", deserialize_with = "read_tasks")]
    #[schema(value_type = Vec<Task>)]
    pub tasks: BTreeMap<TaskId, Task>,
    /// Edges between tasks that are there.
    pub dependencies: BTreeSet<Dependency>,
}

/// Why an event does not follow on a state; never for events in version order from one log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    #[error("version {found} does not follow {last}")]
    Gap { last: Version, found: Version },
    #[error("the first event is not project.created")]
    NotCreated,
    #[error("task {0} is not there")]
    NoTask(TaskId),
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
        let project = Project {
            id: first.project,
            key: new.key.clone(),
            name: new.name.clone(),
            description: new.description.clone(),
            workflow: new.workflow.clone(),
            labels: Vec::new(),
            fields: Vec::new(),
            blocked_gate: new.blocked_gate,
            archived: false,
            created_at: first.at,
            created_by: first.actor,
            updated_at: first.at,
        };
        let members = BTreeMap::from([(new.owner, Role::Owner)]);
        let state = State { project, members, tasks: BTreeMap::new(), dependencies: BTreeSet::new() };
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

impl State {
    /// Applies what an event changed.
    ///
    /// # Errors
    /// When it names a task that is not there.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        for Reranked { task, rank } in &event.reranked {
            // Those in the bin are not here; they come back whole.
            if let Some(task) = self.tasks.get_mut(task) {
                task.rank = rank.clone();
            }
        }
        match &event.body {
            EventBody::ProjectCreated(_) => return Err(FoldError::NotCreated),
            EventBody::ProjectUpdated { set } => {
                self.project.apply(set);
                self.project.updated_at = event.at;
            }
            EventBody::ProjectDeleted {} | EventBody::ProjectRestored {} => {
                self.project.updated_at = event.at
            }
            EventBody::LabelPut { .. }
            | EventBody::LabelArchived { .. }
            | EventBody::FieldPut { .. }
            | EventBody::FieldArchived { .. } => self.define(event),
            EventBody::DependencyAdded { task, on, kind } => {
                self.dependencies.insert(Dependency::new(*task, *on, *kind));
            }
            EventBody::DependencyRemoved { task, on, kind } => {
                self.dependencies.remove(&Dependency::new(*task, *on, *kind));
            }
            EventBody::MemberAdded { user, role } | EventBody::MemberUpdated { user, role } => {
                self.members.insert(*user, *role);
            }
            EventBody::MemberRemoved { user } => {
                self.members.remove(user);
            }
            EventBody::TaskCreated { task } => {
                let task = task.clone().into_task(event.version, event.at, event.actor);
                self.tasks.insert(task.id, task);
            }
            EventBody::TaskUpdated { task, set } => {
                self.task(*task)?.apply((**set).clone(), event.version, event.at);
            }
            EventBody::TaskMoved { task, rank, status: None } => self.task(*task)?.rank = rank.clone(),
            EventBody::TaskMoved { task, rank, status } => {
                let change =
                    TaskChange { rank: Some(rank.clone()), status: status.clone(), ..TaskChange::default() };
                self.task(*task)?.apply(change, event.version, event.at);
            }
            EventBody::TaskDeleted { tasks, .. } => {
                for id in tasks {
                    self.tasks.remove(id);
                }
                let gone: BTreeSet<&TaskId> = tasks.iter().collect();
                self.dependencies.retain(|edge| !gone.contains(&edge.task) && !gone.contains(&edge.on));
            }
            EventBody::TaskRestored { tasks, dependencies, .. } => {
                self.dependencies.extend(dependencies);
                self.tasks.extend(tasks.iter().map(|task| (task.id, task.clone())));
            }
            EventBody::CommentAdded { task, .. } | EventBody::CommentRestored { task, .. } => {
                self.task(*task)?.comment_count += 1
            }
            EventBody::CommentUpdated { .. } | EventBody::CommentReacted { .. } => {}
            EventBody::CommentDeleted { task, .. } => self.task(*task)?.comment_count -= 1,
        }
        Ok(())
    }

    /// What an event on labels or custom fields changed.
    fn define(&mut self, event: &Event) {
        let project = &mut self.project;
        match event.body.clone() {
            EventBody::LabelPut { key, name, color } => {
                project.put_label(Label { key, name, color, archived: false });
            }
            EventBody::LabelArchived { key } => {
                project
                    .labels
                    .iter_mut()
                    .filter(|label| label.key == key)
                    .for_each(|label| label.archived = true);
            }
            EventBody::FieldPut { key, name, kind, options } => {
                project.put_field(Field { key, name, kind, options, archived: false });
            }
            EventBody::FieldArchived { key } => {
                project
                    .fields
                    .iter_mut()
                    .filter(|field| field.key == key)
                    .for_each(|field| field.archived = true);
            }
            EventBody::ProjectCreated(_)
            | EventBody::ProjectUpdated { .. }
            | EventBody::ProjectDeleted {}
            | EventBody::ProjectRestored {}
            | EventBody::MemberAdded { .. }
            | EventBody::MemberUpdated { .. }
            | EventBody::MemberRemoved { .. }
            | EventBody::TaskCreated { .. }
            | EventBody::TaskUpdated { .. }
            | EventBody::TaskMoved { .. }
            | EventBody::TaskDeleted { .. }
            | EventBody::TaskRestored { .. }
            | EventBody::DependencyAdded { .. }
            | EventBody::DependencyRemoved { .. }
            | EventBody::CommentAdded { .. }
            | EventBody::CommentUpdated { .. }
            | EventBody::CommentDeleted { .. }
            | EventBody::CommentRestored { .. }
            | EventBody::CommentReacted { .. } => return,
        }
        project.updated_at = event.at;
    }

    fn task(&mut self, id: TaskId) -> Result<&mut Task, FoldError> {
        self.tasks.get_mut(&id).ok_or(FoldError::NoTask(id))
    }
}

#[derive(Serialize, Deserialize, utoipa::ToSchema)]
struct Member {
    user: UserId,
    role: Role,
}

fn members<S: Serializer>(members: &BTreeMap<UserId, Role>, to: S) -> Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(members.len()))?;
    for (user, role) in members {
        list.serialize_element(&Member { user: *user, role: *role })?;
    }
    list.end()
}

fn read_members<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<UserId, Role>, D::Error> {
    let list = Vec::<Member>::deserialize(from)?;
    Ok(list.into_iter().map(|member| (member.user, member.role)).collect())
}

fn tasks<S: Serializer>(tasks: &BTreeMap<TaskId, Task>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(tasks.values())
}

fn read_tasks<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<TaskId, Task>, D::Error> {
    let list = Vec::<Task>::deserialize(from)?;
    Ok(list.into_iter().map(|task| (task.id, task)).collect())
}

//! Taking an event back: the command that compensates it, made of the event and of what it replaced, and whether what it
//! touched is still as it left it.

use crate::before::Before;
use crate::command::{
    AddDependency, AddMember, ArchiveField, ArchiveLabel, Command, DeleteComment, DeleteProject, DeleteTask,
    Edge, MoveTask, Place, PutField, PutLabel, ReactToComment, RemoveDependency, RemoveMember,
    RestoreComment, RestoreTask, UpdateComment, UpdateMember, UpdateProject, UpdateTask,
};
use crate::dependency::Dependency;
use crate::event::{Event, EventBody};
use crate::facts::{Facts, Touched};
use crate::field::Field;
use crate::ids::{CommentId, TaskId, UserId};
use crate::label::Label;
use crate::rejection::Rejection;
use crate::task::Task;
use crate::text::Body;
use serde::Serialize;
use serde_json::Value;

/// An event that somebody wants undone, with what it replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoing {
    pub event: Event,
    pub before: Option<Before>,
}

impl Undoing {
    /// What has to be known to undo it.
    pub fn touch(&self, touched: &mut Touched) {
        if let Ok(command) = self.compensation(self.event.actor) {
            command.touch(touched);
        }
        match &self.before {
            Some(Before::Place { rank, .. }) => touched.ranks.extend([rank.clone()]),
            Some(Before::Task(set)) => touched.ranks.extend(set.rank.clone()),
            Some(
                Before::Project(_) | Before::Role(_) | Before::Body(_) | Before::Label(_) | Before::Field(_),
            )
            | None => {}
        }
    }

    /// The command of `actor` that takes the event back.
    ///
    /// # Errors
    /// [`Rejection::CannotUndo`].
    pub fn compensation(&self, actor: UserId) -> Result<Command, Rejection> {
        let comment_of = |comment: CommentId| Ok(Command::DeleteComment(DeleteComment { comment }));
        match (&self.event.body, &self.before) {
            (EventBody::ProjectUpdated { .. }, Some(Before::Project(set))) => {
                Ok(Command::UpdateProject(UpdateProject { set: set.clone() }))
            }
            (EventBody::ProjectRestored {}, _) => Ok(Command::DeleteProject(DeleteProject {})),
            (EventBody::MemberAdded { user, .. }, _) => {
                Ok(Command::RemoveMember(RemoveMember { user: *user }))
            }
            (EventBody::MemberUpdated { user, .. }, Some(Before::Role(role))) => {
                Ok(Command::UpdateMember(UpdateMember { user: *user, role: *role }))
            }
            (EventBody::MemberRemoved { user }, Some(Before::Role(role))) => {
                Ok(Command::AddMember(AddMember { user: *user, role: *role }))
            }
            (EventBody::TaskCreated { task }, _) => Ok(Command::DeleteTask(DeleteTask { task: task.id })),
            (EventBody::TaskUpdated { task, .. }, Some(Before::Task(set))) => {
                Ok(Command::UpdateTask(Box::new(UpdateTask::setting(*task, (**set).clone()))))
            }
            (EventBody::TaskMoved { task, .. }, Some(Before::Place { rank, status })) => {
                let place = Place::exactly(rank.clone());
                Ok(Command::MoveTask(MoveTask {
                    task: *task,
                    status: status.clone(),
                    place,
                    overrides: false,
                }))
            }
            (EventBody::TaskDeleted { task, .. }, _) => Ok(Command::RestoreTask(RestoreTask { task: *task })),
            (EventBody::TaskRestored { tasks, task, .. }, _) => {
                Ok(Command::DeleteTask(DeleteTask { task: top(tasks).unwrap_or(*task) }))
            }
            (EventBody::LabelPut { .. } | EventBody::LabelArchived { .. }, Some(Before::Label(label)))
                if !label.archived =>
            {
                let Label { key, name, color, .. } = label.clone();
                Ok(Command::PutLabel(PutLabel { key, name, color }))
            }
            (EventBody::LabelPut { key, .. }, _) => {
                Ok(Command::ArchiveLabel(ArchiveLabel { key: key.clone() }))
            }
            (EventBody::FieldPut { .. } | EventBody::FieldArchived { .. }, Some(Before::Field(field)))
                if !field.archived =>
            {
                let Field { key, name, kind, options, .. } = field.clone();
                Ok(Command::PutField(PutField { key, name, kind, options }))
            }
            (EventBody::FieldPut { key, .. }, _) => {
                Ok(Command::ArchiveField(ArchiveField { key: key.clone() }))
            }
            (EventBody::DependencyAdded { task, on, kind }, _) => {
                let edge = Edge { task: *task, on: *on, kind: *kind };
                Ok(Command::RemoveDependency(RemoveDependency { edge }))
            }
            (EventBody::DependencyRemoved { task, on, kind }, _) => {
                let edge = Edge { task: *task, on: *on, kind: *kind };
                Ok(Command::AddDependency(AddDependency { edge }))
            }
            (EventBody::CommentAdded { comment, .. } | EventBody::CommentRestored { comment, .. }, _) => {
                comment_of(*comment)
            }
            (EventBody::CommentUpdated { comment, .. }, Some(Before::Body(body))) => {
                Ok(Command::UpdateComment(UpdateComment { comment: *comment, body: body.clone() }))
            }
            (EventBody::CommentDeleted { comment, .. }, _) => {
                Ok(Command::RestoreComment(RestoreComment { comment: *comment }))
            }
            (EventBody::CommentReacted { comment, emoji, on, .. }, _) if self.event.actor == actor => {
                let (emoji, on) = (emoji.clone(), !on);
                Ok(Command::ReactToComment(ReactToComment { comment: *comment, emoji, on }))
            }
            (EventBody::CommentReacted { .. }, _) => Err(cannot("a reaction is undone by whoever made it")),
            (EventBody::ProjectCreated(_) | EventBody::ProjectDeleted {}, _) => {
                Err(cannot("creating or deleting a project cannot be undone"))
            }
            (
                EventBody::ProjectUpdated { .. }
                | EventBody::LabelArchived { .. }
                | EventBody::FieldArchived { .. }
                | EventBody::MemberUpdated { .. }
                | EventBody::MemberRemoved { .. }
                | EventBody::TaskUpdated { .. }
                | EventBody::TaskMoved { .. }
                | EventBody::CommentUpdated { .. },
                _,
            ) => Err(cannot("what the event replaced was not kept")),
        }
    }

    /// The touched fields that are not as the event left them. What is gone altogether is for the compensating command to
    /// refuse. A rank that came with a status is no field of its own: the card may have been dragged about since.
    pub fn changed_since(&self, facts: &Facts) -> Vec<String> {
        match &self.event.body {
            EventBody::ProjectUpdated { set } => names(&set.clone().against(&facts.state.project)),
            EventBody::MemberAdded { user, role } | EventBody::MemberUpdated { user, role } => {
                changed("role", facts.role(*user) != Some(*role))
            }
            EventBody::LabelPut { key, name, color } => {
                let label = facts.state.project.label(key);
                let is = label.is_some_and(|l| !l.archived && l.name == *name && l.color == *color);
                changed("label", !is)
            }
            EventBody::LabelArchived { key } => {
                changed("archived", !facts.state.project.label(key).is_some_and(|label| label.archived))
            }
            EventBody::FieldPut { key, name, options, .. } => {
                let field = facts.state.project.field(key.as_str());
                let is = field.is_some_and(|f| !f.archived && f.name == *name && f.options == *options);
                changed("field", !is)
            }
            EventBody::FieldArchived { key } => {
                let field = facts.state.project.field(key.as_str());
                changed("archived", !field.is_some_and(|field| field.archived))
            }
            EventBody::DependencyAdded { task, on, kind } => {
                let edge = Dependency::new(*task, *on, *kind);
                changed("dependency", !facts.state.dependencies.contains(&edge))
            }
            EventBody::DependencyRemoved { task, on, kind } => {
                let edge = Dependency::new(*task, *on, *kind);
                changed("dependency", facts.state.dependencies.contains(&edge))
            }
            EventBody::MemberRemoved { user } => changed("role", facts.role(*user).is_some()),
            EventBody::TaskCreated { task } => self.changed_task(facts, task.id),
            EventBody::TaskUpdated { task, set } => {
                let mut set = (**set).clone();
                set.rank = None;
                facts.any_task(*task).map_or(Vec::new(), |task| names(&set.against(task)))
            }
            EventBody::TaskMoved { task, rank, status } => match (facts.any_task(*task), status) {
                (None, _) => Vec::new(),
                (Some(task), Some(status)) => changed("status", task.status != *status),
                (Some(task), None) => changed("rank", task.rank != *rank),
            },
            EventBody::TaskRestored { tasks, task, .. } => {
                changed("deleted", !facts.state.tasks.contains_key(&top(tasks).unwrap_or(*task)))
            }
            EventBody::TaskDeleted { task, .. } => changed("deleted", facts.state.tasks.contains_key(task)),
            EventBody::CommentAdded { comment, body, .. }
            | EventBody::CommentUpdated { comment, body, .. }
            | EventBody::CommentRestored { comment, body, .. } => changed_body(facts, *comment, body),
            EventBody::CommentDeleted { comment, .. } => {
                let there = facts.comments.get(comment).is_some_and(|comment| !comment.deleted);
                changed("deleted", there)
            }
            EventBody::CommentReacted { comment, emoji, on, .. } => {
                let comment = facts.comments.get(comment);
                let is_on = comment.is_some_and(|comment| comment.has_reaction(self.event.actor, emoji));
                changed("reaction", is_on != *on)
            }
            EventBody::ProjectCreated(_) | EventBody::ProjectDeleted {} | EventBody::ProjectRestored {} => {
                Vec::new()
            }
        }
    }

    /// Whether anything was changed of a task since it was made: it would go into the bin with the others' work.
    fn changed_task(&self, facts: &Facts, id: TaskId) -> Vec<String> {
        let Some(task) = facts.state.tasks.get(&id) else { return changed("deleted", true) };
        let mut fields = changed("version", task.version != self.event.version);
        let has_subtasks = facts.state.tasks.values().any(|task| task.parent == Some(id));
        fields.extend(changed("subtasks", has_subtasks));
        fields
    }
}

/// The task that was deleted, of all that came back: any of them may have been asked for, the others stand below it.
fn top(restored: &[Task]) -> Option<TaskId> {
    let below = |task: &&Task| restored.iter().any(|other| task.parent == Some(other.id));
    restored.iter().find(|task| !below(task)).map(|task| task.id)
}

fn cannot(reason: &'static str) -> Rejection {
    Rejection::CannotUndo { reason }
}

fn changed(field: &str, is: bool) -> Vec<String> {
    if is { vec![field.to_owned()] } else { Vec::new() }
}

fn changed_body(facts: &Facts, comment: CommentId, body: &Body) -> Vec<String> {
    match facts.comments.get(&comment) {
        Some(comment) if comment.deleted => changed("deleted", true),
        Some(comment) => changed("body", comment.body.as_ref() != Some(body)),
        None => Vec::new(),
    }
}

/// The fields that a change sets.
fn names(change: &impl Serialize) -> Vec<String> {
    match serde_json::to_value(change).expect("a change is JSON") {
        Value::Object(fields) => fields.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}

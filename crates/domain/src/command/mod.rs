//! Steps 1 and 4 of 8: commands, read from JSON and decided on facts.
//!
//! One file for each kind of thing that commands change. `decide` is pure: it looks at the facts and answers with what
//! happened, with "nothing changes", or with the rule that forbids it.

mod comment;
mod dependency;
mod field;
mod label;
mod member;
mod place;
mod project;
mod task;
mod undo;

pub use comment::{AddComment, DeleteComment, ReactToComment, RestoreComment, UpdateComment};
pub use dependency::{AddDependency, Edge, RemoveDependency};
pub use field::{ArchiveField, PutField};
pub use label::{ArchiveLabel, PutLabel};
pub use member::{AddMember, RemoveMember, UpdateMember};
pub use place::Place;
pub use project::{CreateProject, DeleteProject, RestoreProject, UpdateProject};
pub use task::{CreateTask, DELETED_BYTES, DeleteTask, MoveTask, RestoreTask, UpdateTask};
pub use undo::UndoEvent;

use crate::Version;
use crate::access::Role;
use crate::event::EventBody;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommandId, CommentId, TaskId, UserId};
use crate::json::{FieldProblem, Fields, Invalid, string};
use crate::order::Reranked;
use crate::rejection::Rejection;
use serde::Serialize;
use serde_json::Value;

/// What a member asks for. Its parts cannot be built invalid.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum Command {
    #[serde(rename = "project.update")]
    UpdateProject(UpdateProject),
    #[serde(rename = "project.delete")]
    DeleteProject(DeleteProject),
    #[serde(rename = "project.restore")]
    RestoreProject(RestoreProject),
    #[serde(rename = "label.put")]
    PutLabel(PutLabel),
    #[serde(rename = "label.archive")]
    ArchiveLabel(ArchiveLabel),
    #[serde(rename = "field.put")]
    PutField(PutField),
    #[serde(rename = "field.archive")]
    ArchiveField(ArchiveField),
    #[serde(rename = "member.add")]
    AddMember(AddMember),
    #[serde(rename = "member.update")]
    UpdateMember(UpdateMember),
    #[serde(rename = "member.remove")]
    RemoveMember(RemoveMember),
    #[serde(rename = "task.create")]
    CreateTask(Box<CreateTask>),
    #[serde(rename = "task.update")]
    UpdateTask(Box<UpdateTask>),
    #[serde(rename = "task.move")]
    MoveTask(MoveTask),
    #[serde(rename = "task.delete")]
    DeleteTask(DeleteTask),
    #[serde(rename = "task.restore")]
    RestoreTask(RestoreTask),
    #[serde(rename = "dependency.add")]
    AddDependency(AddDependency),
    #[serde(rename = "dependency.remove")]
    RemoveDependency(RemoveDependency),
    #[serde(rename = "comment.add")]
    AddComment(AddComment),
    #[serde(rename = "comment.update")]
    UpdateComment(UpdateComment),
    #[serde(rename = "comment.delete")]
    DeleteComment(DeleteComment),
    #[serde(rename = "comment.restore")]
    RestoreComment(RestoreComment),
    #[serde(rename = "comment.react")]
    ReactToComment(ReactToComment),
    #[serde(rename = "event.undo")]
    UndoEvent(UndoEvent),
}

/// What a command comes to, when no rule forbids it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// `None`: everything already is as the command asks.
    pub event: Option<EventBody>,
    /// The resource that the answer shows.
    pub subject: Subject,
    /// Open blockers that an owner's `override` passed.
    pub overrode: Vec<TaskId>,
    /// Neighbours that make room for the task.
    pub reranked: Vec<Reranked>,
}

impl Decision {
    fn change(event: EventBody, subject: Subject) -> Decision {
        Decision { event: Some(event), subject, overrode: Vec::new(), reranked: Vec::new() }
    }

    fn unchanged(subject: Subject) -> Decision {
        Decision { event: None, subject, overrode: Vec::new(), reranked: Vec::new() }
    }
}

impl Command {
    /// Reads a command of a batch: `{"type", "command_id"?, …}`.
    ///
    /// # Errors
    /// Every field that is refused, with its pointer.
    pub fn read(value: Value) -> Result<(Command, Option<CommandId>), Invalid> {
        let mut fields = Fields::of(value)?;
        let kind = fields.required("type", string);
        let id = fields.optional("command_id", CommandId::read);
        match kind {
            Some(kind) => Ok((Command::read_as(&kind, fields)?, id)),
            None => Err(fields.finish().expect_err("the type was refused")),
        }
    }

    /// Reads the fields of a command whose type is known.
    ///
    /// # Errors
    /// Every field that is refused, with its pointer.
    pub fn read_as(kind: &str, fields: Fields) -> Result<Command, Invalid> {
        Ok(match kind {
            "project.update" => Command::UpdateProject(UpdateProject::read(fields)?),
            "project.delete" => Command::DeleteProject(DeleteProject::read(fields)?),
            "project.restore" => Command::RestoreProject(RestoreProject::read(fields)?),
            "label.put" => Command::PutLabel(PutLabel::read(fields)?),
            "label.archive" => Command::ArchiveLabel(ArchiveLabel::read(fields)?),
            "field.put" => Command::PutField(PutField::read(fields)?),
            "field.archive" => Command::ArchiveField(ArchiveField::read(fields)?),
            "member.add" => Command::AddMember(AddMember::read(fields)?),
            "member.update" => Command::UpdateMember(UpdateMember::read(fields)?),
            "member.remove" => Command::RemoveMember(RemoveMember::read(fields)?),
            "task.create" => Command::CreateTask(Box::new(CreateTask::read(fields)?)),
            "task.update" => Command::UpdateTask(Box::new(UpdateTask::read(fields)?)),
            "task.move" => Command::MoveTask(MoveTask::read(fields)?),
            "task.delete" => Command::DeleteTask(DeleteTask::read(fields)?),
            "task.restore" => Command::RestoreTask(RestoreTask::read(fields)?),
            "dependency.add" => Command::AddDependency(AddDependency { edge: Edge::read(fields)? }),
            "dependency.remove" => Command::RemoveDependency(RemoveDependency { edge: Edge::read(fields)? }),
            "comment.add" => Command::AddComment(AddComment::read(fields)?),
            "comment.update" => Command::UpdateComment(UpdateComment::read(fields)?),
            "comment.delete" => Command::DeleteComment(DeleteComment::read(fields)?),
            "comment.restore" => Command::RestoreComment(RestoreComment::read(fields)?),
            "comment.react" => Command::ReactToComment(ReactToComment::read(fields)?),
            "event.undo" => Command::UndoEvent(UndoEvent::read(fields)?),
            _ => return Err(unknown_type(kind)),
        })
    }

    /// What has to be known to decide it.
    pub fn touch(&self, touched: &mut Touched) {
        match self {
            Command::UpdateProject(c) => c.touch(touched),
            Command::DeleteProject(_)
            | Command::RestoreProject(_)
            | Command::PutLabel(_)
            | Command::ArchiveLabel(_)
            | Command::PutField(_)
            | Command::ArchiveField(_) => {}
            Command::AddMember(AddMember { user, .. })
            | Command::UpdateMember(UpdateMember { user, .. })
            | Command::RemoveMember(RemoveMember { user }) => {
                touched.users.insert(*user);
            }
            Command::CreateTask(c) => c.touch(touched),
            Command::UpdateTask(c) => c.touch(touched),
            Command::MoveTask(c) => c.touch(touched),
            Command::DeleteTask(DeleteTask { task }) => {
                touched.tasks.insert(*task);
                touched.removed.insert(*task);
            }
            Command::RestoreTask(RestoreTask { task }) => {
                touched.tasks.insert(*task);
                touched.restored.insert(*task);
            }
            Command::AddDependency(AddDependency { edge })
            | Command::RemoveDependency(RemoveDependency { edge }) => edge.touch(touched),
            Command::AddComment(c) => c.touch(touched),
            Command::UpdateComment(c) => c.touch(touched),
            Command::UndoEvent(c) => c.touch(touched),
            Command::DeleteComment(DeleteComment { comment })
            | Command::RestoreComment(RestoreComment { comment })
            | Command::ReactToComment(ReactToComment { comment, .. }) => {
                touched.comments.insert(*comment);
            }
        }
    }

    /// Judges the command. `actor` is a member; what that role allows is judged here, as is everything else.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn decide(&self, facts: &Facts, actor: UserId) -> Result<Decision, Rejection> {
        let role = facts.role(actor).ok_or(Rejection::ProjectNotFound)?;
        if facts.deleted && !matches!(self, Command::RestoreProject(_)) {
            return Err(Rejection::ProjectNotFound);
        }
        self.allowed_to(role, actor)?;
        if facts.state.project.archived && !self.is_for_archived() {
            return Err(Rejection::ProjectArchived);
        }
        match self {
            Command::UpdateProject(c) => c.decide(facts),
            Command::DeleteProject(_) => Ok(Decision::change(EventBody::ProjectDeleted {}, Subject::Project)),
            Command::RestoreProject(_) => Ok(RestoreProject::decide(facts)),
            Command::PutLabel(c) => c.decide(facts),
            Command::ArchiveLabel(c) => c.decide(facts),
            Command::PutField(c) => c.decide(facts),
            Command::ArchiveField(c) => c.decide(facts),
            Command::AddMember(c) => c.decide(facts),
            Command::UpdateMember(c) => c.decide(facts),
            Command::RemoveMember(c) => c.decide(facts),
            Command::CreateTask(c) => c.decide(facts),
            Command::UpdateTask(c) => c.decide(facts, role),
            Command::MoveTask(c) => c.decide(facts, role),
            Command::DeleteTask(c) => c.decide(facts),
            Command::RestoreTask(c) => c.decide(facts),
            Command::AddDependency(c) => c.decide(facts),
            Command::RemoveDependency(c) => c.decide(facts),
            Command::AddComment(c) => c.decide(facts),
            Command::UpdateComment(c) => c.decide(facts, actor, role),
            Command::DeleteComment(c) => c.decide(facts, actor, role),
            Command::RestoreComment(c) => c.decide(facts, actor, role),
            Command::ReactToComment(c) => c.decide(facts, actor),
            Command::UndoEvent(c) => c.decide(facts, actor, role),
        }
    }

    /// What the command makes, if it makes something that a later command of its batch can name.
    pub fn creates(&self) -> Option<Subject> {
        match self {
            Command::CreateTask(c) => Some(Subject::Task(c.id)),
            Command::AddComment(c) => Some(Subject::Comment(c.id)),
            _ => None,
        }
    }

    /// Whether the command cannot mean anything without `subject`.
    pub fn names(&self, subject: &Subject) -> bool {
        match (self, subject.clone()) {
            (Command::CreateTask(c), Subject::Task(id)) => c.parent == Some(id),
            (Command::UpdateTask(c), Subject::Task(id)) => c.names(id),
            (Command::MoveTask(c), Subject::Task(id)) => c.task == id,
            (Command::DeleteTask(c), Subject::Task(id)) => c.task == id,
            (Command::RestoreTask(c), Subject::Task(id)) => c.task == id,
            (Command::AddDependency(c), Subject::Task(id)) => c.edge.names(id),
            (Command::RemoveDependency(c), Subject::Task(id)) => c.edge.names(id),
            (Command::AddComment(c), Subject::Task(id)) => c.task == id,
            (Command::AddComment(c), Subject::Comment(id)) => c.reply_to == Some(id),
            (Command::UpdateComment(c), Subject::Comment(id)) => c.comment == id,
            (Command::DeleteComment(c), Subject::Comment(id)) => c.comment == id,
            (Command::RestoreComment(c), Subject::Comment(id)) => c.comment == id,
            (Command::ReactToComment(c), Subject::Comment(id)) => c.comment == id,
            _ => false,
        }
    }

    /// The task that an `If-Match` of the command's request speaks of.
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Command::UpdateTask(c) => Some(c.task),
            Command::MoveTask(c) => Some(c.task),
            Command::DeleteTask(c) => Some(c.task),
            Command::RestoreTask(c) => Some(c.task),
            _ => None,
        }
    }

    /// The version of the event that the command undoes.
    pub fn undoes(&self) -> Option<Version> {
        match self {
            Command::UndoEvent(c) => Some(c.version),
            _ => None,
        }
    }

    /// SHA-256 over the command's canonical JSON (RFC 8785): what tells a repeat from another command with its id.
    pub fn hash(&self) -> [u8; 32] {
        crate::digest::hash(self)
    }

    fn allowed_to(&self, role: Role, actor: UserId) -> Result<(), Rejection> {
        let needs = match self {
            Command::RemoveMember(RemoveMember { user }) if *user == actor => Role::Viewer,
            // Its compensating command is judged by itself.
            Command::UndoEvent(_) => Role::Viewer,
            Command::UpdateProject(_)
            | Command::DeleteProject(_)
            | Command::RestoreProject(_)
            | Command::PutField(_)
            | Command::ArchiveField(_)
            | Command::AddMember(_)
            | Command::UpdateMember(_)
            | Command::RemoveMember(_) => Role::Owner,
            Command::PutLabel(_)
            | Command::ArchiveLabel(_)
            | Command::AddDependency(_)
            | Command::RemoveDependency(_)
            | Command::CreateTask(_)
            | Command::UpdateTask(_)
            | Command::MoveTask(_)
            | Command::DeleteTask(_)
            | Command::RestoreTask(_)
            | Command::AddComment(_)
            | Command::UpdateComment(_)
            | Command::DeleteComment(_)
            | Command::RestoreComment(_)
            | Command::ReactToComment(_) => Role::Editor,
        };
        if role >= needs { Ok(()) } else { Err(Rejection::Forbidden { needs }) }
    }

    /// An archived project is read-only, but it can be taken out of the archive, deleted, and left.
    fn is_for_archived(&self) -> bool {
        match self {
            Command::UpdateProject(c) => c.set.archived == Some(false),
            Command::DeleteProject(_) | Command::RestoreProject(_) | Command::RemoveMember(_) => true,
            // Its compensating command is judged by itself.
            Command::UndoEvent(_) => true,
            _ => false,
        }
    }
}

/// A new random id for a command that brought none.
pub fn fresh_id() -> CommandId {
    CommandId::new()
}

/// A new id for a task or comment whose client chose none, or the one it chose.
fn chosen<T>(id: Option<T>, fresh: impl FnOnce() -> T) -> T {
    id.unwrap_or_else(fresh)
}

fn fresh_task() -> TaskId {
    TaskId::new()
}

fn fresh_comment() -> CommentId {
    CommentId::new()
}

fn unknown_type(kind: &str) -> Invalid {
    let detail = format!("there is no command {kind:?} here");
    Invalid { errors: vec![FieldProblem { pointer: "/type".to_owned(), code: "unknown_command", detail }] }
}

#[cfg(test)]
mod tests;

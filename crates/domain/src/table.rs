//! The tables of all commands and of all events: a row for each type, with its name in JSON.
//!
//! A new command is a file beside the thing that it changes, and a row in each table.

use crate::json::{FieldProblem, Fields, Invalid};
use crate::rejection::Code;
use crate::rules::{CommandRules, Either};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::convert::Infallible;
use utoipa::openapi::{RefOr, Schema};

pub use crate::comment::add::{AddComment, CommentAdded};
pub use crate::comment::bin::{CommentDeleted, CommentRestored, DeleteComment, RestoreComment};
pub use crate::comment::react::{CommentReacted, ReactToComment};
pub use crate::comment::update::{CommentUpdated, UpdateComment};
pub use crate::dependency::link::{AddDependency, DependencyAdded, DependencyRemoved, RemoveDependency};
pub use crate::field::define::{ArchiveField, FieldArchived, FieldPut, PutField};
pub use crate::label::define::{ArchiveLabel, LabelArchived, LabelPut, PutLabel};
pub use crate::member::add::{AddMember, MemberAdded, MemberRemoved, RemoveMember};
pub use crate::member::update::{MemberUpdated, UpdateMember};
pub use crate::project::bin::{DeleteProject, ProjectDeleted, ProjectRestored, RestoreProject};
pub use crate::project::create::{CreateProject, NewProject, ProjectCreated};
pub use crate::project::update::{ProjectUpdated, UpdateProject};
pub use crate::task::archive::{ArchiveTask, TaskArchived, TaskUnarchived, UnarchiveTask};
pub use crate::task::bin::{DeleteTask, RestoreTask, TaskDeleted, TaskRestored};
pub use crate::task::create::{CreateTask, TaskCreated};
pub use crate::task::group::GROUP_BYTES;
pub use crate::task::shift::{MoveTask, TaskMoved};
pub use crate::task::update::{TaskUpdated, UpdateTask};
pub use crate::task::watch::{TaskUnwatched, TaskWatched, UnwatchTask, WatchTask};
pub use crate::undo::UndoEvent;

/// What the documentation says of a type of command.
pub struct CommandType {
    /// Its name in JSON.
    pub kind: &'static str,
    /// Its fields, those aside that every command has.
    pub schema: RefOr<Schema>,
    /// The schemas that `schema` refers to, by name.
    pub parts: Vec<(String, RefOr<Schema>)>,
    /// A valid one, without `type` and `command_id`.
    pub example: Value,
    /// What may refuse it, beside what may refuse every command.
    pub refusals: Vec<Code>,
}

impl CommandType {
    fn of<C: CommandRules>(kind: &'static str) -> CommandType {
        let mut parts = Vec::new();
        C::schemas(&mut parts);
        CommandType { kind, schema: C::schema(), parts, example: C::example(), refusals: C::refusals() }
    }
}

/// Makes the table of commands. A large one is boxed.
macro_rules! commands {
    ($($name:ident($held:ty) = $kind:tt,)*) => {
        /// What a member asks for. Its parts cannot be built invalid.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "type")]
        pub enum Command {
            $(#[doc = concat!("`", $kind, "`")] #[serde(rename = $kind)] $name($held),)*
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Command {
                Command::$name(command.into())
            }
        })*

        impl Command {
            /// Every type, for the documentation.
            pub fn types() -> Vec<CommandType> {
                vec![$(CommandType::of::<$name>($kind)),*]
            }

            /// Reads the fields of a command whose type is known.
            ///
            /// # Errors
            /// Every field that is refused, with its pointer.
            pub fn read_as(kind: &str, fields: Fields) -> Result<Command, Invalid> {
                match kind {
                    $($kind => $name::read(fields).map(Command::from),)*
                    _ => Err(unknown_type(kind)),
                }
            }
        }

        /// Does the same with the command of each type.
        macro_rules! each_command {
            ($body:expr, $command:ident => $do:expr) => {
                match $body {
                    $(Command::$name($command) => $do,)*
                }
            };
        }
        pub(crate) use each_command;
    };
}

commands! {
    UpdateProject(UpdateProject) = "project.update",
    DeleteProject(DeleteProject) = "project.delete",
    RestoreProject(RestoreProject) = "project.restore",
    PutLabel(PutLabel) = "label.put",
    ArchiveLabel(ArchiveLabel) = "label.archive",
    PutField(PutField) = "field.put",
    ArchiveField(ArchiveField) = "field.archive",
    AddMember(AddMember) = "member.add",
    UpdateMember(UpdateMember) = "member.update",
    RemoveMember(RemoveMember) = "member.remove",
    CreateTask(Box<CreateTask>) = "task.create",
    UpdateTask(Box<UpdateTask>) = "task.update",
    MoveTask(MoveTask) = "task.move",
    DeleteTask(DeleteTask) = "task.delete",
    RestoreTask(RestoreTask) = "task.restore",
    ArchiveTask(ArchiveTask) = "task.archive",
    UnarchiveTask(UnarchiveTask) = "task.unarchive",
    WatchTask(WatchTask) = "task.watch",
    UnwatchTask(UnwatchTask) = "task.unwatch",
    AddDependency(AddDependency) = "dependency.add",
    RemoveDependency(RemoveDependency) = "dependency.remove",
    AddComment(AddComment) = "comment.add",
    UpdateComment(UpdateComment) = "comment.update",
    DeleteComment(DeleteComment) = "comment.delete",
    RestoreComment(RestoreComment) = "comment.restore",
    ReactToComment(ReactToComment) = "comment.react",
    UndoEvent(UndoEvent) = "event.undo",
}

impl<A, B> From<Either<A, B>> for Command
where
    Command: From<A> + From<B>,
{
    fn from(either: Either<A, B>) -> Command {
        match either {
            Either::One(command) => command.into(),
            Either::Other(command) => command.into(),
        }
    }
}

impl From<Infallible> for Command {
    fn from(never: Infallible) -> Command {
        match never {}
    }
}

fn unknown_type(kind: &str) -> Invalid {
    let detail = format!("there is no command {kind:?} here");
    Invalid { errors: vec![FieldProblem { pointer: "/type".to_owned(), code: "unknown_command", detail }] }
}

/// Makes the table of events. A `tt` is the kind of a name, because utoipa 6.0.0 does not read a `literal` in `rename`.
macro_rules! events {
    ($($name:ident = $kind:tt,)*) => {
        /// The type of an event with its data: the least that lets a client apply the change.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(tag = "type", content = "data")]
        pub enum EventBody {
            $(#[doc = concat!("`", $kind, "`")] #[serde(rename = $kind)] $name($name),)*
        }

        $(impl From<$name> for EventBody {
            fn from(event: $name) -> EventBody {
                EventBody::$name(event)
            }
        })*

        impl EventBody {
            /// The types that concern nobody but who made them: the log for people shows them only to those who ask.
            pub const QUIET: &[&str] = &["task.watched", "task.unwatched"];

            /// The name of every type, as in JSON.
            pub const KINDS: &[&str] = &[$($kind),*];

            /// The name of the type, as in JSON.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(EventBody::$name(_) => $kind,)*
                }
            }
        }

        /// Does the same with the event of each type.
        macro_rules! each_event {
            ($body:expr, $event:ident => $do:expr) => {
                match $body {
                    $(EventBody::$name($event) => $do,)*
                }
            };
        }
        pub(crate) use each_event;
    };
}

events! {
    ProjectCreated = "project.created",
    ProjectUpdated = "project.updated",
    ProjectDeleted = "project.deleted",
    ProjectRestored = "project.restored",
    LabelPut = "label.put",
    LabelArchived = "label.archived",
    FieldPut = "field.put",
    FieldArchived = "field.archived",
    MemberAdded = "member.added",
    MemberUpdated = "member.updated",
    MemberRemoved = "member.removed",
    TaskCreated = "task.created",
    TaskUpdated = "task.updated",
    TaskMoved = "task.moved",
    TaskDeleted = "task.deleted",
    TaskRestored = "task.restored",
    TaskArchived = "task.archived",
    TaskUnarchived = "task.unarchived",
    TaskWatched = "task.watched",
    TaskUnwatched = "task.unwatched",
    DependencyAdded = "dependency.added",
    DependencyRemoved = "dependency.removed",
    CommentAdded = "comment.added",
    CommentUpdated = "comment.updated",
    CommentDeleted = "comment.deleted",
    CommentRestored = "comment.restored",
    CommentReacted = "comment.reacted",
}

impl From<Infallible> for EventBody {
    fn from(never: Infallible) -> EventBody {
        match never {}
    }
}

//! Steps 1 and 4 of 8: commands, read from JSON and decided on facts, and the table of all types.
//!
//! `decide` is pure: it looks at the facts and answers with what happened, with "nothing changes", or with the rule that
//! forbids it.

use crate::Version;
use crate::before::Before;
use crate::event::{Event, EventBody, each};
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommandId, TaskId, UserId};
use crate::json::{FieldProblem, Fields, Invalid, MAX_INTEGER, integer, only, string};
use crate::rejection::{Code, Kind, Rejection};
use crate::rules::{self, Actor, CommandRules, Either, EventRules, Involves, Possible, Undone};
use crate::{Role, canonical};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

pub use crate::comment::add::AddComment;
pub use crate::comment::bin::{DeleteComment, RestoreComment};
pub use crate::comment::react::ReactToComment;
pub use crate::comment::update::UpdateComment;
pub use crate::dependency::link::{AddDependency, RemoveDependency};
pub use crate::field::define::{ArchiveField, PutField};
pub use crate::label::define::{ArchiveLabel, PutLabel};
pub use crate::member::add::{AddMember, RemoveMember};
pub use crate::member::update::UpdateMember;
pub use crate::project::bin::{DeleteProject, RestoreProject};
pub use crate::project::create::{CreateProject, NewProject};
pub use crate::project::update::UpdateProject;
pub use crate::task::bin::{DELETED_BYTES, DeleteTask, RestoreTask};
pub use crate::task::create::CreateTask;
pub use crate::task::shift::MoveTask;
pub use crate::task::update::UpdateTask;

/// What a command comes to, when no rule forbids it.
pub type Decision = rules::Decision<EventBody>;

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

/// Makes the table: a row for each type, with its name in JSON. A large one is boxed.
macro_rules! commands {
    ($($name:ident($held:ty) = $kind:literal,)*) => {
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

        macro_rules! each_command {
            ($body:expr, $command:ident => $do:expr) => {
                match $body {
                    $(Command::$name($command) => $do,)*
                }
            };
        }
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

    /// Adds what has to be known to decide it.
    pub fn touch(&self, touched: &mut Touched) {
        each_command!(self, command => command.touch(touched));
    }

    /// Judges the command. `actor` is a member; what that role allows is judged here, as is everything else. `past` has the
    /// events that are to be undone, as far as they exist.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn decide(&self, facts: &Facts, past: &Past, actor: UserId) -> Result<Decision, Rejection> {
        let role = facts.role(actor).ok_or(Rejection::ProjectNotFound)?;
        let possible = self.possible();
        if facts.deleted && possible != Possible::Bin {
            return Err(Rejection::ProjectNotFound);
        }
        self.allowed_to(role, actor)?;
        if facts.state.project.archived && possible == Possible::Active {
            return Err(Rejection::ProjectArchived);
        }
        if let Command::UndoEvent(undo) = self {
            return undo.compensated(facts, past, actor, role);
        }
        let actor = Actor { user: actor, role };
        each_command!(self, command => Ok(command.decide(facts, actor)?.map(EventBody::from)))
    }

    fn possible(&self) -> Possible {
        each_command!(self, command => command.possible())
    }

    fn allowed_to(&self, role: Role, actor: UserId) -> Result<(), Rejection> {
        let needs = each_command!(self, command => command.needs(actor));
        if role >= needs { Ok(()) } else { Err(Rejection::Forbidden { needs }) }
    }

    fn involves(&self) -> Involves {
        each_command!(self, command => command.involves())
    }

    /// What the command makes, if it makes something that a later command of its batch can name.
    pub fn creates(&self) -> Option<Subject> {
        self.involves().creates
    }

    /// Whether the command cannot mean anything without `subject`.
    pub fn names(&self, subject: &Subject) -> bool {
        self.involves().needs.contains(subject)
    }

    /// The task that an `If-Match` of the command's request speaks of.
    pub fn task(&self) -> Option<TaskId> {
        self.involves().matched
    }

    /// The version of the event that the command undoes.
    pub fn undoes(&self) -> Option<Version> {
        if let Command::UndoEvent(undo) = self { Some(undo.version) } else { None }
    }

    /// SHA-256 over the command's canonical JSON (RFC 8785): what tells a repeat from another command with its id.
    pub fn hash(&self) -> [u8; 32] {
        canonical::hash(self)
    }
}

/// A new random id for a command that brought none.
pub fn fresh_id() -> CommandId {
    CommandId::new()
}

fn unknown_type(kind: &str) -> Invalid {
    let detail = format!("there is no command {kind:?} here");
    Invalid { errors: vec![FieldProblem { pointer: "/type".to_owned(), code: "unknown_command", detail }] }
}

/// Takes back what an event changed, by the command that changes it back. It stands here, and not beside a thing, because it
/// becomes any other command.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UndoEvent {
    /// The version of the event.
    #[schema(minimum = 1, value_type = i64)]
    pub version: Version,
}

/// The events that are to be undone.
pub type Past = BTreeMap<Version, Undoing>;

/// An event that somebody wants undone, with what it replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Undoing {
    /// The event.
    pub event: Event,
    /// What was kept beside it.
    pub before: Option<Before>,
}

impl Undoing {
    /// Adds what has to be known to undo it.
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
    fn compensation(&self, actor: UserId) -> Result<Command, Rejection> {
        let undone = Undone { before: self.before.as_ref(), made_by: self.event.actor, by: actor };
        each!(&self.event.body, event => event.undo(undone).map(Command::from))
    }
}

impl UndoEvent {
    /// Judged as the compensating command is: its role, then whether it still fits, then its rules.
    fn compensated(
        &self,
        facts: &Facts,
        past: &Past,
        actor: UserId,
        role: Role,
    ) -> Result<Decision, Rejection> {
        let undoing = past.get(&self.version).ok_or(Rejection::EventNotFound)?;
        let command = undoing.compensation(actor)?;
        command.allowed_to(role, actor)?;
        let fields = undoing.event.changed_since(facts);
        if !fields.is_empty() {
            return Err(Rejection::UndoConflict { fields });
        }
        command.decide(facts, past, actor)
    }
}

impl CommandRules for UndoEvent {
    type Event = EventBody;

    fn read(fields: Fields) -> Result<Self, Invalid> {
        only(fields, "version", |value| integer(&value, 1..=MAX_INTEGER)).map(|version| UndoEvent { version })
    }

    fn touch(&self, touched: &mut Touched) {
        touched.events.insert(self.version);
    }

    /// Its compensating command is judged by itself.
    fn needs(&self, _: UserId) -> Role {
        Role::Viewer
    }

    /// Its compensating command is judged by itself.
    fn possible(&self) -> Possible {
        Possible::Archived
    }

    fn involves(&self) -> Involves {
        Involves::default()
    }

    /// Without the past there is no such event; [`Command::decide`] has it.
    fn decide(&self, _: &Facts, _: Actor) -> Result<Decision, Rejection> {
        Err(Rejection::EventNotFound)
    }

    fn example() -> Value {
        json!({"version": 41})
    }

    fn refusals() -> Vec<Code> {
        let unprocessable = (Kind::Unprocessable, "cannot_undo");
        vec![(Kind::NotFound, "event_not_found"), (Kind::Conflict, "undo_conflict"), unprocessable]
    }
}

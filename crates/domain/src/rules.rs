//! What every command and every event has to answer. None of it has a default, so the compiler asks for it where the command
//! is written: in one file, together with its event, beside the thing that it changes. [`crate::table`] has
//! all of them.

use crate::Version;
use crate::access::{Access, Role};
use crate::activity::Change;
use crate::before::Before;
use crate::dependency::Dependency;
use crate::facts::{Facts, Subject, Touched};
use crate::ids::{CommentId, TaskId, UserId};
use crate::json::{Fields, Invalid};
use crate::notice::news::News;
use crate::order::Reranked;
pub use crate::rejection::Code;
use crate::rejection::Rejection;
use crate::state::{FoldError, State};
use crate::time::Moment;
use serde::Serialize;
use serde_json::Value;

/// Who asks for something: a member.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// What the person may do in the project.
    pub role: Role,
}

/// Which of an event's own members its rules need.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Its version.
    pub version: Version,
    /// Its time.
    pub at: Moment,
    /// Who made it.
    pub actor: UserId,
}

/// The state of a project in which a command is still possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Possible {
    /// Neither archived nor in the bin.
    Active,
    /// Also archived.
    Archived,
    /// Also in the bin.
    Bin,
}

/// What a command comes to, when no rule forbids it. `E` is its event, or the table of all events.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<E> {
    /// `None`: everything already is as the command asks.
    pub event: Option<E>,
    /// The resource that the answer shows.
    pub subject: Subject,
    /// Open blockers that an owner's `override` passed.
    pub overrode: Vec<TaskId>,
    /// Neighbours that make room for the task.
    pub reranked: Vec<Reranked>,
}

impl<E> Decision<E> {
    pub(crate) fn change(event: E, subject: Subject) -> Self {
        Decision { event: Some(event), subject, overrode: Vec::new(), reranked: Vec::new() }
    }

    pub(crate) fn unchanged(subject: Subject) -> Self {
        Decision { event: None, subject, overrode: Vec::new(), reranked: Vec::new() }
    }

    /// The same decision with its event as another type.
    pub(crate) fn map<F>(self, event: impl FnOnce(E) -> F) -> Decision<F> {
        let Decision { event: was, subject, overrode, reranked } = self;
        Decision { event: was.map(event), subject, overrode, reranked }
    }
}

/// What a command has to do with other things, beside its own content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Involves {
    /// What it makes, if it makes something that a later command of its batch can name.
    pub creates: Option<Subject>,
    /// What it cannot mean anything without.
    pub needs: Vec<Subject>,
    /// The task that an `If-Match` of its request speaks of.
    pub matched: Option<TaskId>,
}

impl Involves {
    /// Only this task, which an `If-Match` speaks of.
    pub(crate) fn task(task: TaskId) -> Self {
        Involves { needs: vec![Subject::Task(task)], matched: Some(task), ..Involves::default() }
    }

    /// These things.
    pub(crate) fn needing(needs: impl Into<Vec<Subject>>) -> Self {
        Involves { needs: needs.into(), ..Involves::default() }
    }
}

/// A command.
pub trait CommandRules: Serialize + utoipa::ToSchema + Sized {
    /// What happens when it is accepted.
    type Event;

    /// Reads its fields.
    ///
    /// # Errors
    /// Every field that is refused, with its pointer.
    fn read(fields: Fields) -> Result<Self, Invalid>;

    /// Adds what has to be known to decide it.
    fn touch(&self, touched: &mut Touched);

    /// The role that it needs.
    fn needs(&self, actor: UserId) -> Role;

    /// Up to which state of the project it is possible.
    fn possible(&self) -> Possible;

    /// What it has to do with other things.
    fn involves(&self) -> Involves;

    /// Judges it. Role and state of the project have been judged already.
    ///
    /// # Errors
    /// The rule that forbids it.
    fn decide(&self, facts: &Facts, actor: Actor) -> Result<Decision<Self::Event>, Rejection>;

    /// A valid one, without `type` and `command_id`, as the documentation shows it.
    fn example() -> Value;

    /// What may refuse it, beside what may refuse every command.
    fn refusals() -> Vec<Code>;
}

/// What an event changes beside the snapshot: rows, and who has to hear of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effects {
    /// Whether the project's own row changes, its labels and custom fields among it.
    pub project: bool,
    /// The tasks whose rows change, those aside that only make room.
    pub tasks: Vec<TaskId>,
    /// Whether these tasks leave the board, for the bin or the archive, or come back.
    pub off_board: bool,
    /// The tasks whose activity shows the event.
    pub concerns: Vec<TaskId>,
    /// The comment whose row changes.
    pub comment: Option<CommentId>,
    /// The edges that it makes (true) or takes away for good.
    pub edges: Vec<(Dependency, bool)>,
    /// Whose access changes.
    pub access: Access,
    /// The task that the actor follows from here on (true), or no more.
    pub watched: Option<(TaskId, bool)>,
    /// What people are told of.
    pub news: Vec<News>,
}

impl Effects {
    /// Nothing but the snapshot.
    pub(crate) fn none() -> Self {
        Effects {
            project: false,
            tasks: Vec::new(),
            off_board: false,
            concerns: Vec::new(),
            comment: None,
            edges: Vec::new(),
            access: Access::Unchanged,
            watched: None,
            news: Vec::new(),
        }
    }

    /// The project's own row, and who may see it.
    pub(crate) fn project(access: Access) -> Self {
        Effects { project: true, access, ..Effects::none() }
    }

    /// Who may see the project.
    pub(crate) fn access(access: Access) -> Self {
        Effects { access, ..Effects::none() }
    }

    /// The rows of these tasks.
    pub(crate) fn tasks(tasks: Vec<TaskId>) -> Self {
        Effects { concerns: tasks.clone(), tasks, ..Effects::none() }
    }

    /// The row of a comment.
    pub(crate) fn comment(comment: CommentId, on: TaskId) -> Self {
        Effects { comment: Some(comment), concerns: vec![on], ..Effects::none() }
    }
}

/// An event that somebody wants undone.
#[derive(Debug, Clone, Copy)]
pub struct Undone<'a> {
    /// What it replaced, if that was kept.
    pub before: Option<&'a Before>,
    /// Who made it.
    pub made_by: UserId,
    /// Who wants it undone.
    pub by: UserId,
}

impl Undone<'_> {
    /// The refusal for an event whose replaced values were not kept.
    pub(crate) fn not_kept<T>() -> Result<T, Rejection> {
        Err(Rejection::CannotUndo { reason: "what the event replaced was not kept" })
    }
}

/// An event.
pub trait EventRules {
    /// The command that takes it back; [`std::convert::Infallible`] where nothing can.
    type Undo;

    /// Changes the state as the fold of a snapshot does.
    ///
    /// # Errors
    /// When it names something that is not there.
    fn apply(&self, state: &mut State, stamp: &Stamp) -> Result<(), FoldError>;

    /// Changes what facts hold beside the state. Called before [`EventRules::apply`].
    fn note(&self, facts: &mut Facts, stamp: &Stamp);

    /// What it changes beside the snapshot.
    fn effects(&self) -> Effects;

    /// What it replaces. `facts` are those that it was decided on, before it is applied. `None`: the event itself says all
    /// of it.
    fn before(&self, facts: &Facts, reranked: &[Reranked]) -> Option<Before>;

    /// What it changed, for people: fields and texts, not where a card stands among others.
    fn activity(&self, before: Option<&Before>) -> Vec<Change>;

    /// The command that takes it back.
    ///
    /// # Errors
    /// [`Rejection::CannotUndo`].
    fn undo(&self, undone: Undone<'_>) -> Result<Self::Undo, Rejection>;

    /// The touched fields that are not as it left them. A thing that is gone altogether is not named here, because the
    /// compensating command refuses it.
    fn changed_since(&self, facts: &Facts, stamp: &Stamp) -> Vec<String>;
}

/// One of two commands.
#[derive(Debug, Clone, PartialEq)]
pub enum Either<A, B> {
    /// The one.
    One(A),
    /// The other.
    Other(B),
}

/// `field`, if it is another one.
pub(crate) fn changed(field: &str, is: bool) -> Vec<String> {
    if is { vec![field.to_owned()] } else { Vec::new() }
}

/// The names of the fields that a change sets.
pub(crate) fn names(change: &impl Serialize) -> Vec<String> {
    let change = serde_json::to_value(change).expect("a change is JSON");
    let Value::Object(fields) = change else { unreachable!("a change is an object") };
    fields.into_iter().map(|(name, _)| name).collect()
}

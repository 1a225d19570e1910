//! What became of a command, typed until a door answers it.

use super::stored_refusal::StoredRefusal;
use domain::comment::Comment;
use domain::dependency::Dependency;
use domain::facts::{Facts, Subject};
use domain::field::Field;
use domain::label::Label;
use domain::project::Project;
use domain::rejection::RejectionKind;
use domain::task::Task;
use domain::{CommandId, Rejection, Role, UserId, Version};
use serde_json::{Map, Value, json};

/// What was decided for one command, and whether it had been decided before.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The command's id.
    pub id: CommandId,
    /// The project's version after the decision.
    pub version: Version,
    /// What was decided.
    pub verdict: Verdict,
    /// Whether it had been decided before, so that nothing was written now.
    pub replayed: bool,
}

/// What was decided for one command. The resource is missing when only its event, or less, is still known.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// An event was written.
    Changed {
        /// The event, in the log's own bytes.
        event: String,
        /// What the command was about, after it.
        resource: Option<Resource>,
    },
    /// It was so already.
    Unchanged {
        /// What the command was about, as it was already.
        resource: Option<Resource>,
    },
    /// Nothing changed, because of this.
    Refused(Refusal),
}

/// The whole of what a command was about, as it was after it.
#[derive(Debug, Clone)]
pub enum Resource {
    /// The project's own fields.
    Project(Box<Project>),
    /// A membership.
    Member {
        /// The person.
        user: UserId,
        /// `None`: no member any more.
        role: Option<Role>,
    },
    /// A task; `None`: it is gone.
    Task(Option<Box<Task>>),
    /// A dependency, or the one that was taken away.
    Dependency(Dependency),
    /// A label; `None`: it is gone.
    Label(Option<Label>),
    /// A field; `None`: it is gone.
    Field(Option<Field>),
    /// A comment; `None`: it is gone.
    Comment(Option<Box<Comment>>),
    /// Of an earlier answer: the bytes that it had.
    Stored(String),
}

/// Why a command was refused.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// Decided now.
    Fresh(Rejection),
    /// Of an earlier answer.
    Stored(StoredRefusal),
}

impl Outcome {
    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.verdict {
            Verdict::Refused(refusal) => Some(refusal),
            Verdict::Changed { .. } | Verdict::Unchanged { .. } => None,
        }
    }

    /// The bytes of its event, if there is one.
    pub fn event(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Changed { event, .. } => Some(event),
            Verdict::Unchanged { .. } | Verdict::Refused(_) => None,
        }
    }
}

impl Resource {
    /// What the facts say of the subject.
    pub(super) fn of(facts: &Facts, subject: Subject) -> Resource {
        let project = &facts.state.project;
        match subject {
            Subject::Project => Resource::Project(Box::new(project.clone())),
            Subject::Member(user) => Resource::Member { user, role: facts.role(user) },
            Subject::Task(id) => Resource::Task(facts.any_task(id).cloned().map(Box::new)),
            Subject::Dependency(dependency) => Resource::Dependency(dependency),
            Subject::Label(key) => Resource::Label(project.label(&key).cloned()),
            Subject::Field(key) => Resource::Field(project.field(key.as_str()).cloned()),
            Subject::Comment(id) => Resource::Comment(facts.comments.get(&id).cloned().map(Box::new)),
        }
    }

    /// An object whose one member is the resource: what an answer shows, and what is stored.
    pub fn to_json(&self) -> String {
        let named = match self {
            Resource::Project(project) => json!({"project": project}),
            Resource::Member { user, role } => json!({"member": {"user": user, "role": role}}),
            Resource::Task(task) => json!({"task": task}),
            Resource::Dependency(dependency) => json!({"dependency": dependency}),
            Resource::Label(label) => json!({"label": label}),
            Resource::Field(field) => json!({"field": field}),
            Resource::Comment(comment) => json!({"comment": comment}),
            Resource::Stored(text) => return text.clone(),
        };
        named.to_string()
    }
}

impl Refusal {
    /// What kind of refusal it is, which decides how a door answers.
    pub fn kind(&self) -> RejectionKind {
        match self {
            Refusal::Fresh(rejection) => rejection.kind(),
            Refusal::Stored(stored) => stored.kind,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Refusal::Fresh(rejection) => rejection.code(),
            Refusal::Stored(stored) => &stored.code,
        }
    }

    /// Words for people.
    pub fn detail(&self) -> String {
        match self {
            Refusal::Fresh(rejection) => rejection.detail(),
            Refusal::Stored(stored) => stored.detail.clone(),
        }
    }

    /// What would help, by name.
    pub fn extensions(&self) -> Map<String, Value> {
        match self {
            Refusal::Fresh(rejection) => rejection.extensions(),
            Refusal::Stored(stored) => stored.extensions.clone(),
        }
    }
}

//! Why the domain says no. Each has a stable code and tells what would help.

use crate::Version;
use crate::access::Role;
use crate::dependency::MOST_EDGES;
use crate::field::FieldType;
use crate::ids::{TaskId, UserId};
use crate::json::Refused;
use crate::task::TaskRef;
use crate::text::Key;
use serde_json::{Map, Value, json};

/// A command that was understood and refused by a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Rejection {
    /// The actor's role is below what the command needs.
    Forbidden {
        /// The least role that is enough.
        needs: Role,
    },
    /// Not the author of the comment, nor an owner.
    NotAuthor,
    /// The actor uses an API token that may only read.
    InsufficientScope,
    /// The actor uses an API token, which never changes who is a member.
    SessionRequired,
    /// There is no such project, it is in the bin, or the actor is not a member.
    ProjectNotFound,
    /// The project is archived, so it is read-only.
    ProjectArchived,
    /// There is no such task in the project.
    TaskNotFound,
    /// The task is in the bin.
    TaskDeleted,
    /// The task is archived, so it is read-only.
    TaskArchived {
        /// The task that would have to come back.
        task: TaskId,
    },
    /// There is no such comment in the project, or on the task.
    CommentNotFound,
    /// The comment's text was taken away.
    CommentDeleted,
    /// The person is not a member.
    MemberNotFound,
    /// The person is a member already, with another role.
    AlreadyMember {
        /// The role that the person has.
        role: Role,
    },
    /// The project would have no owner left.
    LastOwner,
    /// The person has no account.
    UnknownUser {
        /// The person.
        user: UserId,
    },
    /// Somebody who would be assigned, and is not a member.
    UnknownAssignee {
        /// Those people.
        users: Vec<UserId>,
    },
    /// The id that the client chose is taken.
    IdTaken,
    /// The project has no label with that key.
    LabelNotFound,
    /// The project has no custom field with that key.
    FieldNotFound,
    /// Labels that the project does not have, or has archived.
    UnknownLabel {
        /// Those labels.
        labels: Vec<Key>,
        /// The keys of all labels that tasks can get.
        allowed: Vec<Key>,
    },
    /// A project has at most so many labels, or fields.
    TooManyDefinitions {
        /// `too_many_labels` or `too_many_fields`.
        code: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// The values that tasks have in a field are of its type, so it stays.
    FieldTypeFixed {
        /// The type that the field has.
        kind: FieldType,
    },
    /// An edge, or a parent, that would close a circle; the way round it.
    DependencyCycle {
        /// The tasks of the circle, in order; the first one stands at the end again.
        path: Vec<TaskRef>,
    },
    /// Judging the command would walk over more edges than [`MOST_EDGES`].
    GraphTooLarge,
    /// Tasks that leave the board together and would not come back in one event.
    TooLargeAtOnce {
        /// `too_large_to_delete` or `too_large_to_archive`.
        code: &'static str,
        /// How many bytes the tasks and their edges have.
        bytes: usize,
        /// How many they may have.
        most: usize,
    },
    /// Tasks that have to be done, or cancelled, first.
    Blocked {
        /// Those tasks.
        blockers: Vec<TaskRef>,
    },
    /// The task changed since the version that was expected.
    Stale {
        /// The version of the task.
        current: Version,
    },
    /// The task is not at the version that the request's `If-Match` names.
    PreconditionFailed {
        /// The version of the task.
        current: Version,
    },
    /// The workflow has no status with that key.
    UnknownStatus {
        /// The keys of the statuses that may follow.
        allowed: Vec<Key>,
    },
    /// The workflow does not have this step.
    TransitionNotAllowed {
        /// The key of the task's status.
        from: Key,
        /// The keys of the statuses that may follow.
        allowed: Vec<Key>,
    },
    /// The new workflow lacks statuses that tasks have.
    StatusInUse {
        /// Those statuses.
        statuses: Vec<Key>,
    },
    /// A value that only together with what is stored breaks a limit.
    InvalidField {
        /// A JSON Pointer (RFC 6901) into the command.
        pointer: String,
        /// What is wrong with the value.
        refused: Refused,
    },
    /// A task has at most so many people who follow it.
    TooManyWatchers {
        /// How many it may have.
        most: usize,
    },
    /// There is no event of that version.
    EventNotFound,
    /// What an event touched has changed since.
    UndoConflict {
        /// Their names.
        fields: Vec<String>,
    },
    /// The event is one that nothing takes back.
    CannotUndo {
        /// Why, in words.
        reason: &'static str,
    },
    /// The same command id was used for another command.
    IdempotencyKeyReused,
    /// In a batch: the command names what an earlier, refused one would have made.
    DependsOnRefused,
}

/// Which kind of answer a rejection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionKind {
    /// The actor may not do this.
    Forbidden,
    /// What the command names is not there.
    NotFound,
    /// The current state does not allow it. Another command, or the same one later, may succeed.
    Conflict,
    /// A precondition of the request did not hold.
    Precondition,
    /// A rule does not allow it.
    Unprocessable,
}

/// A stable code that a command may be refused with, and the kind of answer that it is.
pub type Code = (RejectionKind, &'static str);

/// Of commands that an archived project refuses.
pub const ARCHIVED: Code = (RejectionKind::Unprocessable, "project_archived");
/// Of commands that change who is a member.
pub const SESSION_REQUIRED: Code = (RejectionKind::Forbidden, "session_required");
/// Of commands on a task that may be archived.
pub const OF_ANY_TASK: &[Code] =
    &[(RejectionKind::NotFound, "task_not_found"), (RejectionKind::Conflict, "task_deleted"), ARCHIVED];
/// Of commands that change a task.
pub const OF_TASK: &[Code] = &[
    (RejectionKind::NotFound, "task_not_found"),
    (RejectionKind::Conflict, "task_deleted"),
    (RejectionKind::Unprocessable, "task_archived"),
    ARCHIVED,
];
/// Of commands that must not close a circle.
pub const OF_GRAPH: &[Code] =
    &[(RejectionKind::Unprocessable, "dependency_cycle"), (RejectionKind::Unprocessable, "graph_too_large")];

impl Rejection {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Rejection::Forbidden { .. } => "forbidden",
            Rejection::NotAuthor => "not_author",
            Rejection::InsufficientScope => "insufficient_scope",
            Rejection::SessionRequired => "session_required",
            Rejection::ProjectNotFound => "not_found",
            Rejection::ProjectArchived => "project_archived",
            Rejection::TaskNotFound => "task_not_found",
            Rejection::TaskDeleted => "task_deleted",
            Rejection::TaskArchived { .. } => "task_archived",
            Rejection::CommentNotFound => "comment_not_found",
            Rejection::CommentDeleted => "comment_deleted",
            Rejection::MemberNotFound => "member_not_found",
            Rejection::AlreadyMember { .. } => "already_member",
            Rejection::LastOwner => "last_owner",
            Rejection::UnknownUser { .. } => "unknown_user",
            Rejection::UnknownAssignee { .. } => "unknown_assignee",
            Rejection::IdTaken => "id_taken",
            Rejection::LabelNotFound => "label_not_found",
            Rejection::FieldNotFound => "field_not_found",
            Rejection::UnknownLabel { .. } => "unknown_label",
            Rejection::TooManyDefinitions { code, .. } => code,
            Rejection::FieldTypeFixed { .. } => "field_type_fixed",
            Rejection::TooManyWatchers { .. } => "too_many_watchers",
            Rejection::DependencyCycle { .. } => "dependency_cycle",
            Rejection::GraphTooLarge => "graph_too_large",
            Rejection::TooLargeAtOnce { code, .. } => code,
            Rejection::Blocked { .. } => "blocked",
            Rejection::Stale { .. } | Rejection::PreconditionFailed { .. } => "stale",
            Rejection::UnknownStatus { .. } => "unknown_status",
            Rejection::TransitionNotAllowed { .. } => "transition_not_allowed",
            Rejection::StatusInUse { .. } => "status_in_use",
            Rejection::InvalidField { refused, .. } => refused.code,
            Rejection::EventNotFound => "event_not_found",
            Rejection::UndoConflict { .. } => "undo_conflict",
            Rejection::CannotUndo { .. } => "cannot_undo",
            Rejection::IdempotencyKeyReused => "idempotency_key_reused",
            Rejection::DependsOnRefused => "depends_on_refused",
        }
    }

    /// Which kind of answer it is.
    pub fn kind(&self) -> RejectionKind {
        match self {
            Rejection::Forbidden { .. }
            | Rejection::NotAuthor
            | Rejection::InsufficientScope
            | Rejection::SessionRequired => RejectionKind::Forbidden,
            Rejection::ProjectNotFound
            | Rejection::TaskNotFound
            | Rejection::CommentNotFound
            | Rejection::LabelNotFound
            | Rejection::FieldNotFound
            | Rejection::EventNotFound
            | Rejection::MemberNotFound => RejectionKind::NotFound,
            Rejection::TaskDeleted
            | Rejection::CommentDeleted
            | Rejection::AlreadyMember { .. }
            | Rejection::LastOwner
            | Rejection::IdTaken
            | Rejection::Stale { .. }
            | Rejection::UndoConflict { .. } => RejectionKind::Conflict,
            Rejection::PreconditionFailed { .. } => RejectionKind::Precondition,
            Rejection::ProjectArchived
            | Rejection::UnknownUser { .. }
            | Rejection::UnknownAssignee { .. }
            | Rejection::UnknownLabel { .. }
            | Rejection::TooManyDefinitions { .. }
            | Rejection::FieldTypeFixed { .. }
            | Rejection::TooManyWatchers { .. }
            | Rejection::DependencyCycle { .. }
            | Rejection::GraphTooLarge
            | Rejection::TooLargeAtOnce { .. }
            | Rejection::TaskArchived { .. }
            | Rejection::Blocked { .. }
            | Rejection::UnknownStatus { .. }
            | Rejection::TransitionNotAllowed { .. }
            | Rejection::StatusInUse { .. }
            | Rejection::InvalidField { .. }
            | Rejection::CannotUndo { .. }
            | Rejection::IdempotencyKeyReused
            | Rejection::DependsOnRefused => RejectionKind::Unprocessable,
        }
    }

    /// Whether a repeat of the command gets this very answer again: a refusal by a rule, judged under the lock.
    /// What depends on who asks, and what was never decided, is judged anew.
    pub fn is_kept(&self) -> bool {
        self.kind() != RejectionKind::Forbidden
            && !matches!(
                self,
                Rejection::ProjectNotFound | Rejection::IdempotencyKeyReused | Rejection::DependsOnRefused
            )
    }

    /// Words for people.
    pub fn detail(&self) -> String {
        match self {
            Rejection::Forbidden { needs } => {
                format!("this needs the role {} in the project", needs.as_str())
            }
            Rejection::NotAuthor => "only its author or an owner may change a comment".into(),
            Rejection::InsufficientScope => "this API token may only read".into(),
            Rejection::SessionRequired => "this needs a login; an API token is not enough".into(),
            Rejection::ProjectNotFound => "there is no such project, or you are not a member of it".into(),
            Rejection::ProjectArchived => "the project is archived and read-only".into(),
            Rejection::TaskNotFound => "there is no such task in this project".into(),
            Rejection::TaskDeleted => "the task was deleted; restore it first".into(),
            Rejection::TaskArchived { .. } => {
                "the task is archived and read-only; bring it back with task.unarchive first".into()
            }
            Rejection::CommentNotFound => "there is no such comment in this project".into(),
            Rejection::CommentDeleted => "the comment was deleted".into(),
            Rejection::MemberNotFound => "that person is not a member of this project".into(),
            Rejection::AlreadyMember { role } => {
                format!("that person is already a member, as {}", role.as_str())
            }
            Rejection::LastOwner => "a project keeps at least one owner".into(),
            Rejection::UnknownUser { user } => {
                format!("nobody with the id {user} shares a project with you: make an invitation")
            }
            Rejection::UnknownAssignee { .. } => "only members of the project can be assigned".into(),
            Rejection::IdTaken => "the id is already used for something else".into(),
            Rejection::LabelNotFound => "the project has no such label".into(),
            Rejection::FieldNotFound => "the project has no such field".into(),
            Rejection::UnknownLabel { .. } => "the project has no such label, or has archived it".into(),
            Rejection::TooManyDefinitions { code, most } => {
                let what = code.trim_start_matches("too_many_");
                format!("a project has at most {most} {what}, archived ones included")
            }
            Rejection::TooManyWatchers { most } => format!("a task is followed by at most {most} people"),
            Rejection::FieldTypeFixed { .. } => {
                "the type of a field never changes; make another field".into()
            }
            Rejection::DependencyCycle { .. } => "this would close a circle; path names its tasks".into(),
            Rejection::GraphTooLarge => {
                format!("judging this would take a walk over more than {MOST_EDGES} dependencies")
            }
            Rejection::TooLargeAtOnce { code, .. } => {
                let verb = code.trim_start_matches("too_large_to_");
                format!(
                    "the task and everything below it are too large to be {verb}d at once; {verb} parts first"
                )
            }
            Rejection::Blocked { .. } => {
                "the task waits for others that are neither done nor cancelled; an owner can override this"
                    .into()
            }
            Rejection::Stale { current } | Rejection::PreconditionFailed { current } => {
                format!("the task has changed meanwhile; it is at version {current}")
            }
            Rejection::UnknownStatus { .. } => "the project's workflow has no such status".into(),
            Rejection::TransitionNotAllowed { from, .. } => {
                format!("the workflow does not allow this from {from}")
            }
            Rejection::StatusInUse { .. } => "a status that tasks stand in cannot be removed".into(),
            Rejection::InvalidField { refused, .. } => refused.detail.clone(),
            Rejection::EventNotFound => "the project has no event of that version".into(),
            Rejection::UndoConflict { fields } => {
                format!("what the event changed was changed again since: {}", fields.join(", "))
            }
            Rejection::CannotUndo { reason } => (*reason).into(),
            Rejection::IdempotencyKeyReused => "this command id was already used for another command".into(),
            Rejection::DependsOnRefused => {
                "it names what an earlier command of the batch failed to create".into()
            }
        }
    }

    /// Members that the problem document has beside the standard ones (RFC 9457 §3.2).
    pub fn extensions(&self) -> Map<String, Value> {
        let value = match self {
            Rejection::Forbidden { needs } => json!({"needs": needs}),
            Rejection::AlreadyMember { role } => json!({"role": role}),
            Rejection::UnknownUser { user } => json!({"user": user}),
            Rejection::UnknownAssignee { users } => json!({"users": users}),
            Rejection::UnknownLabel { labels, allowed } => json!({"labels": labels, "allowed": allowed}),
            Rejection::TooManyDefinitions { most, .. } | Rejection::TooManyWatchers { most } => {
                json!({"most": most})
            }
            Rejection::FieldTypeFixed { kind } => json!({"allowed": [kind]}),
            Rejection::DependencyCycle { path } => json!({"path": path}),
            Rejection::TooLargeAtOnce { bytes, most, .. } => json!({"bytes": bytes, "most": most}),
            Rejection::TaskArchived { task } => json!({"task": task}),
            Rejection::Blocked { blockers } => json!({"blockers": blockers}),
            Rejection::Stale { current } | Rejection::PreconditionFailed { current } => {
                json!({"current": current})
            }
            Rejection::UnknownStatus { allowed } => json!({"allowed": allowed}),
            Rejection::TransitionNotAllowed { from, allowed } => json!({"from": from, "allowed": allowed}),
            Rejection::StatusInUse { statuses } => json!({"statuses": statuses}),
            Rejection::UndoConflict { fields } => json!({"fields": fields}),
            Rejection::InvalidField { pointer, refused } => {
                json!({"errors": [{"pointer": pointer, "detail": refused.detail, "code": refused.code}]})
            }
            Rejection::NotAuthor
            | Rejection::InsufficientScope
            | Rejection::SessionRequired
            | Rejection::ProjectNotFound
            | Rejection::ProjectArchived
            | Rejection::TaskNotFound
            | Rejection::TaskDeleted
            | Rejection::CommentNotFound
            | Rejection::CommentDeleted
            | Rejection::MemberNotFound
            | Rejection::LabelNotFound
            | Rejection::FieldNotFound
            | Rejection::GraphTooLarge
            | Rejection::LastOwner
            | Rejection::IdTaken
            | Rejection::EventNotFound
            | Rejection::CannotUndo { .. }
            | Rejection::IdempotencyKeyReused
            | Rejection::DependsOnRefused => json!({}),
        };
        let Value::Object(extensions) = value else { unreachable!("each arm is an object") };
        extensions
    }
}

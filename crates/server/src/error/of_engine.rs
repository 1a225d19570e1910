//! What the engine could not do, as a problem.

use super::ApiError;
use domain::json::{FieldProblem, Invalid, Refused};
use engine::execute::{ExecuteError, Refusal};
use engine::filters::{FilterError, MOST_FILTERS};
use engine::people::PeopleError;
use engine::{ReadError, UnknownValues};
use serde_json::{Value, json};

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::not_found(),
            ReadError::SessionEnded => Self::session_ended(),
            ReadError::Resync { epoch, head } => {
                let detail = "The position is of another epoch or beyond the head: load the snapshot.";
                Self::new("resync", detail).with("epoch", json!(epoch)).with("head", json!(head))
            }
            ReadError::UnknownValue(unknown) => Self::unknown_value(*unknown),
            ReadError::Unreadable { parameter, allowed } => {
                Self::new("invalid_query", format!("{parameter} must be {allowed}."))
            }
            ReadError::Unavailable(cause) => Self::unavailable(cause),
            ReadError::Defect(cause) => Self::internal(cause),
        }
    }
}

impl ApiError {
    fn unknown_value(UnknownValues { pointers, allowed }: UnknownValues) -> Self {
        let detail = || "is nothing that the project has".to_owned();
        let problem = |pointer| FieldProblem { pointer, code: "unknown_value", detail: detail() };
        let error: ApiError = Invalid { errors: pointers.into_iter().map(problem).collect() }.into();
        error.with("allowed", json!(allowed))
    }
}

impl From<PeopleError> for ApiError {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::SignupClosed => {
                Self::new("signup_closed", "Ask for an invitation, or whoever runs this installation.")
            }
            PeopleError::EmailTaken => Self::new("email_taken", "Log in instead."),
            PeopleError::WrongCredentials => Self::new("invalid_credentials", "Check both and try again."),
            PeopleError::WrongPassword => Self::new("wrong_password", "Type the password of your account."),
            PeopleError::LinkGone => Self::new(
                "link_gone",
                "It was used, replaced, or is older than an hour: ask for another one.",
            ),
            PeopleError::Preferences(refused) => {
                let Refused { code, detail } = refused;
                let problem = FieldProblem { pointer: "/preferences".to_owned(), detail, code };
                Invalid { errors: vec![problem] }.into()
            }
            PeopleError::AdminRequired => {
                Self::new("admin_required", "Only an administrator of this installation may do this.")
            }
            PeopleError::OwnAccount => Self::new("own_account", "Ask another administrator."),
            PeopleError::SoleOwner { projects } => {
                let named = |(id, name)| json!({"id": id, "name": name});
                let projects: Vec<Value> = projects.into_iter().map(named).collect();
                let detail = "Give these projects another owner, or delete them.";
                Self::new("last_owner", detail).with("projects", json!(projects))
            }
            PeopleError::AccountDisabled => {
                Self::new("account_disabled", "Ask whoever runs this installation.")
            }
            PeopleError::TooManyAttempts { wait_seconds } => {
                let detail = "Too many tries for this account from your address.";
                Self::new("too_many_attempts", detail).retry_after(wait_seconds)
            }
            PeopleError::UnknownToken => Self::new("invalid_token", "Log in again."),
            PeopleError::TooManyTokens => {
                Self::new("too_many_tokens", "A person has at most 50 API tokens: revoke one first.")
            }
            PeopleError::UnknownProjects => {
                Self::new("unknown_project", "You are not a member of all of these projects.")
            }
            PeopleError::InvitationGone { guessed: _ } => Self::new(
                "invitation_gone",
                "It was used up, revoked, has expired, is for another address, or whoever made it may not invite any more.",
            ),
            PeopleError::TooManyInvitations => Self::new(
                "too_many_invitations",
                "At most 100 invitations into a project are open at a time: revoke one first.",
            ),
            PeopleError::UnownedProjects => {
                Self::new("unknown_project", "You are not an owner of all of these projects.")
            }
            PeopleError::Refused(rejection) => Self::refused(&Refusal::Fresh(rejection)),
            PeopleError::SessionEnded => Self::session_ended(),
            PeopleError::NotFound => Self::not_found(),
            PeopleError::TooManyMutes => Self::new(
                "too_many_mutes",
                "A person mutes at most 1,000 tasks and projects: unmute one first.",
            ),
            PeopleError::Unavailable(cause) => Self::unavailable(cause),
            PeopleError::OutcomeUnknown(cause) => Self::outcome_unknown(cause),
            PeopleError::Defect(cause) => Self::internal(cause),
        }
    }
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        match error {
            FilterError::NotFound => Self::not_found(),
            FilterError::SessionEnded => Self::session_ended(),
            FilterError::Refused(rejection) => Self::refused(&Refusal::Fresh(rejection)),
            FilterError::TooMany => {
                let detail =
                    format!("A person has at most {MOST_FILTERS} filters in a project: delete one first.");
                Self::new("too_many_filters", detail)
            }
            FilterError::Unavailable(cause) => Self::unavailable(cause),
            FilterError::OutcomeUnknown(cause) => Self::outcome_unknown(cause),
            FilterError::Defect(cause) => Self::internal(cause),
        }
    }
}

impl From<ExecuteError> for ApiError {
    fn from(error: ExecuteError) -> Self {
        let cause = error.to_string();
        match error {
            ExecuteError::NotFound => Self::not_found(),
            ExecuteError::SessionEnded => Self::session_ended(),
            ExecuteError::Busy => {
                Self::new("project_busy", "Too many changes wait for this project.").retry_after(1)
            }
            ExecuteError::Unavailable(_) => Self::unavailable(cause),
            ExecuteError::OutcomeUnknown => {
                let detail = "It may have happened. Repeat it with the same Idempotency-Key to know.";
                let mut error = Self::new("outcome_unknown", detail).retry_after(1);
                error.0.cause = Some(cause);
                error
            }
            ExecuteError::UsedBefore | ExecuteError::Defect(_) => Self::internal(cause),
        }
    }
}

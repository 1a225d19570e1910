//! Why a person is not let in.

use crate::execute::ExecuteError;
use crate::work::Stopped;
use domain::json::Refused;
use domain::{ProjectId, Rejection};
use store::StoreError;

/// Why an account or a session was not had.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeopleError {
    /// Accounts are made in another way here.
    #[error("registration is not open")]
    SignupClosed,
    /// The address belongs to an account.
    #[error("the address has an account already")]
    EmailTaken,
    /// The address or the password; which one is not told.
    #[error("the address or the password is wrong")]
    WrongCredentials,
    /// The password that a logged-in person was asked for again.
    #[error("the password is wrong")]
    WrongPassword,
    /// A link that is unknown, used, replaced or too old.
    #[error("the link is not valid any more")]
    LinkGone,
    /// What the page shall remember is too large, too deep, or has U+0000 in it.
    #[error("the preferences are refused: {}", .0.detail)]
    Preferences(Refused),
    /// Only for administrators.
    #[error("only an administrator may do this")]
    AdminRequired,
    /// An administrator does not stop their own account.
    #[error("this is your own account")]
    OwnAccount,
    /// The person is the only owner of projects, which therefore cannot be left.
    #[error("the only owner of projects")]
    SoleOwner {
        /// Those projects, with their names.
        projects: Vec<(ProjectId, String)>,
    },
    /// The operator has disabled the account.
    #[error("the account is disabled")]
    AccountDisabled,
    /// Too many tries for this account from this address.
    #[error("too many failed logins")]
    TooManyAttempts {
        /// Seconds until the next try is looked at.
        wait_seconds: u64,
    },
    /// The refresh token is none of ours.
    #[error("the token is not valid")]
    UnknownToken,
    /// The session ended, or the account was disabled.
    #[error("the session has ended")]
    SessionEnded,
    /// The person has as many API tokens as one may have.
    #[error("too many API tokens")]
    TooManyTokens,
    /// A token for projects of which the person is no member.
    #[error("no member of these projects")]
    UnknownProjects,
    /// An invitation that is unknown, spent, revoked, too old, for somebody else, or void.
    #[error("the invitation is not valid")]
    InvitationGone {
        /// Whether whoever asks may be guessing: there is no such invitation, or it is for another address.
        guessed: bool,
    },
    /// As many invitations into the project are open as may be.
    #[error("too many invitations")]
    TooManyInvitations,
    /// An invitation into projects that the person does not own.
    #[error("no owner of these projects")]
    UnownedProjects,
    /// A rule of a project says no.
    #[error("{}", .0.detail())]
    Refused(Rejection),
    /// There is no such account or session.
    #[error("not found")]
    NotFound,
    /// The person has muted as much as one may.
    #[error("too many mutes")]
    TooManyMutes,
    /// Nothing happened.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// It may have happened.
    #[error("outcome unknown: {0}")]
    OutcomeUnknown(String),
    /// A defect of ours.
    #[error("defect: {0}")]
    Defect(String),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> Self {
        let cause = error.to_string();
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Unavailable(_) | StoreError::Serialization(_) | StoreError::Unsuitable(_) => {
                Self::Unavailable(cause)
            }
            StoreError::Constraint { .. } | StoreError::Query(_) => Self::Defect(cause),
        }
    }
}

/// Of BEGIN and COMMIT.
impl From<store::QueryError> for PeopleError {
    fn from(error: store::QueryError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<ExecuteError> for PeopleError {
    fn from(error: ExecuteError) -> Self {
        let cause = error.to_string();
        match error {
            ExecuteError::NotFound => Self::NotFound,
            ExecuteError::SessionEnded => Self::SessionEnded,
            ExecuteError::Busy | ExecuteError::Unavailable(_) => Self::Unavailable(cause),
            ExecuteError::OutcomeUnknown => Self::OutcomeUnknown(cause),
            ExecuteError::UsedBefore | ExecuteError::Defect(_) => Self::Defect(cause),
        }
    }
}

impl From<Stopped> for PeopleError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Late => Self::OutcomeUnknown("the request took too long".to_owned()),
            Stopped::Died(cause) => Self::Defect(cause),
        }
    }
}

//! Why a person is not let in.

use crate::work::Stopped;
use domain::ProjectId;
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

impl From<Stopped> for PeopleError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Late => Self::OutcomeUnknown("the request took too long".to_owned()),
            Stopped::Died(cause) => Self::Defect(cause),
        }
    }
}

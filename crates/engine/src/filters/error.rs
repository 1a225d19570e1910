//! Why a filter was not written.

use crate::people::Commit;
use crate::work::Stopped;
use domain::Rejection;
use store::StoreError;

/// Why a filter was not written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FilterError {
    /// There is no such filter or project, or it is not the caller's to see.
    #[error("not found")]
    NotFound,
    /// The session ended, or the account was disabled.
    #[error("the session has ended")]
    SessionEnded,
    /// A rule of the project says no.
    #[error("refused")]
    Refused(Rejection),
    /// The person has made as many filters in the project as one may make.
    #[error("too many filters")]
    TooMany,
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

impl FilterError {
    /// What the failure of a transaction is to the caller.
    pub(super) fn after(self, commit: &Commit) -> FilterError {
        if let FilterError::Unavailable(cause) = &self
            && commit.was_begun()
        {
            return FilterError::OutcomeUnknown(cause.clone());
        }
        self
    }
}

impl From<StoreError> for FilterError {
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
impl From<store::QueryError> for FilterError {
    fn from(error: store::QueryError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<Stopped> for FilterError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Late => Self::OutcomeUnknown("the request took too long".to_owned()),
            Stopped::Died(cause) => Self::Defect(cause),
        }
    }
}

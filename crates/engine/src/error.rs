//! Why there is no answer to a question.

use crate::work::Stopped;
use domain::Version;
use store::StoreError;

/// Why nothing could be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// It is not there, or not the caller's to see.
    #[error("not found")]
    NotFound,
    /// The session ended, or the account was disabled.
    #[error("the session has ended")]
    SessionEnded,
    /// The position is of another epoch, or beyond the head.
    #[error("the position is void")]
    Resync {
        /// The epoch of the log that there is.
        epoch: String,
        /// Its last version.
        head: Version,
    },
    /// A filter names what the project does not have.
    #[error("unknown value")]
    UnknownValue(Box<UnknownValues>),
    /// What is asked of a field is no value of its type.
    #[error("unreadable value")]
    Unreadable {
        /// The parameter.
        parameter: String,
        /// What it takes, in words.
        allowed: String,
    },
    /// Postgres is away or slow; trying again may help.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect of ours.
    #[error("defect: {0}")]
    Defect(String),
}

/// Values of a filter's parameter that the project does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValues {
    /// JSON Pointers (RFC 6901) to them, in the parameters as an object of lists.
    pub pointers: Vec<String>,
    /// What the parameter takes.
    pub allowed: Vec<String>,
}

impl ReadError {
    pub(crate) fn unknown_value(pointers: Vec<String>, allowed: Vec<String>) -> ReadError {
        ReadError::UnknownValue(Box::new(UnknownValues { pointers, allowed }))
    }
}

impl From<StoreError> for ReadError {
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
impl From<store::QueryError> for ReadError {
    fn from(error: store::QueryError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<Stopped> for ReadError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Late => Self::Unavailable("the request took too long".to_owned()),
            Stopped::Died(cause) => Self::Defect(cause),
        }
    }
}

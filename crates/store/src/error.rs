//! What can go wrong between us and Postgres, sorted by what the caller can do about it.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// What every query function answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a query, or the way to it, failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row that should be there is not.
    #[error("no such row")]
    NotFound,
    /// A constraint refused the row (SQLSTATE class 23). Names the constraint, never the values.
    #[error("constraint {name} refused the row")]
    Constraint {
        /// The constraint, or the column that must not be null.
        name: String,
    },
    /// Postgres cannot serve now: no connection, no time, shutting down, a standby. Trying later may help. At COMMIT it
    /// leaves open whether the transaction happened.
    #[error("Postgres is not available: {0}")]
    Unavailable(String),
    /// This transaction lost against another one (40001, 40P01): run it again.
    #[error("the transaction must be repeated: {0}")]
    Serialization(String),
    /// This Postgres must not be used as it is configured; the text says what to change.
    #[error("{0}")]
    Unsuitable(String),
    /// The statement itself is wrong, or a value does not fit (SQLSTATE class 22): a defect of ours.
    #[error("query failed: {0}")]
    Query(String),
}

/// Beginnings of Postgres' messages that mean "not now". diesel-async keeps the SQLSTATE of few errors, so these are told
/// by their words; connections ask for untranslated ones (`lc_messages = C`). In order: 57014 and 55P03, 57P01 to
/// 57P05 and 25P03, 57P03, 53300, class 53.
const NOT_NOW: &[&str] = &[
    "canceling statement",
    "terminating connection",
    "the database system is",
    "sorry, too many clients",
    "remaining connection slots",
    "too many connections",
    "out of memory",
    "out of shared memory",
    "could not extend file",
    "could not obtain lock",
    "cannot execute",
];

impl From<Error> for StoreError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "diesel's Error is non_exhaustive")]
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(kind, info) => from_database(kind, &*info),
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Error::BrokenTransactionManager => Self::Unavailable("the connection broke".to_owned()),
            other => Self::Query(other.to_string()),
        }
    }
}

fn from_database(kind: DatabaseErrorKind, info: &(dyn DatabaseErrorInformation + Send + Sync)) -> StoreError {
    use DatabaseErrorKind as Kind;
    let message = info.message();
    match kind {
        Kind::UniqueViolation
        | Kind::ForeignKeyViolation
        | Kind::NotNullViolation
        | Kind::CheckViolation
        | Kind::RestrictViolation
        | Kind::ExclusionViolation => {
            let name = info.constraint_name().or(info.column_name()).unwrap_or("(unnamed)");
            StoreError::Constraint { name: name.to_owned() }
        }
        Kind::SerializationFailure => StoreError::Serialization(message.to_owned()),
        Kind::ReadOnlyTransaction | Kind::UnableToSendCommand | Kind::ClosedConnection => {
            StoreError::Unavailable(message.to_owned())
        }
        _ if message == "deadlock detected" => StoreError::Serialization(message.to_owned()),
        _ if NOT_NOW.iter().any(|start| message.starts_with(start)) => {
            StoreError::Unavailable(message.to_owned())
        }
        _ => StoreError::Query(message.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(message: &str) -> StoreError {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
    }

    #[test]
    fn a_timeout_or_a_shutdown_is_unavailable_and_a_deadlock_is_repeated() {
        for message in [
            "canceling statement due to statement timeout",
            "canceling statement due to lock timeout",
            "terminating connection due to administrator command",
            "the database system is starting up",
        ] {
            assert!(matches!(unknown(message), StoreError::Unavailable(_)), "{message}");
        }
        assert!(matches!(unknown("deadlock detected"), StoreError::Serialization(_)));
        assert!(matches!(unknown("invalid byte sequence"), StoreError::Query(_)));
    }
}

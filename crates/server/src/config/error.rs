//! What is told of a wrong setting.

/// A wrong setting: names the variable, its value unless it is secret, and what is allowed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

pub type Result<T> = std::result::Result<T, ConfigError>;

//! Between what Postgres keeps and what the domain names.

use crate::Result;
use crate::error::StoreError;
use domain::Role;
use domain::time::Moment;

pub(crate) fn moment(at: jiff_diesel::Timestamp) -> Moment {
    Moment::from(at.to_jiff())
}

pub(crate) fn role(name: &str) -> Result<Role> {
    Role::parse(name).ok_or_else(|| unreadable("role"))
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| StoreError::Query(format!("stored JSON: {error}")))
}

/// What we wrote ourselves and cannot read: a defect, or somebody else's hand in the tables.
pub(crate) fn unreadable(column: &str) -> StoreError {
    StoreError::Query(format!("column {column} holds what this version cannot read"))
}

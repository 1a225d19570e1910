//! Conversions between Postgres' values and the domain's.

use crate::Result;
use crate::error::StoreError;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Jsonb;
use domain::Role;
use domain::time::Moment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;

pub(crate) fn moment(at: jiff_diesel::Timestamp) -> Moment {
    Moment::from(at.to_jiff())
}

pub(crate) fn role(name: &str) -> Result<Role> {
    Role::parse(name).ok_or_else(|| unreadable("role"))
}

/// The first byte of a jsonb value on the wire: the version of its format (`jsonb_recv`). The JSON text follows.
const VERSION: u8 = 1;

/// The value of a jsonb column. It is read and written as `T` itself, without a tree of JSON in between.
#[derive(Debug, Clone, FromSqlRow, AsExpression)]
#[diesel(sql_type = Jsonb)]
pub(crate) struct Stored<T>(pub T);

impl<T: DeserializeOwned> FromSql<Jsonb, Pg> for Stored<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let text = value.as_bytes().strip_prefix(&[VERSION]).ok_or("jsonb of another version")?;
        serde_json::from_slice(text).map(Stored).map_err(|error| format!("stored JSON: {error}").into())
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<Jsonb, Pg> for Stored<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

/// The error for a stored value that this version cannot read. Lockstep wrote all of them, so it means a defect, or that
/// somebody else changed a table.
pub(crate) fn unreadable(column: &str) -> StoreError {
    StoreError::Query(format!("column {column} holds what this version cannot read"))
}

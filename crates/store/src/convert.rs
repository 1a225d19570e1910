//! Between what Postgres keeps and what the domain names.

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

/// The version of the format that Postgres sends and takes (`jsonb_recv`); the text follows.
const VERSION: u8 = 1;

/// What a jsonb column holds, read and written at once as what it is.
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

/// What we wrote ourselves and cannot read: a defect, or somebody else's hand in the tables.
pub(crate) fn unreadable(column: &str) -> StoreError {
    StoreError::Query(format!("column {column} holds what this version cannot read"))
}

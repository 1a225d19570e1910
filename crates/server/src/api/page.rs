//! Query parameters and cursors of lists. A cursor is opaque to clients, and good only for the list that gave it.

use crate::error::ApiError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::Version;
use domain::time::Moment;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::str::FromStr;
use uuid::Uuid;

/// The query parameters of a request, each at most once; one that nobody asks for is refused.
pub struct Query(HashMap<String, String>);

impl Query {
    /// # Errors
    /// 400 for a parameter that stands twice.
    pub fn of(query: &str) -> Result<Query, ApiError> {
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(invalid(&name, "stands twice"));
            }
        }
        Ok(Query(parameters))
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// # Errors
    /// 400 for what is no number in the range.
    pub fn number<T: FromStr + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        let allowed =
            || invalid(name, &format!("must be a number from {} to {}", range.start(), range.end()));
        number.map(Some).ok_or_else(allowed)
    }

    /// # Errors
    /// 400 for what is neither `true` nor `false`.
    pub fn flag(&mut self, name: &str) -> Result<bool, ApiError> {
        match self.0.remove(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(invalid(name, "must be true or false")),
        }
    }

    /// `limit`, 1 to 200, 50 by default.
    ///
    /// # Errors
    /// 400.
    pub fn limit(&mut self) -> Result<usize, ApiError> {
        Ok(self.number("limit", 1..=200)?.unwrap_or(50))
    }

    /// Where the page before ended; `filters` is what the cursor is bound to.
    ///
    /// # Errors
    /// 400 for a cursor of another list, or one we did not make.
    pub fn cursor(&mut self, filters: &str) -> Result<Option<Place>, ApiError> {
        let Some(text) = self.0.remove("cursor") else { return Ok(None) };
        let cursor: Option<Cursor> = decode(&text);
        let place = cursor.filter(|cursor| cursor.filters == filters).map(|cursor| cursor.place);
        // Nothing of ours is older; and Postgres knows no time before 4713 BC.
        let place = place.filter(|place| place.at.timestamp() >= jiff::Timestamp::UNIX_EPOCH);
        place.map(Some).ok_or_else(|| invalid("cursor", "is not one that this list gave"))
    }

    /// The version at which the page before ended, of a list that is ordered by version.
    ///
    /// # Errors
    /// 400 for a cursor of another list, or one we did not make.
    pub fn version_cursor(&mut self, filters: &str) -> Result<Option<Version>, ApiError> {
        let Some(text) = self.0.remove("cursor") else { return Ok(None) };
        let cursor: Option<VersionCursor> = decode(&text);
        let version = cursor.filter(|cursor| cursor.filters == filters).map(|cursor| cursor.version);
        version.map(Some).ok_or_else(|| invalid("cursor", "is not one that this list gave"))
    }

    /// # Errors
    /// 400 for a parameter that nobody asked for.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.keys().next() {
            Some(name) => Err(invalid(name, "is no parameter here")),
            None => Ok(()),
        }
    }
}

/// The last item of a page, by what the list is ordered by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    pub at: Moment,
    pub id: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    filters: String,
    place: Place,
}

/// The cursor after `place`.
pub fn cursor(filters: &str, place: Place) -> String {
    let cursor = Cursor { filters: filters.to_owned(), place };
    BASE64.encode(serde_json::to_vec(&cursor).expect("a cursor is JSON"))
}

#[derive(Serialize, Deserialize)]
struct VersionCursor {
    filters: String,
    version: Version,
}

/// The cursor of a page that ends with `version`.
pub fn version_cursor(filters: &str, version: Version) -> String {
    let cursor = VersionCursor { filters: filters.to_owned(), version };
    BASE64.encode(serde_json::to_vec(&cursor).expect("a cursor is JSON"))
}

fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&BASE64.decode(text).ok()?).ok()
}

fn invalid(name: &str, what: &str) -> ApiError {
    ApiError::new("invalid_query", format!("{name} {what}."))
}

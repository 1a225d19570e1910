//! Query parameters and cursors of lists. A cursor is opaque to clients, and good only for the list that gave it.

use crate::error::ApiError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::Version;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Most values of one filter.
pub const MOST_VALUES: usize = 100;
/// Most items of a page.
pub const LARGEST_PAGE: usize = 200;

/// The query parameters of a request; one that nobody asks for is refused.
pub struct Query(HashMap<String, Vec<String>>);

impl Query {
    pub fn of(query: &str) -> Query {
        let mut parameters: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            parameters.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Query(parameters)
    }

    /// One parameter with one value.
    pub fn only(name: &str, value: String) -> Query {
        Query(HashMap::from([(name.to_owned(), vec![value])]))
    }

    /// A parameter that stands at most once.
    ///
    /// # Errors
    /// 400 for one that stands twice, or has U+0000 in it, which Postgres does not take.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        let mut values = self.0.remove(name).unwrap_or_default();
        let value = values.pop();
        if !values.is_empty() {
            return Err(invalid(name, "stands twice"));
        }
        match value.as_ref().is_some_and(|text| text.contains('\0')) {
            true => Err(invalid(name, "must not contain U+0000")),
            false => Ok(value),
        }
    }

    /// A parameter that may stand several times; then any of its values counts.
    ///
    /// # Errors
    /// 400 for a value that `read` takes for none, and for more than a hundred.
    pub fn any_of<T>(
        &mut self,
        name: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, ApiError> {
        let values = self.0.remove(name).unwrap_or_default();
        if values.len() > MOST_VALUES {
            return Err(invalid(name, &format!("must not stand more than {MOST_VALUES} times")));
        }
        let read: Option<Vec<T>> = values.iter().map(|value| read(value)).collect();
        read.ok_or_else(|| invalid(name, &format!("must be {allowed}")))
    }

    /// What follows `before` in the names of parameters that begin with it.
    pub fn beginning(&self, before: &str) -> Vec<String> {
        let names = self.0.keys().filter_map(|name| name.strip_prefix(before));
        names.map(str::to_owned).collect()
    }

    /// A parameter that stands at most once and that `read` understands.
    ///
    /// # Errors
    /// 400.
    pub fn one<T>(
        &mut self,
        name: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| invalid(name, &format!("must be {allowed}")))
    }

    /// # Errors
    /// 400 for what is no number in the range.
    pub fn number<T: FromStr + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        let allowed =
            || invalid(name, &format!("must be a number from {} to {}", range.start(), range.end()));
        number.map(Some).ok_or_else(allowed)
    }

    /// # Errors
    /// 400 for what is neither `true` nor `false`.
    pub fn flag(&mut self, name: &str) -> Result<bool, ApiError> {
        match self.text(name)?.as_deref() {
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
        Ok(self.number("limit", 1..=LARGEST_PAGE)?.unwrap_or(50))
    }

    /// Where the page before ended; `filters` is what the cursor is bound to.
    ///
    /// # Errors
    /// 400 for a cursor of another list, or one we did not make.
    pub fn place<P: DeserializeOwned>(&mut self, filters: &str) -> Result<Option<P>, ApiError> {
        let Some(text) = self.text("cursor")? else { return Ok(None) };
        let cursor: Option<Cursor<P>> = decode(&text);
        let place = cursor.filter(|cursor| cursor.filters == filters).map(|cursor| cursor.place);
        place.map(Some).ok_or_else(foreign_cursor)
    }

    /// Identifies a list for its cursors: its parameters in sorted order, without those that choose a page or a minimal
    /// version.
    pub fn fingerprint(&self, list: &str) -> String {
        let mut asked: Vec<(&String, &String)> = Vec::new();
        let others = ["cursor", "limit", "min_version"];
        for (name, values) in self.0.iter().filter(|(name, _)| !others.contains(&name.as_str())) {
            asked.extend(values.iter().map(|value| (name, value)));
        }
        asked.sort();
        let hash = Sha256::digest(format!("{list} {asked:?}"));
        BASE64.encode(&hash[..16])
    }

    /// The version at which the page before ended, of a list that is ordered by version.
    ///
    /// # Errors
    /// 400 for a cursor of another list, or one we did not make.
    pub fn version_cursor(&mut self, filters: &str) -> Result<Option<Version>, ApiError> {
        self.place(filters)
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

#[derive(Serialize, Deserialize)]
struct Cursor<P> {
    filters: String,
    place: P,
}

fn foreign_cursor() -> ApiError {
    invalid("cursor", "is not one that this list gave")
}

/// The cursor after `place`.
pub fn cursor<P: Serialize>(filters: &str, place: P) -> String {
    let cursor = Cursor { filters: filters.to_owned(), place };
    BASE64.encode(serde_json::to_vec(&cursor).expect("a cursor is JSON"))
}

/// The cursor of a page that ends with `version`.
pub fn version_cursor(filters: &str, version: Version) -> String {
    cursor(filters, version)
}

fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&BASE64.decode(text).ok()?).ok()
}

/// 400 for a parameter.
pub fn invalid(name: &str, what: &str) -> ApiError {
    ApiError::new("invalid_query", format!("{name} {what}."))
}

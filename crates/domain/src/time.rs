//! Times as the contract writes them: UTC, always three decimals; and calendar dates.

use crate::json::{Refused, string};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// A moment in whole milliseconds, written `YYYY-MM-DDTHH:MM:SS.mmmZ` (RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-03T10:00:00.000Z")]
pub struct Moment(jiff::Timestamp);

impl Moment {
    /// What the clock says now.
    pub fn now() -> Moment {
        Moment::from(jiff::Timestamp::now())
    }

    /// The same as the library's type.
    pub fn timestamp(self) -> jiff::Timestamp {
        self.0
    }
}

impl From<jiff::Timestamp> for Moment {
    /// Cuts off what is finer than a millisecond.
    fn from(timestamp: jiff::Timestamp) -> Moment {
        let whole = jiff::Timestamp::from_millisecond(timestamp.as_millisecond());
        Moment(whole.expect("a timestamp in range stays in range in whole milliseconds"))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        jiff::Timestamp::deserialize(from).map(Moment::from)
    }
}

/// Reads a calendar date, `YYYY-MM-DD`, of the years 1900 to 9999.
///
/// # Errors
/// When the value is something else.
pub fn date(value: Value) -> Result<Date, Refused> {
    let text = string(value)?;
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    date.filter(|date| date.year() >= 1900)
        .ok_or_else(|| Refused::invalid("must be a date, YYYY-MM-DD, from 1900 on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_always_has_three_decimals() {
        let moment: Moment = serde_json::from_str("\"2026-11-03T10:00:00Z\"").expect("a time");
        assert_eq!(moment.to_string(), "2026-11-03T10:00:00.000Z");
        let finer: Moment = serde_json::from_str("\"2026-11-03T10:00:00.123999Z\"").expect("a time");
        assert_eq!(serde_json::to_string(&finer).expect("text"), "\"2026-11-03T10:00:00.123Z\"");
    }
}

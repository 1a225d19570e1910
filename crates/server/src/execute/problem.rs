//! A refusal as it is kept and shown: the part of a problem document (RFC 9457) that is the same at every repeat.

use domain::Rejection;
use domain::rejection::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A refusal by a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub status: u16,
    pub code: String,
    pub detail: String,
    /// Members of the problem document beside the standard ones.
    pub extensions: Map<String, Value>,
}

impl From<&Rejection> for Problem {
    fn from(rejection: &Rejection) -> Problem {
        let status = match rejection.kind() {
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::Conflict => 409,
            Kind::Unprocessable => 422,
        };
        let (detail, extensions) = (rejection.detail(), rejection.extensions());
        Problem { status, code: rejection.code().to_owned(), detail, extensions }
    }
}

impl Problem {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a problem is JSON")
    }

    /// Reads what [`Problem::to_json`] wrote.
    pub fn stored(text: &str) -> Problem {
        serde_json::from_str(text).unwrap_or_else(|_| Problem {
            status: 422,
            code: "refused".to_owned(),
            detail: "this command was refused by an earlier version of the server".to_owned(),
            extensions: Map::new(),
        })
    }
}

//! An answer, and the parts of it that tests ask for.

use reqwest::Response;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// A whole answer; a body that is not JSON is a string, no body is `null`.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    request: String,
}

/// What a write made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    pub id: Uuid,
    /// The project's version afterwards.
    pub version: u64,
}

/// `GET …/digest`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Digest {
    pub epoch: String,
    pub version: u64,
    pub digest: String,
}

impl Answer {
    pub(super) async fn read(request: String, response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(if text.is_empty() {
            Value::Null
        } else {
            Value::String(text)
        });
        Ok(Self { status, headers, body, request })
    }

    /// # Panics
    /// Unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// A refusal as the contract has them: status, `code`, and an RFC 9457 body.
    ///
    /// # Panics
    /// Unless it is one.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, &self.body["code"]), (status, &Value::from(code)), "{self}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        for member in ["type", "title", "detail", "request_id"] {
            assert!(self.body[member].is_string(), "a problem has a {member}: {self}");
        }
        assert_eq!(self.body["status"], status, "a problem repeats its status: {self}");
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The project's version in a write's answer.
    #[track_caller]
    pub fn version(&self) -> u64 {
        self.body["version"].as_u64().unwrap_or_else(|| panic!("the answer has a version: {self}"))
    }

    #[track_caller]
    pub fn events(&self) -> &Vec<Value> {
        self.body["events"].as_array().unwrap_or_else(|| panic!("the answer has events: {self}"))
    }

    /// The id of the resource of this name in a write's answer.
    #[track_caller]
    pub fn made(&self, resource: &str) -> Made {
        let id = self.body[resource]["id"].as_str().and_then(|id| id.parse().ok());
        Made {
            id: id.unwrap_or_else(|| panic!("the answer has a {resource} with an id: {self}")),
            version: self.version(),
        }
    }

    /// The body as a type.
    #[track_caller]
    pub fn read_as<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.body.clone())
            .unwrap_or_else(|e| panic!("the answer is not as expected ({e}): {self}"))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let instance = self.header("x-instance").unwrap_or("an unnamed instance");
        write!(f, "{} answered {} by {instance}: {}", self.request, self.status, self.body)
    }
}

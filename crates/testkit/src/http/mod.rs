//! A thin client of one instance's HTTP interface, as the contract describes it.

mod answer;

use std::time::Duration;

pub use reqwest::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use uuid::Uuid;

pub use answer::{Answer, Digest, Made};

use crate::user::{PASSWORD, User};

const DEADLINE: Duration = Duration::from_secs(30);
const PAGE: u64 = 1_000;

/// The machine's proxy settings are ignored, because the instances are on this machine.
pub(crate) fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy()
}

/// One caller at one instance. Clones share their connections.
#[derive(Clone)]
pub struct Api {
    base: String,
    token: Option<String>,
    headers: Vec<(String, String)>,
    client: reqwest::Client,
}

impl Api {
    /// A caller without a token; `base` is `http://host:port`.
    pub fn new(base: impl Into<String>) -> Self {
        let client = client().timeout(DEADLINE).build().expect("a plain client can be built");
        Self { base: base.into(), token: None, headers: Vec::new(), client }
    }

    /// A caller whose answers may go on for ever.
    pub fn streaming(base: impl Into<String>) -> Self {
        let client = client().connect_timeout(DEADLINE).build().expect("a plain client can be built");
        Self { client, ..Self::new(base) }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same caller, sending one more header with every request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut api = self.clone();
        api.headers.push((name.to_owned(), value.to_owned()));
        api
    }

    /// For one write: its `Idempotency-Key`.
    pub fn idempotent(&self, key: &str) -> Self {
        self.with_header("idempotency-key", key)
    }

    /// For one write: its `If-Match`, such as `"3"` with the quotes.
    pub fn if_match(&self, tag: &str) -> Self {
        self.with_header("if-match", tag)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// # Panics
    /// When no answer comes; see [`Self::try_send`].
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let what = format!("{method} {path}");
        self.try_send(method, path, body).await.unwrap_or_else(|e| panic!("{what} at {}: {e:?}", self.base))
    }

    /// A request that may fail to be answered, as when its instance is killed.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn try_send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Answer> {
        let what = format!("{method} {path}");
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(what, request.send().await?).await
    }

    /// A request with token and headers set, for whatever a test does with it. `path` begins below
    /// `/api/v1`; one that begins with `//` begins at the root.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match path.strip_prefix("//") {
            Some(rooted) => format!("{}/{rooted}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }
}

/// What most tests begin with.
impl Api {
    /// A new account through the front door, with [`PASSWORD`].
    pub async fn register(&self, name: &str) -> User {
        let email = crate::user::unique_email(name);
        let body = json!({"email": email, "name": name, "password": PASSWORD, "cookie": false});
        let answer = self.post("/auth/register", body).await.expect(201);
        User::from_login(&email, name, &answer.body)
    }

    /// Logs in with [`PASSWORD`].
    pub async fn login(&self, user: &User) -> User {
        let body = json!({"email": user.email, "password": PASSWORD, "cookie": false});
        let answer = self.post("/auth/login", body).await.expect(200);
        User::from_login(&user.email, &user.name, &answer.body)
    }

    pub async fn create_project(&self, name: &str) -> Uuid {
        self.post("/projects", json!({"name": name})).await.expect(201).made("project").id
    }

    pub async fn create_task(&self, project: Uuid, title: &str) -> Made {
        self.post(&format!("/projects/{project}/tasks"), json!({"title": title}))
            .await
            .expect(201)
            .made("task")
    }

    /// Creates `count` tasks by batches of commands, and returns the last version.
    pub async fn create_tasks(&self, project: Uuid, count: usize) -> u64 {
        let mut version = 0;
        for start in (0..count).step_by(500) {
            let numbers = start..count.min(start + 500);
            let commands: Vec<_> =
                numbers.map(|n| json!({"type": "task.create", "title": format!("Task {n}")})).collect();
            version = self.commands(project, json!(commands)).await.expect(200).version();
        }
        version
    }

    /// An atomic batch.
    pub async fn commands(&self, project: Uuid, commands: Value) -> Answer {
        self.post(&format!("/projects/{project}/commands"), json!({"commands": commands})).await
    }

    /// Makes somebody a member, who accepts an invitation for it, and returns the version of that.
    pub async fn add_member(&self, project: Uuid, user: &User, role: &str) -> u64 {
        let invited = self.post(&format!("/projects/{project}/invitations"), json!({"role": role})).await;
        let token = json!({"token": invited.expect(201).body["token"]});
        let joined = self.with_token(&user.token).post("/invitations/accept", token).await.expect(200);
        joined.body["projects"][0]["version"].as_u64().expect("a version")
    }

    /// Makes a colleague a member by their id, and returns the version of that. See [`Api::meet`].
    pub async fn add_colleague(&self, project: Uuid, user: &User, role: &str) -> u64 {
        let body = json!({"user": user.id, "role": role});
        self.post(&format!("/projects/{project}/members"), body).await.expect(201).version()
    }

    /// Makes the caller and these people colleagues of each other, so that `member.add` may name them: another project, in
    /// which they stay.
    pub async fn meet(&self, people: &[User]) {
        let project = self.create_project("Where we met").await;
        for user in people {
            self.add_member(project, user, "viewer").await;
        }
    }

    /// Removes a member and returns the version of that.
    pub async fn remove_member(&self, project: Uuid, user: &User) -> u64 {
        self.delete(&format!("/projects/{project}/members/{}", user.id)).await.expect(200).version()
    }

    pub async fn snapshot(&self, project: Uuid) -> Value {
        self.get(&format!("/projects/{project}/snapshot")).await.expect(200).body
    }

    pub async fn digest(&self, project: Uuid) -> Digest {
        let answer = self.get(&format!("/projects/{project}/digest")).await.expect(200);
        answer.read_as()
    }

    /// The digest, if it could be had.
    pub async fn try_digest(&self, project: Uuid) -> Option<Digest> {
        let answer = self.try_send(Method::GET, &format!("/projects/{project}/digest"), None).await.ok()?;
        (answer.status == 200).then(|| answer.read_as())
    }

    /// All events above `version`, page after page.
    pub async fn events_after(&self, project: Uuid, version: u64) -> Vec<Value> {
        let mut events: Vec<Value> = Vec::new();
        loop {
            let after = events
                .last()
                .map_or(version, |event| event["version"].as_u64().expect("events have versions"));
            let path = format!("/projects/{project}/events?after={after}&limit={PAGE}");
            let mut page = self.get(&path).await.expect(200).body;
            let items = page["events"].as_array_mut().expect("a page has events");
            let got = items.len();
            events.append(items);
            if page["more"] != json!(true) {
                return events;
            }
            assert!(got > 0, "a page said there is more but was empty: {path}");
        }
    }
}

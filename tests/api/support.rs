//! A cluster with a small team in it, and what tests of answers have in common.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use testkit::cluster::Builder;
use testkit::http::Digest;
use testkit::{Answer, Api, Cluster, Socket, User, Uuid};

/// What is usually done at once, with room for a busy machine.
pub const SOON: Duration = Duration::from_secs(15);

/// A cluster, a project with one member of each role and one task, and somebody else with a project of their own.
pub struct Team {
    pub cluster: Cluster,
    pub owner: User,
    pub editor: User,
    pub viewer: User,
    pub stranger: User,
    pub project: Uuid,
    pub task: Uuid,
    pub foreign_project: Uuid,
    pub foreign_task: Uuid,
}

impl Team {
    pub async fn start(instances: usize) -> Self {
        Self::of(Cluster::builder().instances(instances)).await
    }

    pub async fn of(builder: Builder) -> Self {
        let cluster = builder.start().await;
        let owner = cluster.user("Olga").await;
        let editor = cluster.user("Edgar").await;
        let viewer = cluster.user("Vera").await;
        let stranger = cluster.user("Stella").await;
        let api = cluster.api(0, &owner);
        let project = api.create_project("Shop").await;
        api.add_member(project, &editor, "editor").await;
        api.add_member(project, &viewer, "viewer").await;
        let task = api.create_task(project, "Paint the door").await.id;
        let foreign = cluster.api(0, &stranger);
        let foreign_project = foreign.create_project("Elsewhere").await;
        let foreign_task = foreign.create_task(foreign_project, "Not yours").await.id;
        Self { cluster, owner, editor, viewer, stranger, project, task, foreign_project, foreign_task }
    }

    pub fn owner(&self) -> Api {
        self.cluster.api(0, &self.owner)
    }

    pub fn editor(&self) -> Api {
        self.cluster.api(0, &self.editor)
    }

    pub fn viewer(&self) -> Api {
        self.cluster.api(0, &self.viewer)
    }

    pub fn stranger(&self) -> Api {
        self.cluster.api(0, &self.stranger)
    }

    /// `/projects/{project}` and what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/projects/{}{rest}", self.project)
    }

    /// The path of the team's task and what follows.
    pub fn task_path(&self, rest: &str) -> String {
        self.path(&format!("/tasks/{}{rest}", self.task))
    }

    /// Gives the project labels with these keys.
    pub async fn add_labels(&self, keys: &[&str]) {
        for key in keys {
            let label = json!({"name": key, "color": "#336699"});
            self.owner().put(&self.path(&format!("/labels/{key}")), label).await.expect(200);
        }
    }

    /// What must be the same before and after a bad input.
    pub async fn digest(&self) -> Digest {
        self.owner().digest(self.project).await
    }

    /// # Panics
    /// When the project changed.
    #[track_caller]
    pub fn unchanged(&self, before: &Digest) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move { assert_eq!(*before, self.digest().await, "the project changed, at {place}") }
    }

    /// The task as it is now.
    pub async fn task(&self) -> Value {
        self.owner().get(&self.task_path("")).await.expect(200).body["task"].clone()
    }
}

/// Somebody who only wants to work: a socket and requests, which whatever others send must not disturb.
pub struct Bystander {
    socket: Socket,
    api: Api,
    project: Uuid,
}

impl Bystander {
    pub async fn of(team: &Team) -> Self {
        let instance = &team.cluster.instances[0];
        let socket = Socket::connect(&instance.ws(), &team.viewer.token).await.expect("a connection");
        Self { socket, api: team.viewer(), project: team.project }
    }

    /// # Panics
    /// When the socket or a request goes unanswered.
    pub async fn works(&mut self) {
        self.socket.unsubscribe(self.project).await.expect("the other client's socket answers");
        self.api.get("/me").await.expect(200);
    }
}

/// An answer to a request that [`Api`] does not make.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Got {
    pub async fn from(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a whole answer");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What is wrong with it as the refusal `code`, if anything is.
    pub fn wrong_as(&self, status: u16, code: &str) -> Option<String> {
        let told = (self.status, self.body["code"].as_str().unwrap_or_default());
        if told != (status, code) {
            return Some(format!("answered {} {}", self.status, self.body));
        }
        if self.header("content-type") != Some("application/problem+json") {
            return Some(format!("is no problem document but {:?}", self.header("content-type")));
        }
        let missing =
            ["type", "title", "detail", "request_id"].into_iter().find(|m| !self.body[*m].is_string());
        missing.map(|member| format!("has no {member}: {}", self.body))
    }
}

/// A request with a body of any bytes.
pub fn raw(
    api: &Api,
    method: Method,
    path: &str,
    content_type: &str,
    body: impl Into<Vec<u8>>,
) -> reqwest::RequestBuilder {
    api.request(method, path).header("content-type", content_type).body(body.into())
}

/// The answer without what differs by nature between two of the same: the request's id, also in problems of a batch.
pub fn without_request_id(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    remove_request_ids(&mut body);
    json!([answer.status, body])
}

fn remove_request_ids(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("request_id");
            members.values_mut().for_each(remove_request_ids);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_request_ids),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

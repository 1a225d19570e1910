//! Invitations: links with which people come into projects, as owners make them and as others use them.

mod joining;
mod looking;
mod making;

use serde_json::{Value, json};
use testkit::user::PASSWORD;
use testkit::{Answer, Api, Uuid};

/// An invitation as its maker is shown it once.
pub struct Invited {
    pub id: Uuid,
    pub token: String,
}

pub async fn invite(owner: &Api, project: Uuid, wanted: Value) -> Invited {
    let made = owner.post(&format!("/projects/{project}/invitations"), wanted).await.expect(201).body;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let token = text(&made["token"]);
    assert!(text(&made["link"]).ends_with(&format!("/join#{token}")), "{made}");
    Invited { id: text(&made["invitation"]["id"]).parse().expect("an id"), token }
}

pub async fn accept(api: &Api, token: &str) -> Answer {
    api.post("/invitations/accept", json!({"token": token})).await
}

pub async fn look(api: &Api, token: &str) -> Answer {
    api.post("/invitations/look", json!({"token": token})).await
}

pub fn address(name: &str) -> String {
    format!("{}-{}@example.org", name.to_lowercase(), Uuid::new_v4().simple())
}

pub fn registration(name: &str, token: &str) -> Value {
    json!({"email": address(name), "name": name, "password": PASSWORD, "cookie": false, "invitation": token})
}

pub async fn role(owner: &Api, project: Uuid, user: Uuid) -> Option<String> {
    let members = owner.get(&format!("/projects/{project}/members")).await.expect(200).body;
    let items = members["items"].as_array().expect("items").clone();
    let member = items.into_iter().find(|member| member["user"] == json!(user))?;
    member["role"].as_str().map(str::to_owned)
}

pub async fn members(owner: &Api, project: Uuid) -> usize {
    let members = owner.get(&format!("/projects/{project}/members")).await.expect(200).body;
    members["items"].as_array().expect("items").len()
}

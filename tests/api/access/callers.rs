//! Everybody who may come, and what they come to.

use serde_json::{Value, json};
use testkit::{Api, Cluster, User, Uuid};

/// Everybody, those first who may do the least.
pub const WHO: [&str; 13] = [
    "anonymous",
    "expired",
    "disabled",
    "outsider",
    "removed",
    "invited",
    "administrator",
    "token of another project",
    "token to read",
    "viewer",
    "editor",
    "token to write",
    "owner",
];

/// People and tokens that are the same for all rows.
pub struct Callers {
    pub cluster: Cluster,
    pub owner: User,
    pub editor: User,
    pub viewer: User,
    pub removed: User,
    invited: User,
    outsider: User,
    administrator: User,
    disabled: User,
    elsewhere: String,
    to_read: String,
    to_write: String,
}

/// A project of a row, and what is in it.
pub struct Place {
    pub project: Uuid,
    pub task: Uuid,
    pub other_task: Uuid,
    pub comment: Uuid,
    /// What its maker was answered.
    pub invitation: Value,
}

impl Callers {
    pub async fn gather(cluster: Cluster) -> Callers {
        let first = cluster.instances[0].api();
        let administrator = first.register("Ada").await;
        let people = ["Olga", "Edgar", "Vera", "Rita", "Ivan", "Otto", "Dora"];
        let mut registered = Vec::new();
        for name in people {
            registered.push(first.register(name).await);
        }
        let mut registered = registered.into_iter();
        let mut next = || registered.next().expect("somebody");
        let (owner, editor, viewer, removed) = (next(), next(), next(), next());
        let (invited, outsider, disabled) = (next(), next(), next());
        assert!(cluster.run(&["user", "disable", &disabled.email]).await.success);
        let own = cluster.api(0, &owner);
        let other = own.create_project("Elsewhere").await;
        own.meet(&[editor.clone(), viewer.clone(), removed.clone()]).await;
        let elsewhere =
            secret(&own, json!({"name": "elsewhere", "scope": "write", "projects": [other]})).await;
        let to_read = secret(&own, json!({"name": "to read", "scope": "read"})).await;
        let to_write = secret(&own, json!({"name": "to write", "scope": "write"})).await;
        Callers {
            cluster,
            owner,
            editor,
            viewer,
            removed,
            invited,
            outsider,
            administrator,
            disabled,
            elsewhere,
            to_read,
            to_write,
        }
    }

    /// The token of somebody.
    pub fn token(&self, who: &str) -> Option<String> {
        Some(match who {
            "anonymous" => return None,
            "expired" => self.owner.expired_token(),
            "disabled" => self.disabled.token.clone(),
            "outsider" => self.outsider.token.clone(),
            "removed" => self.removed.token.clone(),
            "invited" => self.invited.token.clone(),
            "administrator" => self.administrator.token.clone(),
            "token of another project" => self.elsewhere.clone(),
            "token to read" => self.to_read.clone(),
            "viewer" => self.viewer.token.clone(),
            "editor" => self.editor.token.clone(),
            "token to write" => self.to_write.clone(),
            "owner" => self.owner.token.clone(),
            other => panic!("nobody is {other}"),
        })
    }

    pub fn api(&self, who: &str) -> Api {
        let api = self.cluster.instances[0].api();
        self.token(who).map_or(api.clone(), |token| api.with_token(&token))
    }

    /// A new project with its members, one who was removed, an open invitation, and something in it.
    pub async fn place(&self) -> Place {
        let own = self.api("owner");
        let project = own.create_project("Shop").await;
        let member = |user: &User, role: &str| json!({"type": "member.add", "user": user.id, "role": role});
        let (task, other_task, comment) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let commands = json!([
            member(&self.editor, "editor"),
            member(&self.viewer, "viewer"),
            member(&self.removed, "editor"),
            {"type": "label.put", "key": "paint", "name": "Paint", "color": "#336699"},
            {"type": "task.create", "id": task, "title": "Paint the door"},
            {"type": "task.create", "id": other_task, "title": "Buy paint"},
            {"type": "comment.add", "id": comment, "task": task, "body": "Green?"},
            {"type": "member.remove", "user": self.removed.id},
        ]);
        own.commands(project, commands).await.expect(200);
        let path = format!("/projects/{project}/invitations");
        let invitation = own.post(&path, json!({"role": "editor", "email": self.invited.email})).await;
        Place { project, task, other_task, comment, invitation: invitation.expect(201).body }
    }
}

async fn secret(own: &Api, body: Value) -> String {
    let made = own.post("/me/tokens", body).await.expect(201);
    made.body["secret"].as_str().expect("a secret").to_owned()
}

//! How soon nothing is left of a credential that ended: requests are refused at once, sockets and streams end in time.

mod connected;

use crate::access::until_unsubscribed;
use crate::people::next_news;
use connected::{Connected, open};
use futures_util::future::{join, join_all};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::wait::within;
use testkit::{Api, Cluster, Instance, Recover, Socket, User, Uuid};

/// The rule with Redis is a second. An instance that just compared feeds compares them again after a second, so half of one
/// also shows that it was told.
const WITH_REDIS: Duration = Duration::from_millis(500);
const WITHOUT_REDIS: Duration = Duration::from_secs(3);
/// Other tests may hold the machine up for longer than a deadline, but not each time.
const TRIES: usize = 3;

/// Proves A2, A7.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_credential_is_out_of_every_instance_within_a_second_with_redis() {
    Scene::of(Cluster::start(3).await, WITH_REDIS).await.all_causes_end_in_time().await;
}

/// Proves A2, A7.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_credential_is_out_of_every_instance_within_three_seconds_without_redis() {
    let cluster = Cluster::builder().instances(3).without_redis().start().await;
    Scene::of(cluster, WITHOUT_REDIS).await.all_causes_end_in_time().await;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Logout,
    Disabled,
    SessionEnded,
    Removed,
    TokenRevoked,
}

const CAUSES: [Cause; 5] =
    [Cause::Logout, Cause::Disabled, Cause::SessionEnded, Cause::Removed, Cause::TokenRevoked];

impl Cause {
    fn refusal(self, credential: &str) -> (u16, &'static str) {
        match (self == Cause::Removed, credential.starts_with("lsp_")) {
            (true, _) => (404, "not_found"),
            (false, true) => (401, "invalid_token"),
            (false, false) => (401, "session_ended"),
        }
    }
}

struct Scene {
    cluster: Cluster,
    admin: User,
    owner: User,
    project: Uuid,
    deadline: Duration,
}

/// Somebody who came in by four credentials.
struct Guest {
    session: User,
    other_session: User,
    token: Token,
    other_token: Token,
}

struct Token {
    id: String,
    secret: String,
}

impl Scene {
    async fn of(cluster: Cluster, deadline: Duration) -> Scene {
        // The first account administers.
        let admin = cluster.instances[0].api().register("Ada").await;
        let owner = cluster.user("Olga").await;
        let project = cluster.api(0, &owner).create_project("Shop").await;
        Scene { cluster, admin, owner, project, deadline }
    }

    async fn all_causes_end_in_time(&self) {
        for cause in CAUSES {
            let mut took = Vec::new();
            while took.last().is_none_or(|last| *last > self.deadline) {
                assert!(took.len() < TRIES, "{cause:?} took {took:?}");
                took.push(self.try_cause(cause).await);
            }
        }
    }

    /// How long it took until everything had ended, at the worst moment.
    async fn try_cause(&self, cause: Cause) -> Duration {
        let guest = self.guest().await;
        let (mut ending, mut staying) = (Vec::new(), Vec::new());
        for (credential, ends) in guest.credentials(cause) {
            let connected = self.connect(credential).await;
            if ends { &mut ending } else { &mut staying }.push(connected);
        }
        staying.push(self.connect(&self.owner.token).await);
        self.after_a_comparison().await;
        self.end(cause, &guest).await;
        let answered = Instant::now();
        let credentials: Vec<String> = ending.iter().map(|one| one.credential.clone()).collect();
        let refusals = self.all_refused(cause, &credentials);
        let ends = join_all(ending.iter_mut().map(|one| one.ended(cause == Cause::Removed, answered)));
        let (took, ()) = join(ends, refusals).await;
        self.stay(&mut staying).await;
        took.into_iter().max().expect("something ended")
    }

    async fn guest(&self) -> Guest {
        let api = self.cluster.instances[0].api();
        let user = self.cluster.user("Gus").await;
        self.cluster.api(0, &self.owner).add_member(self.project, &user, "editor").await;
        let (session, other_session) = (api.login(&user).await, api.login(&user).await);
        let own = self.cluster.api(0, &session);
        Guest {
            session,
            other_session,
            token: token(&own, "one").await,
            other_token: token(&own, "two").await,
        }
    }

    async fn connect(&self, credential: &str) -> Connected {
        Connected::to(&self.cluster.instances, self.project, credential).await
    }

    /// Returns when the last instance has just compared feeds: somebody's moved, and it was told by nobody.
    async fn after_a_comparison(&self) {
        let last = self.cluster.instances.last().expect("instances");
        let witness = self.cluster.user("Wilma").await;
        let mut socket = Socket::connect(&last.ws(), &witness.token).await.expect("connected");
        let channel = format!("user:{}", witness.id);
        socket.call("subscribe", json!({"channel": channel})).await.expect("subscribed");
        next_news(&mut socket, &witness).await;
        let moved = "UPDATE users SET feed_version = feed_version + 1 WHERE id = $1";
        self.cluster.database.sql().await.execute(moved, &[&witness.id]).await.expect("moved");
        next_news(&mut socket, &witness).await;
    }

    async fn end(&self, cause: Cause, guest: &Guest) {
        let [owner, own, admin] =
            [&self.owner, &guest.other_session, &self.admin].map(|user| self.cluster.api(0, user));
        let answer = match cause {
            Cause::Logout => {
                let refresh_token = guest.session.refresh_token.as_deref().expect("a refresh token");
                own.post("/auth/logout", json!({"refresh_token": refresh_token})).await
            }
            Cause::Disabled => {
                let account = format!("/admin/accounts/{}", guest.session.id);
                admin.patch(&account, json!({"disabled": true})).await
            }
            Cause::SessionEnded => own.delete(&format!("/me/sessions/{}", guest.session.session)).await,
            Cause::Removed => {
                owner.delete(&format!("/projects/{}/members/{}", self.project, guest.session.id)).await
            }
            Cause::TokenRevoked => own.delete(&format!("/me/tokens/{}", guest.token.id)).await,
        };
        assert!((200..300).contains(&answer.status), "{answer}");
    }

    /// Asks once: the answer to what ended them came, so not even the next request may pass.
    async fn all_refused(&self, cause: Cause, credentials: &[String]) {
        for (instance, credential) in self
            .cluster
            .instances
            .iter()
            .flat_map(|instance| credentials.iter().map(move |one| (instance, one)))
        {
            let api = instance.api().with_token(credential);
            let tasks = format!("/projects/{}/tasks", self.project);
            let (status, code) = cause.refusal(credential);
            api.get(&tasks).await.expect_problem(status, code);
            api.post(&tasks, json!({"title": "No"})).await.expect_problem(status, code);
            assert_eq!(open(instance, self.project, credential).await.status(), status);
            self.socket_refused(cause, instance, credential).await;
        }
    }

    /// A subscription is judged by the room as it stands there (J5), which without Redis may be behind: then it ends like those
    /// that were there before.
    async fn socket_refused(&self, cause: Cause, instance: &Instance, credential: &str) {
        let connected = Socket::connect(&instance.ws(), credential).await;
        if cause != Cause::Removed {
            assert_eq!(connected.err().expect("ended").refused_code(), Some(101), "{cause:?}");
            return;
        }
        let mut socket = connected.expect("the account works on");
        match socket.subscribe(self.project, &Recover::No, 0).await {
            Err(refused) => assert_eq!(refused.refused_code(), Some(103)),
            Ok(_) => {
                assert!(within("the end", self.deadline, until_unsubscribed(&mut socket)).await.len() <= 1)
            }
        }
    }

    /// Whatever did not end works on.
    async fn stay(&self, staying: &mut [Connected]) {
        let made = self.cluster.api(0, &self.owner).create_task(self.project, "Still here").await;
        for connected in staying {
            connected.works(made.version).await;
        }
    }
}

async fn token(own: &Api, name: &str) -> Token {
    let made = own.post("/me/tokens", json!({"name": name, "scope": "write"})).await.expect(201).body;
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    Token { id: text(&made["token"]["id"]), secret: text(&made["secret"]) }
}

impl Guest {
    /// Each credential, and whether the cause ends it.
    fn credentials(&self, cause: Cause) -> [(&str, bool); 4] {
        let all = matches!(cause, Cause::Disabled | Cause::Removed);
        let session = all || matches!(cause, Cause::Logout | Cause::SessionEnded);
        [
            (&self.session.token, session),
            (&self.other_session.token, all),
            (&self.token.secret, all || cause == Cause::TokenRevoked),
            (&self.other_token.secret, all),
        ]
    }
}

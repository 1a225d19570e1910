//! What a person's own channel tells them to read again. Proves J8.

use crate::SOON;
use serde_json::{Value, json};
use std::fmt::Display;
use testkit::socket::Push;
use testkit::{Cluster, Socket, User};

/// Sockets of one person, one on each instance, subscribed to their own channel.
struct Listening {
    channel: String,
    sockets: Vec<Socket>,
}

impl Listening {
    async fn start(cluster: &Cluster, user: &User) -> Listening {
        let mut listening = Listening { channel: format!("user:{}", user.id), sockets: Vec::new() };
        for instance in &cluster.instances {
            let mut socket = Socket::connect(&instance.ws(), &user.token).await.expect("connected");
            socket.call("subscribe", json!({"channel": listening.channel})).await.expect("subscribed");
            listening.sockets.push(socket);
        }
        listening.hears(&["project_list.changed"]).await;
        listening
    }

    /// The next pushes on every instance are these and come in this order.
    async fn hears(&mut self, kinds: &[&str]) {
        for (instance, socket) in self.sockets.iter_mut().enumerate() {
            for kind in kinds {
                let push = socket.next_push(SOON).await;
                let Ok(Push::Publication { channel, publication }) = push else { panic!("{kind}: {push:?}") };
                assert_eq!(channel, self.channel);
                assert_eq!(publication.event(), json!({"type": kind}), "on instance {instance}");
            }
        }
    }
}

async fn two_instances() -> Cluster {
    Cluster::builder().instances(2).without_redis().start().await
}

/// The project as the person's list shows it.
async fn listed(cluster: &Cluster, user: &User, project: impl Display, archived: bool) -> Option<Value> {
    let path = format!("/projects?archived={archived}");
    let list = cluster.api(1, user).get(&path).await.expect(200).body;
    let items = list["items"].as_array().expect("projects").clone();
    items.into_iter().find(|item| item["id"] == json!(project.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_hears_that_a_project_was_renamed_archived_deleted_or_restored() {
    let cluster = two_instances().await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    listed(&cluster, &guest, project, false).await.expect("the list is cached");
    let mut guest_hears = Listening::start(&cluster, &guest).await;
    let changes = [
        (json!({"name": "Store"}), ("name", json!("Store"))),
        (json!({"key": "STORE"}), ("key", json!("STORE"))),
        (json!({"archived": true}), ("archived", json!(true))),
        (json!({"archived": false}), ("archived", json!(false))),
    ];
    for (patch, (field, value)) in changes {
        api.patch(&format!("/projects/{project}"), patch).await.expect(200);
        guest_hears.hears(&["project_list.changed"]).await;
        let archived = value == json!(true);
        assert_eq!(listed(&cluster, &guest, project, archived).await.expect("it is listed")[field], value);
    }
    api.delete(&format!("/projects/{project}")).await.expect(200);
    guest_hears.hears(&["project_list.changed", "people.changed"]).await;
    assert_eq!(listed(&cluster, &guest, project, false).await, None);
    api.post(&format!("/projects/{project}/restore"), json!({})).await.expect(200);
    guest_hears.hears(&["project_list.changed", "people.changed"]).await;
    assert!(listed(&cluster, &guest, project, false).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shares_a_project_hears_of_joins_departures_and_names() {
    let cluster = two_instances().await;
    let people = cluster.users(3).await;
    let [owner, guest, other] = &people[..] else { panic!("three people") };
    let api = cluster.api(0, owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, guest, "viewer").await;
    let mut guest_hears = Listening::start(&cluster, guest).await;
    api.add_member(project, other, "viewer").await;
    guest_hears.hears(&["people.changed"]).await;
    cluster.api(0, other).patch("/me", json!({"name": "Otto"})).await.expect(200);
    guest_hears.hears(&["people.changed"]).await;
    api.remove_member(project, other).await;
    guest_hears.hears(&["people.changed"]).await;
    // Neither what is no colleague's any more nor what no list shows is told: the next push is the one after them.
    cluster.api(0, other).patch("/me", json!({"name": "Ottokar"})).await.expect(200);
    api.patch(&format!("/projects/{project}"), json!({"description": "Everything"})).await.expect(200);
    api.create_task(project, "Paint the door").await;
    api.patch(&format!("/projects/{project}"), json!({"name": "Store"})).await.expect(200);
    guest_hears.hears(&["project_list.changed"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_project_of_more_than_500_members_only_the_one_who_joins_hears_of_it() {
    let cluster = two_instances().await;
    let (owner, guest, other) =
        (cluster.user("Olga").await, cluster.user("Gus").await, cluster.user("Otto").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    let crowd = "WITH people AS (INSERT INTO users (id, email, name, password_hash) \
        SELECT gen_random_uuid(), 'crowd' || n || '@example.com', 'Crowd', '' FROM generate_series(1, 500) n RETURNING id) \
        INSERT INTO members (project_id, user_id, role) SELECT $1, id, 'viewer' FROM people";
    cluster.database.sql().await.execute(crowd, &[&project]).await.expect("members");
    api.meet(std::slice::from_ref(&other)).await;
    let mut guest_hears = Listening::start(&cluster, &guest).await;
    let mut other_hears = Listening::start(&cluster, &other).await;
    api.add_colleague(project, &other, "viewer").await;
    other_hears.hears(&["project_list.changed", "people.changed", "notification"]).await;
    cluster.api(0, &other).patch("/me", json!({"name": "Ottokar"})).await.expect(200);
    other_hears.hears(&["people.changed"]).await;
    api.patch(&format!("/projects/{project}"), json!({"name": "Store"})).await.expect(200);
    guest_hears.hears(&["project_list.changed"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_who_change_their_names_at_once_do_not_wait_for_each_other_for_ever() {
    let cluster = two_instances().await;
    let people = cluster.users(8).await;
    let api = cluster.api(0, &people[0]);
    let project = api.create_project("Shop").await;
    for person in &people[1..] {
        api.add_member(project, person, "editor").await;
    }
    let renames = people.iter().enumerate().map(async |(index, person)| {
        let api = cluster.api(index % 2, person);
        for turn in 0..10 {
            api.patch("/me", json!({"name": format!("Turn {turn}")})).await.expect(200);
        }
    });
    futures_util::future::join_all(renames).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raise_by_an_older_instance_is_told_as_a_change_of_the_projects() {
    let cluster = two_instances().await;
    let guest = cluster.user("Gus").await;
    let mut guest_hears = Listening::start(&cluster, &guest).await;
    let raise = "UPDATE users SET feed_version = feed_version + 1 WHERE id = $1";
    cluster.database.sql().await.execute(raise, &[&guest.id]).await.expect("raised");
    guest_hears.hears(&["project_list.changed"]).await;
    let raise = "UPDATE users SET feed_version = feed_version + 1, inbox_at = feed_version + 1 WHERE id = $1";
    cluster.database.sql().await.execute(raise, &[&guest.id]).await.expect("raised");
    guest_hears.hears(&["notification"]).await;
}

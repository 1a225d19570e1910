//! That there is news in somebody's inbox, on all their devices.

use crate::people::next_news_of;
use serde_json::json;
use testkit::cluster::Builder;
use testkit::{Cluster, Socket};

async fn heard_on_every_instance(builder: Builder) {
    let cluster = builder.instances(2).start().await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.meet(std::slice::from_ref(&guest)).await;
    api.add_colleague(project, &guest, "viewer").await;
    let task = api.create_task(project, "Paint the door").await.id;
    let mut sockets = Vec::new();
    for instance in &cluster.instances {
        let mut socket = Socket::connect(&instance.ws(), &guest.token).await.expect("connected");
        socket.call("subscribe", json!({"channel": format!("user:{}", guest.id)})).await.expect("subscribed");
        next_news_of(&mut socket, &guest, "project_list.changed").await;
        sockets.push(socket);
    }
    let assign = json!({"add": {"assignees": [guest.id]}});
    api.patch(&format!("/projects/{project}/tasks/{task}"), assign).await.expect(200);
    for socket in &mut sockets {
        next_news_of(socket, &guest, "notification").await;
    }
    let read = cluster.api(1, &guest).post("/me/notifications/read", json!({"tasks": [task]})).await;
    assert_eq!(read.expect(200).body["unread"], 1, "the invitation");
    for socket in &mut sockets {
        next_news_of(socket, &guest, "notification").await;
    }
    // What changes nothing is no news: the next that comes is the project's other name.
    cluster.api(1, &guest).post("/me/notifications/read", json!({"tasks": [task]})).await.expect(200);
    api.patch(&format!("/projects/{project}"), json!({"name": "Workshop"})).await.expect(200);
    for socket in &mut sockets {
        next_news_of(socket, &guest, "project_list.changed").await;
    }
}

/// Proves J8.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_hears_on_every_device_of_what_they_are_told_and_what_they_read() {
    heard_on_every_instance(Cluster::builder()).await;
}

/// Proves J8.
#[tokio::test(flavor = "multi_thread")]
async fn without_redis_a_person_hears_of_it_all_the_same() {
    heard_on_every_instance(Cluster::builder().without_redis()).await;
}

//! A person's own channel: what concerns them rather than a project. It has no offset; clients refetch.

use crate::SOON;
use serde_json::json;
use testkit::socket::Push;
use testkit::{Cluster, Socket, User};

pub async fn next_news(socket: &mut Socket, user: &User) {
    next_news_of(socket, user, "project_list.changed").await;
}

/// The next push, which is of this kind.
pub async fn next_news_of(socket: &mut Socket, user: &User, kind: &str) {
    let push = socket.next_push(SOON).await.expect("news");
    let Push::Publication { channel, publication } = push else { panic!("{push:?}") };
    assert_eq!(channel, format!("user:{}", user.id));
    assert_eq!((publication.version, publication.event()), (None, json!({"type": kind})));
}

/// Proves J8.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_hears_on_every_instance_that_their_projects_changed_also_without_redis() {
    let cluster = Cluster::builder().instances(2).without_redis().start().await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.meet(std::slice::from_ref(&guest)).await;
    let mut sockets = Vec::new();
    for instance in &cluster.instances {
        let mut socket = Socket::connect(&instance.ws(), &guest.token).await.expect("connected");
        socket.call("subscribe", json!({"channel": format!("user:{}", guest.id)})).await.expect("subscribed");
        next_news(&mut socket, &guest).await;
        sockets.push(socket);
    }
    api.add_colleague(project, &guest, "viewer").await;
    for socket in &mut sockets {
        next_news(socket, &guest).await;
        next_news_of(socket, &guest, "people.changed").await;
        next_news_of(socket, &guest, "notification").await;
    }
    api.remove_member(project, &guest).await;
    for socket in &mut sockets {
        next_news(socket, &guest).await;
        next_news_of(socket, &guest, "people.changed").await;
        next_news_of(socket, &guest, "notification").await;
    }
}

/// Proves A9.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_what_concerns_somebody_else() {
    let cluster = Cluster::start(1).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let mut socket = Socket::connect(&cluster.instances[0].ws(), &guest.token).await.expect("connected");
    let other = json!({"channel": format!("user:{}", owner.id)});
    let refused = socket.call("subscribe", other).await.expect_err("another's channel");
    assert_eq!(refused.refused_code(), Some(103));
}

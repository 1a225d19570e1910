//! What ends a connection: its token, its session, its account, its silence; and what a new epoch does to it.

use crate::SOON;
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::socket::Push;
use testkit::socket::{Frame, Received, Wire};
use testkit::{Cluster, Follower, Recover, Socket, Start};

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn logout_ends_that_sessions_sockets_on_every_instance_and_no_others() {
    let cluster = Cluster::start(2).await;
    let api = cluster.instances[0].api();
    let first = api.register("Olga").await;
    let second = api.login(&first).await;
    let mut leaving = Vec::new();
    let mut staying = Vec::new();
    for instance in &cluster.instances {
        leaving.push(Socket::connect(&instance.ws(), &first.token).await.expect("connected"));
        staying.push(Socket::connect(&instance.ws(), &second.token).await.expect("connected"));
    }
    let began = Instant::now();
    let refresh_token = first.refresh_token.clone().expect("a refresh token");
    let answer = api.post("/auth/logout", json!({"refresh_token": refresh_token})).await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
    for socket in &mut leaving {
        assert_eq!(socket.ended(SOON).await.code, Some(3500));
    }
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    for socket in &mut staying {
        socket.call("unsubscribe", json!({"channel": "project:none"})).await.expect("still there");
    }
}

/// Each logout begins just after a comparison of feeds, so without the hint through Redis each would take a second.
///
/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn other_instances_hear_of_the_end_of_a_session_sooner_than_they_compare() {
    let cluster = Cluster::start(2).await;
    let (here, there) = (cluster.instances[0].api(), cluster.instances[1].ws());
    let user = here.register("Olga").await;
    let began = Instant::now();
    for _ in 0..12 {
        let session = here.login(&user).await;
        let mut socket = Socket::connect(&there, &session.token).await.expect("connected");
        let refresh_token = session.refresh_token.expect("a refresh token");
        here.post("/auth/logout", json!({"refresh_token": refresh_token})).await.expect(204);
        assert_eq!(socket.ended(SOON).await.code, Some(3500));
    }
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_disconnected_everywhere() {
    let cluster = Cluster::start(2).await;
    let user = cluster.instances[0].api().register("Olga").await;
    let mut sockets = Vec::new();
    for instance in &cluster.instances {
        sockets.push(Socket::connect(&instance.ws(), &user.token).await.expect("connected"));
    }
    assert!(cluster.run(&["user", "disable", &user.email]).await.success);
    for socket in &mut sockets {
        assert_eq!(socket.ended(SOON).await.code, Some(3500));
    }
    let refused = Socket::connect(&cluster.instances[0].ws(), &user.token).await.err().expect("disabled");
    assert_eq!(refused.refused_code(), Some(101));
}

/// Proves A6.
#[tokio::test(flavor = "multi_thread")]
async fn no_socket_outlives_its_token_unless_it_is_refreshed() {
    let cluster = Cluster::start(1).await;
    let user = cluster.user("Olga").await;
    let short = Duration::from_secs(3);
    let (ws, token) = (cluster.instances[0].ws(), user.fresh_token(short));
    let mut forgetful = Socket::connect(&ws, &token).await.expect("connected");
    let mut careful = Socket::connect(&ws, &token).await.expect("connected");
    let answer = careful
        .call("refresh", json!({"token": user.fresh_token(Duration::from_secs(600))}))
        .await
        .expect("refreshed");
    assert!(answer["ttl"].as_i64().expect("a ttl") > 500);
    assert_eq!(forgetful.ended(SOON).await.code, Some(3005));
    careful.call("unsubscribe", json!({"channel": "project:none"})).await.expect("still there");
}

/// Proves E4, E5, E6, C4.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_sends_everybody_to_a_snapshot_and_voids_old_positions() {
    let cluster = Cluster::start(2).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let before = api.snapshot(project).await;
    let mut socket = Socket::connect(&cluster.instances[1].ws(), &owner.token).await.expect("connected");
    socket.subscribe(project, &Recover::No, 0).await.expect("subscribed");
    let follower = Follower::start(&cluster.sockets()[..1], &owner, project, Start::at(&before));
    follower.live(SOON).await;
    cluster.rotate_epoch().await;
    assert!(matches!(socket.next_push(SOON).await, Ok(Push::Unsubscribed { code: 2500, .. })));
    let old = Recover::From { epoch: before["epoch"].as_str().expect("an epoch").to_owned(), version: 1 };
    let answer = socket.subscribe(project, &old, 0).await.expect("an answer");
    assert!(!answer.recovered && answer.was_recovering);
    assert_ne!(answer.epoch, before["epoch"].as_str().expect("an epoch"));
    follower.wait_until_subscribed(2, SOON).await;
    assert!(!follower.resyncs().is_empty());
    // Again within ten seconds: the subscription has no backoff of its own, so the connection ends instead.
    cluster.rotate_epoch().await;
    assert_eq!(socket.ended(SOON).await.code, Some(3010));
}

/// Proves S1.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_answers_a_ping_is_closed() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let (_, mut mute) = Wire::upgrade(&cluster.instances[0].authority(), &[]).await;
    let connect = json!({"id": 1, "connect": {"token": owner.token}}).to_string();
    mute.send(&Frame::text(connect).encode()).await;
    let closed = mute.closed(Duration::from_secs(40)).await;
    assert_eq!(closed, Received::Close(3012));
}

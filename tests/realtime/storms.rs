//! Many connections at once: a new epoch for a crowd while others join, clients that vanish in every way, rooms that
//! nobody is in. Invariants I6 and I16 of ARCHITECTURE.md.

use crate::{SOON, descriptors};
use futures_util::future::join_all;
use serde_json::json;
use testkit::http::Method;
use testkit::socket::Push;
use testkit::{Api, Cluster, Instance, Recover, Seed, Socket, User, Uuid, eventually, services};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Proves R7, E5.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_reaches_everybody_though_others_join_meanwhile() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let head = api.create_task(project, "One").await.version;
    let mut crowd = join_all((0..40).map(|_| subscribed(&cluster, &owner, project))).await;
    let ws = cluster.instances[0].ws();
    let joining: Vec<_> = (0..4)
        .map(|_| {
            let (ws, token) = (ws.clone(), owner.token.clone());
            tokio::spawn(async move {
                loop {
                    let mut socket = Socket::connect(&ws, &token).await.expect("connected");
                    let _ = socket.subscribe(project, &Recover::No, 0).await;
                }
            })
        })
        .collect();
    let old = Recover::From { epoch: api.digest(project).await.epoch, version: head };
    cluster.rotate_epoch().await;
    for socket in &mut crowd {
        let push = socket.next_push(SOON).await.expect("told");
        assert!(matches!(push, Push::Unsubscribed { code: 2500, .. }), "{push:?}");
        let answer = socket.subscribe(project, &old, 0).await.expect("answered");
        assert!(!answer.recovered && answer.offset == head, "{answer:?}");
    }
    joining.iter().for_each(tokio::task::JoinHandle::abort);
    let next = api.create_task(project, "Two").await.version;
    for socket in &mut crowd {
        let Push::Publication { publication, .. } = socket.next_push(SOON).await.expect("live") else {
            panic!("nobody is told twice")
        };
        assert_eq!(publication.version, Some(next));
    }
}

/// Proves R11.
#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_forgotten_when_its_last_member_leaves() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    let mut leaving = subscribed(&cluster, &owner, project).await;
    let closing = subscribed(&cluster, &owner, project).await;
    let mut removed = subscribed(&cluster, &guest, project).await;
    let streaming = streaming(&cluster.instances[1], &owner, project).await;
    // The channel of a room is heard by whichever instance has the room.
    assert_listeners(project, 2).await;
    leaving.unsubscribe(project).await.expect("unsubscribed");
    closing.close().await;
    api.remove_member(project, &guest).await;
    assert!(matches!(until_no_publication(&mut removed).await, Push::Unsubscribed { code: 2000, .. }));
    assert_listeners(project, 1).await;
    drop(streaming);
    assert_listeners(project, 0).await;
    leaving.subscribe(project, &Recover::No, 0).await.expect("subscribed again");
    assert_listeners(project, 1).await;
}

/// Proves S6.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_vanish_leave_nothing_behind() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    // Pools and workers open what they keep.
    crowd(&cluster.instances[0], &owner, project, &mut Seed::from_env().actor(0)).await;
    assert_listeners(project, 0).await;
    let before = descriptors(&cluster.instances[0]);
    for round in 1..4 {
        crowd(&cluster.instances[0], &owner, project, &mut Seed::from_env().actor(round)).await;
    }
    assert_listeners(project, 0).await;
    eventually("descriptors to go back to where they were", SOON, || async {
        descriptors(&cluster.instances[0]) <= before + 10
    })
    .await;
    subscribed(&cluster, &owner, project).await;
}

/// 150 connections at every stage of their life, gone at once.
async fn crowd(instance: &Instance, owner: &User, project: Uuid, random: &mut fastrand::Rng) {
    let fates: Vec<_> = (0..150).map(|number| (number % 5, random.bool())).collect();
    let connections = fates.into_iter().map(|(stage, reset)| async move {
        let mut stream = TcpStream::connect(instance.authority()).await.expect("connected");
        let text = opening(&instance.authority(), owner, project, stage);
        stream.write_all(&text).await.expect("sent");
        if stage > 0 {
            stream.readable().await.expect("an answer");
        }
        if reset {
            stream.set_zero_linger().expect("an open socket");
        }
        stream
    });
    drop(join_all(connections).await);
}

/// Half a handshake, a handshake, a connection, a subscription, a stream.
fn opening(authority: &str, owner: &User, project: Uuid, stage: i32) -> Vec<u8> {
    let frame = |value: serde_json::Value| testkit::socket::Frame::text(value.to_string()).encode();
    let upgrade = format!(
        "GET /connection/websocket HTTP/1.1\r\nhost: {authority}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    let stream = format!(
        "GET /api/v1/projects/{project}/events?after=0 HTTP/1.1\r\nhost: {authority}\r\naccept: text/event-stream\r\n\
         authorization: Bearer {}\r\n\r\n",
        owner.token
    );
    let connect = frame(json!({"id": 1, "connect": {"token": owner.token}}));
    let subscribe = frame(json!({"id": 2, "subscribe": {"channel": format!("project:{project}")}}));
    match stage {
        0 => upgrade.into_bytes(),
        1 => [upgrade.as_bytes(), b"\r\n"].concat(),
        2 => [upgrade.as_bytes(), b"\r\n", &connect].concat(),
        3 => [upgrade.as_bytes(), b"\r\n", &connect, &subscribe].concat(),
        _ => stream.into_bytes(),
    }
}

async fn subscribed(cluster: &Cluster, user: &User, project: Uuid) -> Socket {
    let mut socket = Socket::connect(&cluster.instances[0].ws(), &user.token).await.expect("connected");
    socket.subscribe(project, &Recover::No, 0).await.expect("subscribed");
    socket
}

async fn streaming(instance: &Instance, user: &User, project: Uuid) -> impl Sized {
    let api = Api::streaming(instance.http()).with_token(&user.token);
    let request = api.request(Method::GET, &format!("/projects/{project}/events?after=0"));
    let response = request.header("accept", "text/event-stream").send().await.expect("a stream");
    assert_eq!(response.status(), 200);
    response
}

async fn until_no_publication(socket: &mut Socket) -> Push {
    loop {
        let push = socket.next_push(SOON).await.expect("an end");
        if !matches!(push, Push::Publication { .. }) {
            return push;
        }
    }
}

/// How many instances have a room of this project, which is how many hear its channel.
pub async fn assert_listeners(project: Uuid, count: u64) {
    let what = format!("{count} instances to have the room");
    let url = services::redis_url();
    eventually(&what, SOON, || async {
        let mut stream = TcpStream::connect(services::authority(&url, 6379)).await.expect("Redis is there");
        let login = url.password().map(|password| format!("AUTH {password}\r\n")).unwrap_or_default();
        let ask = format!("{login}PUBSUB NUMSUB project:{project}\r\nQUIT\r\n");
        stream.write_all(ask.as_bytes()).await.expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        answer.contains(&format!("\r\n:{count}\r\n"))
    })
    .await;
}

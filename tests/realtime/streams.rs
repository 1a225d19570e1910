//! Server-Sent Events: members of the room like sockets.

use crate::SOON;
use crate::storms::assert_listeners;
use std::time::Duration;
use testkit::follower::{End, Position};
use testkit::socket::Wire;
use testkit::{Api, Cluster, Follower, Start, wait};

/// Proves J9, C1, A2.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_resumes_where_it_was_and_ends_with_the_removal() {
    let mut cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(1, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    let epoch = api.digest(project).await.epoch;
    let position = Position { epoch, version: 0 };
    let follower = Follower::start_events(&addresses(&cluster), &guest, project, position);
    let version = api.create_tasks(project, 150).await;
    follower.wait_until_version(version, SOON).await;
    cluster.instances[0].kill();
    let version = api.create_task(project, "meanwhile").await.version;
    follower.wait_until_version(version, SOON).await;
    let removal = api.remove_member(project, &guest).await;
    api.create_task(project, "above").await;
    follower.ended(SOON).await;
    assert_eq!(follower.version(), removal);
    follower.assert_strict();
}

/// Proves C5.
#[tokio::test(flavor = "multi_thread")]
async fn a_void_position_gets_resync_and_the_end() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let position = Position { epoch: "another".into(), version: 1 };
    let follower = Follower::start_events(&addresses(&cluster), &owner, project, position);
    assert_eq!(follower.ended(SOON).await, End::Resync);
}

/// Proves A6.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let token = owner.fresh_token(Duration::from_secs(2));
    let streaming = Api::streaming(cluster.instances[0].http()).with_token(&token);
    let path = format!("/projects/{project}/events?after=0");
    let request = streaming.request(testkit::http::Method::GET, &path).header("accept", "text/event-stream");
    let response = request.send().await.expect("a stream");
    assert_eq!(response.status(), 200);
    let body = testkit::wait::within("the stream to end", SOON, response.text()).await.expect("a clean end");
    assert!(body.contains("id: "), "{body}");
}

/// Proves R11, S6.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_disconnected_while_a_stream_opens_leaves_no_room_behind() {
    // Postgres is not what gives up first.
    let builder = Cluster::builder().env("LOCKSTEP_DATABASE_LOCK_MS", "60000");
    let cluster = builder.env("LOCKSTEP_DATABASE_STATEMENT_MS", "60000").start().await;
    let owner = cluster.user("Olga").await;
    let (api, instance) = (cluster.api(0, &owner), &cluster.instances[0]);
    let [read, opened, control] =
        [api.create_project("A").await, api.create_project("B").await, api.create_project("C").await];
    // What a room needs is asked one batch after another: behind a page that has to wait, the next room waits too.
    let sql = cluster.database.sql().await;
    sql.batch_execute("BEGIN; LOCK TABLE events").await.expect("locked");
    let streaming = Api::streaming(instance.http());
    let open = |project, token: &str| {
        let path = format!("/projects/{project}/events?after=0");
        let stream = streaming.with_token(token).request(testkit::http::Method::GET, &path);
        tokio::spawn(stream.header("accept", "text/event-stream").send())
    };
    let sockets = async |count: f64| {
        let what = format!("{count} clients");
        wait::eventually(&what, SOON, || async { instance.metric("lockstep_sockets").await == count }).await;
    };
    let waiting = open(read, &owner.token);
    wait::eventually("a page to wait", SOON, || async { cluster.database.waiting_for_locks().await == 1 })
        .await;
    let expiring = open(opened, &owner.fresh_token(Duration::from_secs(2)));
    sockets(2.0).await;
    sockets(1.0).await;
    sql.batch_execute("COMMIT").await.expect("released");
    let (_stream, refused) = (waiting.await, expiring.await);
    assert_eq!(refused.expect("a task").expect("an answer").status(), 503);
    let _control = Follower::start(&cluster.sockets(), &owner, control, Start::Head);
    assert_listeners(control, 1).await;
    assert_listeners(opened, 0).await;
}

/// Proves J9.
#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_stream_says_something_at_once_and_every_fifteen_seconds() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let streaming = Api::streaming(cluster.instances[0].http()).with_token(&owner.token);
    let path = format!("/projects/{project}/events?after=1");
    let request = streaming.request(testkit::http::Method::GET, &path).header("accept", "text/event-stream");
    let mut response = request.send().await.expect("a stream");
    for (what, within) in
        [("a comment at once", Duration::from_secs(10)), ("another comment", Duration::from_secs(17))]
    {
        let comment = testkit::wait::within(what, within, response.chunk()).await;
        assert_eq!(comment.expect("the stream goes on").as_deref(), Some(b":\n\n".as_slice()));
    }
}

/// Proves A7.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session_on_every_instance() {
    let cluster = Cluster::start(2).await;
    let owner = cluster.instances[0].api().register("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let position = Position { epoch: cluster.api(0, &owner).digest(project).await.epoch, version: 1 };
    let followers: Vec<Follower> = addresses(&cluster)
        .into_iter()
        .map(|address| Follower::start_events(&[address], &owner, project, position.clone()))
        .collect();
    for follower in &followers {
        follower.live(SOON).await;
    }
    assert!(cluster.run(&["user", "disable", &owner.email]).await.success);
    for follower in &followers {
        assert_eq!(follower.ended(SOON).await, End::Status(401));
        follower.assert_strict();
    }
}

/// Proves J9, R11.
#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_stream_whose_client_hangs_up_leaves_at_once() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut wire = Wire::connect(&cluster.instances[0].authority()).await;
    let head = format!(
        "GET /api/v1/projects/{project}/events?after=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\n\r\n",
        owner.token
    );
    wire.send(head.as_bytes()).await;
    assert!(wire.head().await.starts_with("HTTP/1.1 200"));
    wire.finish().await;
    // The next comment, which would fail, is 15 s away.
    wire.rest(Duration::from_secs(5)).await;
    crate::storms::assert_listeners(project, 0).await;
}

fn addresses(cluster: &Cluster) -> Vec<String> {
    cluster.instances.iter().map(|instance| instance.http()).collect()
}

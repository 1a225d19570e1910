//! One instance that stops: the three steps of `crates/server/src/drain/ending.rs`.

use crate::SOON;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::socket::Failure;
use testkit::{Api, Cluster, Follower, Instance, Signal, Socket, Start, User, Uuid, eventually};

/// Longer than a test looks at it.
const LONG: &str = "600";

async fn stage(cluster: Cluster) -> (Cluster, User, Uuid) {
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    (cluster, owner, project)
}

async fn is_not_ready(instance: &Instance) -> bool {
    let answer = instance.api().get("//health/ready").await;
    answer.status == 503 && answer.body["code"] == "draining"
}

async fn is_refused(api: &Api) -> bool {
    let answer = api.get("/me").await;
    answer.status == 503 && answer.body["code"] == "draining"
}

async fn open_sockets(instance: &Instance) -> String {
    let metrics = Api::new(instance.operator()).get("//metrics").await.expect(200).body;
    let text = metrics.as_str().expect("metrics are text").to_owned();
    let line =
        text.lines().find(|line| line.starts_with("lockstep_sockets ")).expect("there is such a gauge");
    line.trim_start_matches("lockstep_sockets ").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_instance_is_not_ready_and_serves_everything() {
    let cluster = Cluster::builder().env("LOCKSTEP_DRAIN", LONG).start().await;
    let (cluster, owner, project) = stage(cluster).await;
    let instance = &cluster.instances[0];
    let before = Follower::start(&cluster.sockets(), &owner, project, Start::Head);
    before.live(SOON).await;
    instance.begin_stop();
    eventually("the instance not to be ready", SOON, || is_not_ready(instance)).await;

    let late = Follower::start(&cluster.sockets(), &owner, project, Start::Head);
    late.live(SOON).await;
    let answer =
        cluster.api(0, &owner).post(&format!("/projects/{project}/tasks"), json!({"title": "Late"})).await;
    assert_eq!(
        answer.header("connection"),
        Some("close"),
        "whoever keeps connections is sent away: {answer}"
    );
    let version = answer.expect(201).version();
    for follower in [&before, &late] {
        follower.wait_until_version(version, SOON).await;
        assert_eq!(follower.progress().reconnects, 0);
    }
    assert_eq!(open_sockets(instance).await, "2");
    instance.api().get("//health/live").await.expect(200);
    Api::new(instance.operator()).get("//health/ready").await.expect_problem(503, "draining");
}

/// Proves S5.
#[tokio::test(flavor = "multi_thread")]
async fn after_the_drain_wait_new_requests_are_refused_and_running_commands_end() {
    let (mut cluster, owner, project) = stage(Cluster::start(2).await).await;
    let api = cluster.api(0, &owner);
    let idle = Follower::start(
        &[cluster.instances[0].ws(), cluster.instances[1].ws()],
        &owner,
        project,
        Start::Head,
    );
    idle.live(SOON).await;
    let mut asking = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("a connection");
    let lock = cluster.database.lock_project(project).await;
    let path = format!("/projects/{project}/tasks");
    let by_http = {
        let (api, path) = (api.clone(), path.clone());
        tokio::spawn(async move { api.post(&path, json!({"title": "By HTTP"})).await })
    };
    eventually("the command to wait", SOON, || async { cluster.database.waiting_for_locks().await == 1 })
        .await;
    let commands = json!([{"type": "task.create", "title": "By socket"}]);
    let rpc =
        json!({"id": 9, "rpc": {"method": "commands", "data": {"project": project, "commands": commands}}});
    asking.send_text(rpc.to_string()).await.expect("sent");

    cluster.instances[0].begin_stop();
    eventually("new requests to be refused", SOON, || is_refused(&api)).await;
    let refused = api.post(&path, json!({"title": "New"})).await;
    assert_eq!(refused.header("retry-after"), Some("1"), "row 54: {refused}");
    refused.expect_problem(503, "draining");
    let Err(Failure::Ended(no_socket)) = Socket::open(&cluster.instances[0].ws()).await else {
        panic!("a draining instance took a new socket")
    };
    assert!(no_socket.reason.contains("503"), "{no_socket:?}");
    idle.wait_until_subscribed(2, SOON).await;
    cluster.instances[0].api().get("//health/live").await.expect(200);

    lock.release().await;
    assert_eq!(by_http.await.expect("no panic").status, 201);
    let by_socket = rpc_reply(&mut asking).await;
    assert_eq!(
        by_socket["rpc"]["data"]["version"], 3,
        "the command over the socket is answered: {by_socket}"
    );
    assert_eq!(asking.ended(SOON).await.code, Some(3001));
    assert!(cluster.instances[0].stop().await.success(), "the process ends with 0");
    idle.wait_until_version(3, SOON).await;
    idle.assert_strict();
}

/// The reply with the id 9, whatever comes before it.
async fn rpc_reply(socket: &mut Socket) -> Value {
    use testkit::socket::Incoming;
    let reply = async {
        loop {
            match socket.incoming().await.expect("the connection stays until the command is answered") {
                Incoming::Reply(reply) if reply.id == 9 => return reply.value(),
                Incoming::Reply(_) | Incoming::Push(_) | Incoming::Ping => {}
            }
        }
    };
    testkit::wait::within("the answer to a command over a socket", SOON, reply).await
}

/// Proves C6, S5.
#[tokio::test(flavor = "multi_thread")]
async fn event_streams_end_with_their_instance_and_go_on_at_another() {
    let (mut cluster, owner, project) = stage(Cluster::start(2).await).await;
    let Start::At(position) = Start::at(&cluster.api(0, &owner).snapshot(project).await) else {
        panic!("a snapshot has a position")
    };
    let addresses = [cluster.instances[0].http(), cluster.instances[1].http()];
    let stream = Follower::start_events(&addresses, &owner, project, position);
    stream.live(SOON).await;
    assert!(cluster.instances[0].stop().await.success());
    let version = cluster.api(1, &owner).create_task(project, "After").await.version;
    stream.wait_until_version(version, SOON).await;
    stream.assert_strict();
}

/// Proves S5.
#[tokio::test(flavor = "multi_thread")]
async fn many_sockets_are_closed_one_after_another() {
    const SOCKETS: usize = 60;
    let cluster =
        Cluster::builder().env("LOCKSTEP_CLOSE_SECONDS", "2").env("LOCKSTEP_WORKERS", "1").start().await;
    let (mut cluster, owner, _) = stage(cluster).await;
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("a connection"));
    }
    let ends = sockets.into_iter().map(|mut socket| async move {
        assert_eq!(socket.ended(SOON).await.code, Some(3001));
        Instant::now()
    });
    let ends = tokio::spawn(futures_util::future::join_all(ends));
    assert!(cluster.instances[0].stop().await.success());
    let ends = ends.await.expect("no panic");
    let (first, last) = (ends.iter().min().expect("some"), ends.iter().max().expect("some"));
    let took = last.duration_since(*first);
    assert!(took > Duration::from_millis(1_200), "60 sockets were closed within {took:?} instead of 2 s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_at_the_terminal_does_not_wait_for_a_balancer() {
    let cluster = Cluster::builder().env("LOCKSTEP_DRAIN", LONG).start().await;
    let (cluster, owner, _) = stage(cluster).await;
    let mut socket = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("a connection");
    cluster.instances[0].interrupt();
    assert_eq!(socket.ended(SOON).await.code, Some(3001));
    let api = cluster.api(0, &owner);
    eventually("the process to end", SOON, || async {
        api.try_send(Method::GET, "/me", None).await.is_err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sigquit_drains_as_sigterm_does() {
    let cluster = Cluster::builder().env("LOCKSTEP_DRAIN", LONG).start().await;
    let (cluster, owner, _) = stage(cluster).await;
    let instance = &cluster.instances[0];
    instance.signal(Signal::QUIT);
    eventually("the instance not to be ready", SOON, || is_not_ready(instance)).await;
    cluster.api(0, &owner).get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_for_other_servers_are_ignored_with_a_line() {
    let (cluster, owner, project) = stage(Cluster::start(1).await).await;
    let instance = &cluster.instances[0];
    let follower = Follower::start(&cluster.sockets(), &owner, project, Start::Head);
    follower.live(SOON).await;
    for (signal, name) in [(Signal::HUP, "SIGHUP"), (Signal::USR1, "SIGUSR1"), (Signal::USR2, "SIGUSR2")] {
        instance.signal(signal);
        eventually(name, SOON, || async { instance.output.contains(name) }).await;
    }
    let version = cluster.api(0, &owner).create_tasks(project, 3).await;
    follower.wait_until_version(version, SOON).await;
    assert_eq!(follower.progress().reconnects, 0);
}

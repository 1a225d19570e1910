//! The kit against the real program: what every other test takes for granted.

use std::time::Duration;

use serde_json::Value;
use testkit::follower::{End, Position};
use testkit::socket::FLAG_GET_STATE;
use testkit::{Cluster, Follower, Recover, Socket, Start};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn followers_on_all_instances_hear_everything_though_one_instance_is_killed() {
    let mut cluster = Cluster::start(3).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Kit").await;
    let snapshot = cluster.api(0, &owner).snapshot(project).await;
    let Start::At(position) = Start::at(&snapshot) else { panic!("a snapshot has a position") };
    let mut addresses = cluster.sockets();
    let mut followers = Vec::new();
    for _ in 0..3 {
        followers.push(Follower::start(&addresses, &owner, project, Start::At(position.clone())));
        addresses.rotate_left(1);
    }
    let streams: Vec<_> = cluster.instances.iter().map(|instance| instance.http()).collect();
    followers.push(Follower::start_events(&streams, &owner, project, position));
    for follower in &followers {
        follower.live(SOON).await;
    }

    let before = cluster.api(1, &owner).create_tasks(project, 20).await;
    followers[0].wait_until_version(before, SOON).await;
    cluster.instances[0].kill();
    let after = cluster.api(2, &owner).create_tasks(project, 20).await;
    for follower in &followers {
        follower.wait_until_version(after, SOON).await;
    }

    cluster.instances[0].restart().await;
    let log = cluster.whole_log(project, &owner).await;
    for follower in &followers {
        follower.assert_equals(&log);
    }
    let digest = cluster.equal_digests(project, &owner, after, SOON).await;
    assert_eq!(digest.version, after);
    assert!(followers[0].progress().subscriptions >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_sees_its_removal_and_a_void_position() {
    let cluster = Cluster::builder().instances(2).postgres_proxied().redis_proxied().start().await;
    let (owner, member) = (cluster.user("Olga").await, cluster.user("Max").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Kit").await;
    api.add_member(project, &member, "editor").await;
    let removed = Follower::start(&[cluster.instances[1].ws()], &member, project, Start::Head);
    removed.live(SOON).await;
    let version = api.remove_member(project, &member).await;
    assert!(matches!(removed.ended(SOON).await, End::Unsubscribed { code: 2000, .. }));
    removed.assert_strict();
    assert_eq!(removed.version(), version);

    let follower = Follower::start(&cluster.sockets(), &owner, project, Start::Head);
    follower.live(SOON).await;
    cluster.rotate_epoch().await;
    follower.wait_until_subscribed(2, SOON).await;
    assert_eq!(follower.resyncs().len(), 1);

    let mut socket = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("a connection");
    let void = Recover::From { epoch: "_".to_owned(), version: 1 };
    let refused = socket.subscribe(project, &void, FLAG_GET_STATE).await.expect_err("a void position");
    assert_eq!(refused.refused_code(), Some(112));
    let Position { epoch, version } = follower.position().expect("a position");
    let answer =
        socket.subscribe(project, &Recover::From { epoch, version }, 0).await.expect("a good position");
    assert!(answer.recovered && answer.publications.is_empty());
}

#[tokio::test]
async fn a_commit_can_be_lost_between_an_instance_and_its_postgres() {
    use testkit::proxy::{Action, At};
    let mut cluster = Cluster::builder().instances(2).postgres_proxied().start().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Kit").await;
    let mut commit = cluster.instances[0].postgres().faults.on_next_commit(At::Answer, Action::Hold);
    let api = cluster.api(0, &owner);
    let path = format!("/projects/{project}/tasks");
    let asked = tokio::spawn(async move {
        api.try_send(reqwest::Method::POST, &path, Some(serde_json::json!({"title": "Between"}))).await
    });
    commit.reached(SOON).await;
    cluster.instances[0].kill();
    assert!(asked.await.expect("no panic").is_err(), "the caller never heard");
    let log: Vec<Value> = cluster.api(1, &owner).events_after(project, 1).await;
    assert_eq!(log.len(), 1, "the event is in the log: {log:?}");
}

#[tokio::test]
async fn a_command_waits_for_a_lock_that_the_test_holds() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Kit").await;
    let lock = cluster.database.lock_project(project).await;
    let writing = tokio::spawn(async move { api.create_task(project, "Later").await });
    testkit::eventually("the command to wait", SOON, || async {
        cluster.database.waiting_for_locks().await == 1
    })
    .await;
    assert!(!writing.is_finished());
    lock.release().await;
    assert_eq!(writing.await.expect("no panic").version, 2);
    let idle = || async { cluster.database.idle_in_transaction().await == 0 };
    testkit::eventually("no transaction to be left open", SOON, idle).await;
}

//! What members say beside the log: that they are typing, what they look at.

use crate::SOON;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::socket::Push;
use testkit::{Cluster, Recover, Socket, User, Uuid};

pub async fn subscribed(cluster: &Cluster, instance: usize, user: &User, project: Uuid) -> Socket {
    let mut socket =
        Socket::connect(&cluster.instances[instance].ws(), &user.token).await.expect("connected");
    socket.subscribe(project, &Recover::No, 0).await.expect("subscribed");
    socket
}

fn typing(project: Uuid) -> Value {
    json!({"channel": format!("project:{project}"), "data": {"typing": "in the title"}})
}

/// The next thing that was said, and who said it.
async fn heard(socket: &mut Socket) -> (Value, Value) {
    let push = socket.next_push(SOON).await.expect("something said");
    let Push::Publication { publication, .. } = push else { panic!("{push:?}") };
    assert_eq!(publication.version, None, "it has no offset");
    (publication.event(), publication.info.expect("who said it"))
}

/// Whatever was said to this socket came before its next answer.
async fn heard_nothing(socket: &mut Socket) {
    socket.call("unsubscribe", json!({"channel": "project:none"})).await.expect("an answer");
    assert!(socket.kept_push().is_none());
}

/// Proves P1, P2.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_says_arrives_at_199_by_one_message_and_never_in_the_log() {
    let cluster = Cluster::builder().instances(3).redis_proxied().start().await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let mut sockets = Vec::new();
    for (number, user) in cluster.users(200).await.into_iter().enumerate() {
        api.add_member(project, &user, ["viewer", "editor"][number % 2]).await;
        sockets.push((subscribed(&cluster, number % 3, &user, project).await, user));
    }
    // Everybody's room has heard of the last member, so all messages about it were published.
    let version = api.create_task(project, "Paint").await.version;
    for (socket, _) in &mut sockets {
        while !matches!(
            socket.next_push(SOON).await,
            Ok(Push::Publication { publication, .. }) if publication.version == Some(version)
        ) {}
    }
    let published =
        || cluster.instances.iter().map(|instance| instance.redis().faults.published()).sum::<u64>();
    let before = published();
    let (mut speaker, who) = sockets.remove(0);
    speaker.call("publish", typing(project)).await.expect("said");
    for (socket, _) in &mut sockets {
        let (data, info) = heard(socket).await;
        assert_eq!(data, json!({"typing": "in the title"}));
        assert_eq!(info, json!({"user": who.id, "client": speaker.connected["client"]}));
    }
    assert_eq!(published() - before, 1, "messages through Redis");
    heard_nothing(&mut speaker).await;
    assert_eq!(cluster.whole_log(project, &owner).await.len() as u64, version);
}

/// Proves P2.
#[tokio::test(flavor = "multi_thread")]
async fn without_redis_what_one_says_reaches_the_others_of_the_same_instance() {
    let cluster = Cluster::builder().without_redis().start().await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut speaker = subscribed(&cluster, 0, &owner, project).await;
    let mut hearer = subscribed(&cluster, 0, &owner, project).await;
    speaker.call("publish", typing(project)).await.expect("said");
    assert_eq!(heard(&mut hearer).await.0, json!({"typing": "in the title"}));
}

/// Proves P3.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_in_the_project_says_and_hears_nothing() {
    let cluster = Cluster::start(2).await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "editor").await;
    let mut speaker = subscribed(&cluster, 0, &owner, project).await;
    let mut removed = subscribed(&cluster, 1, &guest, project).await;
    // The removal stays unknown to the other instance until its heads are compared, while what is said arrives at once.
    let removal = api.remove_member(project, &guest).await;
    speaker.call("publish", typing(project)).await.expect("said");
    loop {
        match removed.next_push(SOON).await.expect("a push") {
            Push::Publication { publication, .. } => assert_eq!(publication.version, Some(removal)),
            Push::Unsubscribed { code, .. } => break assert_eq!(code, 2000),
            Push::Other(other) => panic!("{other}"),
        }
    }
    heard_nothing(&mut removed).await;
    let refused = removed.call("publish", typing(project)).await.expect_err("removed");
    assert_eq!(refused.refused_code(), Some(103));
    let refused = removed.call("publish", typing(Uuid::new_v4())).await.expect_err("no such project");
    assert_eq!(refused.refused_code(), Some(103));
}

/// Proves P3.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_after_a_removal_does_not_overtake_it() {
    let cluster = Cluster::builder().instances(2).redis_proxied().start().await;
    let (owner, guest) = (cluster.user("Olga").await, cluster.user("Gus").await);
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    api.add_member(project, &guest, "viewer").await;
    let mut speaker = subscribed(&cluster, 0, &owner, project).await;
    let mut removed = subscribed(&cluster, 1, &guest, project).await;
    // The message about the removal is lost, the next one is not.
    let faults = &cluster.instances[0].redis().faults;
    faults.lose_all();
    let removal = api.remove_member(project, &guest).await;
    testkit::eventually("the removal to be lost", SOON, || async { faults.lost() > 0 }).await;
    faults.lose_none();
    speaker.call("publish", typing(project)).await.expect("said");
    loop {
        match removed.next_push(SOON).await.expect("a push") {
            Push::Publication { publication, .. } => assert_eq!(publication.version, Some(removal)),
            Push::Unsubscribed { code, .. } => break assert_eq!(code, 2000),
            Push::Other(other) => panic!("{other}"),
        }
    }
}

/// Proves P1.
#[tokio::test(flavor = "multi_thread")]
async fn a_kilobyte_may_be_said_and_no_more() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let mut socket = subscribed(&cluster, 0, &owner, project).await;
    let of = |data: Value| json!({"channel": format!("project:{project}"), "data": data});
    socket.call("publish", of(json!("x".repeat(1022)))).await.expect("1 KiB with its quotes");
    for bad in [json!("x".repeat(1023)), Value::Null] {
        let refused = socket.call("publish", of(bad)).await.expect_err("too much, or nothing");
        assert_eq!(refused.refused_code(), Some(107));
    }
    let own = json!({"channel": format!("user:{}", owner.id), "data": 1});
    assert_eq!(socket.call("publish", own).await.expect_err("a person").refused_code(), Some(103));
    let unknown = json!({"channel": "x", "data": 1});
    assert_eq!(socket.call("publish", unknown).await.expect_err("unknown").refused_code(), Some(102));
}

/// Proves J2.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_has_an_id_that_no_restart_repeats() {
    let mut cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..2 {
        for _ in 0..3 {
            let socket = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("connected");
            let id = socket.connected["client"].as_str().expect("an id").to_owned();
            assert!(ids.insert(id.parse::<Uuid>().expect("a UUID")), "{id} twice");
        }
        tokio::time::timeout(Duration::from_secs(60), cluster.instances[0].restart())
            .await
            .expect("restarted");
    }
}

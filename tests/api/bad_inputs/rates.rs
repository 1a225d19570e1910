//! Rows 30, 43 and 45: what a socket's client may do too much of.

use serde_json::json;
use testkit::socket::{Failure, Frame, Received, Refused, Wire};
use testkit::{Cluster, Socket, Uuid};

use crate::support::{Bystander, SOON, Team};

async fn socket(team: &Team) -> Socket {
    Socket::connect(&team.cluster.instances[0].ws(), &team.owner.token).await.expect("a connection")
}

fn refusal<T>(answer: Result<T, Failure>) -> Option<Refused> {
    match answer {
        Err(Failure::Refused(refused)) => Some(refused),
        Ok(_) => None,
        Err(other @ (Failure::Ended(_) | Failure::Silent(_) | Failure::Broken(_))) => panic!("{other:?}"),
    }
}

/// Proves P4.
#[tokio::test(flavor = "multi_thread")]
async fn row_30_who_says_too_much_is_told_to_wait_and_may_go_on() {
    let team = Team::start(1).await;
    let mut socket = socket(&team).await;
    socket.subscribe(team.project, &testkit::Recover::No, 0).await.expect("subscribed");
    let say = || json!({"channel": format!("project:{}", team.project), "data": {"typing": true}});
    let refused = testkit::wait::within("too much", SOON, async {
        loop {
            if let Some(refused) = refusal(socket.call("publish", say()).await) {
                return refused;
            }
        }
    });
    let refused = refused.await;
    assert_eq!((refused.code, refused.temporary), (111, true));
    let again = async { while refusal(socket.call("publish", say()).await).is_some() {} };
    testkit::wait::within("it to be taken again", SOON, again).await;
}

/// Proves P4.
#[tokio::test(flavor = "multi_thread")]
async fn row_30_whatever_costs_more_than_other_commands_is_counted_together() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SOCKET_ASIDES_PER_SECOND", "1")).await;
    let mut socket = socket(&team).await;
    socket.subscribe(team.project, &testkit::Recover::No, 0).await.expect("subscribed");
    let channel = format!("project:{}", team.project);
    socket.call("presence", json!({"channel": channel})).await.expect("the first of this second");
    for method in ["publish", "presence", "presence_stats", "history"] {
        let asked = || json!({"channel": channel, "data": {"typing": true}});
        let refused = testkit::wait::within(method, SOON, async {
            loop {
                if let Some(refused) = refusal(socket.call(method, asked()).await) {
                    return refused;
                }
            }
        });
        assert_eq!(refused.await.code, 111, "{method}");
    }
    socket.unsubscribe(team.project).await.expect("other commands are taken");
}

/// Proves S8.
#[tokio::test(flavor = "multi_thread")]
async fn row_43_too_many_subscriptions_are_refused_and_the_socket_stays() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_SOCKET_SUBSCRIPTIONS", "3")).await;
    let mut socket = socket(&team).await;
    for number in 0..3 {
        let project = team.owner().create_project(&format!("Project {number}")).await;
        socket.subscribe(project, &testkit::Recover::No, 0).await.expect("subscribed");
    }
    let refused =
        refusal(socket.subscribe(team.project, &testkit::Recover::No, 0).await).expect("the fourth");
    assert_eq!((refused.code, refused.temporary), (106, false));
    socket.unsubscribe(Uuid::new_v4()).await.expect("the socket stays");
}

/// Proves S8.
#[tokio::test(flavor = "multi_thread")]
async fn row_43_a_flood_of_commands_is_refused_and_then_closed() {
    let team = Team::start(1).await;
    let mut bystander = Bystander::of(&team).await;
    let mut wire = connected(&team).await;
    let command = |id: usize| format!(r#"{{"id":{id},"unsubscribe":{{"channel":"project:none"}}}}"#);
    let frames: Vec<String> = (0..100)
        .map(|part| (2..102).map(|n| command(part * 100 + n)).collect::<Vec<_>>().join("\n"))
        .collect();
    let flood = frames.into_iter().map(|text| Frame::text(text).encode()).collect::<Vec<_>>().concat();
    // The server may close before all of it is written.
    let _ = tokio::time::timeout(SOON, wire.send(&flood)).await;
    let (mut answered, mut refused) = (0, 0);
    let close = loop {
        match wire.frame(SOON).await {
            Received::Frame { opcode: 1, payload } if payload.starts_with(br#"{"error":{"code":111"#) => {
                refused += 1
            }
            Received::Frame { opcode: 1, .. } => answered += 1,
            other @ (Received::Frame { .. } | Received::Close(_) | Received::Gone) => break other,
        }
    };
    assert_eq!(close, Received::Close(3504));
    assert!(answered >= 1_000 && refused >= 1_000, "{answered} answered, {refused} refused");
    bystander.works().await;
}

async fn connected(team: &Team) -> Wire {
    let (_, mut wire) = Wire::upgrade(&team.cluster.instances[0].authority(), &[]).await;
    let connect = json!({"id": 1, "connect": {"token": team.owner.token}}).to_string();
    wire.send(&Frame::text(connect).encode()).await;
    assert!(matches!(wire.frame(SOON).await, Received::Frame { opcode: 1, .. }));
    wire
}

/// Proves S9.
#[tokio::test(flavor = "multi_thread")]
async fn row_45_too_many_sockets_of_one_account_are_refused_and_the_others_stay() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_ACCOUNT_SOCKETS", "2")).await;
    let (mut first, second) = (socket(&team).await, socket(&team).await);
    let url = team.cluster.instances[0].ws();
    let mut third = Socket::open(&url).await.expect("a handshake");
    let refused =
        refusal(third.call("connect", json!({"token": team.owner.token})).await).expect("the third");
    assert_eq!((refused.code, refused.temporary), (111, true));
    assert!(third.ended(SOON).await.retried(), "the SDK comes back later");
    let path = team.path("/events?after=0");
    let stream = team.owner().with_header("accept", "text/event-stream").get(&path).await;
    stream.expect_problem(429, "too_many_connections");
    Socket::connect(&url, &team.viewer.token).await.expect("another account");
    first.unsubscribe(team.project).await.expect("the first stays");
    second.close().await;
    testkit::eventually("room for another", SOON, || async {
        Socket::connect(&url, &team.owner.token).await.is_ok()
    })
    .await;
}

//! Rows 34 to 42: what a socket's client may do wrong. (Clients that never read or never pong: `tests/realtime`.)

use std::time::Duration;

use serde_json::json;
use testkit::socket::{Failure, Frame, Received, Recover, Wire};
use testkit::{Cluster, Socket, Uuid};

use crate::support::{Bystander, SOON, Team};

/// The server waits five seconds for `connect`, and looks once a second.
const STALE: Duration = Duration::from_secs(8);

async fn socket(team: &Team) -> Socket {
    Socket::connect(&team.cluster.instances[0].ws(), &team.owner.token).await.expect("a connection")
}

/// A connection past its `connect`, for bytes.
async fn connected(team: &Team) -> Wire {
    let (status, mut wire) = Wire::upgrade(&team.cluster.instances[0].authority(), &[]).await;
    assert_eq!(status, 101);
    let connect = json!({"id": 1, "connect": {"token": team.owner.token}}).to_string();
    wire.send(&Frame::text(connect).encode()).await;
    assert!(matches!(wire.frame(SOON).await, Received::Frame { opcode: 1, .. }));
    wire
}

/// Proves S4.
#[tokio::test(flavor = "multi_thread")]
async fn row_34_pages_of_other_origins_may_not_connect() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_ALLOWED_ORIGINS", "https://app.example.org")).await;
    let authority = team.cluster.instances[0].authority();
    let own = team.cluster.instances[0].http();
    let suffix = format!("{own}.evil.example");
    for origin in [
        "null",
        "https://evil.example",
        "https://app.example.org.evil.example",
        "https://evilapp.example.org",
        "http://app.example.org",
        "https://app.example.org:444",
        "https://app.example.org@evil.example",
        "https://app.example.org/",
        "file://",
        "",
        &suffix,
    ] {
        assert_eq!(Wire::upgrade(&authority, &[("Origin", origin)]).await.0, 403, "{origin:?}");
    }
    // The address that is asked counts as an own origin: whole, not as a beginning or an end.
    for origin in [
        "https://host.example.evil.example",
        "https://evilhost.example",
        "https://host.example:1",
        "host.example",
    ] {
        let headers = [("Host", "host.example"), ("Origin", origin)];
        assert_eq!(Wire::upgrade(&authority, &headers).await.0, 403, "{origin:?}");
    }
    for origin in ["https://app.example.org", own.as_str()] {
        assert_eq!(Wire::upgrade(&authority, &[("Origin", origin)]).await.0, 101, "{origin:?}");
    }
}

/// Proves S4.
#[tokio::test(flavor = "multi_thread")]
async fn row_35_what_is_no_handshake_of_version_13_is_refused() {
    let team = Team::start(1).await;
    team.owner().get("//connection/websocket").await.expect_problem(400, "no_websocket");
    let authority = team.cluster.instances[0].authority();
    let versions = [("Sec-WebSocket-Version", "12")];
    assert_eq!(Wire::upgrade(&authority, &versions).await.0, 426);
    for (name, value) in [("Sec-WebSocket-Key", ""), ("Upgrade", "h2c"), ("Connection", "keep-alive")] {
        assert_eq!(Wire::upgrade(&authority, &[(name, value)]).await.0, 400, "{name}: {value:?}");
    }
}

/// Proves J1.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_right_behind_the_handshake_is_read_once_and_in_order() {
    let team = Team::start(1).await;
    let connect = Frame::text(json!({"id": 1, "connect": {"token": team.owner.token}}).to_string()).encode();
    let (most, rest) = connect.split_at(connect.len() - 3);
    let authority = team.cluster.instances[0].authority();
    let (status, mut wire) = Wire::upgrade_followed_by(&authority, &[], most).await;
    assert_eq!(status, 101);
    wire.send(&[rest, &Frame { opcode: 9, ..Frame::text("still there") }.encode()].concat()).await;
    let answered = wire.frame(SOON).await;
    let connected = matches!(&answered, Received::Frame { opcode: 1, payload } if payload.starts_with(br#"{"connect":{"client""#));
    assert!(connected, "{answered:?}");
    assert_eq!(wire.frame(SOON).await, Received::Frame { opcode: 10, payload: b"still there".to_vec() });
}

/// Proves J2.
#[tokio::test(flavor = "multi_thread")]
async fn row_36_without_connect_within_five_seconds_the_socket_closes() {
    let team = Team::start(1).await;
    let mut socket = Socket::open(&team.cluster.instances[0].ws()).await.expect("a handshake");
    assert_eq!(socket.ended(STALE).await.code, Some(3502));
}

/// Proves J2.
#[tokio::test(flavor = "multi_thread")]
async fn row_37_a_bad_token_is_error_101_and_an_expired_one_109() {
    let team = Team::start(1).await;
    let url = team.cluster.instances[0].ws();
    let refused = |token: String| {
        let url = url.clone();
        async move { Socket::connect(&url, &token).await.err().and_then(|failure| failure.refused_code()) }
    };
    let stranger = testkit::token::mint(Uuid::new_v4(), Uuid::new_v4(), testkit::token::TTL);
    let wrong_key = testkit::token::sign(
        &testkit::token::header(),
        &testkit::token::claims(team.owner.id, team.owner.session, testkit::token::TTL),
        b"another secret, of enough bytes to be one",
    );
    for bad in [String::new(), "x".repeat(65_536), wrong_key, stranger] {
        assert_eq!(refused(bad.clone()).await, Some(101), "{:.40}", bad);
    }
    assert_eq!(refused(team.owner.expired_token()).await, Some(109));
    assert_eq!(refused(team.owner.token.clone()).await, None);
}

/// Proves S3.
#[tokio::test(flavor = "multi_thread")]
async fn rows_38_to_40_broken_frames_close_with_their_code() {
    let team = Team::start(1).await;
    let mut bystander = Bystander::of(&team).await;
    let text = || Frame::text(r#"{"id":2,"unsubscribe":{"channel":"x"}}"#);
    let masked = |opcode: u8, payload: &[u8]| Frame { opcode, ..Frame::text(payload) };
    let cases: Vec<(u32, &str, Vec<Frame>, u16)> = vec![
        (38, "unmasked", vec![Frame { masked: false, ..text() }], 1002),
        (38, "a reserved bit", vec![Frame { reserved: 4, ..text() }], 1002),
        (38, "another reserved bit", vec![Frame { reserved: 1, ..text() }], 1002),
        (38, "a reserved opcode", vec![masked(3, b"x")], 1002),
        (38, "a reserved control opcode", vec![masked(11, b"x")], 1002),
        (38, "a fragmented ping", vec![Frame { last: false, ..masked(9, b"x") }], 1002),
        (38, "a ping of 126 bytes", vec![masked(9, &[0; 126])], 1002),
        (38, "a continuation of nothing", vec![masked(0, b"x")], 1002),
        (38, "a text inside a text", vec![Frame { last: false, ..text() }, text()], 1002),
        (39, "bad UTF-8", vec![Frame::text(&b"{\"id\":1\xff"[..])], 1007),
        (
            39,
            "bad UTF-8 in fragments",
            vec![Frame { last: false, ..Frame::text(&b"\xc3"[..]) }, masked(0, b"\x28")],
            1007,
        ),
        (39, "a binary frame", vec![masked(2, b"\x00\x01")], 1003),
        (40, "256 KiB and a byte", vec![Frame::text(vec![b' '; (256 << 10) + 1])], 1009),
        (40, "endless fragments", endless(300), 1009),
    ];
    let mut wrong = Vec::new();
    for (number, what, frames, code) in cases {
        let mut wire = connected(&team).await;
        for frame in &frames {
            wire.send(&frame.encode()).await;
        }
        let closed = wire.closed(SOON).await;
        if closed != Received::Close(code) {
            wrong.push(format!("row {number} ({what}): expected {code}, closed as {closed:?}"));
        }
        bystander.works().await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn endless(kilobytes: usize) -> Vec<Frame> {
    let first = Frame { last: false, ..Frame::text(vec![b' '; 1024]) };
    let next = || Frame { last: false, opcode: 0, ..Frame::text(vec![b' '; 1024]) };
    std::iter::once(first).chain((1..kilobytes).map(|_| next())).collect()
}

/// Proves S3.
#[tokio::test(flavor = "multi_thread")]
async fn row_40_the_largest_message_is_taken() {
    let team = Team::start(1).await;
    let mut wire = connected(&team).await;
    let mut text = r#"{"id":2,"unsubscribe":{"channel":"x"}}"#.to_owned();
    text.extend(std::iter::repeat_n(' ', (256 << 10) - text.len()));
    wire.send(&Frame::text(text).encode()).await;
    assert!(matches!(wire.frame(SOON).await, Received::Frame { opcode: 1, .. }));
}

/// Proves J10, S3.
#[tokio::test(flavor = "multi_thread")]
async fn row_41_an_unknown_method_or_channel_is_an_error_and_broken_json_closes() {
    let team = Team::start(1).await;
    let mut one = socket(&team).await;
    let code =
        |answer: Result<serde_json::Value, Failure>| answer.err().and_then(|failure| failure.refused_code());
    assert_eq!(code(one.call("nonsense", json!({})).await), Some(104));
    assert_eq!(code(one.call("rpc", json!({"method": "nonsense"})).await), Some(104));
    for channel in [
        "",
        "x",
        "project:",
        "project:1",
        "projects:x",
        "user:",
        "project:%00",
        &format!("#project:{}", team.project),
    ] {
        assert_eq!(code(one.call("subscribe", json!({"channel": channel})).await), Some(102), "{channel:?}");
    }
    one.unsubscribe(team.project).await.expect("the socket stays");
    for broken in
        ["{broken", "[]", "7", "\"x\"", r#"{"id":-1}"#, r#"{"id":1.5,"rpc":{}}"#, r#"{"id":3,"subscribe":7}"#]
    {
        let mut socket = socket(&team).await;
        socket.send_text(broken).await.expect("sent");
        assert_eq!(socket.ended(SOON).await.code, Some(3501), "{broken}");
    }
    let mut early = Socket::open(&team.cluster.instances[0].ws()).await.expect("a handshake");
    early.send_text(r#"{"id":1,"subscribe":{"channel":"x"}}"#).await.expect("sent");
    assert_eq!(early.ended(SOON).await.code, Some(3501), "a command before connect");
}

/// Proves A1, A9.
#[tokio::test(flavor = "multi_thread")]
async fn row_42_a_foreign_project_is_refused_and_the_socket_stays() {
    let team = Team::start(1).await;
    let mut socket = socket(&team).await;
    for foreign in [team.foreign_project, Uuid::new_v4()] {
        let refused = socket.subscribe(foreign, &Recover::No, 0).await.expect_err("foreign");
        assert_eq!(refused.refused_code(), Some(103));
    }
    let other = json!({"channel": format!("user:{}", team.viewer.id)});
    assert_eq!(socket.call("subscribe", other).await.expect_err("foreign").refused_code(), Some(103));
    socket.subscribe(team.project, &Recover::No, 0).await.expect("the socket stays");
}

//! Rows 17 to 21: bytes that no proper client sends.

use std::time::{Duration, Instant};

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use testkit::Cluster;
use testkit::socket::Wire;

use crate::support::{Bystander, Got, SOON, Team};

/// The only answer before the connection closes.
async fn last_answer(wire: &mut Wire) -> Got {
    let head = wire.head().await;
    rest_of_answer(wire, &head).await
}

async fn rest_of_answer(wire: &mut Wire, head: &str) -> Got {
    let text = String::from_utf8_lossy(&wire.rest(SOON).await).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
    };
    let headers = lines.filter_map(header).collect();
    Got { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

/// # Panics
/// When it is another refusal, lacks what every answer has, or keeps the connection.
fn assert_refused(got: &Got, status: u16, code: &str, what: &str) {
    if let Some(wrong) = got.wrong_as(status, code) {
        panic!("{what}: expected {status} {code}, but it {wrong}");
    }
    assert_eq!(got.header("x-request-id"), got.body["request_id"].as_str(), "{what}");
    for name in ["x-request-id", "x-instance", "x-build"] {
        assert!(got.header(name).is_some(), "{what}: {got:?}");
    }
    assert_eq!(got.header("connection"), Some("close"), "{what}");
}

async fn connect(team: &Team) -> Wire {
    Wire::connect(&team.cluster.instances[0].authority()).await
}

fn head(team: &Team, more: &str) -> String {
    let token = &team.owner.token;
    format!(
        "POST /api/v1{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n{more}\r\n",
        team.path("/tasks")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn row_17_ten_megabytes_are_refused_before_they_are_read() {
    let team = Team::start(1).await;
    let before = team.digest().await;
    let mut announced = connect(&team).await;
    announced.send(head(&team, "Content-Length: 10485760\r\n").as_bytes()).await;
    assert!(announced.head().await.starts_with("HTTP/1.1 413"), "announced 10 MB");
    let mut chunked = connect(&team).await;
    chunked.send(head(&team, "Transfer-Encoding: chunked\r\n").as_bytes()).await;
    for _ in 0..160 {
        chunked.send(format!("10000\r\n{}\r\n", "x".repeat(0x10000)).as_bytes()).await;
    }
    let answer = chunked.head().await;
    // Whoever still writes when the connection closes may lose the answer to the reset.
    assert!(answer.starts_with("HTTP/1.1 413") || answer.is_empty(), "10 MB in chunks: {answer}");
    team.unchanged(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_19_two_ideas_of_a_bodys_length_close_the_connection() {
    let team = Team::start(1).await;
    let mut bystander = Bystander::of(&team).await;
    let before = team.digest().await;
    let smuggled = format!("0\r\n\r\n{}", head(&team, "Content-Length: 13\r\n"));
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
    ] {
        let mut wire = connect(&team).await;
        wire.send(format!("{}{smuggled}{{\"title\":\"x\"}}", head(&team, lengths)).as_bytes()).await;
        // That its body is JSON also tells that the second request was not answered.
        assert_refused(&last_answer(&mut wire).await, 400, "malformed_request", lengths);
        bystander.works().await;
    }
    team.unchanged(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_20_too_many_or_too_large_headers_are_431() {
    let team = Team::start(1).await;
    let mut bystander = Bystander::of(&team).await;
    let many: String = (0..97).map(|n| format!("X-{n}: 1\r\n")).collect();
    let large = format!("X-Large: {}\r\n", "x".repeat(140 << 10));
    for (what, more) in [("97 headers", many), ("140 KiB", large)] {
        let mut wire = connect(&team).await;
        wire.send(head(&team, &more).as_bytes()).await;
        assert_refused(&last_answer(&mut wire).await, 431, "headers_too_large", what);
        bystander.works().await;
    }
    let fits: String = (0..80).map(|n| format!("X-{n}: 1\r\n")).collect();
    let mut wire = connect(&team).await;
    wire.send(head(&team, &format!("{fits}Connection: close\r\nContent-Length: 2\r\n")).as_bytes()).await;
    wire.send(b"{}").await;
    assert_eq!(last_answer(&mut wire).await.status, 422, "80 headers are taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_21_hundreds_of_slow_heads_and_bodies_are_cut_off_and_good_traffic_is_not() {
    let builder = Cluster::builder().env("LOCKSTEP_HEAD_SECONDS", "1").env("LOCKSTEP_BODY_SECONDS", "1");
    // The bystander asks without a pause.
    let builder = builder.env("LOCKSTEP_SOCKET_MESSAGES_PER_SECOND", "100000");
    let team = Team::of(builder).await;
    let mut bystander = Bystander::of(&team).await;
    let before = team.digest().await;
    let starts = (0..500).map(|number| {
        let slow_body = number % 2 == 0;
        let whole = head(&team, "Content-Length: 100\r\n");
        let authority = team.cluster.instances[0].authority();
        tokio::spawn(async move { slowly(&authority, slow_body, &whole).await })
    });
    let mut slow: Vec<_> = starts.collect();
    let started = Instant::now();
    while !slow.iter().all(tokio::task::JoinHandle::is_finished) {
        let asked = Instant::now();
        bystander.works().await;
        assert!(asked.elapsed() < Duration::from_secs(5), "good traffic waited {:?}", asked.elapsed());
        assert!(started.elapsed() < Duration::from_secs(60), "slow clients are still served");
    }
    for answer in futures_util::future::join_all(slow.drain(..)).await {
        answer.expect("a slow client that does not panic");
    }
    team.unchanged(&before).await;
}

/// Sends a byte every 200 ms until the answer comes, which must be 408.
async fn slowly(authority: &str, slow_body: bool, whole: &str) {
    let mut wire = Wire::connect(authority).await;
    let (at_once, drop_by_drop) =
        if slow_body { (whole, "{\"title\": ".repeat(10)) } else { ("", whole.to_owned()) };
    wire.send(at_once.as_bytes()).await;
    for byte in drop_by_drop.bytes() {
        wire.send(&[byte]).await;
        if let Some(head) = wire.head_within(Duration::from_millis(200)).await {
            let what = if slow_body { "a slow body" } else { "a slow head" };
            assert_refused(&rest_of_answer(&mut wire, &head).await, 408, "request_timeout", what);
            return;
        }
    }
    panic!("a slow client was never answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_21_every_head_of_a_connection_has_its_deadline_and_idleness_has_none() {
    let team = Team::of(Cluster::builder().env("LOCKSTEP_HEAD_SECONDS", "1")).await;
    let whole =
        format!("HEAD /health/live HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\r\n", "x".repeat(200));
    let mut wire = connect(&team).await;
    for _ in 0..2 {
        wire.send(whole.as_bytes()).await;
        assert!(wire.head().await.starts_with("HTTP/1.1 200"));
        let unasked = wire.head_within(Duration::from_millis(1_500)).await;
        assert_eq!(unasked.as_deref(), None, "an idle connection stays");
    }
    let started = Instant::now();
    for byte in whole.bytes() {
        wire.send(&[byte]).await;
        // What is left of the body before comes with this head.
        if let Some(head) = wire.head_within(Duration::from_millis(100)).await {
            let head = head.split_once("HTTP/1.1").map_or(head.as_str(), |(_, head)| head);
            assert_refused(
                &rest_of_answer(&mut wire, head).await,
                408,
                "request_timeout",
                "a later slow head",
            );
            assert!(started.elapsed() >= Duration::from_millis(900));
            return;
        }
    }
    panic!("a slow head after a fast one was never answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_gets_a_problem_document_and_is_counted() {
    let team = Team::start(1).await;
    let refusals = || team.cluster.instances[0].metric("lockstep_http_answers_total{status=\"4xx\"}");
    let before = refusals().await;
    for bytes in [
        "\x16\x03\x01\x02\x00\x01\x00\x01",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /\r\nHost: x\r\n\r\n",
        "G@T{} / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    ] {
        let mut wire = connect(&team).await;
        wire.send(bytes.as_bytes()).await;
        assert_refused(&last_answer(&mut wire).await, 400, "malformed_request", bytes);
    }
    let mut wire = connect(&team).await;
    wire.send(b"HEAD /health/live HTTP/1.1\r\nHost: x\r\n\r\nno HTTP\r\n\r\n").await;
    assert!(wire.head().await.starts_with("HTTP/1.1 200"));
    assert_refused(&last_answer(&mut wire).await, 400, "malformed_request", "after a good request");
    assert_eq!(refusals().await - before, 7.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_gets_one_answer() {
    let team = Team::start(1).await;
    let mut wire = connect(&team).await;
    wire.send(head(&team, "Transfer-Encoding: chunked\r\n").as_bytes()).await;
    wire.send(b"2\r\n{}\r\nno length\r\n").await;
    let got = last_answer(&mut wire).await;
    assert_eq!(got.wrong_as(400, "malformed_request"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_closes_its_half_still_gets_its_answer() {
    let team = Team::start(1).await;
    let mut wire = connect(&team).await;
    wire.send(format!("{}{{\"title\":\"x\"}}", head(&team, "Content-Length: 13\r\n")).as_bytes()).await;
    wire.finish().await;
    assert_eq!(last_answer(&mut wire).await.status, 201);
}

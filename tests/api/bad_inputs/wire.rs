//! Rows 17 to 21: bytes that no proper client sends. Where actix answers before our code runs it has the status and no
//! problem document: a head that is broken, too large or too slow.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Cluster;
use testkit::socket::Wire;

use crate::support::{Bystander, SOON, Team};

/// Status and body of the only answer before the connection closes.
async fn last_answer(wire: &mut Wire) -> (u16, Value) {
    let head = wire.head().await;
    let body = String::from_utf8_lossy(&wire.rest(SOON).await).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
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
        let (status, body) = last_answer(&mut wire).await;
        assert_eq!(status, 400, "{lengths:?} answered {body}");
        assert!(!body.to_string().contains("HTTP/1.1"), "{lengths:?}: a second request was answered: {body}");
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
        // actix answers: the status is the table's, a problem document it has not.
        let (status, body) = last_answer(&mut wire).await;
        assert_eq!((status, body), (431, Value::String(String::new())), "{what}");
        bystander.works().await;
    }
    let fits: String = (0..80).map(|n| format!("X-{n}: 1\r\n")).collect();
    let mut wire = connect(&team).await;
    wire.send(head(&team, &format!("{fits}Connection: close\r\nContent-Length: 2\r\n")).as_bytes()).await;
    wire.send(b"{}").await;
    assert_eq!(last_answer(&mut wire).await.0, 422, "80 headers are taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_21_two_thousand_slow_heads_and_bodies_are_cut_off_and_good_traffic_is_not() {
    let builder = Cluster::builder().env("LOCKSTEP_HEAD_SECONDS", "1").env("LOCKSTEP_BODY_SECONDS", "1");
    let team = Team::of(builder).await;
    let mut bystander = Bystander::of(&team).await;
    let before = team.digest().await;
    let starts = (0..2_000).map(|number| {
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
        assert!(asked.elapsed() < Duration::from_secs(3), "good traffic waited {:?}", asked.elapsed());
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
            // A slow head is answered by actix, a slow body by us.
            assert!(
                head.starts_with("HTTP/1.1 408"),
                "{} answered {head:?}",
                if slow_body { "body" } else { "head" }
            );
            return;
        }
    }
    panic!("a slow client was never answered");
}

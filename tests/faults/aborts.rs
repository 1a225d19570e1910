//! Clients that hang up at any moment leave nothing half done.

use crate::support::SOON;
use domain::event::Event;
use domain::snapshot::Snapshot;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::{Cluster, Seed, Uuid, eventually, eventually_some};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const REQUESTS: u64 = 10_000;
const AT_ONCE: u64 = 50;
const BATCH: &str = "batch ";
const BATCH_OF: usize = 5;

/// Proves L4, L9, L12.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_aborted_requests_leave_nothing_half_done() {
    let cluster = Cluster::start(2).await;
    let owner = cluster.user("Olga").await;
    let project = cluster.api(0, &owner).create_project("Shop").await;
    let seed = Arc::new(Seed::from_env());
    let authorities: Vec<String> = cluster.instances.iter().map(|instance| instance.authority()).collect();
    let clients = (0..AT_ONCE).map(|client| {
        let (seed, authorities, token) = (seed.clone(), authorities.clone(), owner.token.clone());
        tokio::spawn(async move {
            let mut random = seed.actor(client);
            for number in 0..REQUESTS / AT_ONCE {
                let authority = &authorities[random.usize(..authorities.len())];
                let (what, body) = invent(project, &format!("{client}-{number}"), &mut random);
                let request = format!(
                    "{what} HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {token}\r\n\
                     accept: text/event-stream, application/json\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                abort(authority, request.as_bytes(), &mut random).await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("a client does not panic");
    }
    eventually("no transaction to be left open", SOON, || async {
        cluster.database.idle_in_transaction().await == 0
    })
    .await;
    let api = cluster.api(1, &owner);
    // What the clients left behind may still fill the project's queue.
    let path = format!("/projects/{project}/tasks");
    let last = eventually_some("the queue to have room", SOON, || async {
        let answer = api.post(&path, json!({"title": "last"})).await;
        (answer.status == 201).then(|| answer.version())
    })
    .await;
    assert!(last > 100, "only {last} commands came through: too few to mean anything");
    for api in cluster.apis(&owner) {
        // Commands that nobody waits for may still be written: the digest first, then the log up to its version.
        let digest = api.digest(project).await;
        let log = cluster.whole_log(project, &owner).await;
        let version = usize::try_from(digest.version).expect("a small version");
        let events: Vec<Event> = log[..version].iter().map(read).collect();
        let folded = Snapshot::fold(String::new(), &events).expect("the log folds");
        assert_eq!(domain::digest::of(&folded), digest.digest, "the tables are what the log says");
        assert_batches_are_whole(&log);
    }
}

/// Mostly writes, single and in atomic batches; reads and streams in between.
fn invent(project: Uuid, title: &str, random: &mut fastrand::Rng) -> (String, String) {
    let task = json!({"type": "task.create", "title": format!("{BATCH}{title}")});
    let path = format!("/api/v1/projects/{project}");
    match random.u8(..8) {
        0 | 1 => (format!("POST {path}/commands"), json!({"commands": vec![task; BATCH_OF]}).to_string()),
        2 => (format!("GET {path}/snapshot"), String::new()),
        3 => (format!("GET {path}/events?after=0"), String::new()),
        _ => (format!("POST {path}/tasks"), json!({"title": title}).to_string()),
    }
}

/// An atomic batch is in the log whole and in one piece, or not at all.
fn assert_batches_are_whole(log: &[Value]) {
    let titles: Vec<&str> = log.iter().filter_map(|event| event["data"]["task"]["title"].as_str()).collect();
    let mut seen = 0;
    for group in titles.chunk_by(|one, next| one == next) {
        if group[0].starts_with(BATCH) {
            assert_eq!(group.len(), BATCH_OF, "half of the batch {}", group[0]);
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} batches came through");
}

fn read(event: &Value) -> Event {
    serde_json::from_value(event.clone()).expect("an event")
}

/// Sends some of the request, or all of it, and is gone: by FIN or by RST, at once or a little later.
async fn abort(authority: &str, request: &[u8], random: &mut fastrand::Rng) {
    let mut stream = TcpStream::connect(authority).await.expect("connected");
    let whole = random.u8(..4) > 0;
    let sent = if whole { request.len() } else { random.usize(1..request.len()) };
    stream.write_all(&request[..sent]).await.expect("sent");
    // The moment itself is what is random here: nothing is waited for.
    let moment = Duration::from_micros(random.u64(..6_000));
    let _ = tokio::time::timeout(moment, stream.readable()).await;
    if random.bool() {
        stream.set_zero_linger().expect("an open socket");
    }
}

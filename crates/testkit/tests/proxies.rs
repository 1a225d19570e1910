//! The fault proxies before a real Postgres and a real Redis: each fault does what its name says.

use std::time::{Duration, Instant};

use testkit::proxy::{Action, At, Postgres, Proxy};
use testkit::{Uuid, services};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::{Client, NoTls};

const SOON: Duration = Duration::from_secs(10);

/// A schema with a table `events` of its own in the shared database, dropped at the end.
struct Log {
    proxy: Proxy<Postgres>,
    direct: Client,
    schema: String,
}

impl Log {
    async fn new() -> Self {
        let url = services::postgres_url();
        let direct = connect(url.as_str()).await;
        let schema = format!("proxies_{}", Uuid::new_v4().simple());
        let create = format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.events (version bigint)");
        direct.batch_execute(&create).await.expect("a schema can be made");
        Self { proxy: Proxy::postgres(services::authority(&url, 5432)).await, direct, schema }
    }

    async fn client(&self) -> Client {
        let url = services::through(&services::postgres_url(), self.proxy.address());
        let client = connect(url.as_str()).await;
        client
            .batch_execute(&format!("SET search_path = {}", self.schema))
            .await
            .expect("a schema can be chosen");
        client
    }

    async fn rows(&self) -> i64 {
        let query = format!("SELECT count(*) FROM {}.events", self.schema);
        self.direct.query_one(&query, &[]).await.expect("rows can be counted").get(0)
    }

    async fn end(self) {
        self.direct
            .batch_execute(&format!("DROP SCHEMA {} CASCADE", self.schema))
            .await
            .expect("a schema can go");
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection to Postgres");
    tokio::spawn(connection);
    client
}

/// As diesel-async does: BEGIN and COMMIT by simple query, the insert prepared.
async fn append(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.batch_execute("BEGIN").await?;
    client.execute("INSERT INTO \"events\" (\"version\") VALUES ($1)", &[&1_i64]).await?;
    client.batch_execute("COMMIT").await
}

#[tokio::test]
async fn a_cut_at_the_answer_of_a_commit_loses_the_answer_and_not_the_commit() {
    let log = Log::new().await;
    let client = log.client().await;
    append(&client).await.expect("nothing is armed yet");
    let mut commit = log.proxy.faults.on_next_commit(At::Answer, Action::Cut);
    client.batch_execute("BEGIN; SELECT 1; COMMIT").await.expect("a commit without events passes");
    append(&client).await.expect_err("the answer is lost");
    commit.reached(SOON).await;
    assert_eq!(log.rows().await, 2);
    append(&log.client().await).await.expect("a new connection is welcome, and the fault was for once");
    assert_eq!(log.proxy.faults.commits(), 3);
    log.end().await;
}

#[tokio::test]
async fn a_cut_at_the_request_of_a_commit_rolls_back() {
    let log = Log::new().await;
    let mut commit = log.proxy.faults.on_next_commit(At::Request, Action::Cut);
    append(&log.client().await).await.expect_err("the request is lost");
    commit.reached(SOON).await;
    assert_eq!(log.rows().await, 0);
    log.end().await;
}

#[tokio::test]
async fn a_held_commit_is_done_but_not_yet_known_to_the_client() {
    let log = Log::new().await;
    let client = log.client().await;
    let mut commit = log.proxy.faults.on_next_commit(At::Answer, Action::Hold);
    let appending = tokio::spawn(async move { append(&client).await });
    commit.reached(SOON).await;
    assert_eq!(log.rows().await, 1);
    assert!(!appending.is_finished());
    commit.release();
    appending.await.expect("no panic").expect("the answer arrives in the end");
    log.end().await;
}

#[tokio::test]
async fn a_frozen_line_holds_everything_until_it_thaws() {
    let log = Log::new().await;
    let client = log.client().await;
    log.proxy.freeze();
    let before = log.proxy.carried().bytes_to_server;
    let asking = tokio::spawn(async move { client.query_one("SELECT 1", &[]).await.map(|_| ()) });
    testkit::eventually("the question to reach the proxy", SOON, || async {
        log.proxy.carried().bytes_to_server > before
    })
    .await;
    assert!(
        tokio::time::timeout(Duration::from_millis(100), log.client()).await.is_err(),
        "new ones hang too"
    );
    assert!(!asking.is_finished());
    log.proxy.thaw();
    asking.await.expect("no panic").expect("an answer after the thaw");
    log.end().await;
}

#[tokio::test]
async fn a_refusing_port_cuts_and_refuses_until_it_accepts() {
    let log = Log::new().await;
    let client = log.client().await;
    log.proxy.refuse().await;
    client.batch_execute("SELECT 1").await.expect_err("the connection was cut");
    let refused = TcpStream::connect(log.proxy.address()).await.expect_err("the port is closed");
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    log.proxy.accept().await;
    append(&log.client().await).await.expect("the port is open again");
    log.end().await;
}

#[tokio::test]
async fn a_cut_ends_the_connections_of_this_moment_only() {
    let log = Log::new().await;
    let client = log.client().await;
    log.proxy.cut();
    client.batch_execute("SELECT 1").await.expect_err("the connection was cut");
    log.client().await.batch_execute("SELECT 1").await.expect("a new one is welcome");
    testkit::eventually("closed connections to be counted out", SOON, || async {
        log.proxy.carried().current == 0
    })
    .await;
    assert_eq!(log.proxy.carried().accepted, 2);
    log.end().await;
}

#[tokio::test]
async fn a_delay_is_a_delay_and_not_a_throttle() {
    let log = Log::new().await;
    let client = log.client().await;
    log.proxy.delay(Duration::from_millis(100));
    let started = Instant::now();
    let many = (0..50).map(|_| client.simple_query("SELECT 1"));
    futures_util::future::try_join_all(many).await.expect("fifty answers");
    let took = started.elapsed();
    assert!((Duration::from_millis(100)..Duration::from_millis(1_000)).contains(&took), "{took:?}");
    log.end().await;
}

/// Redis by hand: the kit needs no client of it.
struct Resp(TcpStream);

impl Resp {
    async fn connect(address: impl tokio::net::ToSocketAddrs) -> Self {
        let mut connection = Self(TcpStream::connect(address).await.expect("a connection to Redis"));
        if let Some(password) = services::redis_url().password() {
            connection.send(&["AUTH", password]).await;
            connection.read_until("+OK\r\n").await;
        }
        connection
    }

    async fn send(&mut self, arguments: &[&str]) {
        let mut text = format!("*{}\r\n", arguments.len());
        for argument in arguments {
            text += &format!("${}\r\n{argument}\r\n", argument.len());
        }
        self.0.write_all(text.as_bytes()).await.expect("Redis reads");
    }

    async fn read_until(&mut self, end: &str) -> String {
        let read = async {
            let mut text = String::new();
            while !text.ends_with(end) {
                text.push(char::from(self.0.read_u8().await.expect("Redis answers")));
            }
            text
        };
        testkit::wait::within(end, SOON, read).await
    }
}

#[tokio::test]
async fn lost_and_delayed_publishes_keep_their_replies() {
    let server = services::authority(&services::redis_url(), 6379);
    let proxy = Proxy::redis(server.clone()).await;
    let channel = format!("project:{}", Uuid::new_v4());
    let mut subscriber = Resp::connect(server).await;
    subscriber.send(&["SUBSCRIBE", &channel]).await;
    subscriber.read_until(":1\r\n").await;

    let mut publisher = Resp::connect(proxy.address()).await;
    proxy.faults.lose_every(2);
    for word in ["one", "two", "three"] {
        publisher.send(&["PUBLISH", &channel, word]).await;
    }
    publisher.send(&["PING"]).await;
    assert_eq!(publisher.read_until("+PONG\r\n").await, ":1\r\n:0\r\n:1\r\n+PONG\r\n");
    proxy.faults.lose_none();
    proxy.faults.delay_publishes(Duration::from_millis(200));
    let sent = Instant::now();
    publisher.send(&["PUBLISH", &channel, "four"]).await;
    let heard = subscriber.read_until("four\r\n").await;
    assert!(sent.elapsed() >= Duration::from_millis(200));
    assert!(heard.contains("one") && heard.contains("three") && !heard.contains("two"), "{heard}");
    assert_eq!((proxy.faults.published(), proxy.faults.lost()), (4, 1));
}

//! What operators and containers run beside `serve`: `probe`, and `migrate --wait`.

use crate::SOON;
use std::process::Stdio;
use testkit::{Cluster, binary, eventually};
use tokio::process::Command;

fn lockstep(argument: &[&str]) -> Command {
    let mut command = Command::new(binary::lockstep());
    command.args(argument).stdin(Stdio::null()).kill_on_drop(true);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_tells_whether_the_instance_is_ready() {
    let cluster = Cluster::builder().env("LOCKSTEP_DRAIN", "600").start().await;
    let operator = cluster.instances[0].operator().trim_start_matches("http://").to_owned();
    let probe = || async {
        let output =
            lockstep(&["probe"]).env("LOCKSTEP_OPERATOR_LISTEN", &operator).output().await.expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(probe().await.0);
    cluster.instances[0].begin_stop();
    eventually("the probe to fail", SOON, || async { !probe().await.0 }).await;
    assert!(probe().await.1.contains("not ready: HTTP/1.1 503"), "{}", probe().await.1);
    drop(cluster);
    assert!(probe().await.1.contains("nothing answers on"), "{}", probe().await.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_instance_waits_until_the_schema_is_there() {
    let cluster = Cluster::start(1).await;
    let sql = cluster.database.sql().await;
    let remove = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations) RETURNING version";
    let version: String = sql.query_one(remove, &[]).await.expect("a migration").get(0);
    let mut waiting = lockstep(&["migrate", "--wait"])
        .env("DATABASE_URL", cluster.database.url().as_str())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut said = tokio::io::BufReader::new(waiting.stderr.take().expect("piped"));
    let mut line = String::new();
    let heard = tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line);
    testkit::wait::within("it to say what it waits for", SOON, heard).await.expect("text");
    assert!(line.contains("the schema lacks"), "{line}");
    assert!(waiting.try_wait().expect("a child").is_none(), "it waits");
    sql.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ($1)", &[&version])
        .await
        .expect("back");
    let ended = testkit::wait::within("it to end", SOON, waiting.wait()).await.expect("a child");
    assert!(ended.success());
}

//! A read replica serves what is new enough and the primary the rest, so that nobody reads their own past. The replica here is a copy
//! of the database that stays as it is, and says in a title that it is the copy.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Api, Cluster, Database, wait};

use crate::support::Shop;

const HERE: &str = "On the primary";
const THERE: &str = "On the replica";

/// A shop with one task, which its only instance started with such a replica.
async fn copied() -> (Shop, Database, Api) {
    let mut shop = Shop::of(Cluster::builder()).await;
    shop.api(0).create_task(shop.project, HERE).await;
    shop.cluster.instances[0].kill();
    let copy = shop.cluster.database.copy().await;
    copy.sql().await.execute("UPDATE tasks SET title = $1", &[&THERE]).await.expect("a title");
    shop.cluster.instances[0].set("DATABASE_REPLICA_URL", copy.url().as_str());
    shop.cluster.instances[0].restart().await;
    let api = shop.api(0);
    (shop, copy, api)
}

async fn listed(shop: &Shop, query: &str) -> (u64, Value) {
    let list = shop.api(0).get(&shop.path(&format!("/tasks?{query}"))).await.expect(200).body;
    (list["version"].as_u64().expect("a version"), list["items"][0]["title"].clone())
}

async fn reads(shop: &Shop, outcome: &str) -> u64 {
    let name = format!("lockstep_replica_reads_total{{outcome=\"{outcome}\"}}");
    shop.cluster.instances[0].metric(&name).await as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_from_the_replica_unless_it_is_behind_what_is_asked_for() {
    let (shop, _copy, api) = copied().await;
    let (old, title) = listed(&shop, "").await;
    assert_eq!(title, THERE);
    let version = api.create_task(shop.project, "Another").await.version;
    assert_eq!(listed(&shop, "").await, (version, json!(HERE)), "not one's own past");
    assert_eq!(listed(&shop, &format!("min_version={version}")).await, (version, json!(HERE)));
    assert_eq!(listed(&shop, &format!("min_version={old}")).await, (old, json!(THERE)));
    assert_eq!((reads(&shop, "served").await, reads(&shop, "behind").await), (2, 2));
    let beyond = shop.path(&format!("/tasks?min_version={}", version + 1));
    api.get(&beyond).await.expect_problem(409, "resync");
    shop.cluster.rotate_epoch().await;
    assert_eq!(listed(&shop, "min_version=0").await, (version, json!(HERE)), "another epoch is another log");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_whatever_version_each_is_asked_for() {
    let (shop, _copy, api) = copied().await;
    let version = api.create_task(shop.project, "Another").await.version;
    let first = api.get(&shop.path("/tasks?limit=1&sort=number")).await.expect(200).body;
    let cursor = first["next_cursor"].as_str().expect("more");
    let next = format!("/tasks?limit=1&sort=number&min_version={version}&cursor={cursor}");
    let next = api.get(&shop.path(&next)).await.expect(200).body;
    assert_eq!(next["items"][0]["title"], "Another");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_built_from_the_replica_unless_it_is_behind() {
    let (shop, _copy, api) = copied().await;
    let path = shop.path("/snapshot");
    let there = api.get(&path).await.expect(200).body;
    assert_eq!(there["tasks"][0]["title"], THERE);
    let other = api.create_project("Other").await;
    let made = api.create_task(other, "New").await;
    let here = api.get(&format!("/projects/{other}/snapshot")).await.expect(200).body;
    assert_eq!((&here["tasks"][0]["title"], here["version"].as_u64()), (&json!("New"), Some(made.version)));
    assert_eq!((reads(&shop, "served").await, reads(&shop, "behind").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_takes_its_time_there() {
    let (mut shop, copy, _) = copied().await;
    let instance = &mut shop.cluster.instances[0];
    instance.set("LOCKSTEP_REQUEST_SECONDS", "1");
    // Postgres is not what gives up first.
    instance.set("LOCKSTEP_DATABASE_LOCK_MS", "60000");
    instance.set("LOCKSTEP_DATABASE_STATEMENT_MS", "60000");
    instance.restart().await;
    let sql = copy.sql().await;
    sql.batch_execute("BEGIN; LOCK TABLE tasks").await.expect("locked");
    let (api, path) = (shop.api(0), shop.path("/snapshot"));
    api.get(&path).await.expect_problem(503, "unavailable");
    sql.batch_execute("COMMIT").await.expect("released");
    let built = wait::eventually_some("the snapshot", Duration::from_secs(20), || async {
        Some(api.get(&path).await).filter(|answer| answer.status == 200)
    });
    assert_eq!(built.await.body["tasks"][0]["title"], THERE);
    assert_eq!((reads(&shop, "served").await, reads(&shop, "failed").await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_replica_is_away_the_primary_serves() {
    let (shop, copy, _) = copied().await;
    drop(copy);
    for _ in 0..20 {
        assert_eq!(listed(&shop, "").await.1, HERE);
    }
    assert!(reads(&shop, "failed").await >= 1 && reads(&shop, "skipped").await >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_comes_back_is_used_again() {
    let (shop, copy, _) = copied().await;
    let sql = shop.cluster.database.sql().await;
    let block = async |allowed: bool| {
        let statement = format!(
            "ALTER DATABASE {0} ALLOW_CONNECTIONS {allowed}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{0}'",
            copy.name
        );
        for statement in statement.split("; ") {
            sql.batch_execute(statement).await.expect("a superuser's right");
        }
    };
    assert_eq!(listed(&shop, "").await.1, THERE);
    block(false).await;
    assert_eq!(listed(&shop, "").await.1, HERE);
    block(true).await;
    wait::eventually("the replica to be used again", Duration::from_secs(20), || async {
        listed(&shop, "").await.1 == THERE
    })
    .await;
}

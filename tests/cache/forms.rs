//! A project that the version before wrote: its events, its stored snapshots and its cached bytes lack a field that came later.

use crate::support::{Raw, SOON, Shop, digest};
use domain::event::Event;
use domain::snapshot::{FORM, Snapshot};
use serde_json::{Value, json};
use testkit::Cluster;

/// What the version before did not write.
const LATER: &str = "\"start_on\":null,";
const HEAD: i64 = 25;

fn name(form: i32, epoch: &str, shop: &Shop) -> String {
    format!("lockstep:v{form}:{epoch}:project:{}:snapshot", shop.project)
}

/// Takes the field out of the log, and leaves stored and cached bytes of the form before, which nobody may read any more: a
/// stored one with another title, and cached ones that are no snapshot.
async fn make_older(shop: &Shop, epoch: &str) {
    let sql = shop.cluster.database.sql().await;
    sql.batch_execute("ALTER TABLE events DISABLE TRIGGER USER").await.expect("events can be changed");
    sql.execute("UPDATE events SET body = replace(body, $1, '')", &[&LATER]).await.expect("changed");
    sql.batch_execute("ALTER TABLE events ENABLE TRIGGER USER").await.expect("events cannot be changed");
    let stored = shop.api(0).get(&shop.path("/snapshot?version=20")).await.expect(200).body.to_string();
    let stored = stored.replace(LATER, "").replace("Task 0", "Of another form");
    let stored = zstd::encode_all(stored.as_bytes(), 3).expect("zstd");
    sql.execute("DELETE FROM snapshots", &[]).await.expect("deleted");
    let older = "INSERT INTO snapshots (project_id, epoch, form, version, body) VALUES ($1, $2, 1, 20, $3)";
    sql.execute(older, &[&shop.project, &epoch, &stored]).await.expect("stored");
    let client = redis::Client::open(testkit::services::redis_url()).expect("an address");
    let mut redis = client.get_multiplexed_async_connection().await.expect("Redis");
    let gone: i64 =
        redis::cmd("DEL").arg(name(FORM, epoch, shop)).query_async(&mut redis).await.expect("DEL");
    assert_eq!(gone, 1, "the bytes of this form are cached under its number");
    let (older, bytes) = (name(1, epoch, shop), "no snapshot");
    let _: () = redis::cmd("SET").arg(older).arg(bytes).query_async(&mut redis).await.expect("SET");
}

async fn is_cached(shop: &Shop, epoch: &str) -> bool {
    let client = redis::Client::open(testkit::services::redis_url()).expect("an address");
    let mut redis = client.get_multiplexed_async_connection().await.expect("Redis");
    redis::cmd("EXISTS").arg(name(FORM, epoch, shop)).query_async(&mut redis).await.expect("EXISTS")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_the_version_before_has_one_digest_from_tables_fold_history_and_cache() {
    let mut shop = Shop::of(Cluster::builder().instances(1).env("LOCKSTEP_SNAPSHOT_EVENTS", "10")).await;
    assert_eq!(shop.fill(24).await, HEAD as u64);
    let epoch = shop.api(0).snapshot(shop.project).await["epoch"].as_str().expect("an epoch").to_owned();
    testkit::eventually("the bytes to be cached", SOON, || is_cached(&shop, &epoch)).await;
    make_older(&shop, &epoch).await;
    shop.cluster.instances[0].restart().await;

    let api = shop.api(0);
    let tables = api.digest(shop.project).await.digest;
    let built = Raw::get(&api, &shop.path("/snapshot"), "zstd").await.json();
    let cached = Raw::get(&api, &shop.path("/snapshot"), "zstd").await.json();
    let history = Raw::get(&api, &shop.path(&format!("/snapshot?version={HEAD}")), "identity").await.json();
    let log: Vec<Event> = api
        .events_after(shop.project, 0)
        .await
        .into_iter()
        .inspect(|event| assert!(!event.to_string().contains("start_on"), "{event}"))
        .map(|event| serde_json::from_value(event).expect("an event"))
        .collect();
    let fold = json!(Snapshot::fold(epoch, &log).expect("it folds"));
    let digests: Vec<String> = [&built, &cached, &history, &fold].map(digest).into();
    assert_eq!(digests, vec![tables; 4]);
    assert!(built["tasks"][0]["start_on"].is_null() && built["tasks"][0].get("start_on").is_some());
    let at_20 = api.get(&shop.path("/snapshot?version=20")).await.expect(200).body;
    let titles: Vec<&Value> =
        at_20["tasks"].as_array().expect("tasks").iter().map(|task| &task["title"]).collect();
    assert!(!titles.contains(&&json!("Of another form")), "a stored snapshot of another form was folded");
    assert_eq!(shop.made("redis").await, 0, "cached bytes of another form were read");
}

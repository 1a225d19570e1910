//! Redis away, hanging or slow: the answers are the same, from Postgres.

use std::time::Duration;

use serde_json::json;
use testkit::{Cluster, wait};

use crate::support::{Raw, SOON, Shop, digest};

/// The snapshot of each instance is the server's, after a change.
async fn all_is_right(shop: &Shop, what: &str) {
    for instance in 0..shop.cluster.instances.len() {
        let api = shop.api(instance);
        let version = api.create_task(shop.project, what).await.version;
        let answer = wait::within(what, SOON, Raw::get(&api, &shop.path("/snapshot"), "zstd")).await;
        let snapshot = answer.json();
        let told = api.digest(shop.project).await;
        assert_eq!((snapshot["version"].as_u64(), digest(&snapshot)), (Some(version), told.digest), "{what}");
        let list = api.get("/projects").await.expect(200).body;
        assert_eq!(list["items"][0]["version"], json!(version), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_redis_stopped_frozen_or_cut_all_is_right() {
    let shop = Shop::of(Cluster::builder().instances(2).redis_proxied()).await;
    shop.fill(50).await;
    all_is_right(&shop, "Redis is there").await;
    for round in 0..2 {
        let proxies = || shop.cluster.instances.iter().map(|instance| instance.redis());
        proxies().for_each(|redis| redis.freeze());
        all_is_right(&shop, &format!("Redis hangs {round}")).await;
        proxies().for_each(|redis| redis.thaw());
        for redis in proxies() {
            redis.cut();
        }
        all_is_right(&shop, &format!("Redis was cut off {round}")).await;
        for redis in proxies() {
            redis.refuse().await;
        }
        all_is_right(&shop, &format!("Redis is stopped {round}")).await;
        for redis in proxies() {
            redis.accept().await;
            redis.delay(Duration::from_millis(300));
        }
        all_is_right(&shop, &format!("Redis is slow {round}")).await;
        proxies().for_each(|redis| redis.delay(Duration::ZERO));
        all_is_right(&shop, &format!("Redis is back {round}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_redis_is_given_up_after_one_call_and_used_again_when_it_is_back() {
    let shop = Shop::of(Cluster::builder().redis_proxied()).await;
    shop.fill(10).await;
    let instance = &shop.cluster.instances[0];
    instance.redis().freeze();
    for _ in 0..20 {
        shop.api(0).create_task(shop.project, "x").await;
        assert_eq!(Raw::get(&shop.api(0), &shop.path("/snapshot"), "zstd").await.status, 200);
    }
    let skipped = instance.metric("lockstep_cache_redis_skipped_total").await;
    let failures = instance.metric("lockstep_cache_redis_failures_total").await;
    assert!(skipped > failures && failures >= 1.0, "{failures} calls failed, {skipped} were spared");
    instance.redis().thaw();
    wait::eventually("Redis to have the snapshot", SOON, || async {
        let before = instance.metric("lockstep_cache_redis_skipped_total").await;
        shop.api(0).create_task(shop.project, "x").await;
        Raw::get(&shop.api(0), &shop.path("/snapshot"), "zstd").await;
        let failed = instance.metric("lockstep_cache_redis_failures_total").await;
        let _ = failed;
        instance.metric("lockstep_cache_redis_skipped_total").await == before
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_redis_all_is_right() {
    let shop = Shop::of(Cluster::builder().instances(2).without_redis()).await;
    shop.fill(50).await;
    all_is_right(&shop, "there is no Redis").await;
}

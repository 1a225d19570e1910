//! Snapshots: built once, folded after that, never older than what anybody saw.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Api, Cluster, Seed, Uuid, wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Raw, SOON, Shop, digest};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_first_opens_of_a_cold_project_build_it_once() {
    let patient = [("REDIS_MS", "10000"), ("DATABASE_ACQUIRE_MS", "60000"), ("HEAD_SECONDS", "60")];
    let builder = patient.iter().fold(Cluster::builder().instances(2), |builder, (name, value)| {
        builder.env(&format!("LOCKSTEP_{name}"), *value)
    });
    let shop = Shop::of(builder).await;
    let version = shop.fill(50).await;
    let apis = [shop.api(0), shop.api(1)];
    let path = shop.path("/snapshot");
    let opens = (0..1_000).map(|n| Raw::get(&apis[n % 2], &path, "zstd"));
    let answers = join_all(opens).await;
    let refused = answers.iter().find(|answer| answer.status != 200);
    assert_eq!(refused.map(|answer| String::from_utf8_lossy(&answer.bytes).into_owned()), None);
    assert!(answers.iter().all(|answer| answer.bytes == answers[0].bytes), "everybody gets the same bytes");
    assert_eq!(answers[0].json()["version"], json!(version));
    assert_eq!((shop.made("build").await, shop.made("fold").await, shop.made("redis").await), (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_in_a_large_project_is_folded_and_reads_no_other_task() {
    let shop = Shop::of(Cluster::builder()).await;
    shop.fill(1_600).await;
    let (api, path) = (shop.api(0), shop.path("/snapshot"));
    let before = Raw::get(&api, &path, "zstd").await;
    assert!(before.decoded().len() > 1 << 20, "a large one");
    let task: Uuid =
        before.json()["tasks"][800]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let renamed =
        api.patch(&shop.path(&format!("/tasks/{task}")), json!({"title": "Renamed"})).await.expect(200);
    let after = Raw::get(&api, &format!("{path}?min_version={}", renamed.version()), "zstd").await.json();
    let told = api.digest(shop.project).await;
    assert_eq!((after["version"].as_u64(), digest(&after)), (Some(renamed.version()), told.digest));
    assert_eq!(after["tasks"][800]["title"], "Renamed");
    assert_eq!((shop.made("build").await, shop.made("fold").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_project_is_folded_at_most_once_a_second_unless_more_is_asked_for() {
    let shop = Shop::of(Cluster::builder()).await;
    shop.fill(1_600).await;
    let (api, path) = (shop.api(0), shop.path("/snapshot"));
    Raw::get(&api, &path, "zstd").await;
    let begun = Instant::now();
    let mut version = 0;
    for n in 0..20 {
        version = api.create_task(shop.project, &format!("New {n}")).await.version;
        Raw::get(&api, &path, "zstd").await;
    }
    let folds = shop.made("fold").await;
    assert!(folds <= begun.elapsed().as_secs() + 1, "{folds} folds in {:?}", begun.elapsed());
    wait::eventually("the last version to be served", SOON, || async {
        Raw::get(&api, &path, "zstd").await.json()["version"] == json!(version)
    })
    .await;
    let newest = api.create_task(shop.project, "Newest").await.version;
    let asked = Raw::get(&api, &format!("{path}?min_version={newest}"), "zstd").await;
    assert_eq!(asked.json()["version"], json!(newest));
    // Whoever has a version gets no older one, from no instance.
    let newer = api.create_task(shop.project, "Newer").await.version;
    let tag = Raw::get(&api, &format!("{path}?min_version={newer}"), "zstd").await;
    let again =
        Raw::get(&api.with_header("if-none-match", tag.header("etag").expect("a tag")), &path, "zstd").await;
    assert_eq!(again.status, 304);
    assert_eq!(shop.made("build").await, 1);
}

/// Proves L4.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_has_the_servers_digest_after_random_edits_on_two_instances() {
    let seed = Seed::from_env();
    let mut random = seed.actor(0);
    let shop = Shop::of(Cluster::builder().instances(2)).await;
    let mut tasks: Vec<Uuid> = Vec::new();
    for round in 0..40 {
        for _ in 0..random.usize(1..6) {
            let api = shop.api(random.usize(0..2));
            let any = (!tasks.is_empty()).then(|| random.usize(0..tasks.len()));
            match (random.u8(0..8), any) {
                (0..3, _) | (_, None) => {
                    let config = json!({"x": [random.f64(), 1e-7, 4.35e-10, random.u32(..)], "ü": "\n],"});
                    let body = json!({"title": format!("T{round}"), "config": config});
                    tasks.push(api.post(&shop.path("/tasks"), body).await.expect(201).made("task").id);
                }
                (3, Some(n)) => {
                    api.delete(&shop.path(&format!("/tasks/{}", tasks.swap_remove(n)))).await.expect(200);
                }
                (4, Some(n)) => {
                    let path = shop.path(&format!("/tasks/{}/comments", tasks[n]));
                    api.post(&path, json!({"body": "x"})).await.expect(201);
                }
                (5, Some(n)) => {
                    let path = shop.path(&format!("/tasks/{}/move", tasks[n]));
                    api.post(&path, json!({"status": "todo"})).await.expect(200);
                }
                (_, Some(n)) => {
                    let body = json!({"title": format!("R{round}"), "config": {"y": random.f64()}});
                    api.patch(&shop.path(&format!("/tasks/{}", tasks[n])), body).await.expect(200);
                }
            }
        }
        let api = shop.api(random.usize(0..2));
        let snapshot = Raw::get(&api, &shop.path("/snapshot"), "zstd").await.json();
        let told = api.digest(shop.project).await;
        assert_eq!(
            (snapshot["version"].as_u64(), digest(&snapshot)),
            (Some(told.version), told.digest),
            "round {round}"
        );
    }
    assert!(shop.made("fold").await >= 20, "it was folded again and again");
    assert!(shop.made("build").await <= 2, "and built hardly ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_slow_between_reading_and_storing_makes_nobody_see_an_older_version() {
    const SLOW: Duration = Duration::from_secs(5);
    // Without Redis, or the others would wait for the slow one's lock first.
    let builder = Cluster::builder().instances(2).postgres_proxied().without_redis();
    let patient = ["IDLE_IN_TRANSACTION_MS", "CONNECT_MS", "ACQUIRE_MS", "STATEMENT_MS"];
    let builder = patient
        .iter()
        .fold(builder, |builder, name| builder.env(&format!("LOCKSTEP_DATABASE_{name}"), "60000"));
    // A large project: of those an entry may be served for a second without asking what is newer.
    let shop = Shop::of(builder).await;
    shop.fill(1_600).await;
    let slow = Api::streaming(shop.cluster.instances[0].http()).with_token(&shop.owner.token);
    let (fast, path) = (shop.api(1), shop.path("/snapshot"));
    let postgres = shop.cluster.instances[0].postgres();
    postgres.delay(Duration::from_millis(300));
    let reading = tokio::spawn({
        let path = path.clone();
        async move { Raw::get(&slow, &path, "zstd").await.json()["version"].as_u64() }
    });
    // It has read the tasks and not yet ended its transaction: here it stops.
    let sql = shop.cluster.database.sql().await;
    let has_read = "SELECT FROM pg_stat_activity WHERE application_name = 'lockstep i0' AND datname = current_database() \
                    AND state = 'idle in transaction' AND query LIKE '%FROM \"tasks\"%'";
    wait::eventually("the slow one to have read", SOON, || async {
        sql.query_opt(has_read, &[]).await.is_ok_and(|row| row.is_some())
    })
    .await;
    postgres.freeze();
    let read_at = tokio::time::Instant::now();
    postgres.delay(Duration::ZERO);
    let newest = fast.patch(&shop.path(""), json!({"name": "Newest"})).await.expect(200).version();
    let seen = Raw::get(&fast, &format!("{path}?min_version={newest}"), "zstd").await.json();
    assert_eq!(seen["version"], json!(newest));
    assert!(!reading.is_finished(), "the slow one is still between reading and storing");
    tokio::time::sleep_until(read_at + SLOW).await;
    postgres.thaw();
    let old = reading.await.expect("an answer").expect("a version");
    assert!(old < newest, "what the slow one read was old by then");
    for instance in [0, 1, 0, 1] {
        let version = Raw::get(&shop.api(instance), &path, "zstd").await.json()["version"].as_u64();
        assert!(version >= Some(newest), "instance {instance} served {version:?} after {newest} was seen");
    }
}

/// Proves E7.
#[tokio::test(flavor = "multi_thread")]
async fn another_epoch_voids_what_is_cached() {
    let shop = Shop::of(Cluster::builder().instances(2)).await;
    shop.fill(10).await;
    let path = shop.path("/snapshot");
    let before = Raw::get(&shop.api(0), &path, "zstd").await.json();
    shop.cluster.rotate_epoch().await;
    for instance in [0, 1] {
        let after = Raw::get(&shop.api(instance), &path, "zstd").await.json();
        assert_ne!(after["epoch"], before["epoch"]);
        assert_eq!(after["epoch"], json!(shop.api(instance).digest(shop.project).await.epoch));
        assert_eq!(after["tasks"], before["tasks"]);
    }
}

/// Proves A8.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_gets_nothing_from_a_cache() {
    let shop = Shop::of(Cluster::builder().instances(2)).await;
    let member = shop.cluster.user("Vera").await;
    shop.api(0).add_member(shop.project, &member, "viewer").await;
    let path = shop.path("/snapshot");
    let mut tag = String::new();
    for instance in [0, 1] {
        let answer = shop.cluster.api(instance, &member).get(&path).await.expect(200);
        tag = answer.header("etag").expect("a tag").to_owned();
    }
    shop.api(0).remove_member(shop.project, &member).await;
    for instance in [0, 1] {
        let api = shop.cluster.api(instance, &member);
        api.get(&path).await.expect_problem(404, "not_found");
        api.with_header("if-none-match", &tag).get(&path).await.expect_problem(404, "not_found");
        api.get(&shop.path("/digest")).await.expect_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_readers_that_take_a_byte_a_second_slow_nobody() {
    let shop = Shop::of(Cluster::builder().env("LOCKSTEP_WORKERS", "1")).await;
    shop.fill(1_600).await;
    let (api, path) = (shop.api(0), shop.path("/snapshot"));
    let whole = Raw::get(&api, &path, "identity").await;
    let (done, mut stopped) = tokio::sync::watch::channel(false);
    let mut slow = Vec::new();
    for coding in ["zstd", "gzip", "identity"].into_iter().cycle().take(10) {
        let mut socket = TcpStream::connect(shop.cluster.instances[0].authority()).await.expect("connected");
        let request = format!(
            "GET /api/v1{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\naccept-encoding: {coding}\r\n\r\n",
            shop.owner.token
        );
        socket.write_all(request.as_bytes()).await.expect("asked");
        let mut byte = [0];
        socket.read_exact(&mut byte).await.expect("it is being answered");
        slow.push(socket);
    }
    let readers = slow.into_iter().map(|mut socket| {
        let mut stopped = stopped.clone();
        tokio::spawn(async move {
            let mut byte = [0];
            let mut each_second = tokio::time::interval(Duration::from_secs(1));
            loop {
                tokio::select! {
                    _ = each_second.tick() => { socket.read_exact(&mut byte).await.expect("a byte"); }
                    _ = stopped.changed() => return,
                }
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    stopped.mark_unchanged();
    for n in 0..30 {
        let task = api.create_task(shop.project, &format!("Meanwhile {n}")).await;
        let fresh = format!("{path}?min_version={}", task.version);
        let answer =
            wait::within("a snapshot beside slow readers", SOON, Raw::get(&api, &fresh, "zstd")).await;
        assert_eq!(answer.status, 200);
    }
    assert!(whole.bytes.len() > 1 << 20);
    done.send_replace(true);
    for reader in readers {
        reader.await.expect("a slow reader is served all the time");
    }
}

//! One body in three codings, by `Accept-Encoding`; tags and what shared caches are told.

use reqwest::Method;
use testkit::Cluster;

use crate::support::{Raw, Shop};

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_the_same_in_every_coding() {
    // In memory, and in a temporary file.
    for in_memory in ["33554432", "100"] {
        let shop = Shop::of(Cluster::builder().env("LOCKSTEP_SNAPSHOT_MEMORY_BYTES", in_memory)).await;
        shop.fill(200).await;
        let (api, path) = (shop.api(0), shop.path("/snapshot"));
        let plain = Raw::get(&api, &path, "identity").await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
        assert_eq!(plain.json()["tasks"].as_array().map(Vec::len), Some(200));
        for (accept, coding) in
            [("gzip, deflate, br, zstd", "zstd"), ("gzip", "gzip"), ("zstd;q=0.1, gzip;q=0.2", "gzip")]
        {
            let coded = Raw::get(&api, &path, accept).await;
            assert_eq!((coded.status, coded.header("content-encoding")), (200, Some(coding)), "{accept}");
            assert!(coded.bytes.len() < plain.bytes.len(), "{accept}");
            assert!(coded.decoded() == plain.bytes, "{accept}, {in_memory} bytes in memory");
            assert_eq!(coded.header("etag"), plain.header("etag"));
            let vary = coded.headers.get_all("vary").iter().filter_map(|value| value.to_str().ok());
            assert!(
                vary.flat_map(|value| value.split(", ")).any(|name| name == "accept-encoding"),
                "{:?}",
                coded.headers
            );
            assert_eq!(coded.header("cache-control"), Some("private, no-cache"));
            let head = Raw::ask(&api, Method::HEAD, &path, accept).await;
            assert_eq!((head.status, head.bytes.len()), (200, 0));
            assert_eq!(head.header("content-length"), coded.header("content-length"));
        }
        let tag = plain.header("etag").expect("a tag");
        let same = Raw::get(&api.with_header("if-none-match", tag), &path, "zstd").await;
        assert_eq!((same.status, same.bytes.len(), same.header("content-encoding")), (304, 0, None));
        assert_eq!(
            (same.header("etag"), same.header("cache-control")),
            (Some(tag), Some("private, no-cache"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_events_is_the_same_in_every_coding_and_longer_than_a_piece_of_it() {
    let shop = Shop::of(Cluster::builder()).await;
    // About 1.5 KB an event: more than the megabyte that is read and sent at a time.
    let head = shop.fill(900).await;
    let (api, path) = (shop.api(0), shop.path("/events?after=0&limit=1000"));
    let plain = Raw::get(&api, &path, "identity").await;
    assert!(plain.bytes.len() > 1 << 20, "{} bytes", plain.bytes.len());
    let page = plain.json();
    let versions: Vec<_> =
        page["events"].as_array().expect("events").iter().map(|event| event["version"].as_u64()).collect();
    assert_eq!(versions, (1..=head).map(Some).collect::<Vec<_>>());
    assert_eq!((page["head"].as_u64(), page["more"].as_bool()), (Some(head), Some(false)));
    for coding in ["gzip", "zstd"] {
        let coded = Raw::get(&api, &path, coding).await;
        assert_eq!(coded.header("content-encoding"), Some(coding));
        assert!(coded.bytes.len() < plain.bytes.len() && coded.decoded() == plain.bytes, "{coding}");
    }
    let some = Raw::get(&api, &shop.path("/events?after=10&limit=850"), "zstd").await.json();
    assert_eq!((some["events"].as_array().map(Vec::len), some["more"].as_bool()), (Some(850), Some(true)));
    let log = sql_bodies(&shop).await;
    let told = String::from_utf8(plain.bytes).expect("UTF-8");
    assert!(log.iter().all(|body| told.contains(body)), "events go out as the log has them");
}

async fn sql_bodies(shop: &Shop) -> Vec<String> {
    let sql = shop.cluster.database.sql().await;
    let query = "SELECT body FROM events WHERE project_id = $1 ORDER BY version";
    let rows = sql.query(query, &[&shop.project]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

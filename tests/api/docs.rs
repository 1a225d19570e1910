//! The OpenAPI document and its page: open to everybody, from this host alone.

use serde_json::Value;
use testkit::Cluster;

use crate::support::Got;

async fn get(cluster: &Cluster, path: &str) -> Got {
    Got::from(reqwest::Client::new().get(format!("http://{}{path}", cluster.instances[0].authority()))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_open_and_names_the_public_address() {
    let cluster = Cluster::builder().env("LOCKSTEP_PUBLIC_URL", "https://lockstep.example.org").start().await;
    let got = get(&cluster, "/openapi.json").await;
    assert_eq!((got.status, got.header("content-type")), (200, Some("application/json")));
    assert_eq!(got.body["openapi"], "3.1.0");
    assert_eq!(got.body["servers"][0]["url"], "https://lockstep.example.org");
    assert_eq!(got.body["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let paths = got.body["paths"].as_object().expect("paths");
    assert!(paths.contains_key("/api/v1/projects/{project}/tasks/{task}"), "{:?}", paths.keys());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_document_loads_nothing_from_elsewhere() {
    let cluster = Cluster::start(1).await;
    let page = get(&cluster, "/docs").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    let Value::String(html) = &page.body else { panic!("{:?}", page.body) };
    let linked: Vec<&str> =
        html.split(['"']).filter(|part| part.starts_with('/') && part.len() > 1).collect();
    assert!(linked.len() >= 4, "{html}");
    for path in linked {
        assert_eq!(get(&cluster, path).await.status, 200, "{path}");
    }
    assert!(!html.contains("//"), "something comes from elsewhere: {html}");
    assert_eq!(get(&cluster, "/docs/nothing.js").await.wrong_as(404, "not_found"), None);
}

//! `/metrics`: for the operator, and nobody else.

use testkit::{Api, Cluster};

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_on_the_operators_address_only() {
    let cluster = Cluster::start(1).await;
    let instance = &cluster.instances[0];
    instance.api().get("//metrics").await.expect_problem(404, "not_found");
    let operator = Api::new(instance.operator());
    let metrics = operator.get("//metrics").await.expect(200);
    let kind = metrics.header("content-type").expect("a type");
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = metrics.body.as_str().expect("text");
    assert!(text.ends_with("# EOF\n") && text.contains("lockstep_build_info{version="), "{text}");
    operator.get("//health/ready").await.expect(200);
    operator.get("//api/v1/me").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_counted_by_their_status() {
    let cluster = Cluster::start(1).await;
    let instance = &cluster.instances[0];
    let before = instance.metric("lockstep_http_answers_total{status=\"4xx\"}").await;
    for _ in 0..3 {
        instance.api().get("/me").await.expect(401);
    }
    assert_eq!(instance.metric("lockstep_http_answers_total{status=\"4xx\"}").await, before + 3.0);
}

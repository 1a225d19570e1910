//! What came before, asked for over the socket.

use serde_json::{Value, json};
use testkit::{Cluster, Socket};

fn versions(answer: &Value) -> Vec<u64> {
    let publications = answer["publications"].as_array().expect("publications");
    publications.iter().map(|one| one["offset"].as_u64().expect("an offset")).collect()
}

/// Proves P10.
#[tokio::test(flavor = "multi_thread")]
async fn history_is_a_stretch_of_the_log_forwards_or_backwards() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    let head = api.create_tasks(project, 120).await;
    let epoch = api.snapshot(project).await["epoch"].clone();
    let mut socket = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("connected");
    let mut ask = async |more: Value| {
        let mut asked = json!({"channel": format!("project:{project}")});
        asked.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        socket.call("history", asked).await
    };
    let since = |offset: u64| json!({"offset": offset, "epoch": epoch});
    let top = ask(json!({})).await.expect("where the log ends");
    assert_eq!(top, json!({"publications": [], "epoch": epoch, "offset": head}));
    let first = ask(json!({"limit": 3})).await.expect("the first");
    assert_eq!(versions(&first), [1, 2, 3]);
    let log = cluster.whole_log(project, &owner).await;
    assert_eq!(first["publications"][1]["data"], log[1]);
    let next = ask(json!({"limit": 2, "since": since(3)})).await.expect("the next");
    assert_eq!(versions(&next), [4, 5]);
    assert_eq!(
        versions(&ask(json!({"limit": 2, "reverse": true})).await.expect("the last")),
        [head, head - 1]
    );
    let before = ask(json!({"limit": 9, "since": since(3), "reverse": true})).await.expect("those before");
    assert_eq!(versions(&before), [2, 1]);
    let all = ask(json!({"limit": -1})).await.expect("as many as there may be");
    assert_eq!(versions(&all), (1..=100).collect::<Vec<_>>());
    assert_eq!(versions(&ask(json!({"limit": 5, "since": since(head)})).await.expect("nothing")), [0_u64; 0]);
    for void in [json!({"offset": 1, "epoch": "another"}), since(head + 1), json!({"offset": -1})] {
        let refused = ask(json!({"limit": 1, "since": void})).await.expect_err("a void position");
        assert_eq!(refused.refused_code(), Some(112), "{void}");
    }
}

/// Proves P10.
#[tokio::test(flavor = "multi_thread")]
async fn large_events_make_short_answers_at_the_end_that_was_asked_for() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    let api = cluster.api(0, &owner);
    let project = api.create_project("Shop").await;
    for _ in 0..5 {
        let task = json!({"title": "Large", "description": "x".repeat(50_000)});
        api.post(&format!("/projects/{project}/tasks"), task).await.expect(201);
    }
    let mut socket = Socket::connect(&cluster.instances[0].ws(), &owner.token).await.expect("connected");
    for (reverse, wanted) in [(false, vec![1, 2]), (true, vec![6])] {
        let asked = json!({"channel": format!("project:{project}"), "limit": 6, "reverse": reverse});
        let answer = socket.call("history", asked).await.expect("an answer");
        assert_eq!(versions(&answer), wanted);
    }
}

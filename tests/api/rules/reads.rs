//! Snapshots and digests: exact at one version.

use serde_json::json;
use testkit::Uuid;

use crate::support::Team;

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_the_client_has_is_304_and_another_is_not() {
    let team = Team::start(1).await;
    let (api, path) = (team.viewer(), team.path("/snapshot"));
    let first = api.get(&path).await.expect(200);
    let (epoch, version) = (first.body["epoch"].as_str().expect("an epoch"), first.version());
    let tag = first.header("etag").expect("a tag").to_owned();
    assert_eq!(tag, format!("W/\"{epoch}.{version}\""));
    for tags in [tag.clone(), format!("W/\"x.1\", {tag}"), "*".to_owned()] {
        let same = api.with_header("if-none-match", &tags).get(&path).await.expect(304);
        assert_eq!((same.header("etag"), same.body.is_null()), (Some(tag.as_str()), true));
    }
    team.editor().create_task(team.project, "Two").await;
    let next = api.with_header("if-none-match", &tag).get(&path).await.expect(200);
    assert_eq!(next.version(), version + 1);
    api.get(&format!("{path}?min_version={}", version + 1)).await.expect(200);
    let beyond = api.get(&format!("{path}?min_version={}", version + 2)).await.expect_problem(409, "resync");
    assert_eq!((&beyond.body["head"], &beyond.body["epoch"]), (&json!(version + 1), &json!(epoch)));
    team.cluster.rotate_epoch().await;
    let rotated =
        api.with_header("if-none-match", next.header("etag").expect("a tag")).get(&path).await.expect(200);
    assert_ne!(rotated.body["epoch"], epoch);
    let digest = api.digest(team.project).await;
    assert_eq!((digest.version, json!(digest.epoch)), (version + 1, rotated.body["epoch"].clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_the_client_has_is_304_until_it_changes_or_is_archived() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path(""));
    let tag = api.get(&path).await.expect(200).header("etag").expect("a tag").to_owned();
    for tags in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let same = api.with_header("if-none-match", &tags).get(&path).await.expect(304);
        assert_eq!((same.header("etag"), same.body.is_null()), (Some(tag.as_str()), true), "{tags}");
    }
    let knowing = api.with_header("if-none-match", &tag);
    knowing.get(&team.task_path("/watchers")).await.expect(200);
    api.post(&team.task_path("/archive"), json!({})).await.expect(200);
    assert!(knowing.get(&path).await.expect(200).body["archived_at"].is_string());
    api.post(&team.task_path("/unarchive"), json!({})).await.expect(200);
    api.patch(&path, json!({"title": "Other"})).await.expect(200);
    assert_eq!(knowing.get(&path).await.expect(200).body["task"]["title"], "Other");
    let gone = team.path(&format!("/tasks/{}", Uuid::new_v4()));
    api.with_header("if-none-match", "*").get(&gone).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_snapshot_is_304_for_who_wants_none_that_there_is() {
    let team = Team::start(1).await;
    let wanting_none = team.viewer().with_header("if-none-match", "*");
    let same = wanting_none.get(&team.path("/snapshot?version=1")).await.expect(304);
    assert!(same.header("etag").is_some() && same.body.is_null());
    wanting_none.get(&team.path("/snapshot?version=1000")).await.expect_problem(409, "resync");
}

/// Proves L4.
#[tokio::test(flavor = "multi_thread")]
async fn the_digest_is_the_hash_of_the_canonical_snapshot_without_its_epoch() {
    let team = Team::start(1).await;
    let numbers = json!({"title": "Numbers", "config": {"a": [0.1, 1e-7, 1.0, -0.0, 5e-324, 123456789.123, 4.35e-10], "ä": "\u{1F600}"}});
    team.editor().post(&team.path("/tasks"), numbers).await.expect(201);
    let mut snapshot = team.viewer().snapshot(team.project).await;
    let told = team.viewer().digest(team.project).await;
    snapshot.as_object_mut().expect("an object").remove("epoch");
    let hash = domain::digest::hash(&snapshot);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told.digest, hex);
    for list in ["tasks", "members"] {
        let items = snapshot[list].as_array().expect("a list");
        let name = if list == "tasks" { "id" } else { "user" };
        assert!(items.is_sorted_by_key(|item| item[name].as_str()), "{list} are sorted by {name}");
    }
}

//! Comments: by their author or an owner, on a task that is there.

use serde_json::json;
use testkit::Uuid;

use crate::support::Team;

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_changed_by_its_author_or_an_owner() {
    let team = Team::start(1).await;
    team.owner().add_member(team.project, &team.stranger, "editor").await;
    let (author, path) = (team.editor(), team.task_path("/comments"));
    let made = author.post(&path, json!({"body": "First"})).await.expect(201);
    let one = format!("{path}/{}", made.made("comment").id);
    assert_eq!(made.header("location"), Some(format!("/api/v1{one}").as_str()));
    team.stranger().patch(&one, json!({"body": "Not mine"})).await.expect_problem(403, "not_author");
    team.stranger().delete(&one).await.expect_problem(403, "not_author");
    team.viewer().patch(&one, json!({"body": "Nor mine"})).await.expect_problem(403, "forbidden");
    let changed = author.patch(&one, json!({"body": "Second"})).await.expect(200);
    assert_eq!(changed.events()[0]["data"]["task"], json!(team.task));
    assert!(author.patch(&one, json!({"body": "Second"})).await.expect(200).events().is_empty());
    team.owner().patch(&one, json!({"body": "Third"})).await.expect(200);
    team.owner().delete(&one).await.expect(200);
    author.patch(&one, json!({"body": "Fourth"})).await.expect_problem(409, "comment_deleted");
    assert!(author.delete(&one).await.expect(200).events().is_empty(), "it is deleted already");
    team.stranger().delete(&one).await.expect_problem(403, "not_author");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_comment_keeps_its_place_and_loses_its_text_and_count() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path("/comments"));
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(
            api.post(&path, json!({"body": format!("Comment {n}")})).await.expect(201).made("comment").id,
        );
    }
    assert_eq!(team.task().await["comment_count"], 3);
    let deleted = api.delete(&format!("{path}/{}", ids[1])).await.expect(200);
    assert_eq!(
        (&deleted.body["comment"]["body"], &deleted.body["comment"]["deleted"]),
        (&json!(null), &json!(true))
    );
    assert_eq!(team.task().await["comment_count"], 2);
    let list = team.viewer().get(&path).await.expect(200);
    let shown: Vec<_> = list.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|c| (c["id"].clone(), c["body"].clone()))
        .collect();
    let wanted = [json!("Comment 0"), json!(null), json!("Comment 2")];
    assert_eq!(shown, ids.iter().map(|id| json!(id)).zip(wanted).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_belongs_to_its_task() {
    let team = Team::start(1).await;
    let api = team.editor();
    let id = Uuid::new_v4();
    api.post(&team.task_path("/comments"), json!({"id": id, "body": "x"})).await.expect(201);
    api.post(&team.task_path("/comments"), json!({"id": id, "body": "x"}))
        .await
        .expect_problem(409, "id_taken");
    let other = api.create_task(team.project, "Another").await.id;
    let wrong = team.path(&format!("/tasks/{other}/comments/{id}"));
    api.patch(&wrong, json!({"body": "y"})).await.expect_problem(404, "not_found");
    api.delete(&wrong).await.expect_problem(404, "not_found");
    api.delete(&team.task_path("")).await.expect(200);
    api.patch(&team.task_path(&format!("/comments/{id}")), json!({"body": "y"}))
        .await
        .expect_problem(409, "task_deleted");
    for (body, code) in [
        (json!(" "), "invalid_length"),
        (json!("x".repeat(102_401)), "invalid_length"),
        (json!(7), "invalid_type"),
    ] {
        let refused = api.post(&team.path(&format!("/tasks/{other}/comments")), json!({"body": body})).await;
        refused.expect_problem(422, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_keeps_its_replies_and_comes_page_by_page_in_the_order_it_was_written() {
    let team = Team::start(2).await;
    let (api, path) = (team.editor(), team.task_path("/comments"));
    let first = api.post(&path, json!({"body": "First"})).await.expect(201).made("comment").id;
    let mut ids = vec![first];
    for n in 0..4 {
        let reply = json!({"body": format!("Reply {n} <@{}>", team.viewer.id), "reply_to": first});
        let made = team.cluster.api(n % 2, &team.owner).post(&path, reply).await.expect(201);
        assert_eq!(made.events()[0]["data"]["mentions"], json!([team.viewer.id]));
        ids.push(made.made("comment").id);
    }
    api.delete(&format!("{path}/{first}")).await.expect(200);
    let mut listed = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = team.viewer().get(&format!("{path}?limit=2{cursor}")).await.expect(200).body;
        listed.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let shown: Vec<_> = listed.iter().map(|c| (c["id"].clone(), c["reply_to"].clone())).collect();
    let wanted = ids.iter().map(|id| (json!(id), if *id == first { json!(null) } else { json!(first) }));
    assert_eq!(shown, wanted.collect::<Vec<_>>());
    let versions: Vec<i64> = listed.iter().filter_map(|c| c["created_version"].as_i64()).collect();
    assert!(versions.len() == 5 && versions.is_sorted(), "{versions:?}");
    let restored = api.post(&format!("{path}/{first}/restore"), json!({})).await.expect(200);
    assert_eq!(restored.body["comment"]["body"], json!("First"));
    assert_eq!(team.task().await["comment_count"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_is_put_and_taken_back_by_whoever_made_it() {
    let team = Team::start(1).await;
    let (api, path) = (team.editor(), team.task_path("/comments"));
    let id = api.post(&path, json!({"body": "First"})).await.expect(201).made("comment").id;
    let thumb = format!("{path}/{id}/reactions/%F0%9F%91%8D");
    let put = api.send(reqwest::Method::PUT, &thumb, None).await.expect(200);
    assert_eq!(put.events()[0]["type"], "comment.reacted");
    assert_eq!(put.events()[0]["data"]["task"], json!(team.task));
    assert!(api.send(reqwest::Method::PUT, &thumb, None).await.expect(200).events().is_empty());
    assert!(team.owner().delete(&thumb).await.expect(200).events().is_empty(), "it is not theirs");
    let listed = team.viewer().get(&path).await.expect(200).body;
    assert_eq!(listed["items"][0]["reactions"], json!({"👍": [team.editor.id]}));
    let bare = format!("{path}/{id}/reactions/ok");
    api.send(reqwest::Method::PUT, &bare, None).await.expect_problem(422, "invalid_value");
    team.viewer().send(reqwest::Method::PUT, &thumb, None).await.expect_problem(403, "forbidden");
    let taken = api.delete(&thumb).await.expect(200);
    assert_eq!(taken.body["comment"]["reactions"], json!({}));
}

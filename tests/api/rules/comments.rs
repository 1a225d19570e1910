//! Comments: by their author or an owner, on a task that is there.

use serde_json::{Value, json};
use testkit::{Api, Uuid};

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

/// A comment's reactions after a change of them, and the emoji of its event.
async fn react(api: &Api, path: &str, emoji: &str, on: bool) -> (Value, Option<Value>) {
    let address = format!("{path}/reactions/{}", percent_encoded(emoji));
    let method = if on { reqwest::Method::PUT } else { reqwest::Method::DELETE };
    let answer = api.send(method, &address, None).await.expect(200);
    let event = answer.events().first().map(|event| event["data"]["emoji"].clone());
    (answer.body["comment"]["reactions"].clone(), event)
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_is_one_emoji_with_or_without_the_sign_for_pictures() {
    let team = Team::start(1).await;
    let (editor, owner, comments) = (team.editor(), team.owner(), team.task_path("/comments"));
    let id = editor.post(&comments, json!({"body": "First"})).await.expect(201).made("comment").id;
    let path = format!("{comments}/{id}");
    for (bare, whole) in [
        ("\u{2764}", "\u{2764}\u{fe0f}"),
        ("\u{263a}", "\u{263a}\u{fe0f}"),
        ("\u{1f575}\u{200d}\u{2642}", "\u{1f575}\u{fe0f}\u{200d}\u{2642}\u{fe0f}"),
        ("3\u{20e3}", "3\u{fe0f}\u{20e3}"),
        ("\u{1f44d}\u{fe0f}", "\u{1f44d}"),
    ] {
        let by_editor = (json!({whole: [team.editor.id]}), Some(json!(whole)));
        assert_eq!(react(&editor, &path, bare, true).await, by_editor, "{whole}");
        assert_eq!(react(&editor, &path, whole, true).await.1, None, "{whole}");
        let both = react(&owner, &path, whole, true).await.0;
        assert_eq!(both[whole].as_array().map(Vec::len), Some(2), "{whole}");
        assert_eq!(react(&owner, &path, bare, false).await, by_editor, "{whole}");
        assert_eq!(react(&editor, &path, whole, false).await, (json!({}), Some(json!(whole))), "{whole}");
    }
    let before = team.digest().await;
    for other in ["👍👍", "👍❤️", "\u{200d}", "\u{fe0f}", "👩\u{200d}", "\u{2764}\u{fe0e}", "🇩", "→"]
    {
        let address = format!("{path}/reactions/{}", percent_encoded(other));
        editor.send(reqwest::Method::PUT, &address, None).await.expect_problem(422, "invalid_value");
        let command = json!({"type": "comment.react", "comment": id, "emoji": other, "on": true});
        editor.commands(team.project, json!([command])).await.expect_problem(422, "invalid_value");
    }
    team.unchanged(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_of_before_are_read_as_one_and_the_migration_joins_their_rows() {
    let team = Team::start(1).await;
    let (editor, comments) = (team.editor(), team.task_path("/comments"));
    let id = editor.post(&comments, json!({"body": "First"})).await.expect(201).made("comment").id;
    let sql = team.cluster.database.sql().await;
    let (one, two) = (team.editor.id.min(team.owner.id), team.editor.id.max(team.owner.id));
    let kept = json!({
        "\u{2764}": [one, two], "\u{2764}\u{fe0f}": [two], "\u{1f44d}\u{fe0f}": [one], "\u{1f44d}": [one],
        "\u{261d}\u{1f3fd}": [two], "\u{1f441}\u{200d}\u{1f5e8}": [one], "3\u{20e3}": [two], "\u{1f3f3}\u{200d}\u{1f308}": [one],
    });
    let joined = json!({
        "\u{2764}\u{fe0f}": [one, two], "\u{1f44d}": [one], "\u{261d}\u{1f3fd}": [two],
        "\u{1f441}\u{fe0f}\u{200d}\u{1f5e8}\u{fe0f}": [one], "3\u{fe0f}\u{20e3}": [two], "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}": [one],
    });
    sql.execute("UPDATE comments SET reactions = $1 WHERE id = $2", &[&kept, &id]).await.expect("kept");
    let shown = async || team.viewer().get(&comments).await.expect(200).body["items"][0]["reactions"].clone();
    assert_eq!(shown().await, joined);
    let migration = include_str!("../../../migrations/2026-11-29-000100_emoji/up.sql");
    sql.batch_execute(migration).await.expect("a migration");
    let row = sql.query_one("SELECT reactions FROM comments WHERE id = $1", &[&id]).await.expect("a row");
    assert_eq!(row.get::<_, Value>(0), joined);
    assert_eq!(shown().await, joined);
}

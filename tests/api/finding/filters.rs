//! `GET …/tasks` and `GET /me/tasks`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::{SORTS, all, sorted, titles};
use crate::support::Team;

/// A project with tasks that differ in everything lists filter by.
async fn board() -> Team {
    let team = Team::start(1).await;
    team.add_labels(&["bug", "later", "unused"]).await;
    let (owner, editor) = (team.owner.id, team.editor.id);
    let commands = json!([
        {"type": "task.create", "title": "a", "status": "todo", "priority": "high", "due_on": "2026-12-01", "assignees": [owner]},
        {"type": "task.create", "title": "b", "status": "todo", "priority": "low", "due_on": "2026-12-02", "assignees": [editor]},
        {"type": "task.create", "title": "c", "status": "done", "priority": "high", "assignees": [owner, editor]},
        {"type": "task.create", "title": "d", "status": "done", "priority": "urgent", "due_on": "2026-11-30"},
        {"type": "task.create", "title": "e", "status": "backlog", "due_on": "2026-12-02"},
    ]);
    team.editor().commands(team.project, commands).await.expect(200);
    let sql = team.cluster.database.sql().await;
    sql.batch_execute(
        "UPDATE tasks SET labels = '{bug}' WHERE title = 'a'; UPDATE tasks SET labels = '{bug,later}' WHERE title = 'b'; \
         UPDATE tasks SET parent = (SELECT id FROM tasks WHERE title = 'a') WHERE title IN ('c', 'e')",
    )
    .await
    .expect("labels and parents");
    team
}

async fn found(team: &Team, query: &str) -> String {
    let items = all(&team.viewer(), &team.path(&format!("/tasks?{query}")), 2).await;
    let mut titles = titles(&items);
    titles.sort();
    titles.retain(|title| title.len() == 1);
    titles.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_filter_given_twice_means_or_and_different_ones_mean_and() {
    let team = board().await;
    let api = team.owner();
    let a = api.get(&team.path("/tasks?number=2")).await.expect(200).body["items"][0].clone();
    assert_eq!(a["title"], "a");
    let (owner, editor) = (team.owner.id, team.editor.id);
    let since = a["updated_at"].as_str().expect("a time").to_owned();
    for (query, expected) in [
        (String::new(), "abcde"),
        ("status=todo".to_owned(), "ab"),
        ("status=todo&status=done".to_owned(), "abcd"),
        ("status=todo&priority=high".to_owned(), "a"),
        ("status=cancelled".to_owned(), ""),
        (format!("assignee={owner}"), "ac"),
        (format!("assignee={owner}&assignee={editor}"), "abc"),
        ("assignee=none".to_owned(), "de"),
        (format!("assignee=none&assignee={editor}"), "bcde"),
        (format!("assignee={editor}&status=done"), "c"),
        ("label=bug".to_owned(), "ab"),
        ("label=later".to_owned(), "b"),
        (format!("label=bug&assignee={owner}"), "a"),
        ("label=unused".to_owned(), ""),
        ("priority=high&priority=urgent".to_owned(), "acd"),
        ("priority=none".to_owned(), "e"),
        (format!("parent={}", a["id"].as_str().expect("an id")), "ce"),
        ("parent=none".to_owned(), "abd"),
        (format!("parent=none&parent={}", a["id"].as_str().expect("an id")), "abcde"),
        (format!("created_by={editor}"), "abcde"),
        ("created_by=me".to_owned(), ""),
        ("number=3&number=5".to_owned(), "bd"),
        ("due_from=2026-12-01".to_owned(), "abe"),
        ("due_before=2026-12-02".to_owned(), "ad"),
        ("due_from=2026-12-01&due_before=2026-12-02".to_owned(), "a"),
        (format!("updated_since={since}"), "abcde"),
        ("updated_since=2999-01-01T00:00:00Z".to_owned(), ""),
        ("deleted=true".to_owned(), ""),
    ] {
        assert_eq!(found(&team, &query).await, expected, "{query}");
    }
    let mine = all(&api, &team.path("/tasks?assignee=me"), 50).await;
    assert_eq!(titles(&mine), ["a", "c"]);
    api.delete(&team.path("/tasks/2")).await.expect(200);
    assert_eq!(
        (found(&team, "label=bug").await, found(&team, "deleted=true&label=bug").await),
        ("b".into(), "a".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_people_are_asked_for_all_together_or_not_at_all() {
    let team = board().await;
    let (owner, editor, viewer) = (team.owner.id, team.editor.id, team.viewer.id);
    for (query, expected) in [
        ("label=none".to_owned(), "cde"),
        ("label=none&label=later".to_owned(), "bcde"),
        ("label_all=bug&label_all=later".to_owned(), "b"),
        ("label_all=bug".to_owned(), "ab"),
        ("label_all=bug&label_all=unused".to_owned(), ""),
        ("label_not=later".to_owned(), "acde"),
        ("label_not=later&label_not=unused".to_owned(), "acde"),
        ("label_not=later&label_not=bug".to_owned(), "cde"),
        ("label_not=none".to_owned(), "ab"),
        ("label_not=none&label_not=later".to_owned(), "a"),
        ("label=bug&label_not=later".to_owned(), "a"),
        ("label=none&label_not=none".to_owned(), ""),
        ("label_not=bug&status=done".to_owned(), "cd"),
        ("label=none&parent=none".to_owned(), "d"),
        ("label=none&q=c".to_owned(), "c"),
        ("label_not=bug&q=a".to_owned(), ""),
        (format!("assignee_all={owner}&assignee_all={editor}"), "c"),
        (format!("assignee_all={owner}"), "ac"),
        (format!("assignee_all={owner}&assignee_all={viewer}"), ""),
        (format!("assignee_not={owner}"), "bde"),
        (format!("assignee_not={owner}&assignee_not={editor}"), "de"),
        ("assignee_not=none".to_owned(), "abc"),
        (format!("assignee_not=none&assignee_not={owner}"), "b"),
        (format!("assignee={owner}&assignee_not={editor}"), "a"),
        (format!("assignee_not={editor}&label=none"), "de"),
        ("assignee_not=me".to_owned(), "abcde"),
        (format!("assignee_not={owner}&priority=low&priority=urgent"), "bd"),
    ] {
        assert_eq!(found(&team, &query).await, expected, "{query}");
    }
    team.owner().delete(&team.path("/tasks/2")).await.expect(200);
    assert_eq!(found(&team, "deleted=true&label_not=later").await, "ace");
    assert_eq!(found(&team, "deleted=true&label=none").await, "ce");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_whose_key_is_a_word_of_the_list_is_asked_for_with_all() {
    let team = board().await;
    team.add_labels(&["none"]).await;
    let task = json!({"title": "f", "labels": ["none"]});
    team.editor().post(&team.path("/tasks"), task).await.expect(201);
    assert_eq!(found(&team, "label=none").await, "cde");
    assert_eq!(found(&team, "label_all=none").await, "f");
    assert_eq!(found(&team, "label_not=none").await, "abf");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_has_each_task_once_whatever_the_size_of_a_page() {
    let team = board().await;
    team.owner().create_tasks(team.project, 20).await;
    let api = team.viewer();
    let everything = all(&api, &team.path("/tasks"), 200).await;
    for sort in SORTS {
        for name in [sort.to_owned(), format!("-{sort}")] {
            let expected = sorted(&everything, &name);
            for limit in [1, 7, 200] {
                let listed = all(&api, &team.path(&format!("/tasks?sort={name}")), limit).await;
                assert_eq!(titles(&listed), titles(&expected), "{name} by {limit}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_date_comes_last_in_both_directions() {
    let team = board().await;
    for (query, forwards, backwards) in [
        ("", ["d", "a", "b", "e", "c"].as_slice(), ["e", "b", "a", "d", "c"].as_slice()),
        ("&priority=high", &["a", "c"], &["a", "c"]),
        ("&label=none", &["d", "e", "c"], &["e", "d", "c"]),
        ("&label_not=later&assignee_not=me", &["d", "a", "e", "c"], &["e", "a", "d", "c"]),
        ("&parent=none", &["d", "a", "b"], &["b", "a", "d"]),
        ("&status=done&q=c", &["c"], &["c"]),
    ] {
        for limit in [1, 2, 3, 50] {
            let listed = async |sort: &str| {
                let path = team.path(&format!("/tasks?sort={sort}{query}"));
                let mut titles = titles(&all(&team.viewer(), &path, limit).await);
                titles.retain(|title| title.len() == 1);
                // Those of one day are in the order of their ids.
                titles
            };
            let day = |titles: &[String]| -> Vec<String> {
                titles.iter().map(|title| if title == "e" { "b".to_owned() } else { title.clone() }).collect()
            };
            let expected = |titles: &[&str]| day(&titles.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(day(&listed("due_on").await), expected(forwards), "{query} by {limit}");
            assert_eq!(day(&listed("-due_on").await), expected(backwards), "-{query} by {limit}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_its_own_list_alone() {
    let team = board().await;
    let api = team.viewer();
    let cursor_of = async |query: &str| {
        let page = api.get(&team.path(&format!("/tasks?limit=1{query}"))).await.expect(200).body;
        page["next_cursor"].as_str().expect("more").to_owned()
    };
    let by_rank = cursor_of("").await;
    let mut forged: Vec<String> = Vec::new();
    forged.push(format!("sort=number&cursor={by_rank}"));
    forged.push(format!("status=todo&cursor={by_rank}"));
    forged.push(format!("sort=rank&cursor={}", cursor_of("&sort=due_on").await));
    forged.push(format!("q=a&cursor={by_rank}"));
    forged.push("cursor=".to_owned());
    forged.push("cursor=%00".to_owned());
    let decoded: Value = serde_json::from_slice(&BASE64.decode(&by_rank).expect("base64")).expect("JSON");
    for at in [
        json!({"Rank": "' OR 1=1 --"}),
        json!({"Rank": "\0"}),
        json!({"Updated": "-009999-01-01T00:00:00Z"}),
        json!({"Due": "-009999-01-01"}),
        json!({"Score": 1}),
        json!(7),
    ] {
        let mut changed = decoded.clone();
        changed["place"]["at"] = at;
        forged.push(format!("cursor={}", BASE64.encode(changed.to_string())));
    }
    let stranger = team.foreign_project;
    let theirs = team.stranger().get(&format!("/projects/{stranger}/tasks?limit=1&cursor={by_rank}")).await;
    theirs.expect_problem(400, "invalid_query");
    for query in forged {
        api.get(&team.path(&format!("/tasks?{query}"))).await.expect_problem(400, "invalid_query");
    }
    // Whatever the order of the same filters, and however large the page.
    let next = cursor_of("&status=todo&status=done").await;
    let page = api
        .get(&team.path(&format!("/tasks?status=done&cursor={next}&limit=9&status=todo")))
        .await
        .expect(200);
    assert_eq!(page.body["items"].as_array().map(Vec::len), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_means_nothing_is_refused() {
    let team = Team::start(1).await;
    let many = "status=todo&".repeat(101);
    for query in [
        "assignee=somebody",
        "priority=extreme",
        "parent=1",
        "created_by=none",
        "number=0",
        "number=-1",
        "number=x",
        "due_from=tomorrow",
        "due_from=2026-12-01&due_from=2026-12-02",
        "due_before=2026-13-01",
        "updated_since=now",
        "updated_since=-009999-01-01T00:00:00Z",
        "deleted=maybe",
        "sort=title",
        "sort=--rank",
        "status=%00",
        "label=a%20b",
        "label_all=a%20b",
        "label_not=",
        "assignee_all=none",
        "assignee_not=somebody",
        "limit=201",
        "colour=red",
        "sort=rank&sort=rank",
        "status=",
        &many,
        &format!("q={}", "x".repeat(501)),
        "q=%00",
    ] {
        let answer = team.viewer().get(&team.path(&format!("/tasks?{query}"))).await;
        answer.expect_problem(400, "invalid_query");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn my_tasks_are_those_i_am_assigned_to_in_all_my_projects() {
    let team = board().await;
    let api = team.editor();
    let (own, archived, lost) =
        (api.create_project("Own").await, api.create_project("Old").await, api.create_project("Lost").await);
    let me = json!([team.editor.id]);
    for (project, title) in [(own, "mine"), (archived, "old"), (lost, "lost")] {
        let task = json!({"title": title, "assignees": me, "priority": "urgent", "due_on": "2026-10-01"});
        api.post(&format!("/projects/{project}/tasks"), task).await.expect(201);
    }
    api.patch(&format!("/projects/{archived}"), json!({"archived": true})).await.expect(200);
    api.delete(&format!("/projects/{lost}")).await.expect(200);
    for limit in [1, 2, 50] {
        assert_eq!(titles(&all(&api, "/me/tasks", limit).await), ["mine", "b", "c"], "by due date, {limit}");
    }
    for limit in [1, 2, 50] {
        assert_eq!(
            titles(&all(&api, "/me/tasks?sort=-due_on", limit).await),
            ["b", "mine", "c"],
            "by {limit}"
        );
    }
    assert_eq!(titles(&all(&api, "/me/tasks?sort=-priority", 2).await), ["mine", "c", "b"]);
    assert_eq!(titles(&all(&api, "/me/tasks?category=open&category=backlog", 2).await), ["mine", "b"]);
    assert_eq!(titles(&all(&api, "/me/tasks?priority=high", 2).await), ["c"]);
    let first = &all(&api, "/me/tasks", 1).await[0];
    assert_eq!((&first["project"]["name"], &first["project"]["id"]), (&json!("Own"), &json!(own)));
    // Whoever left a project stays in past assignments, and sees nothing of them.
    team.owner().delete(&team.path(&format!("/members/{}", team.editor.id))).await.expect(200);
    let left: BTreeSet<String> = titles(&all(&api, "/me/tasks", 50).await).into_iter().collect();
    assert_eq!(left, BTreeSet::from(["mine".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_and_ready_follow_the_blockers_that_are_open() {
    let team = board().await;
    let api = team.editor();
    let edge = |task: i32, on: i32| team.path(&format!("/tasks/{task}/dependencies/{on}"));
    // a waits for b, which is open, and for c, which is done; d, done itself, for e.
    for (task, on) in [(2, 3), (2, 4), (5, 6)] {
        api.put(&edge(task, on), json!({})).await.expect(201);
    }
    let all_of = async |queries: &[&str]| {
        let mut answers = Vec::new();
        for query in queries {
            answers.push(found(&team, query).await);
        }
        answers
    };
    let queries = ["blocked=true", "blocked=false", "ready=true", "ready=false", "blocked=true&status=todo"];
    assert_eq!(all_of(&queries).await, ["ad", "bce", "be", "acd", "a"]);
    api.patch(&team.path("/tasks/3"), json!({"status": "cancelled"})).await.expect(200);
    assert_eq!(all_of(&queries).await, ["d", "abce", "ae", "bcd", ""]);
    api.delete(&team.path("/tasks/6")).await.expect(200);
    assert_eq!(all_of(&queries).await, ["", "abcd", "a", "bcd", ""], "what is in the bin blocks nobody");
}

//! Searching: words of titles, descriptions and comments, in a project and in all one's own. Row 26 of the bad inputs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{all, encoded, filled, found, titles};
use crate::support::Team;

async fn shop() -> Team {
    let team = Team::start(1).await;
    let commands = json!([
        {"type": "task.create", "title": "Order screws", "description": "For the door, and for the shelf."},
        {"type": "task.create", "title": "Repaint the fence", "description": "Same blue as the doorway."},
        {"type": "task.create", "title": "Über die Brücke", "description": "Nothing else."},
    ]);
    team.editor().commands(team.project, commands).await.expect(200);
    team
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_word_is_found_among_thousands_that_only_begin_with_it() {
    let team = shop().await;
    let fill = "INSERT INTO tasks SELECT project_id, gen_random_uuid(), n, 'Doorway ' || n, '', status, '{}', '{}', priority, NULL, \
        NULL, 'b' || lpad(n::text, 8, '0'), NULL, '{}', '{}', 0, n, created_at, created_by, created_at, NULL \
        FROM tasks, generate_series(1001, 2500) AS n WHERE project_id = $1 AND number = 1";
    let sql = team.cluster.database.sql().await;
    sql.execute(fill, &[&team.project]).await.expect("tasks");
    filled(&team.cluster.database).await;
    team.editor().post(&team.path("/tasks"), json!({"title": "Oil the door"})).await.expect(201);
    let found = all(&team.viewer(), &team.path("/tasks?q=door"), 200).await;
    assert_eq!(found.len(), 1_000, "so many are ranked");
    let everywhere = all(&team.viewer(), "/search?q=door", 200).await;
    for found in [titles(&found), titles(&everywhere)] {
        let whole = ["Paint the door", "Order screws", "Oil the door"];
        assert!(whole.iter().all(|title| found.iter().any(|found| found == title)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_go_into_the_bin_with_their_task_and_come_back_with_it() {
    let team = shop().await;
    let api = team.editor();
    let task = team.path("/tasks/3");
    api.post(&format!("{task}/comments"), json!({"body": "On monday."})).await.expect(201);
    let is_found = async |bin: bool| {
        let path = team.path(&format!("/tasks?q=monday&deleted={bin}"));
        !all(&api, &path, 1).await.is_empty()
    };
    let is_found_everywhere = async || !all(&api, "/search?q=monday", 1).await.is_empty();
    assert_eq!(
        (is_found(false).await, is_found(true).await, is_found_everywhere().await),
        (true, false, true)
    );
    api.delete(&task).await.expect(200);
    assert_eq!(
        (is_found(false).await, is_found(true).await, is_found_everywhere().await),
        (false, true, false)
    );
    api.post(&format!("{task}/restore"), json!({})).await.expect(200);
    assert_eq!(
        (is_found(false).await, is_found(true).await, is_found_everywhere().await),
        (true, false, true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_title_description_and_comments_the_title_first() {
    let team = shop().await;
    let none: [&str; 0] = [];
    assert_eq!(found(&team, "door").await, ["Paint the door", "Order screws", "Repaint the fence"]);
    assert_eq!(found(&team, "DOORW").await, ["Repaint the fence"], "by its beginning");
    assert_eq!(found(&team, "blue repaint").await, ["Repaint the fence"], "all of the words");
    assert_eq!(found(&team, "door blu").await, none, "only the last one by its beginning");
    assert_eq!(found(&team, "brücke").await, ["Über die Brücke"]);
    assert_eq!(found(&team, "").await, none);
    let comment = json!({"body": "The **painter** comes on Monday."});
    let said = team.editor().post(&team.path("/tasks/3/comments"), comment).await.expect(201).made("comment");
    assert_eq!(found(&team, "monday").await, ["Repaint the fence"]);
    let path = team.path("/tasks?q=monday");
    let item = team.viewer().get(&path).await.expect(200).body["items"][0].clone();
    assert_eq!((&item["match"]["in"], &item["match"]["comment"]), (&json!("comment"), &json!(said.id)));
    let snippet = json!([
        {"text": "The **painter** comes on ", "found": false}, {"text": "Monday", "found": true}, {"text": ".", "found": false},
    ]);
    assert_eq!(item["match"]["snippet"], snippet);
    // What is changed or deleted is found as it is now.
    team.editor().patch(&team.path("/tasks/3"), json!({"title": "Repair the fence"})).await.expect(200);
    assert_eq!(
        (found(&team, "repaint").await, found(&team, "repair").await),
        (vec![], vec!["Repair the fence".to_owned()])
    );
    team.editor().delete(&team.path(&format!("/tasks/3/comments/{}", said.id))).await.expect(200);
    assert_eq!(found(&team, "monday").await, none);
    team.editor().delete(&team.path("/tasks/3")).await.expect(200);
    assert_eq!(found(&team, "repair").await, none);
    let bin = all(&team.viewer(), &team.path("/tasks?q=repair&deleted=true"), 5).await;
    assert_eq!(titles(&bin), ["Repair the fence"]);
    team.editor().post(&team.path("/tasks/3/restore"), json!({})).await.expect(200);
    assert_eq!(found(&team, "repair").await, ["Repair the fence"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_goes_with_filters_and_orders() {
    let team = shop().await;
    team.editor().patch(&team.path("/tasks/2"), json!({"status": "done"})).await.expect(200);
    let listed =
        async |query: &str| titles(&all(&team.viewer(), &team.path(&format!("/tasks?{query}")), 1).await);
    assert_eq!(listed("q=door&status=done").await, ["Order screws"]);
    assert_eq!(listed("q=door&sort=-number").await, ["Repaint the fence", "Order screws", "Paint the door"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_patterns_and_sql_are_just_text_and_answered_in_time() {
    let team = shop().await;
    let api = team.viewer();
    let bombs = [
        "%",
        "%%%%%%%%%%%%",
        "_",
        "' OR 1=1 --",
        "'; DROP TABLE tasks; --",
        "(a+)+$",
        "((((((((((",
        "!door",
        "door & | !",
        "door:*",
        "door:A",
        "\\",
        "\\' \\\\",
        "'",
        "''",
        "<->",
        "door <-> the",
        "*",
        ":*",
        "\u{1}",
        "\u{1}=anone",
        "=anone",
        "=lbug",
        "a:b/c'd\\e",
        "http://x.example/a'b\\c?d=e'f",
        "🙂🙂",
        "\u{202e}",
        "e\u{301}\u{301}\u{301}",
        "<script>",
    ];
    let long: Vec<String> =
        vec!["a ".repeat(250), "%".repeat(500), "x".repeat(500), "(".repeat(500), "a&".repeat(250)];
    for q in bombs.iter().map(|q| (*q).to_owned()).chain(long) {
        for path in [team.path(&format!("/tasks?q={}", encoded(&q))), format!("/search?q={}", encoded(&q))] {
            let asked = Instant::now();
            let answer = api.get(&path).await.expect(200);
            assert!(asked.elapsed() < Duration::from_secs(5), "{q:?} took {:?}", asked.elapsed());
            let found = answer.body["items"].as_array().expect("items").len();
            assert!(
                found <= 4 && (!q.starts_with(['=', '\u{1}', '%']) || found == 0),
                "{q:?}: {}",
                answer.body
            );
        }
    }
    assert_eq!(found(&team, "door").await.len(), 3, "the tasks are still there");
    // What is written is as harmless as what is searched for.
    for q in bombs.iter().filter(|q| !q.contains('\u{1}')) {
        team.editor()
            .post(&team.path("/tasks"), json!({"title": format!("bomb {q}"), "description": q}))
            .await
            .expect(201);
    }
    assert_eq!(found(&team, "bomb").await.len(), bombs.len() - 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn searching_everywhere_finds_what_is_in_own_projects_alone() {
    let team = shop().await;
    let api = team.editor();
    let (own, bin) = (api.create_project("Own").await, api.create_project("Bin").await);
    api.create_task(own, "A door of my own").await;
    api.create_task(bin, "A door in the bin").await;
    api.delete(&format!("/projects/{bin}")).await.expect(200);
    team.stranger().create_task(team.foreign_project, "Their door").await;
    let search = async |api: &testkit::Api| {
        let mut titles = titles(&all(api, "/search?q=door", 2).await);
        titles.sort();
        titles
    };
    let shop = ["Order screws", "Paint the door", "Repaint the fence"];
    assert_eq!(search(&team.viewer()).await, shop);
    assert_eq!(search(&api).await, [&["A door of my own"], &shop[..]].concat());
    assert_eq!(search(&team.stranger()).await, ["Their door"]);
    let hit = &all(&team.stranger(), "/search?q=doo", 2).await[0];
    assert_eq!(hit["project"]["id"], json!(team.foreign_project));
    assert_eq!(hit["match"]["snippet"][1], json!({"text": "door", "found": true}));
    team.owner().delete(&team.path(&format!("/members/{}", team.editor.id))).await.expect(200);
    assert_eq!(search(&api).await, ["A door of my own"], "after the removal");
    api.get("/search").await.expect_problem(400, "invalid_query");
    let page: Value = api.get("/search?q=door").await.expect(200).body;
    assert_eq!(page["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_too_long_to_be_found_is_taken_all_the_same() {
    let team = Team::start(1).await;
    for length in [2_000, 2_040, 2_046, 2_047, 2_060, 20_000] {
        let description = format!("short {}", "x".repeat(length));
        let body = json!({"title": "Long", "description": description});
        team.editor().post(&team.path("/tasks"), body).await.expect(201);
    }
    let found = team.editor().get(&team.path("/tasks?q=short")).await.expect(200);
    assert_eq!(found.body["items"].as_array().map(Vec::len), Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn searching_everywhere_takes_the_filters_that_mean_the_same_in_every_project() {
    let team = Team::start(1).await;
    let api = team.editor();
    let own = api.create_project("Own").await;
    let (me, owner) = (team.editor.id, team.owner.id);
    for (project, task) in [
        (
            team.project,
            json!({"title": "lamp a", "assignees": [me, owner], "priority": "high", "due_on": "2026-12-01"}),
        ),
        (team.project, json!({"title": "lamp b", "assignees": [owner], "due_on": "2026-12-02"})),
        (own, json!({"title": "lamp c", "assignees": [me], "priority": "urgent"})),
        (own, json!({"title": "lamp d", "due_on": "2026-12-01"})),
    ] {
        api.post(&format!("/projects/{project}/tasks"), task).await.expect(201);
    }
    let found = async |query: &str| {
        let hits = all(&api, &format!("/search?q=lamp{query}"), 1).await;
        let mut titles: Vec<String> =
            titles(&hits).iter().map(|title| title.trim_start_matches("lamp ").to_owned()).collect();
        titles.sort();
        titles.concat()
    };
    for (query, expected) in [
        (String::new(), "abcd"),
        ("&assignee=me".to_owned(), "ac"),
        ("&assignee=none".to_owned(), "d"),
        (format!("&assignee={owner}&assignee=none"), "abd"),
        (format!("&assignee_all=me&assignee_all={owner}"), "a"),
        ("&assignee_not=me".to_owned(), "bd"),
        ("&assignee_not=none".to_owned(), "abc"),
        ("&priority=high&priority=urgent".to_owned(), "ac"),
        ("&due_from=2026-12-01&due_before=2026-12-02".to_owned(), "ad"),
        ("&created_by=me".to_owned(), "abcd"),
        (format!("&created_by={owner}"), ""),
        ("&updated_since=2999-01-01T00:00:00Z".to_owned(), ""),
        ("&updated_since=2026-01-01T00:00:00Z&assignee=me".to_owned(), "ac"),
        ("&watching=true".to_owned(), "abcd"),
    ] {
        assert_eq!(found(&query).await, expected, "{query}");
    }
    let stranger = format!("/search?q=lamp&assignee=me&assignee={}", team.stranger.id);
    let refused = api.get(&stranger).await.expect_problem(422, "unknown_value").body;
    assert_eq!(refused["errors"][0]["pointer"], json!("/assignee/1"));
    for query in ["status=todo", "label=bug", "field.size=S", "priority=x", "archived=true"] {
        api.get(&format!("/search?q=lamp&{query}")).await.expect_problem(400, "invalid_query");
    }
}

//! Filters, then order, then a page: a list has all that it is asked for, and the best come first.

use serde_json::{Value, json};

use super::{all, found, titles};
use crate::support::Team;

/// Fills the team's project with tasks that have a word, and one more with it and a label.
async fn screws(team: &Team, count: usize) {
    let api = team.owner();
    api.put(&team.path("/labels/x"), json!({"name": "X", "color": "#ff0000"})).await.expect(200);
    let tasks: Vec<Value> = (0..count)
        .map(|n| json!({"type": "task.create", "title": format!("Order {n}"), "description": "Screws, as ever."}))
        .collect();
    for some in tasks.chunks(400) {
        api.commands(team.project, some.to_vec().into()).await.expect(200);
    }
    let last = json!({"title": "The last", "description": "No screws", "labels": ["x"]});
    api.post(&team.path("/tasks"), last).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_never_loses_a_match() {
    let team = Team::start(1).await;
    screws(&team, 1_100).await;
    let api = team.viewer();
    let listed = async |query: &str| titles(&all(&api, &team.path(&format!("/tasks?{query}")), 200).await);
    // Filters narrow all that was found, not the first thousand of it.
    for query in [
        "q=screws&label=x",
        "q=screws&label=x&status=backlog&sort=rank",
        "q=screw&number=1102",
        "q=no+screws",
        "q=screws&parent=none&label=x&sort=due_on",
    ] {
        assert_eq!(listed(query).await, ["The last"], "{query}");
    }
    // An order has all that was found, page by page to the end.
    let by_number = listed("q=screws&sort=-number").await;
    assert_eq!(
        (by_number.len(), by_number[0].as_str(), by_number[1].as_str()),
        (1_101, "The last", "Order 1099")
    );
    for sort in ["number", "rank", "-updated_at", "due_on", "priority"] {
        assert_eq!(listed(&format!("q=screws&sort={sort}")).await.len(), 1_101, "{sort}");
    }
    // Only the ranking stops, and says so.
    let first = |query: &str| team.path(&format!("/tasks?{query}"));
    let page = api.get(&first("q=screws")).await.expect(200).body;
    assert_eq!(page["ranked"], json!({"tasks": 1_000, "of_more": true}));
    assert_eq!(listed("q=screws").await.len(), 1_000);
    let page = api.get(&first("q=screws&label=x")).await.expect(200).body;
    assert_eq!(page["ranked"], json!({"tasks": 1, "of_more": false}));
    assert!(api.get(&first("q=screws&sort=rank")).await.expect(200).body.get("ranked").is_none());
    let page = api.get("/search?q=screws").await.expect(200).body;
    assert_eq!(page["ranked"], json!({"tasks": 1_000, "of_more": true}));
    // Tasks are counted, not texts, and titles are kept first.
    for n in 0..3 {
        team.editor()
            .post(&team.task_path("/comments"), json!({"body": format!("screws {n}")}))
            .await
            .expect(201);
    }
    team.editor().post(&team.path("/tasks"), json!({"title": "Screws"})).await.expect(201);
    assert_eq!(listed("q=screws&sort=number").await.len(), 1_103);
    assert_eq!(listed("q=screws").await[0], "Screws");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spelling_that_was_typed_comes_first_then_what_is_open() {
    let team = Team::start(1).await;
    let api = team.editor();
    for title in ["Résumé", "Resume", "Die Größe", "Die Grösse", "Resumed"] {
        api.create_task(team.project, title).await;
    }
    for (question, expected) in [
        ("resume", &["Resume", "Résumé", "Resumed"][..]),
        ("résumé", &["Résumé", "Resume", "Resumed"]),
        ("größe", &["Die Größe", "Die Grösse"]),
        ("grösse", &["Die Grösse", "Die Größe"]),
    ] {
        assert_eq!(found(&team, question).await, expected, "{question}");
    }
    let done = api.create_task(team.project, "Fix the lamp").await;
    let cancelled = api.create_task(team.project, "Fix the lamp").await;
    let open = api.create_task(team.project, "Fix the lamp").await;
    for (task, status) in [(&done, "done"), (&cancelled, "cancelled")] {
        api.patch(&team.path(&format!("/tasks/{}", task.id)), json!({"status": status})).await.expect(200);
    }
    let best = &all(&api, &team.path("/tasks?q=lamp"), 2).await;
    let ids: Vec<&str> = best.iter().filter_map(|task| task["id"].as_str()).collect();
    assert_eq!((ids.len(), ids[0]), (3, open.id.to_string().as_str()));
}

//! Lists come page by page: every item once, whatever is written meanwhile.

use serde_json::{Value, json};
use testkit::Api;

use crate::finding::all;
use crate::support::Team;

/// All items of a list, and how many pages they were.
async fn pages(api: &Api, path: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut items, mut pages) = (Vec::new(), 0);
    let mut cursor = String::new();
    loop {
        let page = api.get(&format!("{path}?limit={limit}{cursor}")).await.expect(200).body;
        let got = page["items"].as_array().expect("items");
        assert!(got.len() <= limit, "{page}");
        items.extend(got.iter().map(|item| item["id"].clone()));
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (items, pages),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_come_newest_change_first_and_each_once() {
    let team = Team::start(1).await;
    let api = team.editor();
    let mut made = vec![json!(team.project)];
    for n in 0..10 {
        made.push(json!(api.create_project(&format!("Project {n}")).await));
    }
    made.reverse();
    for (limit, count) in [(3, 4), (11, 1), (10, 2), (200, 1)] {
        assert_eq!(pages(&api, "/projects", limit).await, (made.clone(), count), "by {limit}");
    }
    let item = &api.get("/projects?limit=1").await.expect(200).body["items"][0];
    assert_eq!(
        (&item["role"], &item["version"], &item["name"]),
        (&json!("owner"), &json!(1), &json!("Project 9"))
    );
    api.create_task(made[10].as_str().and_then(|id| id.parse().ok()).expect("an id"), "x").await;
    let first = &api.get("/projects?limit=1").await.expect(200).body["items"][0];
    assert_eq!((&first["id"], &first["task_counts"]), (&made[10], &json!({"backlog": 2})));
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_have_orders_that_stay_while_others_work() {
    let team = Team::start(1).await;
    let api = team.editor();
    let mut made = vec![json!(team.project)];
    for name in ["beta", "Ärger", "Zoo", "alpha", "Beta"] {
        made.push(json!(api.create_project(name).await));
    }
    let named = async |query: &str| -> Vec<String> {
        let items = all(&api, &format!("/projects{query}"), 2).await;
        items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
    };
    let by_name = named("?sort=name").await;
    let folded: Vec<String> = by_name.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(folded, ["alpha", "ärger", "beta", "beta", "shop", "zoo"]);
    let reversed = |names: &[String]| names.iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(named("?sort=-name").await, reversed(&by_name));
    let by_age = ["Shop", "beta", "Ärger", "Zoo", "alpha", "Beta"].map(str::to_owned);
    assert_eq!(named("?sort=created_at").await, by_age);
    assert_eq!(named("?sort=-created_at").await, reversed(&by_age));
    assert_eq!(named("?sort=-changed_at").await, named("").await);
    assert_eq!(named("?sort=changed_at").await, reversed(&named("").await));
    // Somebody works in each between two pages.
    for (sort, expected) in [("name", by_name), ("created_at", by_age.to_vec())] {
        let (mut got, mut cursor) = (Vec::new(), String::new());
        for project in &made {
            let page = api.get(&format!("/projects?limit=1&sort={sort}{cursor}")).await.expect(200).body;
            got.push(page["items"][0]["name"].as_str().expect("a name").to_owned());
            cursor = page["next_cursor"].as_str().map_or(String::new(), |next| format!("&cursor={next}"));
            let last = made[0].as_str().and_then(|id| id.parse().ok()).expect("an id");
            api.create_task(last, "x").await;
            api.create_task(project.as_str().and_then(|id| id.parse().ok()).expect("an id"), "x").await;
        }
        assert_eq!((got, cursor), (expected, String::new()), "{sort}");
    }
    let page = api.get("/projects?limit=1&sort=name").await.expect(200).body;
    let cursor = page["next_cursor"].as_str().expect("more");
    for query in ["sort=-name", "sort=created_at", "deleted=true&sort=name", "archived=false"] {
        let path = format!("/projects?{query}&cursor={cursor}");
        api.get(&path).await.expect_problem(400, "invalid_query");
    }
    for query in ["sort=version", "sort=", "sort=--name", "sort=name&sort=name"] {
        api.get(&format!("/projects?{query}")).await.expect_problem(400, "invalid_query");
    }
    let item = &page["items"][0];
    let shown = api.get(&format!("/projects/{}", item["id"].as_str().expect("an id"))).await.expect(200).body;
    assert_eq!(item["created_at"], shown["project"]["created_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_come_oldest_first_and_each_once() {
    let team = Team::start(1).await;
    let path = team.task_path("/comments");
    // One batch is one moment: the order among equals must hold over pages too.
    let commands: Vec<Value> =
        (0..23).map(|n| json!({"type": "comment.add", "task": team.task, "body": format!("{n}")})).collect();
    team.editor().commands(team.project, json!(commands)).await.expect(200);
    let (whole, _) = pages(&team.viewer(), &path, 200).await;
    for limit in [1, 5, 23] {
        assert_eq!(pages(&team.viewer(), &path, limit).await.0, whole, "by {limit}");
    }
    assert_eq!(whole.len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_in_pages_from_any_version() {
    let team = Team::start(1).await;
    let head = team.owner().create_tasks(team.project, 30).await;
    let api = team.viewer();
    let whole = team.cluster.whole_log(team.project, &team.viewer).await;
    assert_eq!(whole.len() as u64, head);
    for (after, limit) in [(0, 1), (0, 7), (5, 29), (head - 1, 5), (head, 5)] {
        let path = team.path(&format!("/events?after={after}&limit={limit}"));
        let page = api.get(&path).await.expect(200).body;
        let end = (after + limit).min(head);
        let wanted = &whole[after as usize..end as usize];
        assert_eq!(page["events"], json!(wanted), "{path}");
        assert_eq!((&page["head"], &page["more"]), (&json!(head), &json!(end < head)), "{path}");
    }
}

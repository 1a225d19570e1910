//! Lists of tasks and what is found by searching: filters, orders, pages, words.

mod analysis;
mod beyond;
mod fields;
mod filling;
mod filters;
mod names;
mod plans;
mod ranking;
mod since;
mod words;

use serde_json::Value;
use testkit::wait::eventually;
use testkit::{Api, Database};

use crate::support::{SOON, Team};

/// All items of a list, page by page.
pub async fn all(api: &Api, path: &str, limit: usize) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    let separator = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = api.get(&format!("{path}{separator}limit={limit}{cursor}")).await.expect(200).body;
        let got = page["items"].as_array().expect("items");
        assert!(got.len() <= limit, "{page}");
        items.extend(got.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// The titles of items, in their order; those of `/search` and `/me/tasks` have them below `task`.
pub fn titles(items: &[Value]) -> Vec<String> {
    let title = |item: &Value| item["title"].as_str().or(item["task"]["title"].as_str()).map(str::to_owned);
    items.iter().map(|item| title(item).expect("a title")).collect()
}

pub const SORTS: [&str; 5] = ["updated_at", "due_on", "priority", "rank", "number"];

/// The tasks as a list has them that is sorted by this; `-` before it reverses, but for tasks without a date, which stay behind.
pub fn sorted(tasks: &[Value], sort: &str) -> Vec<Value> {
    if let Some(sort) = sort.strip_prefix('-') {
        let mut reversed = sorted(tasks, sort);
        reversed.reverse();
        reversed.sort_by_key(|task| sort == "due_on" && task["due_on"].is_null());
        return reversed;
    }
    let priorities = ["none", "low", "medium", "high", "urgent"];
    let key = |task: &Value| match sort {
        "due_on" => (task["due_on"].as_str().unwrap_or("9999").to_owned(), task["id"].to_string()),
        "priority" => {
            let place = priorities.iter().position(|name| task["priority"] == *name).expect("a priority");
            (place.to_string(), task["id"].to_string())
        }
        "number" => (format!("{:09}", task["number"].as_i64().expect("a number")), String::new()),
        name => (task[name].as_str().expect("a text").to_owned(), task["id"].to_string()),
    };
    let mut sorted = tasks.to_vec();
    sorted.sort_by_cached_key(key);
    sorted
}

/// A question as an address has it.
pub fn encoded(q: &str) -> String {
    q.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// The titles of the tasks of the team's project that a question finds, the best first.
pub async fn found(team: &Team, q: &str) -> Vec<String> {
    titles(&all(&team.viewer(), &team.path(&format!("/tasks?q={}", encoded(q))), 50).await)
}

/// Waits until everything is analysed that was written past the program.
pub async fn filled(database: &Database) {
    let sql = database.sql().await;
    eventually("all texts to be analysed", 4 * SOON, || async {
        let left = "SELECT (SELECT count(*) FROM words_marks) + (SELECT count(*) FROM words_fills)";
        sql.query_one(left, &[]).await.expect("a count").get::<_, i64>(0) == 0
    })
    .await;
}

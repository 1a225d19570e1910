//! Lists of tasks and what is found by searching: filters, orders, pages, words.

mod beyond;
mod filters;
mod plans;
mod words;

use serde_json::Value;
use testkit::Api;

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

/// The tasks as a list has them that is sorted by this.
pub fn sorted(tasks: &[Value], sort: &str) -> Vec<Value> {
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

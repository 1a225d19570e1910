//! Lists of tasks and what is found by searching: filters, orders, pages, words.

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

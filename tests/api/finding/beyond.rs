//! What lists find where it lies far from the beginning of their order.

use serde_json::{Value, json};

use super::{SORTS, all, sorted};
use crate::support::Team;

/// 1,800 tasks and as many in the bin, both times the same: in each order, forwards and backwards, some 700 others come before the
/// 400 that are sought.
const FILL: &str = "INSERT INTO tasks SELECT project_id, gen_random_uuid(), n, 'Task ' || n, '', \
    CASE WHEN sought THEN 'done' ELSE 'todo' END, CASE WHEN sought THEN ARRAY[created_by] ELSE '{}' END, \
    CASE WHEN sought THEN '{late}'::text[] ELSE '{}' END, \
    CASE WHEN sought THEN (ARRAY['medium', 'high'])[1 + place % 2] WHEN place <= 700 THEN 'low' ELSE 'urgent' END, \
    CASE WHEN sought AND n % 3 > 0 THEN date '2026-02-01' + place % 20 WHEN place <= 700 THEN date '2026-01-01' + place % 20 END, NULL, \
    'b' || lpad(n::text, 8, '0'), NULL, '{}', '{}', 0, n, now(), created_by, created_at - make_interval(secs => n), \
    CASE WHEN n >= 2000 THEN 1 END \
    FROM tasks, generate_series(2, 3800) AS n, LATERAL (SELECT n % 2000 AS place) p, \
    LATERAL (SELECT place BETWEEN 701 AND 1100 AS sought) s WHERE project_id = $1 AND number = 1 AND place BETWEEN 2 AND 1800";

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_far_from_the_beginning_of_an_order_is_found_page_by_page() {
    let team = Team::start(1).await;
    team.add_labels(&["late"]).await;
    let sql = team.cluster.database.sql().await;
    sql.execute(FILL, &[&team.project]).await.expect("tasks");
    let api = team.owner();
    let those = async |path: &str, key: &str, value: &Value| -> Vec<Value> {
        let everything = all(&api, &team.path(path), 200).await;
        everything.into_iter().filter(|task| task[key] == *value).collect()
    };
    let sought = those("/tasks", "status", &json!("done")).await;
    let medium = those("/tasks", "priority", &json!("medium")).await;
    let binned = those("/tasks?deleted=true", "status", &json!("done")).await;
    let common = those("/tasks", "assignees", &json!([])).await;
    assert_eq!((sought.len(), medium.len(), binned.len()), (400, 200, 400));
    for (query, expected) in [
        ("status=done", &sought),
        ("label=late", &sought),
        ("assignee=me", &sought),
        ("label=late&parent=none", &sought),
        ("priority=medium", &medium),
        ("priority=medium&priority=high", &sought),
        ("status=done&priority=medium", &medium),
        ("status=done&deleted=true", &binned),
        ("label_not=none", &sought),
        ("label_all=late&assignee_all=me", &sought),
        ("assignee_not=none&priority=medium", &medium),
        ("label_not=late", &common),
        ("label=none", &common),
        ("assignee_not=me", &common),
        ("assignee_not=me&label_not=late&created_by=me", &common),
    ] {
        for sort in SORTS {
            for sort in [sort.to_owned(), format!("-{sort}")] {
                let path = team.path(&format!("/tasks?{query}&sort={sort}"));
                assert!(all(&api, &path, 150).await == sorted(expected, &sort), "{query}, by {sort}");
            }
        }
    }
}

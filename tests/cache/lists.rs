//! The project list: always as Postgres has it, and tasks are hardly ever counted.

use serde_json::{Value, json};
use testkit::{Cluster, Seed, Uuid};

use crate::support::Shop;

async fn first(shop: &Shop, instance: usize) -> Value {
    shop.api(instance).get("/projects").await.expect(200).body["items"][0].clone()
}

/// How many lines of lists came from there, over all instances: `memory`, `redis` or `postgres`.
async fn from(shop: &Shop, by: &str) -> u64 {
    let mut sum = 0.0;
    for instance in &shop.cluster.instances {
        sum += instance.metric(&format!("lockstep_project_summaries_total{{by=\"{by}\"}}")).await;
    }
    sum as u64
}

async fn counted(shop: &Shop) -> Value {
    let sql = shop.cluster.database.sql().await;
    let query = "SELECT status, count(*) FROM tasks WHERE project_id = $1 AND deleted_version IS NULL GROUP BY status";
    let rows = sql.query(query, &[&shop.project]).await.expect("rows");
    rows.iter()
        .map(|row| (row.get::<_, String>(0), json!(row.get::<_, i64>(1))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_counted_on_and_tasks_are_not_counted_again() {
    let shop = Shop::of(Cluster::builder()).await;
    shop.fill(20).await;
    assert_eq!(first(&shop, 0).await["task_counts"], json!({"backlog": 20}));
    for n in 0..10 {
        let made = shop.api(0).create_task(shop.project, &format!("New {n}")).await;
        let path = shop.path(&format!("/tasks/{}", made.id));
        let done = shop.api(0).patch(&path, json!({"status": "todo"})).await.expect(200).version();
        let line = first(&shop, 0).await;
        assert_eq!(
            (&line["version"], &line["task_counts"]),
            (&json!(done), &json!({"backlog": 20, "todo": n + 1}))
        );
    }
    assert_eq!(from(&shop, "postgres").await, 1, "they were counted once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_the_counts_of_the_tables_after_random_edits_on_two_instances() {
    let mut random = Seed::from_env().actor(0);
    let shop = Shop::of(Cluster::builder().instances(2)).await;
    let mut tasks: Vec<Uuid> = Vec::new();
    for round in 0..40 {
        for _ in 0..random.usize(1..4) {
            let api = shop.api(random.usize(0..2));
            let any = (!tasks.is_empty()).then(|| random.usize(0..tasks.len()));
            match (random.u8(0..6), any) {
                (0..2, _) | (_, None) => tasks.push(api.create_task(shop.project, "x").await.id),
                (2, Some(n)) => {
                    let path = shop.path(&format!("/tasks/{}", tasks[n]));
                    let back = match random.bool() {
                        true => {
                            api.delete(&path).await.expect(200);
                            "restore"
                        }
                        false => {
                            api.post(&format!("{path}/archive"), json!({})).await.expect(200);
                            "unarchive"
                        }
                    };
                    if random.bool() {
                        api.post(&format!("{path}/{back}"), json!({})).await.expect(200);
                    } else {
                        tasks.swap_remove(n);
                    }
                }
                (3, Some(_)) => {
                    api.patch(&shop.path(""), json!({"name": format!("Shop {round}")})).await.expect(200);
                }
                (_, Some(n)) => {
                    let status = ["backlog", "todo", "done"][random.usize(0..3)];
                    let path = shop.path(&format!("/tasks/{}", tasks[n]));
                    api.patch(&path, json!({"status": status})).await.expect(200);
                }
            }
        }
        let instance = random.usize(0..2);
        let line = first(&shop, instance).await;
        let project = shop.api(instance).get(&shop.path("")).await.expect(200).body;
        assert_eq!(
            (&line["version"], &line["name"], &line["task_counts"]),
            (&project["version"], &project["project"]["name"], &counted(&shop).await),
            "round {round}"
        );
    }
    assert!(from(&shop, "memory").await + from(&shop, "redis").await > 0);
}

/// Proves A8.
#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_changes_shows_in_the_next_list_of_every_instance() {
    let shop = Shop::of(Cluster::builder().instances(2)).await;
    let member = shop.cluster.user("Vera").await;
    let roles = async || {
        let mut roles = Vec::new();
        for instance in [0, 1] {
            let list = shop.cluster.api(instance, &member).get("/projects").await.expect(200).body;
            roles.push(list["items"].as_array().expect("items").first().map(|line| line["role"].clone()));
        }
        roles
    };
    assert_eq!(roles().await, [None, None]);
    shop.api(0).add_member(shop.project, &member, "viewer").await;
    assert_eq!(roles().await, [Some(json!("viewer")), Some(json!("viewer"))]);
    let path = shop.path(&format!("/members/{}", member.id));
    shop.api(1).patch(&path, json!({"role": "editor"})).await.expect(200);
    assert_eq!(roles().await, [Some(json!("editor")), Some(json!("editor"))]);
    shop.api(0).remove_member(shop.project, &member).await;
    assert_eq!(roles().await, [None, None]);
}

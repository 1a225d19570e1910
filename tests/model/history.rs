//! Any version can be read as it was, and the difference between two is told.

use std::time::Duration;

use domain::event::Event;
use domain::snapshot::Snapshot;
use serde_json::{Value, json};
use testkit::eventually;

use crate::run::{SNAPSHOT_EVENTS, World};

const SOON: Duration = Duration::from_secs(20);

/// Random versions, each asked of one of the instances, are the fold of the log up to them; so are differences.
pub async fn old_versions(world: &World, log: &[Value], random: &mut fastrand::Rng) {
    let apis = world.owners().await;
    stored(world, log.len() as i64).await;
    let head = log.len();
    let epoch = apis[0].snapshot(world.project).await["epoch"].as_str().expect("an epoch").to_owned();
    let at = |version: usize| {
        let events: Vec<Event> = log[..version]
            .iter()
            .map(|event| serde_json::from_value(event.clone()).expect("an event"))
            .collect();
        Snapshot::fold(epoch.clone(), &events).expect("a fold")
    };
    let mut asked = vec![1, head, SNAPSHOT_EVENTS - 1, SNAPSHOT_EVENTS, SNAPSHOT_EVENTS + 1];
    asked.extend((0..12).map(|_| random.usize(1..=head)));
    for (turn, pair) in asked.windows(2).enumerate() {
        let (api, [from, to]) = (&apis[turn % apis.len()], [pair[0], pair[1]]);
        let shown =
            api.get(&format!("/projects/{}/snapshot?version={from}", world.project)).await.expect(200);
        assert_eq!(shown.body, json!(at(from)), "version {from}");
        let path = format!("/projects/{}/diff?from={from}&to={to}", world.project);
        let told = api.get(&path).await.expect(200).body;
        leads_from_one_to_the_other(&at(from), &at(to), &told["diff"]);
    }
}

/// Every snapshot that is due gets stored, and once.
async fn stored(world: &World, head: i64) {
    let due: Vec<i64> = (1..=head / SNAPSHOT_EVENTS as i64).map(|n| n * SNAPSHOT_EVENTS as i64).collect();
    assert!(!due.is_empty(), "a log of {head} events is too short for this test");
    let sql = world.cluster.database.sql().await;
    eventually("the snapshots to be stored", SOON, || async {
        let query = "SELECT version FROM snapshots WHERE project_id = $1 ORDER BY version";
        let rows = sql.query(query, &[&world.project]).await.expect("the snapshots");
        rows.iter().map(|row| row.get(0)).collect::<Vec<i64>>() == due
    })
    .await;
}

/// What a client would do with a difference: change the one state as it says, and have the other.
fn leads_from_one_to_the_other(from: &Snapshot, to: &Snapshot, diff: &Value) {
    let (mut state, wanted) = (json!(from), json!(to));
    let list = |value: &Value| value.as_array().expect("a list").clone();
    change(&mut state["project"], &diff["project"]);
    for member in list(&diff["members"]) {
        let members = state["members"].as_array_mut().expect("members");
        members.retain(|one| one["user"] != member["user"]);
        if !member["to"].is_null() {
            members.push(json!({"user": member["user"], "role": member["to"]}));
        }
    }
    let tasks = state["tasks"].as_array_mut().expect("tasks");
    for removed in list(&diff["tasks"]["removed"]) {
        tasks.retain(|task| task["id"] != removed["id"]);
    }
    for changed in list(&diff["tasks"]["changed"]) {
        let task = tasks.iter_mut().find(|task| task["id"] == changed["id"]).expect("a task that was there");
        change(task, &changed["changes"]);
    }
    tasks.extend(list(&diff["tasks"]["added"]));
    let edges = state["dependencies"].as_array_mut().expect("dependencies");
    let removed = list(&diff["dependencies"]["removed"]);
    edges.retain(|edge| !removed.contains(edge));
    edges.extend(list(&diff["dependencies"]["added"]));
    for name in ["project", "members", "tasks", "dependencies"] {
        assert_eq!(
            sorted(&state[name]),
            sorted(&wanted[name]),
            "{name} from {} to {}",
            from.version,
            to.version
        );
    }
}

fn change(object: &mut Value, changes: &Value) {
    for change in changes.as_array().expect("changes") {
        let field = change["field"].as_str().expect("a field");
        assert_eq!(object[field], change["from"], "{field}");
        object[field] = change["to"].clone();
    }
}

fn sorted(value: &Value) -> Value {
    let Value::Array(items) = value else { return value.clone() };
    let mut items = items.clone();
    items.sort_by_key(Value::to_string);
    json!(items)
}

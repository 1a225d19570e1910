//! What must be true of the log and of everything that is read: it is the fold of events 1..n.

use std::collections::{BTreeSet, HashSet};

use domain::event::{self, Event, EventBody};
use domain::snapshot::Snapshot;
use domain::{Role, TaskId};
use serde_json::{Value, json};
use testkit::Api;

use crate::graph;
use crate::run::World;

/// The fold, kept up with the answers to commands.
pub struct Model(Snapshot);

impl Model {
    pub async fn of(world: &World) -> Self {
        let log = world.cluster.whole_log(world.project, &world.people[0]).await;
        let snapshot = world.cluster.api(0, &world.people[0]).snapshot(world.project).await;
        let epoch = snapshot["epoch"].as_str().expect("an epoch").to_owned();
        Self(Snapshot::fold(epoch, &read(&log)).expect("a fold"))
    }

    pub fn version(&self) -> i64 {
        self.0.version
    }

    pub fn apply(&mut self, events: &[Value]) {
        for event in read(events) {
            graph::gate(&self.0.state, &event);
            self.0.apply(&event).expect("the next event");
        }
    }

    /// Against the digest of one instance; a project in the bin shows none, and nobody's role is needed in SQL.
    pub async fn compare(&self, world: &World, step: usize) {
        let member = self.0.state.members.keys().next().expect("a project has an owner");
        let member = world.people.iter().find(|person| person.id == member.0).expect("one of the people");
        let api = world.cluster.api(step % world.cluster.instances.len(), member);
        if let Some(told) = api.try_digest(world.project).await {
            assert_eq!(
                (told.version as i64, told.digest),
                (self.0.version, domain::digest::of(&self.0)),
                "step {step}"
            );
        }
        rules(&self.0);
    }
}

fn read(log: &[Value]) -> Vec<Event> {
    log.iter()
        .map(|event| serde_json::from_value(event.clone()).expect("an event the domain knows"))
        .collect()
}

/// Everything that can be read now, held against the fold. Returns the log.
pub async fn everything(world: &World) -> Vec<Value> {
    let apis = world.owners().await;
    let log = apis[0].events_after(world.project, 0).await;
    let events = read(&log);
    numbered(&events);
    let snapshot = apis[0].snapshot(world.project).await;
    let epoch = snapshot["epoch"].as_str().expect("an epoch").to_owned();
    let folded = folded(epoch, &events);
    let whole = serde_json::to_value(&folded).expect("a snapshot is JSON");
    for (instance, api) in apis.iter().enumerate() {
        assert_eq!(api.snapshot(world.project).await, whole, "the snapshot of instance {instance}");
        let told = api.digest(world.project).await;
        assert_eq!(
            (told.digest, told.version as i64),
            (domain::digest::of(&folded), folded.version),
            "instance {instance}"
        );
        assert_eq!(api.events_after(world.project, 0).await, log, "the log at instance {instance}");
    }
    each_task(world, &apis[1], &folded).await;
    listed(world, &apis[2], &folded).await;
    graph::stored(world, &folded.state).await;
    bytes_add_up(world).await;
    lists_follow(world).await;
    crate::found::follows(world).await;
    told(world, &apis[0], &events).await;
    log
}

/// I1, and what goes with versions: one event per command id, times that never go back, numbers 1, 2, 3 …
fn numbered(events: &[Event]) {
    let mut ids = HashSet::new();
    let mut numbers = 0;
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.version, index as i64 + 1, "a gap or a double");
        assert!(ids.insert((event.actor, event.command_id)), "a command id has two events: {event:?}");
        assert!(index == 0 || events[index - 1].at <= event.at, "time went back: {event:?}");
        if let EventBody::TaskCreated(event::TaskCreated { task }) = &event.body {
            numbers += 1;
            assert_eq!(task.number, numbers, "numbers are given once, in order");
        }
    }
}

/// I5 with the rules at every version on the way.
fn folded(epoch: String, events: &[Event]) -> Snapshot {
    let mut snapshot = Snapshot::begin(epoch, &events[0]).expect("project.created");
    for event in &events[1..] {
        let role = snapshot.state.members.get(&event.actor).copied();
        assert!(role >= Some(Role::Editor) || is_leaving(event), "{event:?} by {role:?}");
        graph::gate(&snapshot.state, event);
        let order = in_order(&snapshot);
        snapshot.apply(event).expect("the next event");
        rules(&snapshot);
        others_stay(&order, &in_order(&snapshot), event);
    }
    snapshot
}

fn is_leaving(event: &Event) -> bool {
    matches!(event.body, EventBody::MemberRemoved(event::MemberRemoved { user }) if user == event.actor)
}

fn in_order(snapshot: &Snapshot) -> Vec<TaskId> {
    let mut tasks: Vec<_> = snapshot.state.tasks.values().collect();
    tasks.sort_by(|one, other| one.rank.cmp(&other.rank));
    tasks.iter().map(|task| task.id).collect()
}

/// Whatever an event moves, all others stand in the order they had.
fn others_stay(was: &[TaskId], is: &[TaskId], event: &Event) {
    let moved = event.body.tasks();
    let others = |order: &[TaskId], there: &[TaskId]| -> Vec<TaskId> {
        order.iter().filter(|id| there.contains(id) && !moved.contains(id)).copied().collect()
    };
    assert_eq!(others(was, is), others(is, was), "{event:?}");
}

fn rules(snapshot: &Snapshot) {
    let state = &snapshot.state;
    let version = snapshot.version;
    assert!(state.members.values().any(|role| *role == Role::Owner), "no owner at version {version}");
    let ranks: BTreeSet<_> = state.tasks.values().map(|task| &task.rank).collect();
    assert_eq!(ranks.len(), state.tasks.len(), "two tasks have one rank at version {version}");
    let numbers: BTreeSet<_> = state.tasks.values().map(|task| task.number).collect();
    assert_eq!(numbers.len(), state.tasks.len(), "two tasks have one number at version {version}");
    graph::rules(state);
    for task in state.tasks.values() {
        assert!(state.project.workflow.has(&task.status), "{} stands nowhere at version {version}", task.id);
        assert!(task.comment_count >= 0 && task.version <= version, "{task:?} at version {version}");
    }
}

/// Single tasks are those of the fold, and their comments as many as they say.
async fn each_task(world: &World, api: &Api, folded: &Snapshot) {
    for task in folded.state.tasks.values() {
        let path = format!("/projects/{}/tasks/{}", world.project, task.number);
        let shown = api.get(&path).await.expect(200).body["task"].clone();
        assert_eq!(shown, serde_json::to_value(task).expect("a task is JSON"));
        let comments = api.get(&format!("{path}/comments?limit=200")).await.expect(200).body;
        let there =
            comments["items"].as_array().expect("items").iter().filter(|comment| comment["deleted"] == false);
        assert_eq!(there.count() as i64, task.comment_count, "the comments of {}", task.id);
    }
}

/// The list of projects counts what the fold has.
async fn listed(world: &World, api: &Api, folded: &Snapshot) {
    let archived = folded.state.project.archived;
    let list = api.get(&format!("/projects?archived={archived}")).await.expect(200).body;
    let items = list["items"].as_array().expect("items");
    let item = items.iter().find(|item| item["id"] == json!(world.project)).expect("the project is listed");
    let mut counts = std::collections::BTreeMap::<String, i64>::new();
    for task in folded.state.tasks.values() {
        *counts.entry(task.status.to_string()).or_default() += 1;
    }
    assert_eq!((&item["version"], &item["task_counts"]), (&json!(folded.version), &json!(counts)));
}

/// The activity is the log, newest first: each event once, with what it changed from what.
async fn told(world: &World, api: &Api, events: &[Event]) {
    let (mut path, mut items) = (format!("/projects/{}/activity?limit=100", world.project), Vec::new());
    loop {
        let page = api.get(&path).await.expect(200).body;
        items.extend(page["items"].as_array().expect("items").clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/projects/{}/activity?limit=100&cursor={cursor}", world.project);
    }
    assert_eq!(items.len(), events.len(), "entries of the activity");
    for (item, event) in items.iter().zip(events.iter().rev()) {
        let said = (&item["version"], &item["type"], &item["actor"]);
        assert_eq!(said, (&json!(event.version), &json!(event.body.kind()), &json!(event.actor)));
        assert_eq!(item["undoes"], json!(event.undoes));
        if let EventBody::TaskUpdated(event::TaskUpdated { set, .. }) = &event.body {
            let fields =
                json!(set).as_object().expect("fields").keys().filter(|field| *field != "rank").count();
            assert_eq!(item["changes"].as_array().map(Vec::len), Some(fields), "{item}");
        }
    }
}

/// The running sum of bytes, by which a page is cut.
async fn bytes_add_up(world: &World) {
    let query = "SELECT count(*) FROM (SELECT total_bytes, sum(octet_length(body)) OVER (ORDER BY version) AS sum \
                 FROM events WHERE project_id = $1) AS e WHERE total_bytes <> sum";
    let wrong: i64 = world
        .cluster
        .database
        .sql()
        .await
        .query_one(query, &[&world.project])
        .await
        .expect("the events")
        .get(0);
    assert_eq!(wrong, 0, "running sums of bytes that are wrong");
}

/// What lists are chosen by says of each task what the task says.
async fn lists_follow(world: &World) {
    let query = "SELECT count(*) FROM tasks t FULL JOIN listed_by l ON l.project_id = t.project_id AND l.id = t.id \
                 WHERE coalesce(t.project_id, l.project_id) = $1 AND \
                 (l.number, l.updated_at, l.due_on, l.deleted, l.status, l.priority, l.rank, l.facets) IS DISTINCT FROM \
                 (t.number, t.updated_at, t.due_on, t.deleted_version IS NOT NULL, t.status, t.priority, t.rank, \
                 listed_facets(t.project_id, t.labels, t.assignees, t.status, t.priority))";
    let sql = world.cluster.database.sql().await;
    let rows = sql.query_one(query, &[&world.project]).await;
    assert_eq!(rows.expect("the lists").get::<_, i64>(0), 0, "tasks that are listed by what they are not");
    let query = "SELECT count(*) FROM found_by f JOIN tasks t ON t.project_id = f.project_id AND t.id = f.task_id \
                 WHERE f.project_id = $1 AND f.deleted <> (t.deleted_version IS NOT NULL)";
    let rows = sql.query_one(query, &[&world.project]).await;
    assert_eq!(
        rows.expect("what is found").get::<_, i64>(0),
        0,
        "what is found in the bin and is not there, or not and is"
    );
}

/// I2: what somebody was answered is in the log, at that version, with that content.
pub fn acknowledged(log: &[Value], answered: &[Value]) {
    for event in answered {
        let version = event["version"].as_u64().expect("a version");
        assert_eq!(
            log.get(version as usize - 1),
            Some(event),
            "an acknowledged event is another one in the log"
        );
    }
}

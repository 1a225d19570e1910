//! Labels, fields, parents, dependencies and the gate, through HTTP and Postgres.

use serde_json::{Value, json};
use testkit::{Answer, Uuid};

use crate::support::Team;

async fn tasks(team: &Team, count: usize) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
    for some in ids.chunks(500) {
        let create = some.iter().map(|id| json!({"type": "task.create", "id": id, "title": "x"}));
        team.owner().commands(team.project, Value::Array(create.collect())).await.expect(200);
    }
    ids
}

fn edge(task: Uuid, on: Uuid) -> String {
    format!("/tasks/{task}/dependencies/{on}")
}

fn ids(answer: &Answer, member: &str) -> Vec<Uuid> {
    let named = answer.body[member].as_array().expect("tasks").iter();
    named.map(|task| task["id"].as_str().expect("an id").parse().expect("a UUID")).collect()
}

async fn equal_to_the_fold(team: &Team) {
    let log = team.cluster.whole_log(team.project, &team.owner).await;
    let events: Vec<domain::event::Event> =
        log.into_iter().map(|event| serde_json::from_value(event).expect("an event")).collect();
    let folded = domain::snapshot::Snapshot::fold(String::new(), &events).expect("a fold");
    assert_eq!(domain::digest::of(&folded), team.digest().await.digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_fields_are_defined_used_and_archived() {
    let team = Team::start(1).await;
    let (owner, editor) = (team.owner(), team.editor());
    let label = json!({"name": "Bug", "color": "#d4380d"});
    let put = editor.idempotent("l").put(&team.path("/labels/bug"), label.clone()).await.expect(200);
    assert_eq!(
        put.body["label"],
        json!({"key": "bug", "name": "Bug", "color": "#d4380d", "archived": false})
    );
    let again = editor.idempotent("l").put(&team.path("/labels/bug"), label.clone()).await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), again.version()), (Some("true"), put.version()));
    let field = json!({"name": "Size", "type": "select", "options": [{"key": "s", "name": "S"}]});
    editor.put(&team.path("/fields/size"), field.clone()).await.expect_problem(403, "forbidden");
    owner.put(&team.path("/fields/size"), field).await.expect(200);
    owner.put(&team.path("/fields/when"), json!({"name": "When", "type": "date"})).await.expect(200);
    let create = json!({"title": "x", "labels": ["bug"], "fields": {"size": "s", "when": "2026-12-24"}});
    let made = editor.post(&team.path("/tasks"), create).await.expect(201);
    assert_eq!(made.body["task"]["fields"], json!({"size": "s", "when": "2026-12-24"}));
    let change = json!({"fields": {"size": "s"}, "add": {"labels": ["bug"]}});
    let changed = editor.patch(&team.task_path(""), change).await.expect(200);
    assert_eq!(changed.body["task"]["labels"], json!(["bug"]));
    let refused = editor.patch(&team.task_path(""), json!({"fields": {"size": "l"}})).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "/fields/size");
    let refused = editor.patch(&team.task_path(""), json!({"fields": {"when": "a\0b"}})).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "/fields/when");
    let wrong =
        owner.put(&team.path("/fields/other"), json!({"name": "x", "type": "colour"})).await.expect(422);
    assert_eq!(wrong.body["errors"][0]["pointer"], "/type");
    let known = json!({"name": "x", "field_type": "text"});
    owner.put(&team.path("/fields/other"), known).await.expect_problem(422, "unknown_field");
    for wrong in ["a b", "größe", "a.b"] {
        let refused = owner.put(&team.path(&format!("/labels/{wrong}")), label.clone()).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/key", "{wrong}");
        let field = json!({"name": "x", "type": "text"});
        let refused = owner.put(&team.path(&format!("/fields/{wrong}")), field).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "/key", "{wrong}");
        editor.delete(&team.path(&format!("/labels/{wrong}"))).await.expect_problem(404, "not_found");
    }
    editor.delete(&team.path("/labels/bug")).await.expect(200);
    owner.delete(&team.path("/fields/size")).await.expect(200);
    editor.delete(&team.path("/labels/none")).await.expect_problem(404, "label_not_found");
    equal_to_the_fold(&team).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_add_labels_at_once_both_win() {
    let team = Team::start(2).await;
    for key in ["a", "b"] {
        let label = json!({"name": key, "color": "#000000"});
        team.owner().put(&team.path(&format!("/labels/{key}")), label).await.expect(200);
    }
    let path = team.task_path("");
    let (one, two) = (team.cluster.api(0, &team.owner), team.cluster.api(1, &team.editor));
    let add = |key: &str| json!({"add": {"labels": [key]}});
    let (first, second) = tokio::join!(one.patch(&path, add("a")), two.patch(&path, add("b")));
    [first, second].into_iter().for_each(|answer| assert_eq!(answer.status, 200));
    assert_eq!(team.task().await["labels"], json!(["a", "b"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_halves_of_a_circle_added_at_once_exactly_one_succeeds() {
    let team = Team::start(2).await;
    let (one, two) = (team.cluster.api(0, &team.owner), team.cluster.api(1, &team.editor));
    for round in 0..10 {
        let [a, b, c, d] = tasks(&team, 4).await[..] else { panic!("four tasks") };
        team.owner().put(&team.path(&edge(b, c)), json!({})).await.expect(201);
        team.owner().put(&team.path(&edge(d, a)), json!({})).await.expect(201);
        let (left, right) = (team.path(&edge(a, b)), team.path(&edge(c, d)));
        let (first, second) = tokio::join!(one.put(&left, json!({})), two.put(&right, json!({})));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "round {round}: {first} {second}");
        let refused = if first.status == 422 { first } else { second };
        let path = ids(&refused.expect_problem(422, "dependency_cycle"), "path");
        assert_eq!((path.len(), path.first()), (5, path.last()));
    }
    equal_to_the_fold(&team).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_task_is_finished_by_an_owners_override_only() {
    let team = Team::start(1).await;
    let blocker = tasks(&team, 1).await[0];
    let added = team.editor().put(&team.path(&edge(team.task, blocker)), json!({})).await.expect(201);
    let location = format!("/api/v1{}?kind=blocks", team.path(&edge(team.task, blocker)));
    assert_eq!(added.header("location"), Some(location.as_str()));
    assert_eq!(added.body["dependency"], json!({"task": team.task, "on": blocker, "kind": "blocks"}));
    assert!(
        team.editor()
            .put(&team.path(&edge(team.task, blocker)), json!({}))
            .await
            .expect(200)
            .events()
            .is_empty()
    );
    let done = json!({"status": "done"});
    let refused = team.editor().patch(&team.task_path(""), done.clone()).await.expect_problem(422, "blocked");
    let named = json!([{"id": blocker, "number": 2, "title": "x", "status": "backlog"}]);
    assert_eq!(refused.body["blockers"], named);
    let forced = json!({"status": "done", "override": true});
    team.editor().post(&team.task_path("/move"), forced.clone()).await.expect_problem(422, "blocked");
    let passed = team.owner().patch(&team.task_path(""), forced).await.expect(200);
    assert_eq!(passed.events()[0]["overrode"], json!([blocker]));
    team.owner().patch(&team.task_path(""), json!({"status": "todo"})).await.expect(200);
    // A batch sees what it did itself.
    let commands = json!([
        {"type": "task.update", "task": blocker, "set": {"status": "done"}},
        {"type": "task.move", "task": team.task, "status": "done"},
    ]);
    team.editor().commands(team.project, commands).await.expect(200);
    team.editor().delete(&team.path(&edge(team.task, blocker))).await.expect(200);
    let related = team.path(&format!("{}?kind=relates", edge(team.task, blocker)));
    team.editor().put(&related, json!({})).await.expect(201);
    let wrong = team.path(&format!("{}?kind=likes", edge(team.task, blocker)));
    team.editor().put(&wrong, json!({})).await.expect_problem(400, "invalid_query");
    equal_to_the_fold(&team).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_takes_its_subtasks_and_a_restore_brings_back_what_it_took() {
    let team = Team::start(1).await;
    let [root, child, leaf, other] = tasks(&team, 4).await[..] else { panic!("four tasks") };
    let api = team.editor();
    for (task, parent) in [(child, root), (leaf, child)] {
        api.patch(&team.path(&format!("/tasks/{task}")), json!({"parent": parent})).await.expect(200);
    }
    let cycle = api.patch(&team.path(&format!("/tasks/{root}")), json!({"parent": leaf})).await;
    assert_eq!(ids(&cycle.expect_problem(422, "dependency_cycle"), "path"), [root, leaf, child, root]);
    api.put(&team.path(&edge(other, leaf)), json!({})).await.expect(201);
    api.put(&team.path(&edge(child, other)), json!({})).await.expect(201);
    let before = team.owner().snapshot(team.project).await;
    let deleted = api.delete(&team.path(&format!("/tasks/{root}"))).await.expect(200);
    assert_eq!(deleted.events()[0]["data"]["tasks"].as_array().expect("ids").len(), 3);
    assert_eq!(team.owner().snapshot(team.project).await["dependencies"], json!([]));
    equal_to_the_fold(&team).await;
    api.patch(&team.path(&format!("/tasks/{other}")), json!({"status": "done"})).await.expect(200);
    api.patch(&team.path(&format!("/tasks/{other}")), json!({"status": "backlog"})).await.expect(200);
    api.post(&team.path(&format!("/tasks/{leaf}/restore")), json!({})).await.expect(200);
    let after = team.owner().snapshot(team.project).await;
    assert_eq!(after["dependencies"], before["dependencies"]);
    assert_eq!(after["tasks"].as_array().expect("tasks").len(), 5);
    equal_to_the_fold(&team).await;
    // An edge that would close a circle now is dropped, in the tables too.
    api.delete(&team.path(&format!("/tasks/{root}"))).await.expect(200);
    let [far] = tasks(&team, 1).await[..] else { panic!("one task") };
    api.put(&team.path(&edge(other, far)), json!({})).await.expect(201);
    api.post(&team.path(&format!("/tasks/{root}/restore")), json!({})).await.expect(200);
    api.delete(&team.path(&format!("/tasks/{other}"))).await.expect(200);
    api.put(&team.path(&edge(far, child)), json!({})).await.expect(201);
    let back = api.post(&team.path(&format!("/tasks/{other}/restore")), json!({})).await.expect(200);
    assert_eq!(back.events()[0]["data"]["dropped"].as_array().expect("one").len(), 1, "{back}");
    equal_to_the_fold(&team).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_of_more_than_512_kib_is_refused_and_nothing_changes() {
    let team = Team::start(1).await;
    let text = "x".repeat(100_000);
    for n in 0..6 {
        let create = json!({"title": format!("{n}"), "parent": team.task, "description": text});
        team.editor().post(&team.path("/tasks"), create).await.expect(201);
    }
    let before = team.digest().await;
    team.editor().delete(&team.task_path("")).await.expect_problem(422, "too_large_to_delete");
    team.unchanged(&before).await;
}

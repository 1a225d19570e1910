//! Batches: one after the other, each seeing what the ones before it did.

use serde_json::{Value, json};
use testkit::{Api, Uuid};

use crate::support::Team;

fn create(id: Uuid, title: &str) -> Value {
    json!({"type": "task.create", "id": id, "title": title})
}

/// Proves L9.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_sees_what_those_before_it_did() {
    let team = Team::start(1).await;
    let (a, b, comment) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    team.owner().meet(std::slice::from_ref(&team.stranger)).await;
    let before = team.digest().await.version;
    let commands = json!([
        {"type": "member.add", "user": team.stranger.id, "role": "editor"},
        create(a, "A"),
        create(b, "B"),
        {"type": "task.update", "task": a, "set": {"assignees": [team.stranger.id], "status": "todo"}},
        {"type": "task.move", "task": b, "status": "todo", "before": a},
        {"type": "comment.add", "id": comment, "task": a, "body": "x"},
        {"type": "comment.update", "comment": comment, "body": "y"},
        {"type": "task.delete", "task": b},
        {"type": "task.restore", "task": b},
        {"type": "project.update", "set": {"name": "Shop 2"}},
        {"type": "project.update", "set": {"name": "Shop 2"}},
    ]);
    let answer = team.owner().commands(team.project, commands).await.expect(200);
    let versions: Vec<u64> = answer.events().iter().filter_map(|event| event["version"].as_u64()).collect();
    assert_eq!(versions, (before + 1..=before + 10).collect::<Vec<_>>(), "ten events, the no-op has none");
    let log = team.cluster.whole_log(team.project, &team.owner).await;
    let fold: Vec<domain::event::Event> =
        log.into_iter().map(|event| serde_json::from_value(event).expect("an event")).collect();
    let folded = domain::snapshot::Snapshot::fold(String::new(), &fold).expect("a fold");
    assert_eq!(domain::digest::of(&folded), team.digest().await.digest);
}

/// Proves L9.
#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_batch_is_refused_as_a_whole_with_the_index() {
    let team = Team::start(1).await;
    let before = team.digest().await;
    let (a, title) = (Uuid::new_v4(), json!({"title": "x"}));
    for (commands, index, status, code) in [
        (json!([create(a, "A"), create(a, "B")]), 1, 409, "id_taken"),
        (
            json!([create(a, "A"), {"type": "task.delete", "task": a}, {"type": "task.update", "task": a, "set": title}]),
            2,
            409,
            "task_deleted",
        ),
        (json!([create(a, "A"), {"type": "member.remove", "user": team.owner.id}]), 1, 409, "last_owner"),
        (json!([{"type": "project.delete"}, create(a, "A")]), 1, 404, "not_found"),
        (
            json!([{"type": "project.update", "set": {"archived": true}}, create(a, "A")]),
            1,
            422,
            "project_archived",
        ),
        (
            json!([{"type": "member.update", "user": team.viewer.id, "role": "owner"}, {"type": "member.update", "user": team.owner.id, "role": "viewer"}, {"type": "project.update", "set": {"name": "x"}}]),
            2,
            403,
            "forbidden",
        ),
    ] {
        let refused = team.owner().commands(team.project, commands).await.expect_problem(status, code);
        assert_eq!(refused.body["index"], index, "{refused}");
        team.unchanged(&before).await;
    }
    for (commands, pointer, code) in [
        (json!([{"type": "task.create"}]), "/commands/0/title", "missing"),
        (json!([create(a, "A"), {"type": "nonsense"}]), "/commands/1/type", "unknown_command"),
        (json!([create(a, "A"), 7]), "/commands/1", "invalid_type"),
        (json!(7), "/commands", "invalid_type"),
        (json!([{"type": "project.create", "name": "x"}]), "/commands/0/type", "unknown_command"),
    ] {
        let refused = team.owner().commands(team.project, commands).await.expect_problem(422, code);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{refused}");
        team.unchanged(&before).await;
    }
}

/// Proves L9.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_on_what_was_never_made_depends_on_its_refusal() {
    let team = Team::start(1).await;
    let (task, comment) = (Uuid::new_v4(), Uuid::new_v4());
    let commands = json!([
        {"type": "task.create", "id": task, "title": "x", "status": "nowhere"},
        {"type": "task.update", "task": task, "set": {"title": "y"}},
        {"type": "comment.add", "id": comment, "task": task, "body": "x"},
        {"type": "comment.update", "comment": comment, "body": "y"},
        {"type": "task.update", "task": team.task, "set": {"title": "Paint the gate"}},
        {"type": "task.update", "task": team.task, "set": {"title": "Paint the gate"}},
    ]);
    let body = json!({"commands": commands, "atomic": false});
    let answer = team.editor().post(&team.path("/commands"), body).await.expect(200);
    let results = answer.body["results"].as_array().expect("results");
    let codes: Vec<Option<&str>> = results.iter().map(|result| result["problem"]["code"].as_str()).collect();
    let depends = Some("depends_on_refused");
    assert_eq!(codes, [Some("unknown_status"), depends, depends, depends, None, None]);
    assert_eq!((&results[4]["event"]["type"], &results[5]["event"]), (&json!("task.updated"), &Value::Null));
    assert_eq!(results[5]["version"], results[4]["version"]);
}

/// The code of each refusal, `None` where there is none, of a list whose commands are decided one by one.
async fn codes_of(api: &Api, team: &Team, commands: &Value) -> Vec<Option<String>> {
    let body = json!({"commands": commands, "atomic": false});
    let answer = api.post(&team.path("/commands"), body).await.expect(200);
    let results = answer.body["results"].as_array().expect("results");
    results.iter().map(|result| result["problem"]["code"].as_str().map(str::to_owned)).collect()
}

fn update(task: Uuid, title: &str) -> Value {
    json!({"type": "task.update", "task": task, "set": {"title": title}})
}

/// Proves L9.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_depends_on_no_refusal_to_make_it() {
    let team = Team::start(1).await;
    let (first, never, comment, deleted) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    let add = |id: Uuid| json!({"type": "comment.add", "id": id, "task": team.task, "body": "x"});
    let used = Uuid::new_v4();
    let made = |title: &str| json!({"type": "task.create", "id": first, "title": title, "command_id": used});
    let there =
        json!([made("First"), add(comment), create(deleted, "x"), {"type": "task.delete", "task": deleted}]);
    team.editor().commands(team.project, there).await.expect(200);
    let taken = Some("id_taken");
    for (what, makes, names, codes) in [
        ("a task", create(team.task, "x"), update(team.task, "a"), [taken, None]),
        (
            "an edge",
            create(team.task, "x"),
            json!({"type": "dependency.add", "task": first, "on": team.task}),
            [taken, None],
        ),
        (
            "a comment",
            add(comment),
            json!({"type": "comment.update", "comment": comment, "body": "y"}),
            [taken, None],
        ),
        ("a deleted task", create(deleted, "x"), update(deleted, "b"), [taken, Some("task_deleted")]),
        (
            "another command of its id",
            made("Other"),
            update(first, "c"),
            [Some("idempotency_key_reused"), None],
        ),
        ("what was never there", nowhere(never), update(never, "d"), [Some("unknown_status"), DEPENDS]),
    ] {
        let answered = codes_of(&team.editor(), &team, &json!([makes, names])).await;
        assert_eq!(answered.iter().map(Option::as_deref).collect::<Vec<_>>(), codes, "{what}");
    }
}

/// Proves L7, L9.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_list_makes_at_last_depends_on_no_refusal_before_and_repeats_agree() {
    let team = Team::start(1).await;
    let (task, api) = (Uuid::new_v4(), team.editor().idempotent("made at last"));
    let commands = json!([
        nowhere(task),
        update(task, "a"),
        create(task, "x"),
        update(task, "b"),
        create(task, "y"),
        update(task, "c")
    ]);
    let expected = [Some("unknown_status"), DEPENDS, None, None, Some("id_taken"), None];
    let first = codes_of(&api, &team, &commands).await;
    assert_eq!(first.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    let after = team.digest().await;
    assert_eq!(codes_of(&api, &team, &commands).await, first);
    team.unchanged(&after).await;
}

const DEPENDS: Option<&str> = Some("depends_on_refused");

fn nowhere(id: Uuid) -> Value {
    json!({"type": "task.create", "id": id, "title": "x", "status": "nowhere"})
}

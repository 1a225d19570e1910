//! Saved filters of a project's tasks: who sees and changes them, what a query may be, and what is gone of it.

use serde_json::{Value, json};
use testkit::{Answer, Api, Uuid};

use crate::support::Team;

fn at(team: &Team, id: Uuid) -> String {
    team.path(&format!("/filters/{id}"))
}

async fn put(api: &Api, team: &Team, id: Uuid, shared: bool) -> Answer {
    let body = json!({"name": "Mine", "query": {"assignee": ["me"]}, "shared": shared});
    api.put(&at(team, id), body).await
}

async fn seen(api: &Api, team: &Team) -> Vec<Value> {
    let listed = api.get(&team.path("/filters")).await.expect(200);
    assert_eq!(listed.body["next_cursor"], Value::Null);
    listed.body["items"].as_array().expect("items").clone()
}

async fn saves(team: &Team, query: &Value) -> Answer {
    let body = json!({"name": "A query", "query": query});
    team.editor().put(&at(team, Uuid::now_v7()), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_keeps_own_filters_that_nobody_else_sees_and_that_are_in_no_log() {
    let team = Team::start(1).await;
    let (id, before) = (Uuid::now_v7(), team.digest().await);
    let made = put(&team.viewer(), &team, id, false).await.expect(201);
    assert_eq!(made.header("location"), Some(format!("/api/v1{}", at(&team, id)).as_str()));
    let filter = &made.body["filter"];
    assert_eq!((&filter["id"], &filter["user"]), (&json!(id), &json!(team.viewer.id)));
    assert_eq!((&filter["shared"], &filter["gone"]), (&json!(false), &json!([])));
    assert_eq!(json!(seen(&team.viewer(), &team).await), json!([filter]));
    let renamed = json!({"name": "Other", "query": {"label": ["paint"], "sort": "-due_on"}});
    let changed = team.viewer().put(&at(&team, id), renamed).await.expect(200);
    assert_eq!(changed.body["filter"]["query"], json!({"label": ["paint"], "sort": "-due_on"}));
    for other in [team.owner(), team.editor()] {
        assert!(seen(&other, &team).await.is_empty());
        other.delete(&at(&team, id)).await.expect_problem(404, "not_found");
        put(&other, &team, id, false).await.expect_problem(409, "id_taken");
        put(&other, &team, id, true).await.expect_problem(409, "id_taken");
    }
    team.viewer().delete(&at(&team, id)).await.expect(204);
    team.viewer().delete(&at(&team, id)).await.expect_problem(404, "not_found");
    assert!(seen(&team.viewer(), &team).await.is_empty());
    team.unchanged(&before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_filters_are_made_changed_and_deleted_by_editors_and_owners() {
    let team = Team::start(1).await;
    let id = Uuid::now_v7();
    put(&team.viewer(), &team, id, true).await.expect_problem(403, "forbidden");
    put(&team.editor(), &team, id, true).await.expect(201);
    assert_eq!(seen(&team.viewer(), &team).await[0]["user"], json!(team.editor.id));
    put(&team.viewer(), &team, id, true).await.expect_problem(403, "forbidden");
    put(&team.viewer(), &team, id, false).await.expect_problem(403, "forbidden");
    let refused = team.viewer().delete(&at(&team, id)).await.expect_problem(403, "forbidden");
    assert_eq!(refused.body["needs"], json!("editor"));
    let changed = put(&team.owner(), &team, id, true).await.expect(200);
    assert_eq!(changed.body["filter"]["user"], json!(team.editor.id), "its maker stays");
    put(&team.owner(), &team, id, false).await.expect(200);
    assert!(seen(&team.owner(), &team).await.is_empty(), "it is its maker's own again");
    assert_eq!(seen(&team.editor(), &team).await.len(), 1);
    put(&team.editor(), &team, id, true).await.expect(200);
    team.owner().delete(&at(&team, id)).await.expect(204);
    assert!(seen(&team.editor(), &team).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_membership_or_session_or_with_a_token_for_less_reaches_filters() {
    let team = Team::start(1).await;
    let id = Uuid::now_v7();
    let token = async |body: Value| {
        let made = team.editor().post("/me/tokens", body).await.expect(201);
        team.editor().with_token(made.body["secret"].as_str().expect("a secret"))
    };
    let other = team.editor().create_project("Other").await;
    let elsewhere = token(json!({"name": "a", "scope": "write", "projects": [other]})).await;
    for api in [team.stranger(), elsewhere] {
        put(&api, &team, id, false).await.expect_problem(404, "not_found");
        api.get(&team.path("/filters")).await.expect_problem(404, "not_found");
        api.delete(&at(&team, id)).await.expect_problem(404, "not_found");
    }
    let reader = token(json!({"name": "b", "scope": "read"})).await;
    put(&reader, &team, id, false).await.expect_problem(403, "insufficient_scope");
    put(&team.editor(), &team, id, false).await.expect(201);
    assert_eq!(seen(&reader, &team).await.len(), 1);
    let shared = Uuid::now_v7();
    put(&team.editor(), &team, shared, true).await.expect(201);
    team.owner().remove_member(team.project, &team.editor).await;
    put(&team.editor(), &team, id, false).await.expect_problem(404, "not_found");
    assert_eq!(seen(&team.viewer(), &team).await.len(), 1, "what was shared stays");
    team.owner().add_member(team.project, &team.editor, "editor").await;
    assert_eq!(seen(&team.editor(), &team).await.len(), 1, "what was their own ended with the membership");
    let api = team.viewer();
    let ended = "UPDATE sessions SET revoked_at = now() WHERE id = $1";
    team.cluster.database.sql().await.execute(ended, &[&team.viewer.session]).await.expect("an update");
    put(&api, &team, Uuid::now_v7(), false).await.expect_problem(401, "session_ended");
    api.delete(&at(&team, shared)).await.expect_problem(401, "session_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_has_what_the_list_of_tasks_takes_and_nothing_else() {
    let team = Team::start(1).await;
    let whole = json!({
        "status": ["todo", "done"], "assignee": ["me", "none", team.editor.id], "label": [], "label_all": ["a"], "label_not": ["none", "b"], "assignee_all": ["me"], "assignee_not": ["none"], "priority": ["high"],
        "parent": ["none"], "created_by": ["me"], "number": [1, 2], "due_from": "2026-01-01", "due_before": "2026-02-01",
        "updated_since": "2026-01-01T00:00:00Z", "blocked": false, "ready": true, "watching": true, "deleted": false,
        "q": "paint", "sort": "-priority",
    });
    let saved = saves(&team, &whole).await.expect(201);
    assert_eq!(saved.body["filter"]["query"], whole);
    saves(&team, &json!({})).await.expect(201);
    let of_fields =
        json!({"field.size": ["S", "none"], "field_all.tags": ["x"], "field_not.points": ["1.5"]});
    let saved = saves(&team, &of_fields).await.expect(201);
    assert_eq!(saved.body["filter"]["query"], of_fields);
    for (wrong, pointer) in [
        (json!({"status": "todo"}), "/query/status"),
        (json!({"label": ["ok", "not a key"]}), "/query/label/1"),
        (json!({"assignee": ["nobody"]}), "/query/assignee/0"),
        (json!({"priority": ["none", "now"]}), "/query/priority/1"),
        (json!({"number": ["1"]}), "/query/number/0"),
        (json!({"number": [0]}), "/query/number/0"),
        (json!({"number": [1.5]}), "/query/number/0"),
        (json!({"blocked": "true"}), "/query/blocked"),
        (json!({"due_from": "soon"}), "/query/due_from"),
        (json!({"updated_since": "2026-01-01"}), "/query/updated_since"),
        (json!({"sort": "name"}), "/query/sort"),
        (json!({"q": "a\u{0}b"}), "/query/q"),
        (json!({"q": null}), "/query/q"),
        (json!({"status": vec!["todo"; 101]}), "/query/status"),
        (json!({"field.size": "S"}), "/query/field.size"),
        (json!({"field.size": ["S", 1]}), "/query/field.size/1"),
        (json!({"field_not.size": ["a\u{0}b"]}), "/query/field_not.size/0"),
        (json!({"field.": ["S"]}), "/query/field."),
        (json!({"field.a b": []}), "/query/field.a b"),
        (json!({"limit": 5}), "/query/limit"),
        (json!({"cursor": "x"}), "/query/cursor"),
        (json!({"min_version": 5}), "/query/min_version"),
        (json!([]), "/query"),
        (json!("assignee=me"), "/query"),
    ] {
        let refused = saves(&team, &wrong).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], json!(pointer), "{wrong}: {refused}");
    }
    let keys: Vec<String> = (0..100).map(|n| format!("{n:064}")).collect();
    let large = json!({"status": keys, "label": keys});
    saves(&team, &large).await.expect_problem(422, "invalid_length");
    let (api, path) = (team.editor(), at(&team, Uuid::now_v7()));
    api.put(&path, json!({"name": "a"})).await.expect_problem(422, "missing");
    api.put(&path, json!({"name": " ", "query": {}})).await.expect_problem(422, "invalid_length");
    api.put(&path, json!({"name": "a", "query": {}, "id": 1})).await.expect_problem(422, "unknown_field");
    api.put(&team.path("/filters/mine"), json!({"name": "a", "query": {}})).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_says_what_it_names_that_is_gone() {
    let team = Team::start(1).await;
    let owner = team.owner();
    owner.put(&team.path("/labels/old"), json!({"name": "Old", "color": "#112233"})).await.expect(200);
    let parent = owner.create_task(team.project, "Above").await.id;
    let query = json!({
        "status": ["todo", "never"], "label": ["old", "nothing"], "parent": ["none", parent],
        "assignee": ["me", team.editor.id, team.stranger.id], "created_by": [team.owner.id, "me"],
    });
    let (id, body) = (Uuid::now_v7(), json!({"name": "a", "query": query, "shared": true}));
    let gone = owner.put(&at(&team, id), body.clone()).await.expect(201).body["filter"]["gone"].clone();
    assert_eq!(gone, json!(["/status/1", "/label/1", "/assignee/2"]));
    let more = json!({"label_all": ["none", "old"], "label_not": ["none", "x"], "assignee_not": ["none", team.stranger.id]});
    let shown = saves(&team, &more).await.expect(201).body["filter"]["gone"].clone();
    assert_eq!(shown, json!(["/label_all/0", "/label_not/1", "/assignee_not/1"]));
    let sizes = json!({"name": "Size", "type": "select", "options": [{"key": "S", "name": "Small"}]});
    owner.put(&team.path("/fields/size"), sizes).await.expect(200);
    let of_fields =
        json!({"field.size": ["S", "none", "L"], "field_all.size": ["none"], "field.nope": ["x"]});
    let shown = saves(&team, &of_fields).await.expect(201).body["filter"]["gone"].clone();
    assert_eq!(shown, json!(["/field.nope", "/field.size/2", "/field_all.size/0"]));
    owner.delete(&team.path("/labels/old")).await.expect(200);
    owner.delete(&team.path(&format!("/tasks/{parent}"))).await.expect(200);
    owner.remove_member(team.project, &team.editor).await;
    let all = json!(["/status/1", "/label/0", "/label/1", "/assignee/1", "/assignee/2", "/parent/1"]);
    assert_eq!(seen(&team.viewer(), &team).await[0]["gone"], all);
    assert_eq!(owner.put(&at(&team, id), body).await.expect(200).body["filter"]["gone"], all);
    owner.post(&team.path(&format!("/tasks/{parent}/restore")), json!({})).await.expect(200);
    assert_eq!(seen(&owner, &team).await[0]["gone"].as_array().map(Vec::len), Some(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_makes_at_most_a_hundred_filters_in_a_project_also_all_at_once() {
    let team = Team::start(2).await;
    let ids: Vec<Uuid> = (0..104).map(|_| Uuid::now_v7()).collect();
    let tries = ids
        .iter()
        .enumerate()
        .map(async |(n, id)| put(&team.cluster.api(n % 2, &team.editor), &team, *id, n % 3 == 0).await);
    let answers = futures_util::future::join_all(tries).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 100);
    let refused = answers.into_iter().find(|answer| answer.status != 201).expect("a refusal");
    refused.expect_problem(422, "too_many_filters");
    put(&team.owner(), &team, Uuid::now_v7(), true).await.expect(201);
    let (api, mut got, mut path) = (team.editor(), Vec::new(), team.path("/filters?limit=30"));
    loop {
        let page = api.get(&path).await.expect(200).body;
        got.extend(page["items"].as_array().expect("items").iter().map(|item| item["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = team.path(&format!("/filters?limit=30&cursor={cursor}"));
    }
    assert!(got.len() == 101 && got.is_sorted_by_key(Value::to_string), "{}", got.len());
}

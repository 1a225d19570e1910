//! The names that belong to ids: `GET /people` and `GET …/people`.

use serde_json::{Value, json};
use testkit::{Api, Cluster, User};

use crate::support::Team;

fn names(body: &Value) -> Vec<&str> {
    body["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["name"].as_str().expect("a name"))
        .collect()
}

async fn found(api: &Api, query: &str) -> Vec<String> {
    let answer = api.get(&format!("/people{query}")).await.expect(200);
    assert_eq!(answer.body["next_cursor"], Value::Null, "{answer}");
    names(&answer.body).into_iter().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_whoever_shares_a_project_and_nobody_else() {
    let team = Team::start(1).await;
    assert_eq!(found(&team.viewer(), "").await, ["Edgar", "Olga"]);
    assert!(found(&team.stranger(), "").await.is_empty());
    let second = team.owner().create_project("Second").await;
    team.owner().add_member(second, &team.stranger, "viewer").await;
    assert_eq!(found(&team.stranger(), "").await, ["Olga"]);
    assert_eq!(found(&team.owner(), "").await, ["Edgar", "Stella", "Vera"]);
    let token = json!({"name": "one", "scope": "read", "projects": [second]});
    let made = team.owner().post("/me/tokens", token).await.expect(201);
    let script = team.owner().with_token(made.body["secret"].as_str().expect("a secret"));
    assert_eq!(found(&script, "").await, ["Stella"], "a token for one project");
    team.owner().patch(&format!("/projects/{second}"), json!({"archived": true})).await.expect(200);
    assert_eq!(found(&team.stranger(), "").await, ["Olga"], "an archived project counts");
    team.owner().delete(&format!("/projects/{second}")).await.expect(200);
    assert!(found(&team.stranger(), "").await.is_empty(), "one in the bin does not");
    team.owner().remove_member(team.project, &team.viewer).await;
    assert!(found(&team.viewer(), "").await.is_empty());
    team.cluster.instances[0].api().get("/people").await.expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_colleague_is_not_active_and_a_deleted_one_is_not_there() {
    let team = Team::start(1).await;
    assert!(team.cluster.run(&["user", "disable", &team.editor.email]).await.success);
    let listed = team.viewer().get("/people").await.expect(200).body;
    assert_eq!(names(&listed), ["Edgar", "Olga"]);
    assert_eq!((&listed["items"][0]["active"], &listed["items"][1]["active"]), (&json!(false), &json!(true)));
    let sql = team.cluster.database.sql().await;
    let delete = "UPDATE users SET deleted_at = now(), email = NULL, name = '' WHERE id = $1";
    sql.execute(delete, &[&team.editor.id]).await.expect("an update");
    assert_eq!(found(&team.viewer(), "").await, ["Olga"]);
}

async fn crowd(cluster: &Cluster, owner: &User, all: &[&str]) {
    let api = cluster.api(0, owner);
    let project = api.create_project("Crowd").await;
    for name in all {
        api.add_member(project, &cluster.user(name).await, "viewer").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picker_finds_people_by_how_a_word_of_their_name_begins() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    crowd(&cluster, &owner, &["Anna Berg", "bert Annis", "Hanna Zorn", "100% Real", "A_B"]).await;
    let api = cluster.api(0, &owner);
    assert_eq!(found(&api, "?q=ANN").await, ["Anna Berg", "bert Annis"]);
    assert_eq!(found(&api, "?q=be").await, ["Anna Berg", "bert Annis"]);
    assert_eq!(found(&api, "?q=anna+b").await, ["Anna Berg"]);
    for none in ["%25", "_", "a__", "nna", "*", "'"] {
        assert!(found(&api, &format!("?q={none}")).await.is_empty(), "{none} is no wildcard");
    }
    assert_eq!(found(&api, "?q=100%25").await, ["100% Real"]);
    api.get(&format!("/people?q={}", "x".repeat(201))).await.expect_problem(400, "invalid_query");
    api.get("/people?q=%00").await.expect_problem(400, "invalid_query");
    api.get("/people?name=a").await.expect_problem(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_people_have_everybody_once_also_those_of_the_same_name() {
    let cluster = Cluster::start(1).await;
    let owner = cluster.user("Olga").await;
    crowd(&cluster, &owner, &["Same", "same", "Same", "Émile", "zoe", "Adam", "Same"]).await;
    let api = cluster.api(0, &owner);
    let mut got: Vec<Value> = Vec::new();
    let mut path = "/people?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.expect(200).body;
        got.extend(page["items"].as_array().expect("items").iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/people?limit=2&cursor={cursor}");
    }
    let all = api.get("/people").await.expect(200).body;
    assert_eq!(json!(got), all["items"]);
    assert_eq!(got.len(), 7);
    assert_eq!((&got[0]["name"], &got[5]["name"]), (&json!("Adam"), &json!("zoe")));
    let cursor = api.get("/people?limit=2").await.expect(200).body["next_cursor"].clone();
    let foreign = format!("/people?limit=2&q=s&cursor={}", cursor.as_str().expect("a cursor"));
    api.get(&foreign).await.expect_problem(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_of_a_project_are_304_until_one_of_them_changes() {
    let team = Team::start(2).await;
    let (api, path) = (team.viewer(), team.path("/people"));
    let first = api.get(&path).await.expect(200);
    let tag = first.header("etag").expect("a tag").to_owned();
    assert!(tag.starts_with("W/\"") && first.header("cache-control") == Some("private, no-cache"), "{tag}");
    let knowing = team.cluster.api(1, &team.viewer).with_header("if-none-match", &format!("W/\"x\", {tag}"));
    let same = knowing.get(&path).await.expect(304);
    assert_eq!((same.header("etag"), same.body.is_null()), (Some(tag.as_str()), true));
    team.editor().patch("/me", json!({"name": "Edgar Elgar"})).await.expect(200);
    let renamed = knowing.get(&path).await.expect(200);
    assert!(names(&renamed.body).contains(&"Edgar Elgar"), "{renamed}");
    let knowing = api.with_header("if-none-match", renamed.header("etag").expect("a tag"));
    knowing.get(&path).await.expect(304);
    team.owner().remove_member(team.project, &team.editor).await;
    knowing.get(&path).await.expect(200);
    team.stranger().get(&path).await.expect_problem(404, "not_found");
}

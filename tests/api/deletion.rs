//! Deleting an account: what goes at once, and how the projects are left.

use serde_json::{Value, json};
use testkit::user::PASSWORD;
use testkit::{Cluster, User, Uuid, eventually};

use crate::support::SOON;

/// Two people who share a project that the second one owns, and an administrator before them.
async fn team(cluster: &Cluster) -> (User, User, User, Uuid) {
    let api = cluster.instances[0].api();
    let (admin, ann, ben) = (api.register("Ada").await, api.register("Ann").await, api.register("Ben").await);
    let project = cluster.api(0, &ben).create_project("Shop").await;
    cluster.api(0, &ben).add_member(project, &ann, "editor").await;
    (admin, ann, ben, project)
}

async fn listed(cluster: &Cluster, admin: &User, user: &User) -> Value {
    let accounts = cluster.api(0, admin).get("/admin/accounts").await.expect(200);
    let items = accounts.body["items"].as_array().expect("items").clone();
    items.into_iter().find(|item| item["id"] == json!(user.id)).expect("the account")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_is_out_at_once_and_then_leaves_its_projects() {
    let cluster = Cluster::start(2).await;
    let (admin, ann, ben, project) = team(&cluster).await;
    let own = cluster.api(0, &ann);
    let made = own.post("/me/tokens", json!({"name": "script", "scope": "read"})).await.expect(201);
    let script = own.with_token(made.body["secret"].as_str().expect("a secret"));
    let delete = |password: &str| own.post("/me/deletion", json!({"current_password": password}));
    delete("a wrong password").await.expect_problem(403, "wrong_password");
    own.get("/me").await.expect(200);
    delete(PASSWORD).await.expect(204);
    cluster.api(1, &ann).get("/me").await.expect_problem(401, "session_ended");
    script.get("/me").await.expect_problem(401, "invalid_token");
    let login = json!({"email": ann.email, "password": PASSWORD, "cookie": false});
    cluster.instances[1].api().post("/auth/login", login).await.expect_problem(401, "invalid_credentials");
    let other = cluster.api(1, &ben);
    eventually("the project to be left", SOON, || async {
        let events = other.events_after(project, 0).await;
        events.iter().any(|event| event["type"] == "member.removed" && event["data"]["user"] == json!(ann.id))
    })
    .await;
    let people = other.get(&format!("/projects/{project}/people")).await.expect(200);
    let gone = people.body["items"].as_array().expect("items").iter().find(|one| one["id"] == json!(ann.id));
    let gone = gone.expect("the log names them");
    assert_eq!((&gone["name"], &gone["active"], &gone["member"]), (&json!(""), &json!(false), &json!(false)));
    let shown = listed(&cluster, &admin, &ann).await;
    assert_eq!(
        (&shown["email"], &shown["name"], &shown["left_over"]),
        (&Value::Null, &json!(""), &json!([]))
    );
    let again = json!({"email": ann.email, "name": "Ann", "password": PASSWORD, "cookie": false});
    let again = cluster.instances[0].api().post("/auth/register", again).await.expect(201);
    assert_ne!(again.body["user"]["id"], json!(ann.id), "the address is free, for another account");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_owner_of_a_project_gives_it_away_or_deletes_it_first() {
    let cluster = Cluster::start(1).await;
    let (_, ann, ben, project) = team(&cluster).await;
    let own = cluster.api(0, &ben);
    let delete = || own.post("/me/deletion", json!({"current_password": PASSWORD}));
    let refused = delete().await.expect_problem(409, "last_owner");
    assert_eq!(refused.body["projects"], json!([{"id": project, "name": "Shop"}]));
    own.get("/me").await.expect(200);
    let member = format!("/projects/{project}/members/{}", ann.id);
    own.patch(&member, json!({"role": "owner"})).await.expect(200);
    let alone = own.create_project("Mine alone").await;
    delete().await.expect_problem(409, "last_owner");
    own.delete(&format!("/projects/{alone}")).await.expect(200);
    delete().await.expect(204);
    let other = cluster.api(0, &ann);
    eventually("the project to be left", SOON, || async {
        let members = other.get(&format!("/projects/{project}/members")).await.expect(200);
        members.body["items"].as_array().map(Vec::len) == Some(1)
    })
    .await;
}

/// The row says what is left to do, so another instance goes on after a crash; whoever became the last owner meanwhile stays,
/// and the administrator sees it.
#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_deletion_is_gone_on_with_and_the_last_owner_stays() {
    let mut cluster = Cluster::start(1).await;
    let (admin, ann, ben, project) = team(&cluster).await;
    let kept = cluster.api(0, &ann).create_project("Kept").await;
    cluster.instances[0].kill();
    let sql = cluster.database.sql().await;
    let unfinished = "WITH emptied AS (UPDATE users SET name = '', email = NULL, disabled_at = now(), deleted_at = now() \
        WHERE id = $1) INSERT INTO departures (user_id) VALUES ($1)";
    sql.execute(unfinished, &[&ann.id]).await.expect("a deletion that crashed");
    cluster.instances[0].restart().await;
    let other = cluster.api(0, &ben);
    eventually("the project to be left", SOON, || async {
        let members = other.get(&format!("/projects/{project}/members")).await.expect(200);
        members.body["items"].as_array().map(Vec::len) == Some(1)
    })
    .await;
    assert_eq!(listed(&cluster, &admin, &ann).await["left_over"], json!([kept]));
    let waiting = sql.query_one("SELECT count(*) FROM departures", &[]).await.expect("rows").get::<_, i64>(0);
    assert_eq!(waiting, 1);
}

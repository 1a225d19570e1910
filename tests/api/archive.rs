//! Archived projects: read-only at every address, listed apart, brought back.

use serde_json::{Value, json};
use testkit::Api;

use crate::access::{callers, requests};
use crate::support::Team;

/// What goes on in an archived project, and what it is answered.
const GOES_ON: [(&str, &str); 6] = [
    ("DELETE /projects/{project}", "200"),
    ("POST /projects/{project}/restore", "200"),
    ("DELETE /projects/{project}/members/{user}", "200"),
    ("DELETE /projects/{project}/invitations/{invitation}", "204"),
    ("PUT /projects/{project}/filters/{filter}", "200"),
    ("DELETE /projects/{project}/filters/{filter}", "204"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_project_is_read_only_at_every_address() {
    let callers = callers().await;
    let mut wrong = Vec::new();
    let answers = requests::ask_about_archived(&callers).await;
    for (row, _) in GOES_ON {
        assert!(answers.iter().any(|(known, _)| known == row), "{row} is no address");
    }
    for (row, answer) in answers {
        let expected = match GOES_ON.iter().find(|(known, _)| *known == row) {
            Some((_, status)) => *status,
            None if row.starts_with("GET ") => "200",
            None => "422 project_archived",
        };
        if answer != expected {
            wrong.push(format!("{row}: {answer}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn listed(api: &Api, query: &str) -> Vec<Value> {
    let list = api.get(&format!("/projects{query}")).await.expect(200).body;
    list["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_and_deleted_projects_are_listed_apart_and_come_back() {
    let team = Team::start(2).await;
    let (owner, path) = (team.owner(), team.path(""));
    let there: Vec<Value> = vec![json!(team.project)];
    let nowhere: Vec<Value> = Vec::new();
    let lists = async || {
        let other = team.cluster.api(1, &team.owner);
        let mut lists = Vec::new();
        for query in ["", "?archived=true", "?deleted=true", "?deleted=true&archived=true"] {
            lists.push(listed(&other, query).await);
        }
        lists
    };
    owner.patch(&path, json!({"archived": true})).await.expect(200);
    assert_eq!(lists().await, [&nowhere, &there, &nowhere, &nowhere].map(Clone::clone));
    assert_eq!(listed(&team.viewer(), "?archived=true").await, there);
    owner.delete(&path).await.expect(200);
    assert_eq!(
        lists().await,
        [&nowhere, &nowhere, &there, &there].map(Clone::clone),
        "the bin has archived ones too"
    );
    owner.patch(&path, json!({"archived": false})).await.expect_problem(404, "not_found");
    owner.post(&team.path("/restore"), json!({})).await.expect(200);
    assert_eq!(
        lists().await,
        [&nowhere, &there, &nowhere, &nowhere].map(Clone::clone),
        "it comes back archived"
    );
    let renamed = json!({"archived": false, "name": "Shop again"});
    team.editor().patch(&path, renamed.clone()).await.expect_problem(403, "forbidden");
    owner.patch(&path, renamed).await.expect(200);
    assert_eq!(lists().await, [&there, &nowhere, &nowhere, &nowhere].map(Clone::clone));
    owner.delete(&path).await.expect(200);
    assert_eq!(lists().await, [&nowhere, &nowhere, &there, &nowhere].map(Clone::clone));
    owner.post(&team.path("/restore"), json!({})).await.expect(200);
    team.editor().create_task(team.project, "Goes on").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_archived_project_members_follow_leave_and_keep_own_filters_and_share_none() {
    let team = Team::start(1).await;
    let at = |id: testkit::Uuid| team.path(&format!("/filters/{id}"));
    let (own, shared) = (testkit::Uuid::now_v7(), testkit::Uuid::now_v7());
    let filter = |shared: bool| json!({"name": "Mine", "query": {}, "shared": shared});
    team.editor().put(&at(own), filter(false)).await.expect(201);
    team.editor().put(&at(shared), filter(true)).await.expect(201);
    team.owner().patch(&team.path(""), json!({"archived": true})).await.expect(200);
    team.editor().put(&at(own), json!({"name": "Other", "query": {}})).await.expect(200);
    for api in [team.editor(), team.owner()] {
        api.put(&at(shared), filter(true)).await.expect_problem(422, "project_archived");
        api.put(&at(shared), filter(false)).await.expect_problem(422, "project_archived");
        api.delete(&at(shared)).await.expect_problem(422, "project_archived");
    }
    team.editor().put(&at(own), filter(true)).await.expect_problem(422, "project_archived");
    let listed = team.viewer().get(&team.path("/filters")).await.expect(200);
    assert_eq!(listed.body["items"].as_array().map(Vec::len), Some(1));
    team.editor().delete(&at(own)).await.expect(204);
    let watch = json!([{"type": "task.watch", "task": team.task}]);
    team.viewer().commands(team.project, watch).await.expect(200);
    let leave = team.path(&format!("/members/{}", team.viewer.id));
    team.viewer().delete(&leave).await.expect(200);
    team.viewer().get(&team.path("")).await.expect_problem(404, "not_found");
}

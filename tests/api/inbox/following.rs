//! Who follows a task by themselves, and the tasks that one follows.

use super::{assign, comment, told};
use crate::support::Team;
use serde_json::{Value, json};
use testkit::{Api, Uuid};

async fn watches(api: &Api, team: &Team) -> bool {
    api.get(&team.task_path("")).await.expect(200).body["watching"] == true
}

async fn unwatch(api: &Api, team: &Team) {
    api.commands(team.project, json!([{"type": "task.unwatch", "task": team.task}])).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_makes_a_task_comments_is_assigned_or_mentioned_follows_it_and_who_changes_it_does_not() {
    let team = Team::start(1).await;
    let (owner, editor, viewer) = (team.owner(), team.editor(), team.viewer());
    assert!(watches(&owner, &team).await);
    editor.patch(&team.task_path(""), json!({"title": "Paint it"})).await.expect(200);
    assert!(!watches(&editor, &team).await);
    comment(&editor, &team, &format!("<@{}>", team.viewer.id)).await;
    assert!(watches(&editor, &team).await && watches(&viewer, &team).await);
    unwatch(&editor, &team).await;
    editor.patch(&team.task_path(""), json!({"title": "Paint it red"})).await.expect(200);
    assert!(!watches(&editor, &team).await, "who stopped to follow is not made to again by a change");
    assign(&owner, &team, team.editor.id).await;
    assert!(watches(&editor, &team).await, "but by an assignment");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_follow_by_themselves_does_not() {
    let team = Team::start(1).await;
    let editor = team.editor();
    let automatic = async || editor.get("/me/watching").await.expect(200).body["automatic"] == true;
    assert!(automatic().await);
    editor.put("/me/watching", json!({"automatic": false})).await.expect(204);
    assert!(!automatic().await);
    comment(&editor, &team, "Hello.").await;
    assert!(!watches(&editor, &team).await);
    editor.put("/me/watching", json!({"automatic": null})).await.expect(422);
    editor.put("/me/watching", json!({})).await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_to_follow_in_the_batch_that_made_them_follow_does_not() {
    let team = Team::start(1).await;
    let task = Uuid::now_v7();
    let batch = json!([
        {"type": "task.create", "id": task, "title": "Not followed"},
        {"type": "task.unwatch", "task": task},
    ]);
    team.owner().commands(team.project, batch).await.expect(200);
    let shown = team.owner().get(&team.path(&format!("/tasks/{task}"))).await.expect(200);
    assert_eq!(shown.body["watching"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_five_hundred_followers_are_refused_and_nobody_more_follows_by_themselves() {
    let team = Team::start(1).await;
    let sql = team.cluster.database.sql().await;
    let crowd = "WITH crowd AS (INSERT INTO users (id, email, name, password_hash) \
        SELECT gen_random_uuid(), n || '@crowd.example', 'One of many', '' FROM generate_series(1, 499) n RETURNING id), \
        joined AS (INSERT INTO members (project_id, user_id, role) SELECT $1, id, 'viewer' FROM crowd) \
        INSERT INTO watchers (project_id, task_id, user_id) SELECT $1, $2, id FROM crowd";
    sql.execute(crowd, &[&team.project, &team.task]).await.expect("a crowd");
    let watch = json!([{"type": "task.watch", "task": team.task}]);
    let refused = team.editor().commands(team.project, watch).await.expect(422);
    assert_eq!((&refused.body["code"], &refused.body["most"]), (&json!("too_many_watchers"), &json!(500)));
    comment(&team.editor(), &team, "Hello.").await;
    assert!(!watches(&team.editor(), &team).await);
    assert_eq!(told(&team.owner()).await, [json!(["changed", "Paint the door", 1])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_follows_is_listed_page_by_page_over_all_own_projects() {
    let team = Team::start(1).await;
    let owner = team.owner();
    let other = owner.create_project("Other").await;
    for title in ["One", "Two", "Three"] {
        owner.create_task(other, title).await;
    }
    let titles = async |query: &str| -> (Vec<Value>, Value) {
        let body = owner.get(&format!("/me/watching?{query}")).await.expect(200).body;
        let items = body["items"].as_array().expect("items").iter();
        (items.map(|item| item["task"]["title"].clone()).collect(), body["next_cursor"].clone())
    };
    let (all, next) = titles("").await;
    assert_eq!((all.len(), next), (4, json!(null)));
    assert_eq!(titles(&format!("project={other}")).await.0, ["One", "Two", "Three"]);
    let (mut paged, mut next) = titles("limit=3").await;
    while let Some(cursor) = next.as_str() {
        let (more, then) = titles(&format!("limit=3&cursor={cursor}")).await;
        paged.extend(more);
        next = then;
    }
    assert_eq!(paged, all);
    owner.delete(&team.task_path("")).await.expect(200);
    assert_eq!(titles("").await.0.len(), 3, "what is in the bin is left out");
    assert!(
        team.stranger().get(&format!("/me/watching?project={other}")).await.expect(200).body["items"]
            == json!([])
    );
}

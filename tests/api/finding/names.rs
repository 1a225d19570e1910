//! What a list is asked for by name has to be there.

use serde_json::{Value, json};
use testkit::Uuid;

use crate::support::Team;

/// What is wrong with a list's parameters: the pointers, and what is allowed.
async fn refused(team: &Team, query: &str) -> (Value, Vec<String>) {
    let refused = team.viewer().get(&team.path(&format!("/tasks?{query}"))).await;
    let refused = refused.expect_problem(422, "unknown_value").body;
    let errors = refused["errors"].as_array().expect("errors");
    assert!(errors.iter().all(|error| error["code"] == "unknown_value"), "{refused}");
    let allowed = refused["allowed"].as_array().expect("what is allowed");
    let allowed = allowed.iter().map(|name| name.as_str().expect("a name").to_owned());
    (errors.iter().map(|error| error["pointer"].clone()).collect(), allowed.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_project_does_not_have_is_refused_with_what_is_allowed() {
    let team = Team::start(1).await;
    team.add_labels(&["bug", "wood"]).await;
    let statuses = ["backlog", "todo", "in_progress", "in_review", "done", "cancelled"];
    let (stranger, nobody) = (team.stranger.id, Uuid::new_v4());
    let mut people = [team.owner.id, team.editor.id, team.viewer.id].map(|id| id.to_string());
    people.sort();
    let with = |words: &[&str]| words.iter().map(ToString::to_string).chain(people.clone()).collect();
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (query, pointers, allowed) in [
        ("status=nope".to_owned(), json!(["/status/0"]), owned(&statuses)),
        ("status=todo&status=Done&status=x".to_owned(), json!(["/status/1", "/status/2"]), owned(&statuses)),
        ("label=absent".to_owned(), json!(["/label/0"]), owned(&["none", "bug", "wood"])),
        ("label=bug&label=Bug".to_owned(), json!(["/label/1"]), owned(&["none", "bug", "wood"])),
        (format!("assignee=me&assignee={stranger}"), json!(["/assignee/1"]), with(&["me", "none"])),
        (format!("assignee=none&assignee={nobody}"), json!(["/assignee/1"]), with(&["me", "none"])),
        (format!("created_by={nobody}"), json!(["/created_by/0"]), with(&["me"])),
        ("label_all=bug&label_all=none".to_owned(), json!(["/label_all/1"]), owned(&["bug", "wood"])),
        ("label_not=none&label_not=x".to_owned(), json!(["/label_not/1"]), owned(&["none", "bug", "wood"])),
        (format!("assignee_all={nobody}&assignee_all=me"), json!(["/assignee_all/0"]), with(&["me"])),
        (
            format!("assignee_not=none&assignee_not={nobody}"),
            json!(["/assignee_not/1"]),
            with(&["me", "none"]),
        ),
        // Beside what is there, with a search, in the bin.
        (format!("label=bug&status=nope&assignee={nobody}"), json!(["/status/0"]), owned(&statuses)),
        ("q=paint&label=absent".to_owned(), json!(["/label/0"]), owned(&["none", "bug", "wood"])),
        ("deleted=true&status=nope".to_owned(), json!(["/status/0"]), owned(&statuses)),
    ] {
        assert_eq!(refused(&team, &query).await, (pointers, allowed), "{query}");
    }
    let foreign = format!("/projects/{}/tasks?label=bug", team.foreign_project);
    team.stranger().get(&foreign).await.expect_problem(422, "unknown_value");
    team.viewer().get(&foreign).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_labels_and_everybody_the_log_names_are_had() {
    let team = Team::start(1).await;
    team.add_labels(&["old"]).await;
    let task = json!({"title": "Held", "labels": ["old"], "assignees": [team.editor.id, team.viewer.id]});
    team.editor().post(&team.path("/tasks"), task).await.expect(201);
    team.owner().delete(&team.path("/labels/old")).await.expect(200);
    for (user, query) in
        [(&team.editor, "assignee"), (&team.editor, "created_by"), (&team.viewer, "assignee")]
    {
        team.owner().remove_member(team.project, user).await;
        let query = format!("{query}={}&label=old", user.id);
        let found = team.owner().get(&team.path(&format!("/tasks?{query}"))).await.expect(200).body;
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{query}");
        team.owner().add_member(team.project, user, "editor").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_filter_is_judged_by_what_is_there_when_it_is_used() {
    let team = Team::start(1).await;
    let query = json!({"status": ["todo", "later"], "label": ["new"]});
    let body = json!({"name": "Soon", "query": query});
    let saved =
        team.editor().put(&team.path(&format!("/filters/{}", Uuid::now_v7())), body).await.expect(201);
    assert_eq!(saved.body["filter"]["gone"], json!(["/status/1", "/label/0"]));
    let asked = "status=todo&status=later&label=new";
    assert_eq!(refused(&team, asked).await.0, json!(["/status/1"]));
    assert_eq!(refused(&team, "status=todo&label=new").await.0, json!(["/label/0"]));
    team.add_labels(&["new"]).await;
    team.viewer().get(&team.path("/tasks?status=todo&label=new")).await.expect(200);
}

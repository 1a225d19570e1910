//! Lists of what has changed since a moment.

use serde_json::{Value, json};

use super::{all, titles};
use crate::support::Team;

/// What happened: the answer's event.
async fn post(team: &Team, task: &str, what: &str) -> Value {
    team.editor().post(&team.path(&format!("/tasks/{task}/{what}")), json!({})).await.expect(200).events()[0]
        .clone()
}

async fn delete(team: &Team, task: &str) -> Value {
    team.editor().delete(&team.path(&format!("/tasks/{task}"))).await.expect(200).events()[0].clone()
}

async fn listed(team: &Team, query: &str) -> String {
    let mut titles = titles(&all(&team.viewer(), &team.path(&format!("/tasks?{query}")), 2).await);
    titles.sort();
    titles.concat()
}

/// Tasks 2 to 5: `a`, `b` below `a`, `c`, `d`.
async fn board() -> Team {
    let team = Team::start(1).await;
    for title in ["a", "b", "c", "d"] {
        team.editor().post(&team.path("/tasks"), json!({"title": title})).await.expect(201);
    }
    let parent = team.editor().get(&team.path("/tasks/2")).await.expect(200).body["task"]["id"].clone();
    team.editor().patch(&team.path("/tasks/3"), json!({"parent": parent})).await.expect(200);
    team
}

/// The moment after everything so far.
async fn now(team: &Team) -> Value {
    let made = team.editor().post(&team.path("/tasks"), json!({"title": "-"})).await.expect(201);
    let at = made.events()[0]["at"].clone();
    team.editor().delete(&team.path(&format!("/tasks/{}", made.made("task").id))).await.expect(200);
    at
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_since_a_moment_are_in_the_bin_s_list_with_who_and_when() {
    let team = board().await;
    delete(&team, "5").await;
    let since = now(&team).await;
    let since = since.as_str().expect("a time");
    let event = delete(&team, "2").await;
    let query = format!("deleted=true&updated_since={since}");
    assert_eq!(listed(&team, &query).await, "-ab", "what was below it went along");
    let query = format!("deleted=true&updated_since={}", event["at"].as_str().expect("a time"));
    let bin = all(&team.viewer(), &team.path(&format!("/tasks?{query}")), 1).await;
    assert_eq!(titles(&bin).len(), 2);
    for task in &bin {
        assert_eq!(
            (&task["deleted_at"], &task["deleted_by"]),
            (&event["at"], &json!(team.editor.id)),
            "{task}"
        );
        assert!(task["updated_at"].as_str() < event["at"].as_str(), "{task}");
        assert!(task.get("archived_at").is_none(), "{task}");
    }
    // From the archive into the bin: the deletion counts.
    post(&team, "4", "archive").await;
    let event = delete(&team, "4").await;
    let query = format!("deleted=true&updated_since={}", event["at"].as_str().expect("a time"));
    let bin = all(&team.viewer(), &team.path(&format!("/tasks?{query}")), 1).await;
    assert_eq!((titles(&bin), &bin[0]["deleted_at"]), (vec!["c".to_owned()], &event["at"]));
    let never = team.path("/tasks?deleted=true&updated_since=2999-01-01T00:00:00Z");
    assert!(all(&team.viewer(), &never, 5).await.is_empty());
    let board = all(&team.viewer(), &team.path("/tasks"), 5).await;
    assert!(board.iter().all(|task| task.get("deleted_at").is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_since_a_moment_is_in_its_list_though_it_did_not_change() {
    let team = board().await;
    delete(&team, "2").await;
    post(&team, "4", "archive").await;
    delete(&team, "5").await;
    post(&team, "5", "restore").await;
    let since = now(&team).await;
    let since = format!("updated_since={}", since.as_str().expect("a time"));
    assert_eq!(listed(&team, &since).await, "");
    let restored = post(&team, "2", "restore").await;
    assert_eq!(listed(&team, &since).await, "ab");
    post(&team, "4", "unarchive").await;
    assert_eq!(listed(&team, &since).await, "abc");
    assert_eq!(listed(&team, &format!("{since}&label=none&sort=-due_on")).await, "abc");
    assert_eq!(listed(&team, &format!("{since}&q=c")).await, "c");
    assert_eq!(listed(&team, &format!("{since}&status=done")).await, "");
    let task = team.viewer().get(&team.path("/tasks/2")).await.expect(200).body["task"].clone();
    assert!(task["updated_at"].as_str() < restored["at"].as_str(), "{task}");
    // Into the bin out of the archive, and back into it.
    post(&team, "5", "archive").await;
    delete(&team, "5").await;
    let since = now(&team).await;
    let since = format!("archived=true&updated_since={}", since.as_str().expect("a time"));
    assert_eq!(listed(&team, &since).await, "");
    post(&team, "5", "restore").await;
    assert_eq!(listed(&team, &since).await, "d");
}

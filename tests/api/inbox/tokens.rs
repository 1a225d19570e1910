//! What an API token reaches of its owner's inbox.

use super::{comment, inbox, unread};
use crate::support::Team;
use serde_json::{Value, json};
use testkit::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_some_projects_reads_marks_and_mutes_nothing_of_the_others() {
    let team = Team::start(1).await;
    let owner = team.owner();
    let other = owner.create_project("Other").await;
    owner.add_member(other, &team.editor, "editor").await;
    let elsewhere = owner.create_task(other, "Elsewhere").await.id;
    let change = json!({"title": "Elsewhere again"});
    team.editor().patch(&format!("/projects/{other}/tasks/{elsewhere}"), change).await.expect(200);
    comment(&team.editor(), &team, "Hello.").await;
    let wanted = json!({"name": "lamp", "scope": "write", "projects": [other]});
    let made = owner.post("/me/tokens", wanted).await.expect(201);
    let lamp = owner.with_token(made.body["secret"].as_str().expect("a secret"));
    let titles = |rows: &[Value]| rows.iter().map(|row| row["task"]["title"].clone()).collect::<Vec<_>>();
    assert_eq!(titles(&inbox(&lamp).await), ["Elsewhere again"]);
    assert_eq!((unread(&lamp).await, unread(&owner).await), (1, 2));
    let asked = lamp.get(&format!("/me/notifications?project={}", team.project)).await.expect(200);
    assert_eq!(asked.body["items"], json!([]));
    let watched = lamp.get("/me/watching").await.expect(200);
    assert_eq!(titles(watched.body["items"].as_array().expect("items")), ["Elsewhere again"]);
    lamp.post("/me/notifications/read", json!({"up_to": 1_000_000})).await.expect(200);
    assert_eq!(unread(&owner).await, 1);
    owner.put(&format!("/me/mutes/{}", team.task), json!(null)).await.expect(204);
    lamp.put(&format!("/me/mutes/{}", team.project), json!(null)).await.expect(404);
    lamp.delete(&format!("/me/mutes/{}", team.task)).await.expect(204);
    lamp.put(&format!("/me/mutes/{other}"), json!(null)).await.expect(204);
    let mutes = async |api: &testkit::Api| -> Vec<Uuid> {
        let items = api.get("/me/mutes").await.expect(200).body["items"].clone();
        let ids = items.as_array().expect("items").iter().map(|mute| mute["id"].clone());
        ids.map(|id| serde_json::from_value(id).expect("an id")).collect()
    };
    assert_eq!((mutes(&lamp).await, mutes(&owner).await.len()), (vec![other], 2));
    lamp.put("/me/watching", json!({"automatic": false})).await.expect(403);
}

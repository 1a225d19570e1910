//! A mention stands in the text of a comment, not in its code, its HTML or behind an escape.

use super::{comment, told};
use crate::support::Team;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn code_comments_and_escapes_mention_nobody_in_the_event_and_tell_nobody() {
    let team = Team::start(1).await;
    let (owner, viewer) = (team.owner(), team.viewer.id);
    let texts = [
        format!("`<@{viewer}>`"),
        format!("~~~\n<@{viewer}>\n~~~"),
        format!("- log:\n\n      <@{viewer}>"),
        format!("<!-- <@{viewer}> -->"),
        format!("\\<@{viewer}>"),
        format!("> > <@{viewer}>"),
    ];
    for text in &texts {
        comment(&owner, &team, text).await;
    }
    let log = team.cluster.whole_log(team.project, &team.owner).await;
    let mentions =
        log.iter().filter(|event| event["type"] == "comment.added").map(|event| &event["data"]["mentions"]);
    let expected = [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, json!([viewer])];
    assert_eq!(mentions.cloned().collect::<Vec<_>>(), expected);
    assert_eq!(told(&team.viewer()).await, [json!(["mentioned", "Paint the door", 1])]);
}

//! Lists by the values of custom fields.

use serde_json::json;

use super::{all, titles};
use crate::support::Team;

/// A project with a field of each type, and tasks that differ in them.
async fn board() -> Team {
    let team = Team::start(1).await;
    let options = |keys: &[&str]| keys.iter().map(|key| json!({"key": key, "name": key})).collect::<Vec<_>>();
    for (key, field) in [
        ("size", json!({"name": "Size", "type": "select", "options": options(&["S", "M", "none"])})),
        ("tags", json!({"name": "Tags", "type": "multi_select", "options": options(&["x", "y", "z"])})),
        ("points", json!({"name": "Points", "type": "number"})),
        ("customer", json!({"name": "Customer", "type": "text"})),
        ("seller", json!({"name": "Seller", "type": "person"})),
        ("paid", json!({"name": "Paid", "type": "checkbox"})),
        ("since", json!({"name": "Since", "type": "date"})),
    ] {
        team.owner().put(&team.path(&format!("/fields/{key}")), field).await.expect(200);
    }
    for (title, fields) in [
        ("a", json!({"size": "S", "tags": ["x"], "points": 1, "customer": "Brightwater", "paid": true})),
        (
            "b",
            json!({"size": "M", "tags": ["x", "y"], "points": 1.5, "customer": "brightwater", "paid": false}),
        ),
        (
            "c",
            json!({"size": "S", "tags": [], "points": 100, "seller": team.editor.id, "since": "2026-11-01"}),
        ),
        (
            "d",
            json!({"tags": ["y", "z"], "customer": "none", "seller": team.owner.id, "since": "2026-11-02"}),
        ),
        ("e", json!({"size": "none", "customer": "'; \\ \"%"})),
    ] {
        team.editor().post(&team.path("/tasks"), json!({"title": title, "fields": fields})).await.expect(201);
    }
    team
}

async fn found(team: &Team, query: &str) -> String {
    let items = all(&team.editor(), &team.path(&format!("/tasks?{query}")), 2).await;
    let mut titles = titles(&items);
    titles.sort();
    titles.retain(|title| title.len() == 1);
    titles.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_listed_by_the_values_of_their_fields() {
    let team = board().await;
    for (query, expected) in [
        ("field.size=S", "ac"),
        ("field.size=S&field.size=M", "abc"),
        ("field.size=none", "d"),
        ("field.size=none&field.size=M", "bd"),
        ("field_all.size=none", "e"),
        ("field_not.size=S", "bde"),
        ("field_not.size=none", "abce"),
        ("field_not.size=none&field_not.size=S", "be"),
        ("field.tags=x", "ab"),
        ("field.tags=x&field.tags=z", "abd"),
        ("field_all.tags=x&field_all.tags=y", "b"),
        ("field_all.tags=y", "bd"),
        ("field_not.tags=y", "ace"),
        ("field.tags=none", "ce"),
        ("field_not.tags=none", "abd"),
        ("field.points=1", "a"),
        ("field.points=1.0&field.points=1e2", "ac"),
        ("field.points=1.5", "b"),
        ("field_not.points=1", "bcde"),
        ("field.customer=Brightwater", "a"),
        ("field.customer=none", "c"),
        ("field_all.customer=none", "d"),
        ("field.customer=%27%3B%20%5C%20%22%25", "e"),
        ("field.customer=", ""),
        ("field.paid=true", "a"),
        ("field.paid=false", "b"),
        ("field.paid=none", "cde"),
        ("field.seller=me", "c"),
        ("field_not.seller=me&field_not.seller=none", "d"),
        ("field.since=2026-11-02", "d"),
        ("field.size=S&field.paid=true", "a"),
        ("field.size=S&label=none&assignee=none&status=backlog", "ac"),
        ("field.tags=y&q=b", "b"),
        ("field_not.tags=x&q=b&sort=number", ""),
        ("field.size=S&created_by=me&sort=-priority", "ac"),
    ] {
        assert_eq!(found(&team, query).await, expected, "{query}");
    }
    team.owner().delete(&team.path("/fields/size")).await.expect(200);
    assert_eq!(found(&team, "field.size=M").await, "b", "an archived field is had");
    team.owner().delete(&team.path("/tasks/2")).await.expect(200);
    assert_eq!(found(&team, "field.tags=x").await, "b");
    assert_eq!(found(&team, "field.tags=x&deleted=true").await, "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_an_option_or_a_person_that_is_not_there_is_refused_with_what_is_allowed() {
    let team = board().await;
    let keys = json!(["customer", "paid", "points", "seller", "since", "size", "tags"]);
    for (query, pointers, allowed) in [
        ("field.nope=x", json!(["/field.nope"]), keys.clone()),
        ("field_not.Size=none&field_all.Size=S", json!(["/field_all.Size", "/field_not.Size"]), keys),
        ("field.size=S&field.size=L", json!(["/field.size/1"]), json!(["none", "S", "M", "none"])),
        ("field_all.tags=none", json!(["/field_all.tags/0"]), json!(["x", "y", "z"])),
        ("field_not.tags=X", json!(["/field_not.tags/0"]), json!(["none", "x", "y", "z"])),
    ] {
        let refused = team.viewer().get(&team.path(&format!("/tasks?{query}"))).await;
        let refused = refused.expect_problem(422, "unknown_value").body;
        let told = refused["errors"].as_array().expect("errors").iter().map(|error| error["pointer"].clone());
        assert_eq!((json!(told.collect::<Vec<_>>()), &refused["allowed"]), (pointers, &allowed), "{query}");
    }
    let stranger = team.path(&format!("/tasks?field.seller=none&field.seller={}", team.stranger.id));
    let refused = team.viewer().get(&stranger).await.expect_problem(422, "unknown_value").body;
    assert_eq!(refused["errors"][0]["pointer"], json!("/field.seller/1"));
    assert_eq!(refused["allowed"].as_array().map(Vec::len), Some(5));
    let many = "field.size=S&".repeat(101);
    for query in [
        "field.points=many",
        "field.since=soon",
        "field.paid=yes",
        "field.seller=somebody",
        "field_all.points=none",
        "field.customer=%00",
        "field.=x",
        "field.a%20b=x",
        "field_any.size=S",
        &many,
    ] {
        let answer = team.viewer().get(&team.path(&format!("/tasks?{query}"))).await;
        answer.expect_problem(400, "invalid_query");
    }
}

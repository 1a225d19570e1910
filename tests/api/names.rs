//! A name has something to see.

use crate::support::Team;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_invisible_characters_only_is_refused_wherever_it_is_given() {
    let team = Team::start(1).await;
    let owner = team.owner();
    for name in ["\u{200b}", "\u{feff}\u{2060}", "\u{3164}"] {
        owner.patch("/me", json!({"name": name})).await.expect_problem(422, "invalid_value");
        let token = json!({"name": name, "scope": "read"});
        owner.post("/me/tokens", token).await.expect_problem(422, "invalid_value");
        owner.post("/projects", json!({"name": name})).await.expect_problem(422, "invalid_text");
        let label = json!({"name": name, "color": "#d4380d"});
        owner.put(&team.path("/labels/urgent"), label).await.expect_problem(422, "invalid_text");
        let field = json!({"name": name, "type": "text"});
        owner.put(&team.path("/fields/size"), field).await.expect_problem(422, "invalid_text");
    }
    owner.patch("/me", json!({"name": "Zoë\u{200d} 👩\u{200d}👩"})).await.expect(200);
}

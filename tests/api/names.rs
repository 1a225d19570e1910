//! A name is one line with something to see.

use crate::support::Team;
use serde_json::json;
use testkit::Uuid;
use testkit::user::PASSWORD;

const INVISIBLE: [&str; 3] = ["\u{200b}", "\u{feff}\u{2060}", "\u{3164}"];
/// One of each kind: of ASCII, that breaks a line, that ends ASCII, and of Latin-1.
const WITH_CONTROLS: [&str; 5] = ["a\tb", "a\nb", "\u{1b}[31mred", "a\u{7f}", "a\u{85}b"];

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_invisible_or_with_control_characters_is_refused_wherever_it_is_given() {
    let team = Team::start(1).await;
    let owner = team.owner();
    for name in INVISIBLE.into_iter().chain(WITH_CONTROLS) {
        owner.patch("/me", json!({"name": name})).await.expect_problem(422, "invalid_value");
        let person = json!({"email": "new@example.org", "name": name, "password": PASSWORD, "cookie": false});
        owner.post("/auth/register", person).await.expect_problem(422, "invalid_value");
        let token = json!({"name": name, "scope": "read"});
        owner.post("/me/tokens", token).await.expect_problem(422, "invalid_value");
        owner.post("/projects", json!({"name": name})).await.expect_problem(422, "invalid_text");
        owner.patch(&team.path(""), json!({"name": name})).await.expect_problem(422, "invalid_text");
        let label = json!({"name": name, "color": "#d4380d"});
        owner.put(&team.path("/labels/urgent"), label).await.expect_problem(422, "invalid_text");
        let field = json!({"name": name, "type": "text"});
        owner.put(&team.path("/fields/size"), field).await.expect_problem(422, "invalid_text");
        let filter = json!({"name": name, "query": {}, "shared": false});
        let path = team.path(&format!("/filters/{}", Uuid::now_v7()));
        owner.put(&path, filter).await.expect_problem(422, "invalid_text");
    }
    owner.patch("/me", json!({"name": "Zoë\u{200d} 👩\u{200d}👩"})).await.expect(200);
}
